import type { DailyFeature } from "./jobs.js";
import type { DailyClock } from "./state.js";
import { DAY_MS, LONGEST_SLEEP_MS, MINUTE_MS } from "./times.js";

const MINUTES_OF_DAY = 1440;
const CATCH_UP_MINUTES = 60;

/** When the next daily call is due; in the past if it is waiting to be sent. */
export function dailyAt(clock: DailyClock, vin: string, feature: DailyFeature, now: number): number {
  return Math.max(clock.disabledUntil ?? 0, clock.dueAt ?? usualTime(clock, vin, feature, now));
}

/** The clock with a time for a call whose minute passed unused, as when Node-RED was off: soon, but not all at once. */
export function caughtUp(clock: DailyClock, vin: string, feature: DailyFeature, now: number): DailyClock {
  if (clock.dueAt !== null || usualTime(clock, vin, feature, now) >= now - LONGEST_SLEEP_MS) return clock;
  return { ...clock, dueAt: now + ((hashOf(vin + feature) >>> 16) % CATCH_UP_MINUTES) * MINUTE_MS };
}

/** Every car and feature has a minute of its own, so that calls spread over the day. */
function usualTime({ stamp }: DailyClock, vin: string, feature: DailyFeature, now: number): number {
  const today = dayOf(now);
  const minute = hashOf(vin + feature) % MINUTES_OF_DAY;
  const day = stamp !== null && dayOf(stamp) >= today ? today + 1 : today;
  return day * DAY_MS + minute * MINUTE_MS;
}

/** Days since 1970, UTC. */
function dayOf(time: number): number {
  return Math.floor(time / DAY_MS);
}

/** FNV-1a, 32 bits. */
function hashOf(text: string): number {
  let hash = 0x811c9dc5;
  for (let index = 0; index < text.length; index++) hash = Math.imul(hash ^ text.charCodeAt(index), 0x01000193);
  return hash >>> 0;
}
