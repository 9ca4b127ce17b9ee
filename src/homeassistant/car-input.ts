import { JOURNAL_VALUE_NAMES } from "../journal/journal-values.js";
import { imageType } from "../rest/requests.js";
import { CarDataError } from "../support/errors.js";
import { isObject, MOST_DEPTH, depthWithin, nonEmptyText, type JsonObject } from "../support/json.js";
import { parseVin } from "../support/vin.js";
import { isDescriptor } from "../vehicle/descriptor-entries.js";
import { VALUE_NAMES } from "../vehicle/source-priority.js";
import type { FixedKey } from "./fixed-entities.js";

/** Holds one value as the other nodes send it. */
export interface InputValue {
  readonly descriptor: string;
  readonly name: string;
  readonly unit: string | null;
  readonly payload: number | boolean | string | null;
  readonly last?: { readonly value: unknown };
  readonly source: string;
  /** Time of the value [ms]. */
  readonly timestamp: number;
  /** Details of an estimate. */
  readonly estimate: JsonObject;
  /** What belongs to a value of the journal. */
  readonly details: JsonObject;
}

/** Holds what a device tracker shows. */
export interface InputPosition {
  readonly latitude: number;
  readonly longitude: number;
  readonly altitude?: number;
  readonly heading?: number;
  /** ISO 8601 time. */
  readonly timestamp?: string;
}

/** Describes an input about one car. */
export type CarInput = { readonly vin: string } & (
  | { readonly kind: "values"; readonly values: readonly InputValue[] }
  | { readonly kind: "position"; readonly place: InputPosition }
  | {
      readonly kind: "traccar";
      readonly kmh: number | null;
      readonly timestamp: number;
      readonly bracket: string | null;
      readonly place: InputPosition | null;
    }
  | {
      readonly kind: "report";
      readonly key: Extract<FixedKey, "learning" | "chargingHistory" | "tyreDiagnosis">;
      readonly text: string | null;
      readonly details: JsonObject;
    }
  | { readonly kind: "image"; readonly image: Buffer; readonly contentType: string }
);

/** Describes an input that the account may know from before a start. */
export type KnownInput = Extract<CarInput, { readonly kind: "image" | "report" }>;

export interface IgnoredInput {
  readonly kind: "ignored";
  readonly reason: string;
}

const SOURCES: readonly unknown[] = ["stream", "rest", "restored", "derived", "estimate"];
const LONGEST_NAME = 100;
const LONGEST_UNIT = 32;
/** Lists the operations that have no entity. */
const UNSHOWN: ReadonlySet<string> = new Set(["basicData", "chargingSettings"]);

/** Parses a message of the other nodes; `null` if it is none. */
export function parseCarInput(message: JsonObject): CarInput | IgnoredInput | null {
  if (typeof message["event"] === "string") return { kind: "ignored", reason: "events have no state" };
  if (Array.isArray(message["readings"])) return valuesOf(message, message["readings"]);
  if (message["descriptor"] === "location") return positionOf(message);
  if ("descriptor" in message) return valuesOf(message, [message]);
  return "vin" in message ? byTopic(message) : null;
}

/** Parses a message without a descriptor, whose kind is the end of its topic. */
function byTopic(message: JsonObject): CarInput | IgnoredInput | null {
  const topic = nonEmptyText(message["topic"]) ?? "";
  const kind = topic.slice(topic.lastIndexOf("/") + 1);
  switch (kind) {
    case "traccar":
      return trackerOf(message);
    case "learning":
      return learningOf(message);
    case "image":
      return imageOf(message);
    case "chargingHistory":
    case "tyreDiagnosis":
      return reportOf(message, kind);
    default:
      return UNSHOWN.has(kind) ? { kind: "ignored", reason: `nothing is shown of ${kind}` } : null;
  }
}

function valuesOf(message: JsonObject, readings: readonly unknown[]): CarInput {
  const vin = vinIn(message);
  const values = readings.map((reading) => {
    if (!isObject(reading) || (reading["vin"] !== message["vin"] && vinIn(reading) !== vin)) throw invalid("readings");
    return inputValue(reading);
  });
  return { kind: "values", vin, values };
}

function inputValue(message: JsonObject): InputValue {
  const { descriptor, payload, unit, source, last, estimate, data } = message;
  if (!isKnown(descriptor)) throw invalid("descriptor");
  if (!isValue(payload)) throw invalid("payload");
  if (unit !== null && unit !== undefined && !isShort(unit, LONGEST_UNIT)) throw invalid("unit");
  if (!SOURCES.includes(source)) throw invalid("source");
  const name = nonEmptyText(message["name"]);
  if (name === null || !isShort(name, LONGEST_NAME)) throw invalid("name");
  return {
    descriptor,
    name,
    unit: nonEmptyText(unit),
    payload,
    ...(isObject(last) && { last: { value: last["value"] } }),
    source: String(source),
    timestamp: timeIn(message),
    estimate: partOf(estimate, "estimate"),
    details: isOfJournal(descriptor) ? partOf(data, "data") : {},
  };
}

