import { remembered } from "../support/remembered.js";
import { centreOf, metresBetween, type GeoPoint } from "./geography.js";
import {
  withChanges,
  type Fix,
  type MotionReport,
  type MotionState,
  type OdometerChange,
  type OdometerReading,
  type OdometerSpan,
  type OdometerState,
} from "./motion-state.js";

type Away = NonNullable<MotionState["away"]>;

const SECOND = 1000;
const MINUTE = 60 * SECOND;
const PARK_RADIUS_M = 35;
const ESCAPE_RADIUS_M = 70;
const NEARBY_KEPT = 10;
const COUNTS_KEPT = 4;
const NEARBY_TO_PARK = 3;
/** Requires a car to stay at one place this long to count as stationary [ms]. */
export const STATIONARY_MS = MINUTE;
/** Requires a car to stay this long to count as parked [ms]; a burst of fixes or a traffic light is shorter. */
const PARKED_AFTER_MS = 90 * SECOND;
/** Limits the age of a fix that begins a trip [ms]; an older one only gives a position. */
const HISTORY_MS = 3 * MINUTE;
/** Limits the time between two fixes of a car that was awake [ms]; a jump between them was driven. */
const AWAKE_MS = 2 * MINUTE;
/** Requires this silence for a car to count as asleep [ms]; the distance may then have been driven at any time. */
const ASLEEP_MS = 15 * MINUTE;
/** Grants passengers this time to get in or out during a trip [ms]. */
export const LEAVING_GRACE_MS = 30 * SECOND;
/** Limits how long after an arrival a single far fix may belong to the trip before [ms]. */
const ARRIVAL_DOUBT_MS = 5 * MINUTE;
const WALKING_KMH = 10;
const SHORTEST_LEG_MS = 10 * SECOND;
const FAST_LEGS_TO_DRIVE = 2;

/**
 * Applies a fix; call in the order of BMW's time.
 * @param isOnTrip whether a trip is open
 */
export function withFix(state: MotionState, fix: Fix, underWay: boolean, now: number): MotionState {
  const { anchor } = state;
  if (anchor === null)
    return underWay ? displaced(state, fix) : stationaryAt(withChanges(state, { lastFix: fix }), [fix]);
  const distance = metresBetween(anchor, fix);
  if (state.driving && distance > PARK_RADIUS_M) return displaced(state, fix);
  const seen = withChanges(state, { lastFix: fix, fastLegs: fastLegs(state, fix, distance) });
  const nearby = [...state.nearby, fix].slice(-NEARBY_KEPT);
  if (state.driving) return stillStationary(seen, nearby);
  const escaped = distance > ESCAPE_RADIUS_M || seen.fastLegs >= FAST_LEGS_TO_DRIVE;
  if (escaped) return underWay ? displaced(seen, fix) : farOff(state, seen, fix, now);
  const near = withChanges(seen, { nearby, away: null });
  return distance > PARK_RADIUS_M ? near : withChanges(near, { anchor: centreOf(nearby) });
}

/** Applies a first fix away from the anchor; only further fixes from there prove a drive. */
function farOff(before: MotionState, seen: MotionState, fix: Fix, now: number): MotionState {
  if (!isPresent(fix, now)) return stationaryAt(seen, [fix]);
  if (isCatchingUp(before, fix)) return caughtUp(seen, fix);
  const { away } = before;
  if (seen.fastLegs >= FAST_LEGS_TO_DRIVE)
    return displaced(withChanges(seen, { away: away ?? firstOff(before, fix) }), fix);
  return away === null ? withChanges(seen, { away: firstOff(before, fix) }) : fartherOff(before, away, seen, fix);
}

/** Applies another fix away from the anchor, which shows a new parking place or a drive. */
function fartherOff(before: MotionState, away: Away, seen: MotionState, fix: Fix): MotionState {
  const metres = metresBetween(away.fix, fix);
  const ms = fix.timestamp - away.fix.timestamp;
  if (ms < SHORTEST_LEG_MS) return seen;
  if (metres <= PARK_RADIUS_M) return ms < STATIONARY_MS ? seen : stationaryAt(seen, [away.fix, fix]);
  if (hasSlept(away.fix, fix)) return withChanges(seen, { away: firstOff(before, fix) });
  const { anchor } = before;
  const isFarther = anchor !== null && metresBetween(anchor, fix) > metresBetween(anchor, away.fix);
  if (isFarther && kmhOf(metres, ms) > WALKING_KMH) return displaced(seen, fix);
  return withChanges(seen, { away: { fix, from: away.from } });
}

