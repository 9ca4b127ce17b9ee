import { finite } from "../support/json.js";

/** Highest power that counts as one, of charger or meter, kW. */
export const MOST_KW = 400;
/** Load beside the battery, kW. */
export const MOST_AUX_KW = 20;
export const MOST_KMH = 400;
/** So long a speed that somebody says is true: as long as a tracker may be silent that is looked at every minute. */
export const SPOKEN_SPEED_MS = 180_000;
/** No battery that drives a car is smaller, none is larger. */
export const LEAST_CAPACITY_KWH = 1;
export const MOST_CAPACITY_KWH = 300;
/** So long the header goes before a source that counts less. */
export const HEADER_KEEPS_MS = 3_600_000;
/** After a trip its end is told late; so long it is looked after. */
export const CONTINUITY_MS = 300_000;
/** A trip that was loaded again and is older has ended meanwhile. */
export const LONGEST_RESTORED_TRIP_MS = 4 * 3_600_000;

/** So long a charge goes on without being watched: through an outage of the program, or a clock that jumped ahead. */
export const LONGEST_UNWATCHED_MS = 600_000;
/** A smaller step back of the clock is waited for. */
export const CLOCK_BACK_MS = 60_000;

/** Whether `at` is no more than `ms` away from `now`: a clock may have been set back since. */
export function isRecent(at: number, now: number, ms: number): boolean {
  return Math.abs(now - at) <= ms;
}

/** A capacity in kWh; `null` for nothing, 0 and what is no battery of a car. */
export function capacityOf(value: unknown): number | null {
  const kwh = finite(value);
  return kwh !== null && kwh >= LEAST_CAPACITY_KWH && kwh <= MOST_CAPACITY_KWH ? kwh : null;
}
