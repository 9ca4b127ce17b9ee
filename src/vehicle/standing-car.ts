import { bestLevel, type Levels } from "./level.js";
import type { MotionState, OdometerSign } from "./motion-state.js";
import type { Position } from "./position.js";

/** What is known of a car that stands. Times are BMW's, in milliseconds. */
export interface StandingCar {
  readonly motion: MotionState;
  readonly levels: Levels;
  /** The end of its last charge: what was measured before is of another battery, so to say. */
  readonly chargedAt: number | null;
  /** Where it was seen last. */
  readonly place: Position | null;
}

const MINUTE = 60_000;
const DAY = 24 * 60 * MINUTE;
/** What was measured so shortly before the end of one thing, or after the start of the next, is nearly that in between. */
const LEVEL_NEAR_MS = 2 * MINUTE;
const ODOMETER_AT_END_MS = MINUTE;
const PLACE_AT_END_MS = 5 * MINUTE;

/** What was told of the battery since then holds at `at`: nothing has used or filled it in between, as far as is known. */
export function holdsSince({ motion, chargedAt }: Pick<StandingCar, "motion" | "chargedAt">, at: number): number {
  return Math.max((motion.displacedAt ?? -Infinity) - LEVEL_NEAR_MS, chargedAt ?? -Infinity, at - DAY);
}

/** The levels that hold at `at`. */
export function levelsAt(car: StandingCar, at: number): Levels {
  const since = holdsSince(car, at);
  return car.levels.filter((level) => level.at >= since && level.at <= at + LEVEL_NEAR_MS);
}

/**
 * Percent; `null` if nothing that is known holds.
 * @param until it was measured then at the latest
 */
export function socAt(car: StandingCar, at: number, until = Infinity): number | null {
  return bestLevel(levelsAt(car, at), (level) => level.at <= until)?.soc ?? null;
}

/**
 * The odometer, unless the car has gone on since it was read.
 * @param until what was read first from then on, in milliseconds, is of the next way
 */
export function odometerAt({ motion }: StandingCar, until = Infinity): OdometerSign | null {
  const { odometer: mark, settledAt } = motion;
  const counts = mark === null ? [] : [...mark.former, mark];
  const odometer = counts.filter(({ since }) => since < until).at(-1) ?? null;
  return odometer !== null && odometer.at >= (settledAt ?? -Infinity) - ODOMETER_AT_END_MS ? odometer : null;
}

/** Where the car stands, unless it has gone on since it was seen. */
export function placeOf({ motion, place }: StandingCar): Position | null {
  return place !== null && place.timestamp >= (motion.displacedAt ?? -Infinity) - PLACE_AT_END_MS ? place : null;
}