/** Returns whether the car was asleep between two fixes, so that the second says nothing about when it moved. */
export function hasSlept(from: Fix, to: Fix): boolean {
  return to.timestamp - from.timestamp > ASLEEP_MS;
}

function isPresent({ timestamp }: Fix, now: number): boolean {
  return now - timestamp <= HISTORY_MS;
}

function firstOff({ lastFix }: MotionState, fix: Fix): Away {
  return { fix, from: lastFix };
}

/** Returns whether a single fix suffices to assume a trip: the car was awake and did not jump. */
export function seemsOnTrip({ away }: MotionState): boolean {
  if (away?.from == null) return false;
  const ms = away.fix.timestamp - away.from.timestamp;
  return ms >= SHORTEST_LEG_MS && ms <= AWAKE_MS;
}

/** Anchors the car at the centre of these fixes. */
function stationaryAt(state: MotionState, fixes: readonly [Fix, ...Fix[]]): MotionState {
  return withChanges(state, {
    anchor: centreOf(fixes),
    anchoredAt: fixes[0].timestamp,
    nearby: fixes,
    away: null,
    fastLegs: 0,
  });
}

function isCatchingUp({ leftAt, arrivedAt }: MotionState, { timestamp }: Fix): boolean {
  const arrival = leftAt ?? arrivedAt;
  return arrival !== null && timestamp <= arrival + ARRIVAL_DOUBT_MS;
}

/** Moves the anchor to the first far fix after an arrival; a second one would be a new drive. */
function caughtUp(state: MotionState, fix: Fix): MotionState {
  const { arrivedAt } = state;
  const surelyLate = arrivedAt !== null && fix.timestamp <= arrivedAt + LEAVING_GRACE_MS;
  return withChanges(stationaryAt(state, [fix]), { arrivedAt: surelyLate ? arrivedAt : null });
}

function displaced(state: MotionState, fix: Fix): MotionState {
  const at = fix.timestamp;
  return withChanges(state, {
    lastFix: fix,
    drivenAt: at,
    displacedAt: latest(state.displacedAt, at),
    driving: true,
    leftAt: stillLeaving(state, at),
    anchor: pointOf(fix),
    anchoredAt: at,
    nearby: [fix],
    away: state.driving ? null : state.away,
    fastLegs: 0,
    chargingSince: null,
    arrivedAt: null,
  });
}

/** Returns the time at which the doors were opened while it still counts [ms]; driving on later begins another trip. */
function stillLeaving({ leftAt }: MotionState, at: number): number | null {
  return leftAt !== null && at > leftAt + LEAVING_GRACE_MS ? null : leftAt;
}

function stillStationary(state: MotionState, nearby: readonly Fix[]): MotionState {
  const first = nearby[0];
  const last = nearby.at(-1);
  if (first === undefined || last === undefined || state.anchor === null) return state;
  const anchor = state.anchor;
  const recent = nearby.slice(-NEARBY_TO_PARK);
  const close = recent.length === NEARBY_TO_PARK && recent.every((fix) => metresBetween(anchor, fix) <= PARK_RADIUS_M);
  if (!close || last.timestamp - first.timestamp < PARKED_AFTER_MS)
    return withChanges(state, { nearby, drivenAt: last.timestamp });
  const parked = withChanges(state, { driving: false, drivenAt: first.timestamp, away: null });
  return withChanges(parked, { nearby, anchor: centreOf(nearby), anchoredAt: first.timestamp });
}

/** Returns until when fixes have shown the car at one place [ms]; `-Infinity` if they have not. */
export function stationaryUntil({ nearby }: MotionState): number {
  const [first, last] = [nearby[0], nearby.at(-1)];
  if (first === undefined || last === undefined) return -Infinity;
  return last.timestamp - first.timestamp >= STATIONARY_MS ? last.timestamp : -Infinity;
}

