import type { CockpitCar, CockpitHistory, CockpitSpan } from "../../src/cockpit/contract.js";

export const PERIODS = ["day", "week", "charge", "trip"] as const;
export type Period = (typeof PERIODS)[number];

/** Columns of equal length for the chart; `null` is a gap. Only that one: uPlot joins over `undefined` and NaN. */
export interface ChartColumns {
  /** Times, ascending [s]. */
  readonly at: readonly number[];
  /** Our estimate with its 90 % band [%]. */
  readonly level: readonly (number | null)[];
  readonly low: readonly (number | null)[];
  readonly high: readonly (number | null)[];
  /** What the car told [%]. */
  readonly told: readonly (number | null)[];
  /** [kW] */
  readonly power: readonly (number | null)[];
  /** What is expected of the charge that goes on [%]. */
  readonly ahead: readonly (number | null)[];
}

const DAY = 86_400;
const DAYS = { day: 1, week: 7 };
/** A point that comes sooner after the last one takes its place [s]. */
const LEAST_STEP = 30;
/** While power flows a level is kept every few minutes: after a longer time without one nobody has watched [s]. */
const LONGEST_STEP = 1800;
const NO_GAPS: ReadonlySet<number> = new Set();
/** Room at both ends of a charge or trip, as share of its length. */
const MARGIN = 0.03;
const LEAST_LENGTH = 600;
/** What is expected later makes a chart in which nothing else shows [s]. */
const LONGEST_AHEAD = DAY;

/** Returns the times of a period [s]; `null` where there was no such charge or trip. */
export function rangeOf(
  history: CockpitHistory,
  period: Period,
  car: CockpitCar,
  now: number,
): [number, number] | null {
  if (period === "day" || period === "week") return [sinceKnown(history, now - DAYS[period] * DAY, now), now];
  const span = (period === "charge" ? history.charges : history.trips).at(-1);
  if (span === undefined) return null;
  const end = span.to ?? (period === "charge" ? (expectedEnd(car) ?? now) : now);
  const room = Math.max(LEAST_LENGTH, end - span.from) * MARGIN;
  return [span.from - room, Math.max(end, span.from + LEAST_LENGTH) + room];
}

/** Returns since when anything is known: at first, all of it fills the chart. */
function sinceKnown({ level, reported }: CockpitHistory, from: number, now: number): number {
  const first = Math.min(level.at[0] ?? now, reported.at[0] ?? now, now - LEAST_LENGTH);
  return Math.max(from, first);
}

/** Returns when the charge reaches its target [s]; `null` if nobody knows. */
function expectedEnd({ charge, level }: CockpitCar): number | null {
  const minutes = charge?.minutesToTarget ?? null;
  if (minutes === null || level === null || minutes <= 0 || minutes * 60 > LONGEST_AHEAD) return null;
  return seconds(level.at) + minutes * 60;
}

/** Adds what has come since the history was fetched. */
export function withLevel(history: CockpitHistory, { level, charge, reported }: CockpitCar): CockpitHistory {
  if (level === null) return history;
  const { at, value, low, high, powerKw } = history.level;
  const now = seconds(level.at);
  const last = at.at(-1) ?? -Infinity;
  if (!(now > last)) return withReported(history, reported);
  const before = at.at(-2) ?? -Infinity;
  const kept = now - last < LEAST_STEP && last - before < LEAST_STEP ? -1 : at.length;
  // A page that stays open would keep what no chart shows any more.
  const old = Math.max(
    0,
    at.findIndex((time) => time >= now - DAYS.week * DAY),
  );
  const next = <T>(column: readonly T[], one: T) => [...column.slice(old, kept), one];
  return withReported(
    {
      ...history,
      to: Math.max(history.to, now),
      level: {
        at: next(at, now),
        value: next(value, level.value),
        low: next(low, level.low),
        high: next(high, level.high),
        powerKw: next(powerKw, charge?.powerKw ?? null),
      },
    },
    reported,
  );
}

function withReported(history: CockpitHistory, reported: CockpitCar["reported"]): CockpitHistory {
  if (reported === null) return history;
  const { at, value } = history.reported;
  const time = seconds(reported.at);
  if (!(time > (at.at(-1) ?? -Infinity)) || time < history.from) return history;
  return { ...history, reported: { at: [...at, time], value: [...value, reported.value] } };
}

/**
 * Joins level and BMW's points to columns of the same times.
 * @param hasAhead whether to tell what is expected of a charge that goes on
 */
export function columnsOf({ level, reported }: CockpitHistory, car: CockpitCar, hasAhead: boolean): ChartColumns {
  const told = new Map(reported.at.map((at, index) => [at, reported.value[index] ?? null]));
  const end = hasAhead && car.isCharging === true ? expectedEnd(car) : null;
  const last = level.at.at(-1);
  const isAhead = end !== null && last !== undefined && end > last && car.target !== null;
  const gaps = unwatchedBefore(level);
  const gapTimes = [...gaps].map((index) => ((level.at[index - 1] ?? 0) + (level.at[index] ?? 0)) / 2);
  const times = [...level.at, ...reported.at, ...gapTimes, ...(isAhead ? [end] : [])];
  const at = [...new Set(times)].sort((one, other) => one - other);
  const along = (column: readonly (number | null)[], without = NO_GAPS) =>
    at.map(interpolated(level.at, column, without));
  return {
    at,
    level: along(level.value),
    low: along(level.low),
    high: along(level.high),
    told: at.map((time) => told.get(time) ?? null),
    power: along(level.powerKw, gaps),
    ahead: at.map((time) => aheadAt(time)),
  };

  function aheadAt(time: number): number | null {
    if (!isAhead) return null;
    if (time === last) return level.value.at(-1) ?? null;
    return time === end ? car.target : null;
  }
}

/** Returns the places of the points before which nobody has watched, so that power may have been another one meanwhile. */
function unwatchedBefore({ at, value, powerKw }: CockpitHistory["level"]): ReadonlySet<number> {
  const isUnwatched = (index: number) => {
    const step = (at[index] ?? NaN) - (at[index - 1] ?? NaN);
    // What has stayed the same was watched until it changed.
    const isSame = value[index] === value[index - 1] && powerKw[index] === powerKw[index - 1];
    return step > LONGEST_STEP && !isSame && powerKw[index] !== null && powerKw[index - 1] !== null;
  };
  return new Set([...at.keys()].filter(isUnwatched));
}

/**
 * Returns what gives a column at any time: on the line between its points, `null` beside them and in its gaps.
 * @param without places of points to which no line leads
 */
function interpolated(times: readonly number[], column: readonly (number | null)[], without: ReadonlySet<number>) {
  let index = 0;
  const point = (place: number) => ({ at: times[place] ?? NaN, value: column[place] ?? null });
  // Asked in order of time.
  return (time: number): number | null => {
    while (point(index).at < time) index += 1;
    const after = point(index);
    if (after.at === time) return after.value;
    const before = point(index - 1);
    if (before.value === null || after.value === null || without.has(index)) return null;
    return before.value + ((after.value - before.value) * (time - before.at)) / (after.at - before.at);
  };
}

/** Returns whether a span goes on. */
export function isOpen(span: CockpitSpan | undefined): boolean {
  return span?.to === null;
}

function seconds(iso: string): number {
  return Date.parse(iso) / 1000;
}
