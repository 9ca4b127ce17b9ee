import { finite } from "./json.js";

/** The last moment that a `Date` can hold, ms since 1970; the first one is its negative. */
const LATEST_TIME = 8.64e15;

/** A moment in ms since 1970, out of what was saved or sent; `null` if it is none that a `Date` can hold. */
export function timeIn(value: unknown): number | null {
  const time = finite(value);
  return time !== null && Math.abs(time) <= LATEST_TIME ? time : null;
}

/** ISO 8601 UTC of milliseconds since 1970. Never throws: of a moment that no `Date` can hold the nearest one. */
export function isoTime(milliseconds: number): string {
  const time = Number.isNaN(milliseconds) ? 0 : Math.min(LATEST_TIME, Math.max(-LATEST_TIME, milliseconds));
  return new Date(time).toISOString();
}
