import { CarDataError } from "../support/errors.js";
import { isObject, text, type JsonObject } from "../support/json.js";
import { readContent, type Ignored, type ShownInput } from "./content.js";

/** Describes a parsed input message. */
export type Intake =
  | ShownInput
  /** Home Assistant has started. */
  | { readonly kind: "birth" }
  /** One of the user's `mqtt out` nodes has connected to its broker or lost it. */
  | { readonly kind: "broker"; readonly node: string; readonly isConnected: boolean }
  | Command
  | Ignored;

interface Command {
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
export function readIntake(message: unknown, carNamed: (value: unknown) => string | null): Intake {
  if (!isObject(message)) return ignored("this is no message");
  const signal = statusOf(message) ?? birthOf(message) ?? commandOf(message, carNamed) ?? readContent(message);
  if (signal !== null) return signal;
  const { command } = message;
  if (text(command) === null) return ignored("the message is none of the CarData nodes");
  throw new CarDataError("unknown_command", { command: String(command).slice(0, 50), known: COMMANDS.join(", ") });
}

/** Parses a message of a core status node. */
function statusOf({ status }: JsonObject): Intake | null {
  if (!isObject(status)) return null;
  const { source, fill } = status;
  if (!isObject(source) || source["type"] !== "mqtt out") return ignored("the status is none of an mqtt out node");
  const isConnected = fill === "green" || text(status["text"])?.includes("common.status.connected") === true;
  if (!isConnected && fill !== "red" && fill !== "yellow") return ignored("the status says nothing of the broker");
  return { kind: "broker", node: text(source["id"]) ?? "", isConnected };
}

/** Parses Home Assistant's birth message. */
function birthOf({ topic, payload }: JsonObject): Intake | null {
  if (typeof topic !== "string" || !topic.endsWith("/status")) return null;
  const said = Buffer.isBuffer(payload) ? payload.toString("utf8", 0, 20) : payload;
  return said === "online" ? { kind: "birth" } : ignored("only `online` is of interest as a status");
}

function commandOf(message: JsonObject, carNamed: (value: unknown) => string | null): Intake | null {
  const { command, topic, vin } = message;
  const given = text(command) === null ? topic : command;
  const kind = COMMANDS.find((name) => name === given);
  if (kind === undefined) return null;
  if (vin === undefined || vin === null || vin === "") return { kind, vin: null };
  const car = carNamed(vin);
  if (car === null) throw new CarDataError("vin_invalid");
  return { kind, vin: car };
}

function ignored(reason: string): Ignored {
  return { kind: "ignored", reason };
}
