import { STATIONARY_MS } from "./motion-transitions.js";
import type { MotionState, OdometerState, OdometerReading, OdometerChange } from "./motion-state.js";
import { isDrivable } from "./speed.js";

const MINUTE = 60_000;
const DAY = 24 * 60 * MINUTE;
const LEAST_RISE_KM = 0.1;
const DROP_KM = 1;
/** Limits the time between two readings of the same drive [ms]. */
const SAME_WAY_MS = 15 * MINUTE;
/** Requires this increase to count as a missed trip [km]; less may be the last digit of a trip that is over. */
const LEAST_MISSED_KM = 2;
/** Limits how long before the last movement a reading still covers nearly the whole trip [ms]. */
const NEARLY_ALL_MS = MINUTE;
const EPSILON_KM = 1e-6;

/**
 * Classifies an odometer reading.
 * @param isOnTrip whether a trip is open
 */
export function odometerChange(
  state: MotionState,
  reading: OdometerReading,
  underWay: boolean,
  now: number,
): OdometerChange {
  const { odometer: before } = state;
  if (before === null || isWithinDigit(before, reading)) return "none";
  if (reading.km < before.km) return "back";
  if (state.chargingSince !== null) return hasLeftCharge(state.chargingSince, before) ? "driven" : "counted";
  if (underWay) return isExplained(state, before.at) ? "counted" : "driven";
  return changeWhileStationary(state, before, reading, now);
}

/**
 * Returns whether another increase shows that the car has driven off, although the end of its charge was never told: the
 * way to the charger may be counted late, but once, or soon after it was plugged in.
 */
function hasLeftCharge(chargingSince: number, { since }: OdometerState): boolean {
  return since > chargingSince + SAME_WAY_MS;
}

function changeWhileStationary(
  state: MotionState,
  before: OdometerState,
  reading: OdometerReading,
  now: number,
): OdometerChange {
  const rise = reading.km - before.km;
  if (isOfLastTrip(state, before, rise)) return "counted";
  const isNow = isOfOneWay(before, reading) && now - reading.at <= SAME_WAY_MS;
  if (isNow && !hasStoodSince(state, before.at)) return "driven";
  if (rise < LEAST_MISSED_KM || reading.at - before.at > DAY) return "counted";
  return isStationaryBetween(state, before.at, reading.at) ? "counted" : "missed";
}

/** Returns whether two readings are so close that the distance between them was driven after the first. */
function isOfOneWay(before: OdometerReading, { km, stepKm, at }: OdometerReading): boolean {
  const ms = at - before.at;
  // The last digit may have been about to change.
  return ms <= SAME_WAY_MS && isDrivable(km - before.km - Math.max(before.stepKm, stepKm), ms);
}

/** Returns whether the increase is within the resolution of the coarser unit, so that nothing has moved. */
function isWithinDigit(before: OdometerState, { km, stepKm }: OdometerReading): boolean {
  const rise = km - before.km;
  const least = Math.max(before.stepKm, stepKm);
  return rise >= -DROP_KM && (rise <= LEAST_RISE_KM + EPSILON_KM || rise < least - EPSILON_KM);
}

/** Returns whether the previous reading belonged to the last trip and had not counted all of it. */
function isOfLastTrip({ settledAt }: MotionState, before: OdometerState, rise: number): boolean {
  if (settledAt === null) return false;
  return before.at < settledAt - (rise < LEAST_MISSED_KM ? 0 : NEARLY_ALL_MS);
}

/** Returns whether, on a trip, the distance may have been driven before the car was last seen or reported to stand. */
function isExplained({ reported, drivenAt }: MotionState, time: number): boolean {
  if (reported !== null && !reported.moving && reported.at > time) return true;
  return drivenAt !== null && drivenAt > time;
}

/** Returns whether, without a trip, the car was shown to stand since `time`. */
function hasStoodSince(state: MotionState, time: number): boolean {
  const { reported } = state;
  return (reported !== null && !reported.moving && reported.at > time) || stationarySeenUntil(state) > time;
}

/** Returns whether fixes from before `from` until shortly before `to` show the car at the same place. */
function isStationaryBetween(state: MotionState, from: number, to: number): boolean {
  const seen = stationarySeenUntil(state);
  return seen > from && to - seen <= SAME_WAY_MS && (state.anchoredAt ?? Infinity) <= from;
}

/** Returns until when the car was seen at one place [ms]; a single fix or a burst does not prove that it stands. */
function stationarySeenUntil({ driving, away, lastFix, anchoredAt }: MotionState): number {
  if (driving || away !== null || lastFix === null || anchoredAt === null) return -Infinity;
  return lastFix.timestamp - anchoredAt >= STATIONARY_MS ? lastFix.timestamp : -Infinity;
}
