import type { Charge } from "./charging.js";
import type { Levels } from "./level.js";
import { UNKNOWN_MOTION, type MotionState } from "./motion-state.js";
import type { Position } from "./position.js";
import type { StandingCar } from "./standing-car.js";
import type { Trip } from "./trip.js";

/** What a car does, as it is kept over a restart. Times are BMW's, in milliseconds. */
export interface ActivityState {
  readonly motion: MotionState;
  /** Never beside a charge. */
  readonly trip: Trip | null;
  readonly charge: Charge | null;
  readonly levels: Levels;
  /** Where it was seen last, and where it stood last. */
  readonly place: Position | null;
  readonly stood: Position | null;
  /** When the car said last whether it charges. */
  readonly phaseAt: number | null;
  /** The end of the last charge. */
  readonly chargedAt: number | null;
  /** The last start or end that was told: nothing begins before. */
  readonly lastAt: number | null;
}

export const IDLE: ActivityState = {
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

/** The car as it stands at `place`, before anything moves it. */
export function standingAt({ motion, levels, chargedAt }: ActivityState, place: Position | null): StandingCar {
  return { motion, levels, chargedAt, place };
}

/** Whether what was at `at` comes after all that was told. */
export function isNews({ lastAt }: ActivityState, at: number): boolean {
  return at > (lastAt ?? -Infinity);
}
