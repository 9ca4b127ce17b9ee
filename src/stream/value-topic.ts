import { finiteNumber, isObject, type JsonObject } from "../support/json.js";
import { parseVin } from "../support/vin.js";
import { definitionOf, idInUnderscores } from "../vehicle/catalogue.js";
import type { RawEntry } from "../vehicle/reading.js";

/** The parts of a topic of an own broker; some may be missing. */
export interface TopicParts {
  /** Last part that is a VIN. */
  readonly vin: string | null;
  /** What follows it, if that may name a value: written with dots, slashes or underscores. */
  readonly descriptor: string | null;
}

/** Numbers below are seconds. */
const LEAST_MS = 1e11;
/** Rejects earlier times [s]: no car sent anything before 2001. */
const LEAST_S = 1e9;

/** Splits a topic; bridges prepend parts of their own. */
export function parseTopic(topic: string): TopicParts {
  const parts = topic.split("/");
  const index = indexOfVin(parts);
  const after = parts.slice(index + 1);
  return { vin: parseVin(parts[index]), descriptor: index < 0 ? null : descriptorOf(after) };
}

/** A descriptor's own level may look like a VIN, as `targetTemperature` does. */
function indexOfVin(parts: readonly string[]): number {
  const vins = parts.flatMap((part, at) => (parseVin(part) === null ? [] : at));
  return vins.find((at) => parts[at + 1] === "vehicle") ?? vins.at(-1) ?? -1;
}

function descriptorOf(parts: readonly string[]): string | null {
  const [first = "", ...more] = parts;
  if (more.length > 0) return first === "vehicle" ? descriptorOfLevels(parts) : null;
  if (first.startsWith("vehicle.")) return first;
  return first.startsWith("vehicle_") ? idInUnderscores(first) : null;
}

/**
 * Lists the last levels below a descriptor at which cardata-homeassistant tells a state: no value of the car ends so, but
 * for those that the catalogue lists.
 */
const LEVELS_OF_STATES: ReadonlySet<string> = new Set(["state", "attributes"]);

function descriptorOfLevels(parts: readonly string[]): string | null {
  if (parts.some((part) => part.includes("."))) return null;
  const descriptor = parts.join(".");
  const isState = LEVELS_OF_STATES.has(parts.at(-1) ?? "") && definitionOf(descriptor) === undefined;
  return isState ? null : descriptor;
}

/**
 * Makes of a message with one value what BMW would have sent: of a value alone, or `{value, unit, timestamp}`.
 * @param parsed `undefined` if the text is not JSON
 */
export function envelopeOfValue(vin: string, descriptor: string, text: string, parsed: unknown): JsonObject {
  const value = parsed === undefined ? text.trim() : parsed;
  const entry = isObject(value) && Object.hasOwn(value, "value") ? entryOf(value) : { value };
  // Defined, not assigned: the descriptor is received from outside.
  return { vin, data: Object.fromEntries([[descriptor, entry]]) };
}

function entryOf({ value, unit, timestamp }: JsonObject): RawEntry {
  return {
    value,
    ...(unit !== undefined && { unit }),
    ...(timestamp !== undefined && { timestamp: typeof timestamp === "number" ? isoOf(timestamp) : timestamp }),
  };
}

function isoOf(time: number): string | null {
  const number = finiteNumber(time) ?? 0;
  const ms = number >= LEAST_MS ? number : number * 1000;
  const date = new Date(ms);
  return number < LEAST_S || Number.isNaN(date.getTime()) ? null : date.toISOString();
}
