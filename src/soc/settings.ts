import { finiteNumber } from "../support/json.js";
import type { DriveType } from "../vehicle/drive-type.js";

/** Holds what the user and the model say of a car, for its estimates. */
export interface SocSettings {
  /** Whether the driving estimate is wanted. */
  readonly magic: boolean;
  /** Lowest efficiency of a charge that is learned from, a share: 0.82 by default, down to 0.40. */
  readonly minEfficiency: number;
  /** Load beside the battery while charging by BMW's power, kW; 0.3 by default. */
  readonly auxKw: number;
  /** Time for which a reading of the user's meter goes before BMW's, ms; 120 000 by default. */
  readonly meterPriorityMs: number;
  readonly driveType: DriveType | null;
  /** The user's word on the usable capacity, kWh. */
  readonly capacityKwh: number | null;
  /** By model, where the car says nothing. */
  readonly modelCapacityKwh: number | null;
  readonly modelKwhPerKm: number;
}

/** Highest power that counts as one, of charger or meter, kW. */
export const MOST_KW = 400;
/** Load beside the battery, kW. */
export const MOST_AUX_KW = 20;
export const MOST_KMH = 400;
/** Validity of a speed that somebody says, ms: as long as a tracker may be silent that is looked at every minute. */
export const MANUAL_SPEED_MS = 180_000;
/** No battery that drives a car is smaller, none is larger. */
export const LEAST_CAPACITY_KWH = 1;
export const MOST_CAPACITY_KWH = 300;
/** A trip is looked after for so long after its end, which is told late. */
export const CONTINUITY_MS = 300_000;
/** A trip that was loaded again and is older has ended meanwhile. */
export const LONGEST_RESTORED_TRIP_MS = 4 * 3_600_000;
/** A charge goes on unwatched for so long: through an outage of the program, or a clock that jumped ahead. */
export const LONGEST_UNWATCHED_MS = 600_000;
/** A smaller step back of the clock is waited for. */
export const CLOCK_BACK_MS = 60_000;

/** Tells whether `at` is no more than `ms` away from `now`: a clock may have been set back since. */
export function isRecent(at: number, now: number, ms: number): boolean {
  return Math.abs(now - at) <= ms;
}

/** Reads a capacity in kWh; `null` for nothing, 0 and what is no battery of a car. */
export function capacityOf(value: unknown): number | null {
  const kwh = finiteNumber(value);
  return kwh !== null && kwh >= LEAST_CAPACITY_KWH && kwh <= MOST_CAPACITY_KWH ? kwh : null;
}

/** Reads a level in percent; `null` for what is none. */
export function percentOf(value: unknown): number | null {
  const percent = finiteNumber(value);
  return percent !== null && percent >= 0 && percent <= 100 ? percent : null;
}
