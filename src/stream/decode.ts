import type { Tally } from "../support/counters.js";
import { isObject, type JsonObject } from "../support/json.js";
import { parseVin } from "../support/vin.js";
import { MOST_DESCRIPTORS, parseEntries, type EntryRejection } from "../vehicle/entries.js";
import type { Entry } from "../vehicle/reading.js";
import { parseTimestamp } from "../vehicle/timestamp.js";

/** Why a whole message was dropped. */
export type MessageRejection =
  | "too-large"
  | "not-json"
  | "not-object"
  | "vin-malformed"
  | "topic-mismatch"
  | "data-malformed"
  | "too-many-descriptors";

export type Rejection = MessageRejection | EntryRejection;

/** One stream message that passed the limits. */
export interface StreamMessage {
  readonly vin: string;
  /** When BMW sent it, in milliseconds, if it said so. */
  readonly sentAt: number | null;
  readonly entries: readonly Entry[];
  /** BMW's object, untouched. */
  readonly envelope: JsonObject;
}

const LARGEST_PAYLOAD_BYTES = 256 * 1024;

/**
 * Turns the bytes of one MQTT message into entries.
 * @param topic the message's topic; if its last part is a VIN, it has to be the payload's. "" if unknown
 * @returns `null` if the message was dropped; every drop is counted in `rejected`, also of single entries. Never throws
 */
export function decodeMessage(topic: string, payload: Buffer, rejected: Tally<Rejection>): StreamMessage | null {
  const result = decode(topic, payload, rejected);
  if (typeof result !== "string") return result;
  rejected.add(result);
  return null;
}

function decode(topic: string, payload: Buffer, rejected: Tally<Rejection>): StreamMessage | MessageRejection {
  if (payload.length > LARGEST_PAYLOAD_BYTES) return "too-large";
  let envelope: unknown;
  try {
    envelope = JSON.parse(payload.toString("utf8"));
  } catch {
    return "not-json";
  }
  if (!isObject(envelope)) return "not-object";
  const vin = parseVin(envelope["vin"]);
  if (vin === null) return "vin-malformed";
  const topicVin = parseVin(topic.slice(topic.lastIndexOf("/") + 1));
  if (topicVin !== null && topicVin !== vin) return "topic-mismatch";
  const data = envelope["data"] ?? {};
  if (!isObject(data)) return "data-malformed";
  if (Object.keys(data).length > MOST_DESCRIPTORS) return "too-many-descriptors";
  const entries = parseEntries(data, rejected);
  return { vin, sentAt: parseTimestamp(envelope["timestamp"]), entries, envelope };
}
