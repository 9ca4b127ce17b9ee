import { isoTime } from "../support/iso-time.js";
import type { AccountEvent } from "../account/account-events.js";
import type { AccountStatus } from "../account/status.js";
import { sentenceOf } from "../support/errors.js";
import { isObject } from "../support/json.js";
import type { VehicleEvent } from "../vehicle/vehicle-event.js";
import type { Position } from "../vehicle/position.js";
import { isoText } from "./iso-text.js";
import { positionPayload } from "./position-message.js";
import type { EventMessage } from "./types.js";

const TIMES = new Set(["startedAt", "endedAt", "pluggedAt"]);
const PLACES = new Set(["from", "to"]);

/** Builds the message of an account event; `account` is the account's name, `at` its time [ms]. */
export function accountEventMessage(topicBase: string, account: string, event: AccountEvent, at: number): EventMessage {
  return {
    topic: `${topicBase}/account/event/${event.name}`,
    event: event.name,
    payload: { account, event: event.name, timestamp: isoText(at), ...membersOf(event) },
  };
}

/** Returns the event that brought the stream into its present state; `null` while that is open, or as nobody uses it. */
export function streamEventOf({ login, stream }: Pick<AccountStatus, "login" | "stream">): AccountEvent | null {
  if (stream.state === "live" || stream.state === "quiet") return { name: "connected" };
  const needed = login.state === "needed" ? login.problem : undefined;
  const problem = needed ?? stream.problem;
  if (problem === undefined) return null;
  return { name: needed === undefined ? "disconnected" : "loginRequired", reason: problem.code, problem };
}

/** Builds the message of a vehicle event. */
export function vehicleEventMessage(
  topicBase: string,
  account: string,
  vin: string,
  event: VehicleEvent,
): EventMessage {
  const { name } = event;
  return {
    topic: `${topicBase}/${vin}/event/${name}`,
    event: name,
    payload: { vin, account, event: name, ...eventAttributes(event) },
  };
}

/** Returns what is known of a vehicle event, as people and automations read it. */
export function eventAttributes(event: VehicleEvent): { timestamp: string } & Record<string, unknown> {
  const { name: _, at, ...members } = event;
  return { timestamp: isoText(at), ...readable(members) };
}

/** Converts times to ISO text and positions to those of position messages; at the end of a charge, `from` is a word. */
function readable(members: object): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(members).map(([key, value]: [string, unknown]) => {
      if (TIMES.has(key) && typeof value === "number") return [key, isoText(value)];
      return PLACES.has(key) && isObject(value) ? [key, positionPayload(value as unknown as Position)] : [key, value];
    }),
  );
}

function membersOf(event: AccountEvent): Record<string, unknown> {
  switch (event.name) {
    case "connected":
      return {};
    case "disconnected":
    case "loginRequired":
      return { reason: event.reason, text: sentenceOf(event.problem) };
    case "quotaLow":
      return { remaining: event.remaining, resetsAt: isoTime(event.resetsAt) };
    case "vehicleFound":
      return { vin: event.vin };
  }
}
