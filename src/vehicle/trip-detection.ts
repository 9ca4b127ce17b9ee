import { isAfterLastEvent, parkedCarAt, type ActivityState } from "./activity-state.js";
import * as motions from "./motion-transitions.js";
import type { MotionReport, MotionState, OdometerReading, OdometerChange } from "./motion-state.js";
import { tripOverAt } from "./motion-verdict.js";
import { isOutdated } from "./outdated.js";
import { odometerChange } from "./odometer-change.js";
import { withMilesKnown } from "./odometer-in-miles.js";
import type { Position } from "./position.js";
import { tripStartFromFixes, tripStartFromOdometer, tripStartFromReport } from "./trip-start.js";
import { newTrip, withOdometerReading, asWitnessed, withFixOnTrip, type Trip } from "./trip.js";

/** Holds what one source of motion changes about a car. */
export interface Movement {
  readonly changes: Partial<ActivityState>;
  /** Trip that begins with it, unless the car is held (charging or plugged in). */
  readonly begins: Trip | null;
}

/** Limits how long a report of motion counts without any other sign [ms]. */
const REPORT_NEWS_MS = 3 * 3_600_000;

/** Applies a fix to the motion of the car. */
export function movedByFix(state: ActivityState, fix: Position, now: number): Movement {
  const { motion, trip, charge, place, stood } = state;
  const { timestamp: at } = fix;
  // A fix from before the last sign of charging gives a position, not a drive.
  const isHistory = charge !== null && at <= charge.signAt;
  const next = motions.withFix(motion, fix, trip !== null, isHistory ? Infinity : now);
  const hasMoved = next.driving && next.displacedAt === at;
  const stands = !next.driving && next.away === null;
  const standing = stands ? fix : stood;
  if (trip !== null) {
    const changes = { motion: next, place: fix, stood: standing, trip: tracked(trip, place, fix, hasMoved) };
    return { changes, begins: null };
  }
  const changes = { motion: next, place: fix, stood: standing };
  return { changes, begins: hasMoved && isAfterLastEvent(state, at) ? tripByFixes(state, next, fix) : null };
}

/** Adds a fix to the trip; after a silence it tells where the car is, not when it moved. */
function tracked(trip: Trip, former: Position | null, fix: Position, hasMoved: boolean): Trip {
  const longer = withFixOnTrip(trip, trip.fixes === 0 ? trip.from : former, fix);
  const isWitness = hasMoved && former !== null && !motions.hasSlept(former, fix);
  return isWitness ? asWitnessed(longer) : longer;
}

/** Builds the trip that fixes show, including the fix that showed its first part and the odometer readings since. */
function tripByFixes(state: ActivityState, moved: MotionState, fix: Position): Trip {
  const trip = newTrip(tripStartFromFixes(parkedCarAt(state, state.stood), moved, fix.timestamp));
  const first = moved.away?.fix;
  if (first === undefined || first.timestamp >= fix.timestamp) return withFixOnTrip(trip, trip.from, fix);
  const begun = withFixOnTrip(trip, trip.from, first);
  const { odometer } = moved;
  const counted = odometer !== null && odometer.at >= first.timestamp ? withOdometerReading(begun, odometer) : begun;
  return withFixOnTrip(counted, first, fix);
}

/** Applies the car's own report that it moves or stands. */
export function movedByReport(state: ActivityState, report: MotionReport): Movement {
  const { moving, at, heardAt } = report;
  const next = motions.withReport(state.motion, report);
  if (!moving)
    return { changes: { motion: hasMovedUntil(state, at) ? motions.movedUntil(next, at) : next }, begins: null };
  // A trip known from the odometer alone was another one.
  const goesOn = state.trip?.isWitnessed === true;
  const isFirst = state.motion.reported === null;
  const isNews = heardAt - at <= REPORT_NEWS_MS && !(isFirst && isOutdated(at, heardAt));
  const isStart = isNews && isAfterLastEvent(state, at) && !goesOn;
  const begins = isStart ? newTrip(tripStartFromReport(parkedCarAt(state, state.place), at)) : null;
  return { changes: { motion: next }, begins };
}

/** Returns whether the car moved until `at`: it did unless it was seen standing since its last movement. */
function hasMovedUntil({ motion, trip }: ActivityState, at: number): boolean {
  if (trip === null || motion.reported?.moving !== true || tripOverAt(motion) <= at) return false;
  return motions.stationaryUntil(motion) <= (motion.displacedAt ?? -Infinity);
}

/** Applies an odometer reading; its meaning depends on the other sources. */
export function movedByOdometer(state: ActivityState, reading: OdometerReading, now: number): Movement {
  const known = withMilesKnown(state, reading);
  const { motion, trip, stood } = known;
  const step = odometerChange(motion, reading, trip !== null, now);
  const next = motions.withOdometer(motion, reading, step);
  if (trip !== null) {
    const counted = withOdometerReading(trip, reading);
    return { changes: { motion: next, trip: step === "driven" ? asWitnessed(counted) : counted }, begins: null };
  }
  const changes = { motion: next };
  if (!hasDriven(step) || !isAfterLastEvent(state, reading.at)) return { changes, begins: null };
  const start = tripStartFromOdometer(parkedCarAt(known, stood), reading, step);
  return { changes, begins: withOdometerReading(newTrip(start), reading) };
}

function hasDriven(step: OdometerChange): boolean {
  return step === "driven" || step === "missed";
}
