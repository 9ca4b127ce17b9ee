import type { CarFacts } from "./cars.js";
import type { CarClocks } from "./state.js";
import { CLOCK_TOLERANCE_MS, DAY_MS, HOUR_MS, MINUTE_MS, WEEK_MS } from "./times.js";
import type { TelematicWish } from "./wishes.js";

const FALLBACK_MS = 12 * HOUR_MS;
const SILENT_CAR_MS = DAY_MS;
const JITTER = 0.05;
const FIRST_BACKOFF_MS = 15 * MINUTE_MS;
const LONGEST_BACKOFF_MS = 360 * MINUTE_MS;

/** The wait that the quota asks for, and whether the car is one without data; see `budget.ts`. */
export interface Pace {
  readonly denseMs: number;
  readonly silent: boolean;
}

/** When the next scheduled poll of a car is due (long ago if it was never polled), or `null` if there is none. */
export function scheduledPollAt(
  car: CarFacts,
  clocks: CarClocks,
  wish: TelematicWish,
  pace: Pace,
  now: number,
): number | null {
  if (car.access === "never") return null;
  if (car.access === "weekly") return Math.max(believable(car.refusedAt, now), clocks.lastAttempt ?? 0) + WEEK_MS;
  const since = clocks.lastSuccess;
  const regular = since === null ? 0 : since + waitOf(clocks, wish, pace);
  return Math.max(regular, freshUntil(car, wish, now), recoveredAt(clocks));
}

function waitOf(clocks: CarClocks, wish: TelematicWish, { denseMs, silent }: Pace): number {
  const dense = wish.schedule === "dense";
  const wait = (silent ? SILENT_CAR_MS : dense ? denseMs : FALLBACK_MS) * (1 + JITTER * clocks.spread);
  return Math.round(dense ? Math.max(wait, wish.minIntervalMs) : wait);
}

/** A charge level from the stream is as good as a poll; positions, which come by the minute, are not. */
function freshUntil(car: CarFacts, wish: TelematicWish, now: number): number {
  const socAt = believable(car.socAt, now);
  return wish.schedule === "dense" || socAt === 0 ? 0 : socAt + FALLBACK_MS;
}

function recoveredAt({ failures, lastAttempt }: CarClocks): number {
  if (failures === 0 || lastAttempt === null) return 0;
  return lastAttempt + Math.min(LONGEST_BACKOFF_MS, FIRST_BACKOFF_MS * 2 ** (failures - 1));
}

/** A time that lies ahead comes from a wrong clock; it would hold a poll back for as long as that. */
function believable(time: number | null, now: number): number {
  return time === null || time > now + CLOCK_TOLERANCE_MS ? 0 : time;
}
