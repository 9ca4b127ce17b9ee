import { LEAVING_GRACE_MS, seemsOnTrip, STATIONARY_MS } from "./motion-transitions.js";
import type { MotionState } from "./motion-state.js";

/*
 * Answers two questions about a car's motion: whether it moves at a moment, and since when a trip is over. A car in a
 * tunnel may count as not moving while it is still on its trip.
 */

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const FRESH_FIX_MS = 2 * MINUTE;
const TRUSTED_GAP_MS = 5 * MINUTE;
const ODOMETER_WINDOW_MS = 7 * MINUTE;
/** Limits how long a report of motion is trusted without any further message [ms]: the end may have been lost. */
const REPORT_TRUSTED_MS = 3 * HOUR;
/** Tolerates a stop at a traffic light [ms]. */
const STOP_GRACE_MS = 2 * MINUTE;
/** Tolerates the transit time of messages [ms]. */
const LATE_MS = 20_000;
/** Tolerates the silence of a tunnel, a garage or a dead zone [ms]. */
const LONGEST_SILENCE_MS = 16 * MINUTE;
/** Grants a car that reports motion this time to leave its place [ms]. */
const DEPARTURE_MS = 5 * MINUTE;

/** Returns whether the car moves at `now`, by all sources; `null` if unknown. */
export function isMoving(state: MotionState, now: number): boolean | null {
  if (state.chargingSince !== null) return false;
  if (state.leftAt !== null) return now - state.leftAt < LEAVING_GRACE_MS;
  return reportedMotion(state, now) ?? gpsMotion(state, now) ?? odometerMotion(state, now);
}

/** Returns BMW's `isMoving` where it is the newest source; `null` where the others decide. */
function reportedMotion(state: MotionState, now: number): boolean | null {
  const { reported, lastFix, drivenAt } = state;
  if (reported === null || reported.at <= (state.settledAt ?? -Infinity)) return null;
  const age = now - reported.at;
  if (!reported.moving) return (drivenAt ?? -Infinity) > reported.at ? null : false;
  const fixedSince = lastFix !== null && lastFix.timestamp > reported.at;
  // At first the car is still near its place, and no fix can show that it drives.
  if (fixedSince && (drivenAt ?? -Infinity) >= reported.at) return null;
  return age < (fixedSince ? TRUSTED_GAP_MS : REPORT_TRUSTED_MS);
}

function gpsMotion(state: MotionState, now: number): boolean | null {
  const { lastFix, driving, drivenAt } = state;
  if (lastFix === null) return null;
  const age = now - lastFix.timestamp;
  if (driving && age < TRUSTED_GAP_MS) return true;
  if (age >= FRESH_FIX_MS) return null;
  return seemsOnTrip(state) || (drivenAt !== null && now - drivenAt < FRESH_FIX_MS);
}

/** Returns motion by the odometer, used where GPS is silent. */
function odometerMotion(state: MotionState, now: number): boolean | null {
  const { odometer, lastFix, reported, settledAt } = state;
  const risenAt = odometer?.risenAt ?? -Infinity;
  const silentSince = lastFix === null ? -Infinity : lastFix.timestamp + FRESH_FIX_MS;
  const counts = risenAt >= silentSince && risenAt > (settledAt ?? -Infinity);
  if (counts && now - risenAt < ODOMETER_WINDOW_MS) return true;
  return lastFix === null && reported === null ? null : false;
}

/** Returns since when, or from when on, a trip is over if nothing else arrives [ms]. */
export function tripOverAt(state: MotionState): number {
  if (state.chargingSince !== null) return -Infinity;
  if (state.leftAt !== null) return state.leftAt + LEAVING_GRACE_MS;
  return reportedOver(state) ?? stationaryOver(state) ?? silenceOver(state);
}

/** Returns when the car reported that it stands, if nothing has moved it since [ms]. */
function reportedOver({ reported, drivenAt, odometer, settledAt }: MotionState): number | null {
  if (reported === null || reported.moving || reported.at <= (settledAt ?? -Infinity)) return null;
  const moved = Math.max(drivenAt ?? -Infinity, odometer?.risenAt ?? -Infinity);
  // Observations after a late report are late as well.
  return moved > reported.at ? null : Math.max(reported.at + STOP_GRACE_MS, reported.heardAt + LATE_MS);
}

/** Returns when fixes have shown the car at one place long enough [ms]. */
function stationaryOver(state: MotionState): number | null {
  const { lastFix, driving, away, drivenAt } = state;
  if (lastFix === null || driving || away !== null) return null;
  const said = reportedMovingAt(state);
  const moved = Math.max(drivenAt ?? -Infinity, state.displacedAt ?? -Infinity);
  if (lastFix.timestamp < Math.max(said, moved)) return null;
  if (said < moved) return lastFix.timestamp - moved >= STATIONARY_MS ? moved + FRESH_FIX_MS : null;
  return lastFix.timestamp - said >= DEPARTURE_MS ? said + DEPARTURE_MS : null;
}

/** Returns when the silence is long enough to end the trip [ms]. */
function silenceOver(state: MotionState): number {
  const { lastFix, driving, displacedAt } = state;
  const said = reportedMovingAt(state);
  const driven = driving ? (lastFix?.timestamp ?? -Infinity) : (state.drivenAt ?? -Infinity);
  const lastSignAt = Math.max(said, driven, displacedAt ?? -Infinity);
  const isOnlySign = said > -Infinity && (lastFix?.timestamp ?? -Infinity) <= said;
  return lastSignAt + (isOnlySign ? REPORT_TRUSTED_MS : LONGEST_SILENCE_MS);
}

function reportedMovingAt({ reported, settledAt }: MotionState): number {
  return reported?.moving === true && reported.at > (settledAt ?? -Infinity) ? reported.at : -Infinity;
}

/** Returns the next time at which the result of `isMoving` may change by itself [ms]; `null` if never. */
export function nextChangeAt(state: MotionState, now: number): number | null {
  const { leftAt, reported, lastFix, drivenAt, odometer } = state;
  let next = Infinity;
  const consider = (since: number | null | undefined, ms: number) => {
    if (typeof since === "number" && since + ms > now && since + ms < next) next = since + ms;
  };
  consider(leftAt, LEAVING_GRACE_MS);
  if (reported?.moving === true) consider(reported.at, REPORT_TRUSTED_MS);
  consider(reported?.at, TRUSTED_GAP_MS);
  consider(lastFix?.timestamp, FRESH_FIX_MS);
  consider(lastFix?.timestamp, TRUSTED_GAP_MS);
  consider(drivenAt, FRESH_FIX_MS);
  consider(odometer?.risenAt, ODOMETER_WINDOW_MS);
  return next === Infinity ? null : next;
}
