import type { Tally } from "../support/reason-counters.js";
import { depthWithin, isObject, type JsonObject } from "../support/json.js";
import { definitionOf, type DescriptorDefinition } from "./catalogue.js";
import type { DescriptorEntry } from "./reading.js";
import { parseTimestamp } from "./timestamp.js";

/** Names why an entry was rejected. */
export type EntryRejection =
  | "entry-not-object"
  | "descriptor-malformed"
  | "value-not-scalar"
  | "value-not-finite"
  | "value-too-long"
  | "value-too-deep"
  | "unit-malformed";

export const MOST_DESCRIPTORS = 1000;

const DESCRIPTOR = /^vehicle(\.[A-Za-z][A-Za-z0-9_]{0,63}){1,15}$/;
const ZERO_WIDTH = /[\u200B-\u200D\u2060\uFEFF]/g;
const LONGEST_DESCRIPTOR = 200;
const LONGEST_TEXT = 4096;
const LONGEST_STRUCTURE = 64 * 1024;
const DEEPEST_STRUCTURE = 6;
const LONGEST_UNIT = 32;

/**
 * Parses BMW's `data` (stream) or `telematicData` (REST) object into entries within the limits. Counts and skips each
 * other entry; one bad entry does not affect the rest.
 */
export function parseEntries(data: JsonObject, rejected: Tally<EntryRejection>): DescriptorEntry[] {
  const entries: DescriptorEntry[] = [];
  // `__proto__` from JSON is an ordinary own key and fails the pattern. V8 reads members faster in such a loop.
  for (const key in data) {
    const entry = parseEntry(key, data[key]);
    if (typeof entry === "string") rejected.add(entry);
    else entries.push(entry);
  }
  return entries;
}

function parseEntry(key: string, raw: unknown): DescriptorEntry | EntryRejection {
  if (!isObject(raw)) return "entry-not-object";
  const known = definitionOf(key);
  const descriptor = known === undefined ? parseDescriptor(key) : key;
  if (descriptor === null) return "descriptor-malformed";
  const definition = known ?? definitionOf(descriptor);
  return rejectionOf(raw, definition) ?? { descriptor, definition, raw, timestamp: parseTimestamp(raw["timestamp"]) };
}

/** Returns a cleaned name outside the catalogue if BMW could have added it; `null` otherwise. */
function parseDescriptor(key: string): string | null {
  const descriptor = key.length > LONGEST_DESCRIPTOR ? key : key.replace(ZERO_WIDTH, "");
  return couldBeDescriptor(descriptor) ? descriptor : null;
}

/** Returns whether the catalogue lists a name, or BMW could have added it. */
export function isDescriptor(name: string): boolean {
  return definitionOf(name) !== undefined || couldBeDescriptor(name);
}

/** Returns whether a reading is within the limits of an entry: a saved one may have been changed on the disk. */
export function isWithinLimits(descriptor: string, value: unknown, unit: unknown): boolean {
  return isDescriptor(descriptor) && rejectionOf({ value, unit }, definitionOf(descriptor)) === null;
}

function couldBeDescriptor(name: string): boolean {
  return name.length <= LONGEST_DESCRIPTOR && DESCRIPTOR.test(name);
}

function rejectionOf(raw: JsonObject, definition: DescriptorDefinition | undefined): EntryRejection | null {
  const unit = raw["unit"];
  if (unit !== undefined && unit !== null && !(typeof unit === "string" && unit.length <= LONGEST_UNIT))
    return "unit-malformed";
  const value = raw["value"];
  switch (typeof value) {
    case "boolean":
    case "undefined":
      return null;
    case "number":
      return Number.isFinite(value) ? null : "value-not-finite";
    case "string":
      return isTooLong(value, definition) ? "value-too-long" : null;
    default:
      return value === null ? null : structureRejection(value, definition);
  }
}

function isTooLong({ length }: string, definition: DescriptorDefinition | undefined): boolean {
  return length > LONGEST_TEXT && (length > LONGEST_STRUCTURE || definition?.structured !== true);
}

function structureRejection(value: unknown, definition: DescriptorDefinition | undefined): EntryRejection | null {
  if (definition?.structured !== true) return "value-not-scalar";
  if (!depthWithin(value, DEEPEST_STRUCTURE)) return "value-too-deep";
  return JSON.stringify(value).length > LONGEST_STRUCTURE ? "value-too-long" : null;
}
