import { finiteNumber, isObject, nonEmptyText, type JsonObject } from "../support/json.js";

/** Lists the types that a summary may contain of BMW's answers. */
export type Scalar = string | number | boolean;

/** `1 car`, `2 cars` */
export function counted(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? "" : "s"}`;
}

/** Returns the objects in a list; none for anything else. */
export function objectsOf(value: unknown): JsonObject[] {
  return Array.isArray(value) ? value.filter(isObject) : [];
}

export function scalar(value: unknown): Scalar | null {
  if (typeof value === "number") return Number.isFinite(value) ? value : null;
  return typeof value === "boolean" ? value : nonEmptyText(value);
}

/** Returns the scalar members of an object, in the order of `names`. */
export function picked(from: JsonObject, names: readonly string[]): Record<string, Scalar> {
  return Object.fromEntries(
    names.flatMap((name): [string, Scalar][] => {
      const value = scalar(from[name]);
      return value === null ? [] : [[name, value]];
    }),
  );
}

/** Formats seconds since 1970, which BMW may send as text, as ISO time; `null` for everything else. */
export function timeOfSeconds(value: unknown): string | null {
  const seconds = finiteNumber(value) ?? 0;
  if (seconds <= 0) return null;
  const date = new Date(seconds * 1000);
  return Number.isNaN(date.getTime()) ? null : date.toISOString();
}