/** Counts consecutive fast legs; fixes of one burst say nothing about speed. */
function fastLegs({ lastFix, anchor, fastLegs: before }: MotionState, fix: Fix, fromAnchor: number): number {
  if (lastFix === null || anchor === null) return 0;
  const ms = fix.timestamp - lastFix.timestamp;
  if (ms < SHORTEST_LEG_MS) return before;
  if (hasSlept(lastFix, fix)) return 0;
  const isFast = kmhOf(metresBetween(lastFix, fix), ms) > WALKING_KMH;
  return isFast && fromAnchor > metresBetween(anchor, lastFix) ? before + 1 : 0;
}

function kmhOf(metres: number, ms: number): number {
  return metres / (ms / 3600);
}

/** Applies an odometer reading; `step` is its classification. */
export function withOdometer(
  state: MotionState,
  { km, stepKm, shown, at }: OdometerReading,
  step: OdometerChange,
): MotionState {
  const { odometer: before } = state;
  const risenAt = before?.risenAt ?? null;
  if (before !== null && step === "none") return withChanges(state, { odometer: reportedAgain(before, at) });
  const former = before === null ? [] : [...before.former, spanOf(before)].slice(-COUNTS_KEPT);
  const odometer = { km, stepKm, shown, at, since: at, former, risenAt: step === "driven" ? at : risenAt };
  const hasMoved = step === "driven" || step === "missed";
  return hasMoved
    ? withChanges(state, { odometer, displacedAt: latest(state.displacedAt, at), chargingSince: null })
    : withChanges(state, { odometer });
}

/** Names all members for the reason of `withChanges`. */
function reportedAgain({ km, stepKm, shown, since, former, risenAt }: OdometerState, at: number): OdometerState {
  return { km, stepKm, shown, at, since, former, risenAt };
}

function spanOf({ km, stepKm, shown, at, since }: OdometerState): OdometerSpan {
  return { km, stepKm, shown, at, since };
}

/** Applies BMW's `isMoving`. */
export function withReport(state: MotionState, reported: MotionReport): MotionState {
  const { moving, at } = reported;
  if (moving) {
    const charging = state.chargingSince !== null && at <= state.chargingSince ? state.chargingSince : null;
    return withChanges(state, {
      reported,
      displacedAt: latest(state.displacedAt, at),
      chargingSince: charging,
      leftAt: null,
    });
  }
  return withChanges(state, { reported });
}

/** Records that the car moved until `at`, for a car that reports its stop only now. */
export function movedUntil(state: MotionState, at: number): MotionState {
  return withChanges(state, { displacedAt: latest(state.displacedAt, at) });
}

/** Applies the start or end of charging at BMW's time `at` [ms]. */
export function withCharging(state: MotionState, charging: boolean, at: number): MotionState {
  if (!charging) return withChanges(state, { chargingSince: null });
  return withChanges(state, { chargingSince: state.chargingSince ?? at, driving: false, leftAt: null });
}

const isDrivingLock = remembered((status) => /^(ASN_)?(LOCKED|SELECTIVE[-_]?LOCKED)$/i.test(status.trim()));

/**
 * Applies the door lock. A car reports "locked" while driving and another status on arrival: this can end a trip but
 * never prevents one from beginning.
 * @param moving whether the car moved before
 */
export function withLock(state: MotionState, status: string, moving: boolean, at: number): MotionState {
  const lockedAsDriving = isDrivingLock(status);
  if (lockedAsDriving === state.lockedAsDriving && state.leftAt === null) return state;
  const leaves = state.lockedAsDriving && !lockedAsDriving && moving;
  return withChanges(state, { lockedAsDriving, leftAt: lockedAsDriving ? null : leaves ? at : state.leftAt });
}

/** Ends the trip: only newer observations begin another one. */
export function withTripOver(state: MotionState, now: number): MotionState {
  const arrivedAt = state.leftAt ?? state.arrivedAt;
  const settledAt = state.displacedAt ?? now;
  return withChanges(state, { driving: false, drivenAt: null, away: null, leftAt: null, arrivedAt, settledAt });
}

function pointOf({ latitude, longitude }: Fix): GeoPoint {
  return { latitude, longitude };
}

function latest(one: number | null, other: number): number {
  return one === null ? other : Math.max(one, other);
}
