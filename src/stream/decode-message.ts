import type { Tally } from "../support/reason-counters.js";
import { isObject, type JsonObject } from "../support/json.js";
import { parseVin } from "../support/vin.js";
import { MOST_DESCRIPTORS, parseEntries, type EntryRejection } from "../vehicle/descriptor-entries.js";
import type { DescriptorEntry } from "../vehicle/reading.js";
import { parseTimestamp } from "../vehicle/timestamp.js";
import { envelopeOfValue, parseTopic } from "./value-topic.js";

/** Names why a whole message was dropped. */
export type MessageRejection =
  | "too-large"
  | "not-json"
  | "not-object"
  | "vin-malformed"
  | "topic-mismatch"
  | "data-malformed"
  | "too-many-descriptors";

export type StreamRejection = MessageRejection | EntryRejection;

/** Holds one stream message within the limits. */
export interface StreamMessage {
  readonly vin: string;
  /** BMW's time of sending [ms]; `null` if missing. */
  readonly sentAt: number | null;
  readonly entries: readonly DescriptorEntry[];
  /** What BMW says of the car itself, passed on by another instance of this package; `null` in messages of BMW. */
  readonly basicData: JsonObject | null;
  /** BMW's object, unchanged; for a single value the object that BMW would have sent. */
  readonly envelope: JsonObject;
}

const LARGEST_PAYLOAD_BYTES = 256 * 1024;

/**
 * Decodes one MQTT message into entries: BMW's object, or on a topic `.../<VIN>/<descriptor>` one value. Never throws.
 * @param topic topic of the message; "" if unknown. A VIN as its last part has to match the payload's, or stands in for
 *   a missing one
 * @returns `null` if the message was dropped; counts every drop in `rejected`, also of single entries
 */
export function decodeMessage(topic: string, payload: Buffer, rejected: Tally<StreamRejection>): StreamMessage | null {
  const result = decode(topic, payload, rejected);
  if (typeof result !== "string") return result;
  rejected.add(result);
  return null;
}

function decode(
  topic: string,
  payload: Buffer,
  rejected: Tally<StreamRejection>,
): StreamMessage | MessageRejection | null {
  if (payload.length > LARGEST_PAYLOAD_BYTES) return "too-large";
  const text = payload.toString("utf8");
  const parsed = parse(text);
  if (isObject(parsed) && (hasVin(parsed) || isObject(parsed["data"]))) return decodeEnvelope(topic, parsed, rejected);
  const { vin, descriptor } = parseTopic(topic);
  if (vin === null || descriptor === null || text === "") return rejectionOf(parsed, vin);
  const message = decodeEnvelope(topic, envelopeOfValue(vin, descriptor, text, parsed), rejected);
  // A message whose only value is wrong contains nothing about a car.
  return typeof message === "string" || message.entries.length > 0 ? message : null;
}

/** Names the reason for dropping what is neither BMW's message nor a value. */
function rejectionOf(parsed: unknown, topicVin: string | null): MessageRejection {
  if (parsed === undefined) return "not-json";
  if (!isObject(parsed)) return "not-object";
  return topicVin === null ? "vin-malformed" : "data-malformed";
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function hasVin({ vin }: JsonObject): boolean {
  return vin !== undefined && vin !== null && vin !== "";
}

function decodeEnvelope(
  topic: string,
  envelope: JsonObject,
  rejected: Tally<StreamRejection>,
): StreamMessage | MessageRejection {
  const vin = hasVin(envelope) ? parseVin(envelope["vin"]) : parseTopic(topic).vin;
  if (vin === null) return "vin-malformed";
  // BMW's topics end with the VIN as it is in the payload, which is quicker to see than to parse.
  const topicVin = topic.endsWith(vin) ? vin : parseVin(topic.slice(topic.lastIndexOf("/") + 1));
  if (topicVin !== null && topicVin !== vin) return "topic-mismatch";
  const { basicData } = envelope;
  const data = envelope["data"] ?? {};
  if (!isObject(data)) return "data-malformed";
  if (Object.keys(data).length > MOST_DESCRIPTORS) return "too-many-descriptors";
  const entries = parseEntries(data, rejected);
  const sentAt = parseTimestamp(envelope["timestamp"]);
  return { vin, sentAt, entries, basicData: isObject(basicData) ? basicData : null, envelope };
}
