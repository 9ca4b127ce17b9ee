export type JsonObject = Record<string, unknown>;

export function isObject(value: unknown): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** Limits nesting; deeper JSON is malicious, because BMW's objects nest six deep. */
export const MOST_DEPTH = 64;

/** Parses JSON text; `undefined` if it is not JSON or nested deeper than `maxDepth`. Never throws. */
export function parseJson(text: string, maxDepth = MOST_DEPTH): unknown {
  try {
    const value: unknown = JSON.parse(text);
    return depthWithin(value, maxDepth) ? value : undefined;
  } catch {
    return undefined;
  }
}

/** Returns whether objects and arrays in `value` nest at most `limit` deep. */
export function depthWithin(value: unknown, limit = MOST_DEPTH): boolean {
  if (typeof value !== "object" || value === null) return true;
  if (limit === 0) return false;
  // Every message passes here: listing the members would cost more than visiting them, and so does naming those of a list.
  if (Array.isArray(value)) {
    for (const member of value as unknown[]) if (!depthWithin(member, limit - 1)) return false;
    return true;
  }
  for (const name in value) if (!depthWithin((value as JsonObject)[name], limit - 1)) return false;
  return true;
}

/** Returns a non-empty string, else `null`. */
export function nonEmptyText(value: unknown): string | null {
  return typeof value === "string" && value.trim() !== "" ? value : null;
}

/** Returns a finite number, also from strict numeric text, else `null`. */
export function finiteNumber(value: unknown): number | null {
  if (typeof value === "number") return Number.isFinite(value) ? value : null;
  if (typeof value !== "string" || !/^-?\d+(\.\d+)?$/.test(value)) return null;
  return Number(value);
}

/** Reads finite numbers by their names out of what was saved, in that order; `null` if one is missing. */
export function numbersIn<const Names extends readonly string[]>(
  saved: unknown,
  ...names: Names
): { [Index in keyof Names]: number } | null;
export function numbersIn(saved: unknown, ...names: readonly string[]): number[] | null {
  if (!isObject(saved)) return null;
  const numbers = names.map((name) => finiteNumber(saved[name])).filter((one) => one !== null);
  return numbers.length === names.length ? numbers : null;
}

/** Reads a list of finite numbers, without what is none. */
export function numberList(saved: unknown): number[] {
  return Array.isArray(saved) ? (saved as unknown[]).map(finiteNumber).filter((one) => one !== null) : [];
}

/** Reads the members of an object, none of what is none. */
export function entriesOf(saved: unknown): [name: string, value: unknown][] {
  return isObject(saved) ? Object.entries(saved) : [];
}
