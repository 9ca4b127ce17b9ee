import { isoTime } from "../support/iso-time.js";
import { nonEmptyText } from "../support/json.js";

/*
 * Times of a zone. The offset of a zone comes from the parts of a formatter: the hour of midnight is asked for as "00"
 * (`hourCycle`), because Node.js versions differ in it otherwise.
 */

const MINUTE_MS = 60_000;
const QUARTER_MS = 15 * MINUTE_MS;
const formatters = new Map<string, Intl.DateTimeFormat>();
const known = new Map<string, number>();
const MOST_KNOWN = 1000;

/** Returns whether this is the name of a zone. */
export function isZone(name: string): boolean {
  try {
    formatterOf(name);
    return true;
  } catch {
    return false;
  }
}

/** Returns the zone of this computer; UTC where it has none that is known. */
export function zoneOfComputer(): string {
  // An unknown TZ leaves it undefined, which its type does not say.
  return nonEmptyText(new Intl.DateTimeFormat().resolvedOptions().timeZone) ?? "UTC";
}

/** Formats a time [ms] as `2026-03-02T07:41:05+01:00`. */
export function zonedTime(milliseconds: number, zone: string): string {
  const offset = offsetOf(milliseconds, zone);
  const minutes = Math.abs(offset) / MINUTE_MS;
  const sign = offset < 0 ? "-" : "+";
  const local = isoTime(milliseconds + offset).slice(0, "2026-03-02T07:41:05".length);
  return `${local}${sign}${digits(Math.floor(minutes / 60))}:${digits(minutes % 60)}`;
}

/** Returns the time [ms] at which the month of a time [ms] began in a zone. */
export function monthBegin(milliseconds: number, zone: string): number {
  const local = Date.parse(`${zonedTime(milliseconds, zone).slice(0, "2026-03".length)}-01T00:00:00Z`);
  // The offset of today may be another one, and so may that of midnight in UTC: the clocks of Sydney change on such a day.
  const near = local - offsetOf(local, zone);
  return local - offsetOf(near, zone);
}

/** Returns the minute of the day and the day of the week (0: Sunday) of a time [ms] in a zone. */
export function localMinute(milliseconds: number, zone: string): { readonly minute: number; readonly day: number } {
  const local = new Date(milliseconds + offsetOf(milliseconds, zone));
  return { minute: local.getUTCHours() * 60 + local.getUTCMinutes(), day: local.getUTCDay() };
}

/** Formats a time [ms] as `20260302T064105Z`. */
export function compactTime(milliseconds: number): string {
  return `${isoTime(milliseconds).slice(0, 19).replace(/[-:]/g, "")}Z`;
}

/** Returns by how much the zone is ahead of UTC [ms]; every zone changes at a quarter of an hour. */
function offsetOf(milliseconds: number, zone: string): number {
  const quarter = Math.floor(milliseconds / QUARTER_MS);
  const key = `${zone} ${quarter}`;
  const offset = known.get(key) ?? computedOffset(quarter * QUARTER_MS, zone);
  if (known.size >= MOST_KNOWN) known.clear();
  known.set(key, offset);
  return offset;
}

function computedOffset(at: number, zone: string): number {
  const parts = new Map(
    formatterOf(zone)
      .formatToParts(at)
      .map(({ type, value }) => [type, Number(value)]),
  );
  const part = (type: Intl.DateTimeFormatPartTypes) => parts.get(type) ?? 0;
  const local = Date.UTC(part("year"), part("month") - 1, part("day"), part("hour"), part("minute"), part("second"));
  return local - at;
}

function formatterOf(zone: string): Intl.DateTimeFormat {
  const made = formatters.get(zone) ?? newFormatter(zone);
  formatters.set(zone, made);
  return made;
}

function newFormatter(timeZone: string): Intl.DateTimeFormat {
  const numeric = "numeric" as const;
  return new Intl.DateTimeFormat("en-US", {
    timeZone,
    calendar: "gregory",
    numberingSystem: "latn",
    hourCycle: "h23",
    year: numeric,
    month: numeric,
    day: numeric,
    hour: numeric,
    minute: numeric,
    second: numeric,
  });
}

function digits(value: number): string {
  return String(value).padStart(2, "0");
}
