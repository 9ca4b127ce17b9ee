import { bestLevel, type MeasuredLevels } from "./measured-level.js";
import type { MotionState, OdometerReading } from "./motion-state.js";
import type { Position } from "./position.js";

/** Holds what is known about a parked car. Times are BMW's [ms]. */
export interface ParkedCar {
  readonly motion: MotionState;
  readonly levels: MeasuredLevels;
  /** End of its last charge [ms]; earlier levels no longer hold. */
  readonly chargedAt: number | null;
  /** Last known position. */
  readonly place: Position | null;
}

const MINUTE = 60_000;
const DAY = 24 * 60 * MINUTE;
/** Limits how far outside of the parking time a level may lie to count for it [ms]. */
const LEVEL_NEAR_MS = 2 * MINUTE;
const ODOMETER_AT_END_MS = MINUTE;
const PLACE_AT_END_MS = 5 * MINUTE;

/**
 * Returns the time since which a level still holds at `at` [ms]: nothing is known to have charged or discharged the
 * battery in between.
 */
export function holdsSince({ motion, chargedAt }: Pick<ParkedCar, "motion" | "chargedAt">, at: number): number {
  return Math.max((motion.displacedAt ?? -Infinity) - LEVEL_NEAR_MS, chargedAt ?? -Infinity, at - DAY);
}

/** Returns the levels that hold at `at`. */
export function levelsAt(car: ParkedCar, at: number): MeasuredLevels {
  const since = holdsSince(car, at);
  return car.levels.filter((level) => level.at >= since && level.at <= at + LEVEL_NEAR_MS);
}

/**
 * Returns the state of charge at `at` [%]; `null` if no known level holds.
 * @param until latest time of measurement [ms]
 */
export function socAt(car: ParkedCar, at: number, until = Infinity): number | null {
  return bestLevel(levelsAt(car, at), (level) => level.at <= until)?.soc ?? null;
}

/**
 * Returns the odometer, unless the car has driven since it was read.
 * @param until a value first read from then on belongs to the next trip [ms]
 */
export function odometerAt({ motion }: ParkedCar, until = Infinity): OdometerReading | null {
  const { odometer: state, settledAt } = motion;
  const counts = state === null ? [] : [...state.former, state];
  const odometer = counts.filter(({ since }) => since < until).at(-1) ?? null;
  return odometer !== null && odometer.at >= (settledAt ?? -Infinity) - ODOMETER_AT_END_MS ? odometer : null;
}

/** Returns where the car is parked, unless it has driven since it was seen. */
export function parkedPosition({ motion, place }: ParkedCar): Position | null {
  return place !== null && place.timestamp >= (motion.displacedAt ?? -Infinity) - PLACE_AT_END_MS ? place : null;
}