function positionOf(message: JsonObject): CarInput {
  const position = isObject(message["payload"]) ? placeOf(message["payload"], "heading", "timestamp") : null;
  if (position === null) throw invalid("payload");
  return { kind: "position", vin: vinIn(message), place: position };
}

function trackerOf(message: JsonObject): CarInput {
  const { payload, position } = message;
  if (payload !== null && !(typeof payload === "number" && Number.isFinite(payload))) throw invalid("payload");
  const isPlace = isObject(position) && position["valid"] === true;
  return {
    kind: "traccar",
    vin: vinIn(message),
    kmh: payload,
    timestamp: timeIn(message),
    bracket: nonEmptyText(message["bracket"]),
    place: isPlace ? placeOf(position, "course", "fixTime") : null,
  };
}

function learningOf(message: JsonObject): CarInput {
  const details = copyOf(message["payload"], "payload");
  const { efficiency, consumption, lastDecision } = details;
  if (!Array.isArray(efficiency) || !isObject(consumption)) throw invalid("payload");
  const said = isObject(lastDecision) ? nonEmptyText(lastDecision["text"]) : null;
  return { kind: "report", vin: vinIn(message), key: "learning", text: said, details };
}

function reportOf(message: JsonObject, key: "chargingHistory" | "tyreDiagnosis"): CarInput {
  const { text: said, ...details } = copyOf(message["summary"], "summary");
  return { kind: "report", vin: vinIn(message), key, text: nonEmptyText(said), details };
}

function imageOf(message: JsonObject): CarInput {
  const { payload } = message;
  const contentType = Buffer.isBuffer(payload) ? imageType(payload) : null;
  if (!Buffer.isBuffer(payload) || contentType === null) throw invalid("payload");
  // A copy, because flows may change what they keep.
  return { kind: "image", vin: vinIn(message), image: Buffer.from(payload), contentType };
}

/** Returns a position; `null` without both axes. */
function placeOf(from: JsonObject, headingName: string, timeName: string): InputPosition | null {
  const within = (name: string, most: number) => {
    const value = from[name];
    return typeof value === "number" && Math.abs(value) <= most ? value : null;
  };
  const [latitude, longitude] = [within("latitude", 90), within("longitude", 180)];
  if (latitude === null || longitude === null) return null;
  const [altitude, heading] = [within("altitude", 100_000), within(headingName, 360)];
  const time = parseTime(from[timeName]);
  return {
    latitude,
    longitude,
    ...(altitude !== null && { altitude }),
    ...(heading !== null && { heading }),
    ...(time !== null && { timestamp: new Date(time).toISOString() }),
  };
}

function vinIn({ vin }: JsonObject): string {
  const parsed = parseVin(vin);
  if (parsed === null) throw new CarDataError("vin_invalid");
  return parsed;
}

function timeIn({ timestamp }: JsonObject): number {
  const time = parseTime(timestamp);
  if (time === null) throw invalid("timestamp");
  return time;
}

function parseTime(value: unknown): number | null {
  const time = typeof value === "string" ? Date.parse(value) : NaN;
  return Number.isNaN(time) ? null : time;
}

function isKnown(descriptor: unknown): descriptor is string {
  if (typeof descriptor !== "string") return false;
  return isDescriptor(descriptor) || VALUE_NAMES.some((name) => name === descriptor) || isOfJournal(descriptor);
}

function isOfJournal(descriptor: string): boolean {
  return JOURNAL_VALUE_NAMES.some((name) => name === descriptor);
}

function isValue(payload: unknown): payload is InputValue["payload"] {
  if (typeof payload === "number") return Number.isFinite(payload);
  return payload === null || typeof payload === "boolean" || typeof payload === "string";
}

function isShort(value: unknown, longest: number): boolean {
  return typeof value === "string" && value.length <= longest;
}

/** Returns a copy of a part that a message may have; nothing where it has none. */
function partOf(value: unknown, member: string): JsonObject {
  return value === undefined ? {} : copyOf(value, member);
}

/** Returns a copy of an object that can be written as JSON. */
function copyOf(value: unknown, member: string): JsonObject {
  try {
    const copy: unknown = JSON.parse(JSON.stringify(value));
    if (isObject(copy) && depthWithin(copy, MOST_DEPTH)) return copy;
  } catch {
    // For instance a circular object.
  }
  throw invalid(member);
}

/**
 * Builds the error of an invalid message.
 * @param member first invalid member of the message
 */
function invalid(member: string): CarDataError {
  return new CarDataError("ha_message_invalid", { member });
}
