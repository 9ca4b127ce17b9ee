import { isObject, parseJson, nonEmptyText } from "../support/json.js";
import type { DescriptorDefinition } from "./catalogue.js";
import type { ReadingValue } from "./reading.js";

/** Holds a value as people and flows expect it; `null` means unknown. */
export interface NormalisedValue {
  readonly value: ReadingValue | null;
  readonly data?: unknown;
}

const UNKNOWN: NormalisedValue = { value: null };

/** Lists BMW's spellings of "no value", in lower case. */
const PLACEHOLDERS = new Set([
  "",
  "-",
  "-na-",
  "null",
  "invalid",
  "signal_invalid",
  "unknown",
  "asn_isunknown",
  "asn_unknown",
  "no_value",
  "not_available",
]);
const TRUE_WORDS = new Set(["asn_istrue", "true", "1", "yes", "on"]);
const FALSE_WORDS = new Set(["asn_isfalse", "false", "0", "no", "off"]);
/** Matches a JSON number; `0478` is a text. */
const NUMBER_TEXT = /^-?(0|[1-9]\d*)(\.\d+)?([eE][+-]?\d+)?$/;
/** Lists the largest value by unsigned type, which means "signal not available". */
const ALL_ONES: Readonly<Partial<Record<string, number>>> = { uint8: 255, uint16: 65_535, uint32: 4_294_967_295 };

/** Normalises a value that passed the limits of its source. Never throws. */
export function normalise(raw: unknown, definition: DescriptorDefinition | undefined): NormalisedValue {
  if (raw === null || raw === undefined) return UNKNOWN;
  if (definition?.structured === true) return parseStructure(raw);
  switch (typeof raw) {
    case "boolean":
      return { value: raw };
    case "number":
      return fromNumber(raw, definition);
    case "string":
      return fromText(raw.trim(), definition);
    default:
      return UNKNOWN;
  }
}

function fromNumber(value: number, definition: DescriptorDefinition | undefined): NormalisedValue {
  if (definition === undefined) return { value };
  if (definition.type === "boolean" && (value === 0 || value === 1)) return { value: value === 1 };
  return isSentinel(value, definition) ? UNKNOWN : { value };
}

function isSentinel(value: number, definition: DescriptorDefinition): boolean {
  if (definition.unit === "%" && !isWithin(value, definition.range ?? [])) return true;
  if (definition.type !== null && ALL_ONES[definition.type] === value) return true;
  return definition.unknown?.includes(value) === true;
}

function isWithin(value: number, [low = 0, high = 100]: readonly number[]): boolean {
  return value >= low && value <= high;
}

function fromText(text: string, definition: DescriptorDefinition | undefined): NormalisedValue {
  if (definition?.type === "boolean") return fromBooleanText(text, definition);
  if (PLACEHOLDERS.has(text.toLowerCase())) return UNKNOWN;
  if (definition?.type !== "string" && NUMBER_TEXT.test(text)) {
    const value = Number(text);
    if (Number.isFinite(value)) return fromNumber(value, definition);
  }
  return { value: text };
}

function fromBooleanText(text: string, definition: DescriptorDefinition): NormalisedValue {
  const matches = (literal: string) => literal.toLowerCase() === word;
  const word = text.toLowerCase();
  if (definition.on?.some(matches) === true) return { value: true };
  if (definition.off?.some(matches) === true) return { value: false };
  if (TRUE_WORDS.has(word)) return { value: true };
  if (FALSE_WORDS.has(word)) return { value: false };
  return PLACEHOLDERS.has(word) ? UNKNOWN : { value: text };
}

const DEEPEST = 6;
const LONGEST_SUMMARY = 255;

/** Lists words inside BMW's structures that mean "nothing". */
const EMPTY_WORDS = new Set(["null", "-", "NULL"]);

/**
 * Parses a value that is JSON inside a string (condition based services, check control): the content becomes `data`, a
 * short summary the value. Text that cannot be parsed stays unchanged.
 */
function parseStructure(raw: unknown): NormalisedValue {
  if (typeof raw === "string" && (raw.trim() === "" || EMPTY_WORDS.has(raw.trim()))) return { value: null };
  const parsed = typeof raw === "string" ? parseJson(raw, DEEPEST) : raw;
  if (Array.isArray(parsed)) {
    const data: unknown = cleaned(parsed);
    return { value: summaryOfList(parsed), data };
  }
  if (isObject(parsed)) return { value: `${Object.keys(parsed).length} fields`, data: cleaned(parsed) };
  return { value: typeof raw === "object" ? null : (raw as string | number | boolean) };
}

function summaryOfList(list: readonly unknown[]): string {
  const titles = list
    .map((member) => (isObject(member) ? nonEmptyText(member["title"]) : null))
    .filter((title) => title !== null);
  return `${list.length}${titles.length > 0 ? `: ${titles.join(", ")}` : ""}`.slice(0, LONGEST_SUMMARY);
}

function cleaned(value: unknown): unknown {
  if (typeof value === "string") return EMPTY_WORDS.has(value) ? null : value;
  if (Array.isArray(value)) return value.map(cleaned);
  if (!isObject(value)) return value;
  // `fromEntries` defines own properties, so a received `__proto__` stays harmless.
  return Object.fromEntries(Object.entries(value).map(([key, member]) => [key, cleaned(member)]));
}
