import { parseBrokerStatus, type BrokerStatus } from "../mqtt-out/broker-status.js";
import { CarDataError } from "../support/errors.js";
import { isObject, nonEmptyText, type JsonObject } from "../support/json.js";
import { parseCarInput, type IgnoredInput, type CarInput } from "./car-input.js";

/** Describes a parsed input message. */
export type AnnouncerInput =
  | CarInput
  /** Home Assistant has started. */
  | { readonly kind: "birth" }
  | BrokerStatus
  | AnnouncerCommand
  | IgnoredInput;

interface AnnouncerCommand {
  readonly kind: (typeof COMMANDS)[number];
  /** `null`: all cars. */
  readonly vin: string | null;
}

const COMMANDS = ["resend", "remove"] as const;

/**
 * Parses an input message of the other nodes, of a core status node, of Home Assistant, or a command.
 * @param carNamed returns the VIN of a car by VIN or alias
 * @throws CarDataError `unknown_command`, `vin_invalid` or, for a malformed message of the other nodes,
 *   `ha_message_invalid`
 */
export function parseAnnouncerInput(message: unknown, carNamed: (value: unknown) => string | null): AnnouncerInput {
  if (!isObject(message)) return ignored("this is no message");
  const signal =
    parseBrokerStatus(message) ?? birthOf(message) ?? commandOf(message, carNamed) ?? parseCarInput(message);
  if (signal !== null) return signal;
  const { command } = message;
  if (nonEmptyText(command) === null) return ignored("the message is none of the CarData nodes");
  throw new CarDataError("unknown_command", { command: String(command).slice(0, 50), known: COMMANDS.join(", ") });
}

/** Parses Home Assistant's birth message. */
function birthOf({ topic, payload }: JsonObject): AnnouncerInput | null {
  if (typeof topic !== "string" || !topic.endsWith("/status")) return null;
  const said = Buffer.isBuffer(payload) ? payload.toString("utf8", 0, 20) : payload;
  return said === "online" ? { kind: "birth" } : ignored("only `online` is of interest as a status");
}

function commandOf(message: JsonObject, carNamed: (value: unknown) => string | null): AnnouncerInput | null {
  const { command, topic, vin } = message;
  const given = nonEmptyText(command) === null ? topic : command;
  const kind = COMMANDS.find((name) => name === given);
  if (kind === undefined) return null;
  if (vin === undefined || vin === null || vin === "") return { kind, vin: null };
  const car = carNamed(vin);
  if (car === null) throw new CarDataError("vin_invalid");
  return { kind, vin: car };
}

function ignored(reason: string): IgnoredInput {
  return { kind: "ignored", reason };
}
