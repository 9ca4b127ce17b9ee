import { isObject, parseJson, nonEmptyText } from "../support/json.js";
import { remembered } from "../support/remembered.js";
import type { DescriptorDefinition } from "./catalogue.js";
import type { ReadingValue } from "./reading.js";

/** Holds the content of a structured value and its summary; a `value` of `null` means unknown. */
export interface NormalisedStructure {
  readonly value: ReadingValue | null;
  readonly data?: unknown;
}

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
const LEAST_ALL_ONES = 255;

/**
 * Returns a value as people and flows expect it, of a descriptor that is not structured; `null` means unknown. The value
 * has passed the limits of its source. Never throws.
 */
export function normalise(raw: unknown, definition: DescriptorDefinition | undefined): ReadingValue | null {
  switch (typeof raw) {
    case "boolean":
      return raw;
    case "number":
      return fromNumber(raw, definition);
    case "string":
      return fromText(raw.trim(), definition);
    default:
      return null;
  }
}

function fromNumber(value: number, definition: DescriptorDefinition | undefined): ReadingValue | null {
  if (definition === undefined) return value;
  if (definition.type === "boolean" && (value === 0 || value === 1)) return value === 1;
  return isSentinel(value, definition) ? null : value;
}

function isSentinel(value: number, definition: DescriptorDefinition): boolean {
  if (definition.unit === "%" && !isWithin(value, definition.range ?? [])) return true;
  if (value >= LEAST_ALL_ONES && definition.type !== null && ALL_ONES[definition.type] === value) return true;
  return definition.unknown?.includes(value) === true;
}

function isWithin(value: number, [low = 0, high = 100]: readonly number[]): boolean {
  return value >= low && value <= high;
}

function fromText(text: string, definition: DescriptorDefinition | undefined): ReadingValue | null {
  if (definition?.type === "boolean") return fromBooleanText(text, definition);
  if (definition?.type !== "string" && NUMBER_TEXT.test(text)) {
    const value = Number(text);
    if (Number.isFinite(value)) return fromNumber(value, definition);
  }
  return isPlaceholder(text) ? null : text;
}

const isPlaceholder = remembered((text) => PLACEHOLDERS.has(text.toLowerCase()));

function fromBooleanText(text: string, definition: DescriptorDefinition): ReadingValue | null {
  const { on = NO_LITERALS, off = NO_LITERALS } = definition;
  // The usual spelling first: to look for others costs more than all the rest.
  if (on.includes(text)) return true;
  if (off.includes(text)) return false;
  if (on.length > 0 && isAmong(on, text)) return true;
  return off.length > 0 && isAmong(off, text) ? false : fromBooleanWord(text);
}

function isAmong(literals: readonly string[], text: string): boolean {
  const word = text.toLowerCase();
  return literals.some((literal) => literal.toLowerCase() === word);
}

const NO_LITERALS: readonly string[] = [];

const fromBooleanWord = remembered((text): ReadingValue | null => {
  const word = text.toLowerCase();
  if (TRUE_WORDS.has(word)) return true;
  if (FALSE_WORDS.has(word)) return false;
  return PLACEHOLDERS.has(word) ? null : text;
});

const DEEPEST = 6;
const LONGEST_SUMMARY = 255;

/** Lists words inside BMW's structures that mean "nothing". */
const EMPTY_WORDS = new Set(["null", "-", "NULL"]);

/**
 * Parses a value that is JSON inside a string (condition based services, check control): the content becomes `data`, a
 * short summary the value. Text that cannot be parsed stays unchanged.
 */
export function normaliseStructure(raw: unknown): NormalisedStructure {
  if (typeof raw === "string" && (raw.trim() === "" || EMPTY_WORDS.has(raw.trim()))) return { value: null };
  const parsed = typeof raw === "string" ? parseJson(raw, DEEPEST) : raw;
  if (Array.isArray(parsed)) {
    const data: unknown = cleaned(parsed);
    return { value: summaryOfList(parsed), data };
  }
  if (isObject(parsed)) return { value: `${Object.keys(parsed).length} fields`, data: cleaned(parsed) };
  return { value: isScalar(raw) ? raw : null };
}

function isScalar(value: unknown): value is ReadingValue {
  return typeof value === "string" || typeof value === "number" || typeof value === "boolean";
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
