import type { Place } from "./geography.js";

/** A place with BMW's time in milliseconds. */
export interface Fix extends Place {
  readonly timestamp: number;
}

/** What the odometer counts. Times are BMW's, in milliseconds. */
export interface OdometerSign {
  readonly km: number;
  /** What its last digit counts, in kilometres. */
  readonly stepKm: number;
  /** The number in the unit that the car shows. */
  readonly shown: number;
  readonly at: number;
}

/**
 * What a reading of the odometer says of motion. `driven`: the car was on its way until now; `missed`: it has been on its
 * way at some time since the last reading, perhaps still is, and nobody has heard of that; `counted`: kilometres of a trip that
 * is told already, or too few or too old to tell of; `back`: another odometer; `none`: no more than its last digit.
 */
export type OdometerStep = "none" | "back" | "counted" | "missed" | "driven";

/** What the odometer has counted; `at` is the newest time at which it said so, `since` the first. */
export interface OdometerCount extends OdometerSign {
  readonly since: number;
}

/** What it has counted last. */
export interface OdometerMark extends OdometerCount {
  /** Some counts before, oldest first: a fix is believed later than it was measured. */
  readonly former: readonly OdometerCount[];
  /** When it last rose on the way. */
  readonly risenAt: number | null;
}

/**
 * What is known about a car's motion. Three witnesses speak: GPS fixes, the odometer, and BMW's own `isMoving` where a
 * car sends it. All times are BMW's, in milliseconds; only the functions of `motion.ts` make another state of it.
 */
export interface MotionState {
  /** Where the car stood or was last seen driving. */
  readonly anchor: Place | null;
  /** Since when the car is known to be there. */
  readonly anchoredAt: number | null;
  /** Fixes around the anchor, oldest first. */
  readonly nearby: readonly Fix[];
  readonly lastFix: Fix | null;
  /** A first fix far off, that nothing had confirmed yet, and the one before it. */
  readonly away: { readonly fix: Fix; readonly from: Fix | null } | null;
  /** Legs in a row that were faster than walking. */
  readonly fastLegs: number;
  /** What GPS says. */
  readonly driving: boolean;
  /** Last moment at which GPS spoke for motion, standing at a traffic light included. */
  readonly drivenAt: number | null;
  /** Last moment at which the car really got on. */
  readonly displacedAt: number | null;
  readonly odometer: OdometerMark | null;
  /** BMW's own word, and when it was received. */
  readonly reported: { readonly moving: boolean; readonly at: number; readonly heardAt: number } | null;
  /** Since when the car is charging. */
  readonly chargingSince: number | null;
  /** When the doors were opened, perhaps on arrival. */
  readonly leftAt: number | null;
  /** When they were opened at the end of the last trip, as long as a late fix may still come from before. */
  readonly arrivedAt: number | null;
  readonly lockedAsDriving: boolean;
  /** The last movement of the last trip: what was said until then counts no more. */
  readonly settledAt: number | null;
}

export const UNKNOWN_MOTION: MotionState = {
  anchor: null,
  anchoredAt: null,
  nearby: [],
  lastFix: null,
  away: null,
  fastLegs: 0,
  driving: false,
  drivenAt: null,
  displacedAt: null,
  odometer: null,
  reported: null,
  chargingSince: null,
  leftAt: null,
  arrivedAt: null,
  lockedAsDriving: false,
  settledAt: null,
};
