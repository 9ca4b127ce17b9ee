import type { PollCandidate } from "./poll-candidate.js";
import type { DailyFeature } from "./job.js";
import type { TelematicPollRequest } from "./poll-request.js";
import type { CarPollState, DailyPollState } from "./poll-state.js";
import { CLOCK_TOLERANCE_MS, DAY_MS, HOUR_MS, LONGEST_SLEEP_MS, MINUTE_MS, WEEK_MS } from "./durations.js";

const FALLBACK_MS = 12 * HOUR_MS;
const SILENT_CAR_MS = DAY_MS;
const JITTER = 0.05;
const FIRST_BACKOFF_MS = 15 * MINUTE_MS;
const LONGEST_BACKOFF_MS = 360 * MINUTE_MS;

/** Holds the interval that the quota allows [ms], and whether the car has no data; see `quota-shares.ts`. */
interface PollPace {
  readonly denseMs: number;
  readonly silent: boolean;
}

/**
 * Returns when the next scheduled poll of a car is due [ms] (long ago if it was never polled); `null` if there is none.
 */
export function scheduledPollAt(
  car: PollCandidate,
  pollState: CarPollState,
  request: TelematicPollRequest,
  pace: PollPace,
  now: number,
): number | null {
  if (car.access === "never") return null;
  if (car.access === "weekly") return Math.max(believable(car.refusedAt, now), pollState.lastAttempt ?? 0) + WEEK_MS;
  const since = pollState.lastSuccess;
  const regular = since === null ? 0 : since + waitOf(pollState, request, pace);
  return Math.max(regular, freshUntil(car, request, now), recoveredAt(pollState));
}

function waitOf(pollState: CarPollState, request: TelematicPollRequest, { denseMs, silent }: PollPace): number {
  const dense = request.schedule === "dense";
  const wait = (silent ? SILENT_CAR_MS : dense ? denseMs : FALLBACK_MS) * (1 + JITTER * pollState.spread);
  return Math.round(dense ? Math.max(wait, request.minIntervalMs) : wait);
}

/**
 * Returns until when the stream makes a poll unnecessary [ms]: a battery level is as good as a poll, frequent positions
 * are not.
 */
function freshUntil(car: PollCandidate, request: TelematicPollRequest, now: number): number {
  const socAt = believable(car.socAt, now);
  return request.schedule === "dense" || socAt === 0 ? 0 : socAt + FALLBACK_MS;
}

function recoveredAt({ failures, lastAttempt }: CarPollState): number {
  if (failures === 0 || lastAttempt === null) return 0;
  return lastAttempt + Math.min(LONGEST_BACKOFF_MS, FIRST_BACKOFF_MS * 2 ** (failures - 1));
}

/** Returns a past time; one that lies ahead comes from a wrong clock and would delay polls. */
function believable(time: number | null, now: number): number {
  return time === null || time > now + CLOCK_TOLERANCE_MS ? 0 : time;
}

const MINUTES_OF_DAY = 1440;
const CATCH_UP_MINUTES = 60;

/** Returns when the next daily call is due [ms]; in the past if it waits to be sent. */
export function dailyAt(daily: DailyPollState, vin: string, feature: DailyFeature, now: number): number {
  return Math.max(daily.disabledUntil ?? 0, daily.dueAt ?? usualTime(daily, vin, feature, now));
}

/** The state with a time for a call whose minute passed unused, as when Node-RED was off: soon, but not all at once. */
export function caughtUp(daily: DailyPollState, vin: string, feature: DailyFeature, now: number): DailyPollState {
  if (daily.dueAt !== null || usualTime(daily, vin, feature, now) >= now - LONGEST_SLEEP_MS) return daily;
  return { ...daily, dueAt: now + ((hashOf(vin + feature) >>> 16) % CATCH_UP_MINUTES) * MINUTE_MS };
}

/** Returns the regular time [ms]: every car and feature has a minute of its own, so that calls spread over the day. */
function usualTime({ stamp }: DailyPollState, vin: string, feature: DailyFeature, now: number): number {
  const today = dayOf(now);
  const minute = hashOf(vin + feature) % MINUTES_OF_DAY;
  const day = stamp !== null && dayOf(stamp) >= today ? today + 1 : today;
  return day * DAY_MS + minute * MINUTE_MS;
}

/** Returns the day since 1970 (UTC). */
function dayOf(time: number): number {
  return Math.floor(time / DAY_MS);
}

/** Hashes a text (FNV-1a, 32 bits). */
function hashOf(text: string): number {
  let hash = 0x811c9dc5;
  for (let index = 0; index < text.length; index++) hash = Math.imul(hash ^ text.charCodeAt(index), 0x01000193);
  return hash >>> 0;
}
