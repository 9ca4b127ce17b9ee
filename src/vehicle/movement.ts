import { isNews, standingAt, type ActivityState } from "./activity-state.js";
import * as motions from "./motion.js";
import type { MotionState, OdometerSign, OdometerStep } from "./motion-state.js";
import { overAt } from "./moving.js";
import { isOldNews } from "./old-news.js";
import { stepOf } from "./odometer-step.js";
import type { Position } from "./position.js";
import { startByFixes, startByOdometer, startByReport } from "./trip-start.js";
import { tripFrom, withCount, witnessed, withTrack, type Trip } from "./trip.js";

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
  const changes = { motion: next, place: fix, stood: stands ? fix : stood };
  if (trip !== null) return { changes: { ...changes, trip: tracked(trip, place, fix, hasMoved) }, begins: null };
  return { changes, begins: hasMoved && isNews(state, at) ? tripByFixes(state, next, fix) : null };
}

/** Adds a fix to the trip; after a silence it tells where the car is, not when it moved. */
function tracked(trip: Trip, former: Position | null, fix: Position, hasMoved: boolean): Trip {
  const longer = withTrack(trip, trip.fixes === 0 ? trip.from : former, fix);
  const isWitness = hasMoved && former !== null && !motions.hasSlept(former, fix);
  return isWitness ? witnessed(longer) : longer;
}

/** Builds the trip that fixes show, including the fix that showed its first part and the odometer readings since. */
function tripByFixes(state: ActivityState, moved: MotionState, fix: Position): Trip {
  const trip = tripFrom(startByFixes(standingAt(state, state.stood), moved, fix.timestamp));
  const first = moved.away?.fix;
  if (first === undefined || first.timestamp >= fix.timestamp) return withTrack(trip, trip.from, fix);
  const begun = withTrack(trip, trip.from, first);
  const { odometer } = moved;
  const counted = odometer !== null && odometer.at >= first.timestamp ? withCount(begun, odometer) : begun;
  return withTrack(counted, first, fix);
}

/** Applies the car's own report that it moves or stands. */
export function movedByReport(state: ActivityState, moving: boolean, at: number, now: number): Movement {
  const next = motions.withReport(state.motion, moving, at, now);
  if (!moving)
    return { changes: { motion: hasMovedUntil(state, at) ? motions.movedUntil(next, at) : next }, begins: null };
  // A trip known from the odometer alone was another one.
  const goesOn = state.trip?.isWitnessed === true;
  const isFirst = state.motion.reported === null;
  const isPresent = isNews(state, at) && now - at <= REPORT_NEWS_MS && !(isFirst && isOldNews(at, now));
  const begins = isPresent && !goesOn ? tripFrom(startByReport(standingAt(state, state.place), at)) : null;
  return { changes: { motion: next }, begins };
}

/** Returns whether the car moved until `at`: it did unless it was seen standing since its last movement. */
function hasMovedUntil({ motion, trip }: ActivityState, at: number): boolean {
  if (trip === null || motion.reported?.moving !== true || overAt(motion) <= at) return false;
  return motions.standsUntil(motion) <= (motion.displacedAt ?? -Infinity);
}

/** Applies an odometer reading; its meaning depends on the other sources. */
export function movedByOdometer(state: ActivityState, sign: OdometerSign, now: number): Movement {
  const { motion, trip, stood } = state;
  const step = stepOf(motion, sign, trip !== null, now);
  const changes = { motion: motions.withOdometer(motion, sign, step) };
  if (trip !== null) {
    const counted = withCount(trip, sign);
    return { changes: { ...changes, trip: step === "driven" ? witnessed(counted) : counted }, begins: null };
  }
  if (!hasDriven(step) || !isNews(state, sign.at)) return { changes, begins: null };
  const start = startByOdometer(standingAt(state, stood), sign, step);
  return { changes, begins: withCount(tripFrom(start), sign) };
}

function hasDriven(step: OdometerStep): boolean {
  return step === "driven" || step === "missed";
}
