import { MOST_DEPTH } from "./json.js";

/** A customer id (GCID) as ids are compared: BMW spells one and the same in small letters and in capitals. */
export function customerOf(gcid: string): string {
  return gcid.toLowerCase();
}

const NAMES = ["entityId", "gcid", "vehicleIdWithGcid"];
const CUSTOMER_KEYS = new Set(NAMES.map((name) => name.toLowerCase()));
const CUSTOMER_PAIR = new RegExp(`("(?:${NAMES.join("|")})"\\s*:\\s*)"[^"]*"?`, "gi");

/** A copy of a JSON value, which its owner may change. */
type Copy<T> = T extends readonly (infer Member)[]
  ? Copy<Member>[]
  : T extends object
    ? { -readonly [Key in keyof T]: Copy<T[Key]> }
    : T;

/**
 * Returns a copy of a JSON value without the members that hold the customer's id (GCID), at any depth. Omits what nests
 * deeper than anything of BMW's.
 */
export function withoutCustomerId<T>(value: T): Copy<T> {
  return copyOf(value, 0) as Copy<T>;
}

/** Empties the values of those members in a text that is no JSON, for instance a truncated one. */
export function textWithoutCustomerId(text: string): string {
  return text.replace(CUSTOMER_PAIR, '$1""');
}

function copyOf(value: unknown, depth: number): unknown {
  if (typeof value !== "object" || value === null) return value;
  if (depth > MOST_DEPTH) return "[too deep]";
  if (Array.isArray(value)) return value.map((member) => copyOf(member, depth + 1));
  const kept = Object.entries(value).filter(([key]) => !CUSTOMER_KEYS.has(key.toLowerCase()));
  return Object.fromEntries(kept.map(([key, member]) => [key, copyOf(member, depth + 1)]));
}
