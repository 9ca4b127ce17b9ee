import type { GeoPoint } from "./geography.js";

/** Holds a GPS fix with BMW's time [ms]. */
export interface Fix extends GeoPoint {
  readonly timestamp: number;
}

/** Holds an odometer reading. Times are BMW's [ms]. */
export interface OdometerReading {
  readonly km: number;
  /** Resolution of its last digit [km]. */
  readonly stepKm: number;
  /** Number in the unit that the car displays. */
  readonly shown: number;
  readonly at: number;
}

/** Returns whether a car displays its odometer in miles. */
export function isInMiles({ km, shown }: OdometerReading): boolean {
  return km !== shown;
}

/**
 * Classifies an odometer reading by what it says about motion. `driven`: the car was moving until now; `missed`: it
 * moved at some time since the last reading, unobserved, and may still move; `counted`: kilometres of a trip that was
 * already reported, or too few or too old to report; `back`: another odometer; `none`: within its last digit.
 */
export type OdometerChange = "none" | "back" | "counted" | "missed" | "driven";

/** Holds an odometer reading with the first (`since`) and last (`at`) time at which it was reported [ms]. */
export interface OdometerSpan extends OdometerReading {
  readonly since: number;
}

/** Holds the latest odometer reading and some before. */
export interface OdometerState extends OdometerSpan {
  /** Some earlier readings, oldest first: a fix is accepted later than it was measured. */
  readonly former: readonly OdometerSpan[];
  /** BMW's time of its last increase during a trip [ms]. */
  readonly risenAt: number | null;
}

/** Holds BMW's `isMoving`, its time, and the time at which it was told [ms]. */
export interface MotionReport {
  readonly moving: boolean;
  readonly at: number;
  readonly heardAt: number;
}

/**
 * Holds what is known about a car's motion from three sources: GPS fixes, the odometer, and BMW's `isMoving` where a
 * car sends it. All times are BMW's [ms]; only the functions of `motion-transitions.ts` derive a new state from it.
 */
export interface MotionState {
  /** Point at which the car stood or was last seen driving. */
  readonly anchor: GeoPoint | null;
  /** Time since which the car is known to be there [ms]. */
  readonly anchoredAt: number | null;
  /** Fixes around the anchor, oldest first. */
  readonly nearby: readonly Fix[];
  readonly lastFix: Fix | null;
  /** First fix away from the anchor, still unconfirmed, and the fix before it. */
  readonly away: { readonly fix: Fix; readonly from: Fix | null } | null;
  /** Number of consecutive legs faster than walking. */
  readonly fastLegs: number;
  /** Whether GPS shows motion. */
  readonly driving: boolean;
  /** Last time at which GPS indicated motion, traffic lights included [ms]. */
  readonly drivenAt: number | null;
  /** Last time at which the car really changed its place [ms]. */
  readonly displacedAt: number | null;
  readonly odometer: OdometerState | null;
  /** BMW's `isMoving`. */
  readonly reported: MotionReport | null;
  /** Start of the present charge [ms]. */
  readonly chargingSince: number | null;
  /** Time at which the doors were opened, perhaps on arrival [ms]. */
  readonly leftAt: number | null;
  /** Time at which they were opened at the end of the last trip, while a late fix may still arrive [ms]. */
  readonly arrivedAt: number | null;
  readonly lockedAsDriving: boolean;
  /** Last movement of the last trip [ms]; earlier observations no longer count. */
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

/**
 * Returns a state with some members changed. Names all of them instead of spreading: V8 gives the result of each spread a
 * hidden class of its own, which makes the copy ten times as expensive, and slows down whatever reads it.
 */
export function withChanges(state: MotionState, changes: Partial<MotionState>): MotionState {
  const copy: MotionState = {
    anchor: state.anchor,
    anchoredAt: state.anchoredAt,
    nearby: state.nearby,
    lastFix: state.lastFix,
    away: state.away,
    fastLegs: state.fastLegs,
    driving: state.driving,
    drivenAt: state.drivenAt,
    displacedAt: state.displacedAt,
    odometer: state.odometer,
    reported: state.reported,
    chargingSince: state.chargingSince,
    leftAt: state.leftAt,
    arrivedAt: state.arrivedAt,
    lockedAsDriving: state.lockedAsDriving,
    settledAt: state.settledAt,
  };
  return Object.assign(copy, changes);
}
