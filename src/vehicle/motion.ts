import { centreOf, metresBetween, type Place } from "./geography.js";

/** A place with BMW's time in milliseconds. */
export interface Fix extends Place {
  readonly timestamp: number;
}

/**
 * What is known about a car's motion. Three witnesses speak: GPS fixes, the odometer, and BMW's own `isMoving` where a
 * car sends it. All times are BMW's, in milliseconds; the state changes only by the functions below.
 */
export interface MotionState {
  /** Where the car stood or was last seen driving. */
  readonly anchor: Place | null;
  /** Fixes around the anchor, oldest first. */
  readonly nearby: readonly Fix[];
  readonly lastFix: Fix | null;
  /** Legs in a row that were faster than walking. */
  readonly fastLegs: number;
  /** What GPS says. */
  readonly driving: boolean;
  /** Last moment at which GPS spoke for motion, standing at a traffic light included. */
  readonly drivenAt: number | null;
  /** Last moment at which the car really got on. */
  readonly displacedAt: number | null;
  readonly odometer: { readonly km: number; readonly risenAt: number | null } | null;
  readonly reported: { readonly moving: boolean; readonly at: number } | null;
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
  nearby: [],
  lastFix: null,
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

const SECOND = 1000;
const MINUTE = 60 * SECOND;
const PARK_RADIUS_M = 35;
const ESCAPE_RADIUS_M = 70;
const NEARBY_KEPT = 10;
const NEARBY_TO_PARK = 3;
/** A burst of fixes, or a traffic light, is no parking. */
const PARKED_AFTER_MS = 90 * SECOND;
const FRESH_FIX_MS = 2 * MINUTE;
const TRUSTED_GAP_MS = 5 * MINUTE;
/** An older fix is history: it tells a place, not that the car drives now. */
const HISTORY_MS = 3 * MINUTE;
const ODOMETER_WINDOW_MS = 7 * MINUTE;
const ODOMETER_STEP_KM = 0.1;
const ODOMETER_DROP_KM = 1;
/** Passengers get in and out; then the trip goes on. */
const LEAVING_GRACE_MS = 30 * SECOND;
/** So long after an arrival a single far fix may be the last one of the way. */
const ARRIVAL_DOUBT_MS = 5 * MINUTE;
/** A stop at a traffic light, where a car reports it. */
const STOP_GRACE_MS = 2 * MINUTE;
/** A car that said that it moves and nothing more: the end may have been lost. */
const REPORT_TRUSTED_MS = 3 * 3600 * SECOND;
const WALKING_KMH = 10;
const SHORTEST_LEG_MS = 10 * SECOND;
const FAST_LEGS_TO_DRIVE = 2;

/** Whether the car moves at `now`, by all that is known; `null` if nothing tells. */
export function isMoving(state: MotionState, now: number): boolean | null {
  if (state.chargingSince !== null) return false;
  if (state.leftAt !== null) return now - state.leftAt < LEAVING_GRACE_MS;
  return reportedMotion(state, now) ?? gpsMotion(state, now) ?? odometerMotion(state, now);
}

/** The next moment at which time alone may change the answer of `isMoving`, or `null`. */
export function nextChangeAt(state: MotionState, now: number): number | null {
  const { leftAt, reported, lastFix, drivenAt, odometer } = state;
  let next = Infinity;
  const consider = (since: number | null | undefined, ms: number) => {
    if (typeof since === "number" && since + ms > now && since + ms < next) next = since + ms;
  };
  consider(leftAt, LEAVING_GRACE_MS);
  consider(reported?.at, reported?.moving === true ? REPORT_TRUSTED_MS : STOP_GRACE_MS);
  consider(reported?.at, TRUSTED_GAP_MS);
  consider(lastFix?.timestamp, FRESH_FIX_MS);
  consider(lastFix?.timestamp, TRUSTED_GAP_MS);
  consider(drivenAt, FRESH_FIX_MS);
  consider(odometer?.risenAt, ODOMETER_WINDOW_MS);
  return next === Infinity ? null : next;
}

/** BMW's `isMoving` counts where it is the newest word; `null` where the other witnesses decide. */
function reportedMotion(state: MotionState, now: number): boolean | null {
  const { reported, lastFix, drivenAt } = state;
  if (reported === null || reported.at <= (state.settledAt ?? -Infinity)) return null;
  const age = now - reported.at;
  if (!reported.moving) return (drivenAt ?? -Infinity) > reported.at ? null : pausesAt(state, reported.at, now);
  const fixedSince = lastFix !== null && lastFix.timestamp > reported.at;
  // At first the car is still near its place, and no fix can tell that it drives.
  if (fixedSince && (drivenAt ?? -Infinity) >= reported.at) return null;
  return age < (fixedSince ? TRUSTED_GAP_MS : REPORT_TRUSTED_MS);
}

/** Only a car that has just been moving may stand at a traffic light. */
function pausesAt({ displacedAt, settledAt }: MotionState, stoppedAt: number, now: number): boolean {
  if (displacedAt === null || displacedAt <= (settledAt ?? -Infinity)) return false;
  return stoppedAt - displacedAt < STOP_GRACE_MS && now - stoppedAt < STOP_GRACE_MS;
}

function gpsMotion({ lastFix, driving, drivenAt }: MotionState, now: number): boolean | null {
  if (lastFix === null) return null;
  const age = now - lastFix.timestamp;
  if (driving && age < TRUSTED_GAP_MS) return true;
  if (age < FRESH_FIX_MS) return drivenAt !== null && now - drivenAt < FRESH_FIX_MS;
  return null;
}

/** Counts where GPS is silent. */
function odometerMotion(state: MotionState, now: number): boolean | null {
  const { odometer, lastFix, reported, settledAt } = state;
  const risenAt = odometer?.risenAt ?? -Infinity;
  const silentSince = lastFix === null ? -Infinity : lastFix.timestamp + FRESH_FIX_MS;
  const counts = risenAt >= silentSince && risenAt > (settledAt ?? -Infinity);
  if (counts && now - risenAt < ODOMETER_WINDOW_MS) return true;
  return lastFix === null && reported === null ? null : false;
}

/** A fix, in the order of BMW's time. */
export function withFix(state: MotionState, fix: Fix, now: number): MotionState {
  const { anchor } = state;
  if (anchor === null) return { ...state, anchor: placeOf(fix), nearby: [fix], lastFix: fix };
  const distance = metresBetween(anchor, fix);
  if (state.driving && distance > PARK_RADIUS_M) return gotOn(state, fix);
  const seen = { ...state, lastFix: fix, fastLegs: fastLegs(state, fix, distance) };
  const nearby = [...state.nearby, fix].slice(-NEARBY_KEPT);
  if (state.driving) return stood(seen, nearby);
  const escaped = distance > ESCAPE_RADIUS_M || seen.fastLegs >= FAST_LEGS_TO_DRIVE;
  if (!escaped) return { ...seen, nearby, anchor: distance > PARK_RADIUS_M ? anchor : centreOf(nearby) };
  if (now - fix.timestamp > HISTORY_MS) return { ...seen, anchor: placeOf(fix), nearby: [fix] };
  return isCatchingUp(state, fix) ? caughtUp(seen, fix) : gotOn(seen, fix);
}

function isCatchingUp({ leftAt, arrivedAt }: MotionState, { timestamp }: Fix): boolean {
  const arrival = leftAt ?? arrivedAt;
  return arrival !== null && timestamp <= arrival + ARRIVAL_DOUBT_MS;
}

/** The first far fix after an arrival moves the anchor; a second one would be a new drive. */
function caughtUp(state: MotionState, fix: Fix): MotionState {
  const { arrivedAt } = state;
  const surelyLate = arrivedAt !== null && fix.timestamp <= arrivedAt + LEAVING_GRACE_MS;
  return { ...state, anchor: placeOf(fix), nearby: [fix], arrivedAt: surelyLate ? arrivedAt : null };
}

function gotOn(state: MotionState, fix: Fix): MotionState {
  const at = fix.timestamp;
  return {
    ...state,
    lastFix: fix,
    drivenAt: at,
    displacedAt: latest(state.displacedAt, at),
    driving: true,
    leftAt: stillLeaving(state, at),
    anchor: placeOf(fix),
    nearby: [fix],
    fastLegs: 0,
    chargingSince: null,
    arrivedAt: null,
  };
}

/** Opened doors end a trip; whoever drives on later has begun another one. */
function stillLeaving({ leftAt }: MotionState, at: number): number | null {
  return leftAt !== null && at > leftAt + LEAVING_GRACE_MS ? null : leftAt;
}

function stood(state: MotionState, nearby: readonly Fix[]): MotionState {
  const first = nearby[0];
  const last = nearby.at(-1);
  if (first === undefined || last === undefined || state.anchor === null) return state;
  const anchor = state.anchor;
  const recent = nearby.slice(-NEARBY_TO_PARK);
  const close = recent.length === NEARBY_TO_PARK && recent.every((fix) => metresBetween(anchor, fix) <= PARK_RADIUS_M);
  if (!close || last.timestamp - first.timestamp < PARKED_AFTER_MS)
    return { ...state, nearby, drivenAt: last.timestamp };
  return { ...state, nearby, driving: false, drivenAt: first.timestamp, anchor: centreOf(nearby) };
}

/** Fixes of one burst say nothing about speed. */
function fastLegs({ lastFix, anchor, fastLegs: before }: MotionState, fix: Fix, fromAnchor: number): number {
  if (lastFix === null || anchor === null) return 0;
  const ms = fix.timestamp - lastFix.timestamp;
  if (ms < SHORTEST_LEG_MS) return before;
  const kmh = metresBetween(lastFix, fix) / (ms / 3600);
  return kmh > WALKING_KMH && fromAnchor > metresBetween(anchor, lastFix) ? before + 1 : 0;
}

/** The odometer in kilometres. */
export function withOdometer(state: MotionState, km: number, at: number): MotionState {
  const before = state.odometer;
  if (before === null) return { ...state, odometer: { km, risenAt: null } };
  const step = Math.round((km - before.km) * 1000) / 1000;
  if (step < -ODOMETER_DROP_KM) return { ...state, odometer: { km, risenAt: before.risenAt } };
  if (step <= ODOMETER_STEP_KM) return state;
  // Late kilometres of the way here are no drive of a car that charges.
  const late = state.chargingSince !== null && at <= state.chargingSince;
  if (late) return { ...state, odometer: { km, risenAt: before.risenAt } };
  return { ...state, odometer: { km, risenAt: at }, chargingSince: null };
}

/** BMW's own word. */
export function withReport(state: MotionState, moving: boolean, at: number): MotionState {
  const reported = { moving, at };
  if (moving) {
    const charging = state.chargingSince !== null && at <= state.chargingSince ? state.chargingSince : null;
    return { ...state, reported, displacedAt: latest(state.displacedAt, at), chargingSince: charging, leftAt: null };
  }
  // It moved until it said that it stands.
  const wasMoving = state.reported?.moving === true;
  return { ...state, reported, displacedAt: wasMoving ? latest(state.displacedAt, at) : state.displacedAt };
}

/** Charging begins or ends; `at` is BMW's time of that. */
export function withCharging(state: MotionState, charging: boolean, at: number): MotionState {
  if (!charging) return { ...state, chargingSince: null };
  return { ...state, chargingSince: state.chargingSince ?? at, driving: false, leftAt: null };
}

/**
 * The door lock. While driving a car reports that it is locked, on arrival something else: a hint that can end a trip,
 * never one that keeps a trip from beginning.
 * @param moving the answer of `isMoving` before
 */
export function withLock(state: MotionState, status: string, moving: boolean, at: number): MotionState {
  const lockedAsDriving = /^(ASN_)?(LOCKED|SELECTIVE[-_]?LOCKED)$/i.test(status.trim());
  if (lockedAsDriving === state.lockedAsDriving && state.leftAt === null) return state;
  const leaves = state.lockedAsDriving && !lockedAsDriving && moving;
  return { ...state, lockedAsDriving, leftAt: lockedAsDriving ? null : leaves ? at : state.leftAt };
}

/** A car that does not move is not driving, whatever late fixes say. */
export function standing(state: MotionState): MotionState {
  return state.driving ? { ...state, driving: false } : state;
}

/** The trip is over: only new evidence begins another one. */
export function settled(state: MotionState, now: number): MotionState {
  const arrivedAt = state.leftAt ?? state.arrivedAt;
  const settledAt = state.displacedAt ?? now;
  return { ...state, driving: false, drivenAt: null, leftAt: null, arrivedAt, settledAt };
}

function placeOf({ latitude, longitude }: Fix): Place {
  return { latitude, longitude };
}

function latest(one: number | null, other: number): number {
  return one === null ? other : Math.max(one, other);
}
