import { MOST_DEPTH, type JsonObject } from "./json.js";

/** A customer id (GCID) as ids are compared: BMW spells one and the same in small letters and in capitals. */
export function customerOf(gcid: string): string {
  return gcid.toLowerCase();
}

const NAMES = ["entityId", "gcid", "vehicleIdWithGcid"];
const CUSTOMER_KEYS = new Set(NAMES.map((name) => name.toLowerCase()));
const CUSTOMER_KEY_LENGTHS: ReadonlySet<number> = new Set(NAMES.map(({ length }) => length));
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
  return copyOfObject(value, depth);
}

/** Member by member: every message that is passed on comes here, and lists of members would be most of its garbage. */
function copyOfObject(value: object, depth: number): JsonObject {
  const copy: JsonObject = {};
  for (const key of Object.keys(value)) {
    if (isCustomerKey(key)) continue;
    const member = copyOf((value as JsonObject)[key], depth + 1);
    // Assigned, this name would be the prototype.
    if (key === "__proto__") Object.defineProperty(copy, key, { ...OWN_MEMBER, value: member });
    else copy[key] = member;
  }
  return copy;
}

const OWN_MEMBER = { writable: true, enumerable: true, configurable: true };

/** Looks at the length first: few names have that of one of these, and small letters are a copy. */
function isCustomerKey(key: string): boolean {
  return CUSTOMER_KEY_LENGTHS.has(key.length) && CUSTOMER_KEYS.has(key.toLowerCase());
}
