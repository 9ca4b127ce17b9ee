import { isObject, parseJson, text } from "../support/json.js";
import type { Normalised } from "./normalise.js";

const DEEPEST = 6;
const LONGEST_SUMMARY = 255;

/** Words inside BMW's structures that mean "nothing". */
const EMPTY_WORDS = new Set(["null", "-", "NULL"]);

/**
 * A value that is JSON inside a string (condition based services, check control): the parsed content as `data`
 * and a short summary as value. Text that cannot be parsed stays as it is.
 */
export function parseStructure(raw: unknown): Normalised {
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
    .map((member) => (isObject(member) ? text(member["title"]) : null))
    .filter((title) => title !== null);
  return `${list.length}${titles.length > 0 ? `: ${titles.join(", ")}` : ""}`.slice(0, LONGEST_SUMMARY);
}

function cleaned(value: unknown): unknown {
  if (typeof value === "string") return EMPTY_WORDS.has(value) ? null : value;
  if (Array.isArray(value)) return value.map(cleaned);
  if (!isObject(value)) return value;
  // `fromEntries` defines own properties, so a `__proto__` from the wire stays harmless.
  return Object.fromEntries(Object.entries(value).map(([key, member]) => [key, cleaned(member)]));
}
