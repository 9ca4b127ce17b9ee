import { spanOf, type JournalEntry } from "./entry.js";

/** A time [ms], or a whole day such as `2026-03-02` in the zone of each entry. */
export type Moment = number | string;

/** Says which entries are meant: those that began from `from` to `to`, a day to its end; `null`: without a limit. */
export interface TimeRange {
  readonly from: Moment | null;
  readonly to: Moment | null;
}

const DAY_MS = 24 * 3_600_000;
/** Before any car told anything [ms]. */
const EARLIEST = Date.UTC(2010, 0);
/** How far ahead a wrong clock may have put entries that shall still be found [ms]. */
const AHEAD_MS = 366 * DAY_MS;

/** Returns whether an entry began within a range. */
export function isWithin(entry: Pick<JournalEntry, "start" | "end">, { from, to }: TimeRange): boolean {
  return (from === null || compared(entry, from) >= 0) && (to === null || compared(entry, to) <= 0);
}

/** Returns times [ms] between which everything of a range began, in whatever zone. */
export function boundsOf({ from, to }: TimeRange, now: number): { readonly from: number; readonly to: number } {
  return {
    from: from === null ? EARLIEST : timeOf(from) - DAY_MS,
    to: to === null ? now + AHEAD_MS : timeOf(to) + 2 * DAY_MS,
  };
}

function timeOf(moment: Moment): number {
  return typeof moment === "number" ? moment : Date.parse(moment);
}

/** Returns a number below 0 if an entry began before a moment, above 0 if after. */
function compared(entry: Pick<JournalEntry, "start" | "end">, moment: Moment): number {
  if (typeof moment === "number") return spanOf(entry).from - moment;
  const day = entry.start.slice(0, moment.length);
  return day === moment ? 0 : day < moment ? -1 : 1;
}
