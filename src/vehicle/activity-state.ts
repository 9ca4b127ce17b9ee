import type { Charge } from "./charge.js";
import type { MeasuredLevels } from "./measured-level.js";
import { UNKNOWN_MOTION, type MotionState } from "./motion-state.js";
import type { Position } from "./position.js";
import type { ParkedCar } from "./parked-car.js";
import type { Trip } from "./trip.js";

/** Holds the activity of a car across restarts. Times are BMW's [ms]. */
export interface ActivityState {
  readonly motion: MotionState;
  /** `null` while a charge is open: the two exclude each other. */
  readonly trip: Trip | null;
  readonly charge: Charge | null;
  readonly levels: MeasuredLevels;
  /** Last known position, and last position at which the car stood still. */
  readonly place: Position | null;
  readonly stood: Position | null;
  /** BMW's time of the last charging status [ms]. */
  readonly phaseAt: number | null;
  /** BMW's time at which the last charge ended [ms]. */
  readonly chargedAt: number | null;
  /** BMW's time of the last reported start or end [ms]; no activity begins earlier. */
  readonly lastAt: number | null;
}

export const IDLE_ACTIVITY: ActivityState = {
  motion: UNKNOWN_MOTION,
  trip: null,
  charge: null,
  levels: [],
  place: null,
  stood: null,
  phaseAt: null,
  chargedAt: null,
  lastAt: null,
};

/** Returns the parked car at `place`, as it is before any movement. */
export function parkedCarAt({ motion, levels, chargedAt }: ActivityState, place: Position | null): ParkedCar {
  return { motion, levels, chargedAt, place };
}

/** Returns whether `at` lies after the last reported event. */
export function isAfterLastEvent({ lastAt }: ActivityState, at: number): boolean {
  return at > (lastAt ?? -Infinity);
}
