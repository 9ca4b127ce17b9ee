import { finiteNumber } from "./json.js";

/** Latest time that a `Date` can hold [ms since 1970]; the earliest is its negative. */
const LATEST_TIME = 8.64e15;

/** Returns a saved or received time [ms since 1970]; `null` if a `Date` cannot hold it. */
export function validTime(value: unknown): number | null {
  const time = finiteNumber(value);
  return time !== null && Math.abs(time) <= LATEST_TIME ? time : null;
}

const ISO_TIME = /^\d{4}-\d{2}-\d{2}(?:T\d{2}:\d{2}(?::\d{2}(?:\.\d{1,9})?)?(?:Z|[+-]\d{2}:?\d{2})?)?$/;
/** Earliest accepted time [ms]; seconds instead of milliseconds would lie before it. */
const EARLIEST_TYPED = Date.UTC(2000, 0, 1);
const LATEST_TYPED = Date.UTC(2100, 0, 1);

/**
 * A moment in ms since 1970 as people and flows give it: an ISO date or time, of which a date alone is its beginning in
 * UTC, or milliseconds. `null` for everything else, and for days that no calendar has.
 */
export function momentOf(value: unknown): number | null {
  const time = typeof value === "string" && ISO_TIME.test(value) && isDay(value) ? Date.parse(value) : value;
  return typeof time === "number" && time >= EARLIEST_TYPED && time <= LATEST_TYPED ? time : null;
}

/** Returns whether a date exists; `Date.parse` takes 30 February for 2 March. */
function isDay(time: string): boolean {
  const parsed = new Date(time.slice(0, 10));
  return parsed.getUTCDate() === Number(time.slice(8, 10));
}

const MINUTE_MS = 60_000;
let lastMinute = NaN;
/** As in `2026-03-02T06:41:`. */
let lastMinuteText = "";

/**
 * Formats a time [ms since 1970] as ISO 8601 UTC. Never throws: clamps a time that no `Date` can hold. Formats the minute
 * by `Date`, once, because most times of a moment share it: every message has several.
 */
export function isoTime(milliseconds: number): string {
  const clamped = Number.isNaN(milliseconds) ? 0 : Math.min(LATEST_TIME, Math.max(-LATEST_TIME, milliseconds));
  const time = Math.trunc(clamped);
  const minute = Math.floor(time / MINUTE_MS);
  if (minute !== lastMinute) {
    lastMinuteText = new Date(minute * MINUTE_MS).toISOString().slice(0, -"05.000Z".length);
    lastMinute = minute;
  }
  const ms = time - minute * MINUTE_MS;
  const seconds = Math.floor(ms / 1000);
  return `${lastMinuteText}${digits(seconds, 2)}.${digits(ms - seconds * 1000, 3)}Z`;
}

function digits(value: number, count: number): string {
  return String(value).padStart(count, "0");
}
