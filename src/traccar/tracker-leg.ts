import { metresBetween } from "../vehicle/geography.js";
import { FASTEST_KMH } from "../vehicle/speed.js";
import type { TrackerPosition } from "./tracker-types.js";

/** Holds a position of a tracker with the time of its fix [ms]. */
export interface Waypoint {
  readonly position: TrackerPosition;
  readonly at: number;
}

/** Holds the leg between two polls of a tracker [km, ms, km/h]. */
export interface TrackerLeg {
  readonly km: number;
  readonly since: number;
  readonly at: number;
  readonly kmh: number;
  /** Whether the server counted it over all fixes in between; otherwise it is the straight line. */
  readonly isCounted: boolean;
}

const HOUR_MS = 3_600_000;
const LONGEST_MS = 10 * 60_000;
/** Maximum drift of a resting phone [km]; its counter adds up each step of that. */
const STILL_KM = 0.03;
const COUNTED_STILL_KM = 0.15;
/** Tolerance by which a counter may fall short of the straight line [km]. */
const UNCOUNTED_KM = 0.05;

/** Returns the leg between two waypoints; `null` if too long ago, after a counter reset, or faster than any car. */
export function legBetween(from: Waypoint, to: Waypoint): TrackerLeg | null {
  const ms = to.at - from.at;
  if (ms <= 0 || ms > LONGEST_MS) return null;
  const straight = metresBetween(from.position, to.position) / 1000;
  const counted = countedKm(from.position, to.position);
  if (counted !== null && counted < 0) return null;
  const isCounted = counted !== null && counted >= straight - UNCOUNTED_KM;
  const way = isCounted ? counted : straight;
  const km = straight < STILL_KM && way < COUNTED_STILL_KM ? 0 : way;
  const kmh = (km * HOUR_MS) / ms;
  return kmh > FASTEST_KMH ? null : { km, since: from.at, at: to.at, kmh, isCounted };
}

function countedKm({ totalMetres: before }: TrackerPosition, { totalMetres: now }: TrackerPosition): number | null {
  return before === undefined || now === undefined ? null : (now - before) / 1000;
}
