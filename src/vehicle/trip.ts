import type { VehicleEvent } from "./events.js";
import { metresBetween } from "./geography.js";
import { bestLevel, type Level, type Levels } from "./level.js";
import type { Fix, OdometerSign } from "./motion-state.js";
import type { Position } from "./position.js";
import { FASTEST_KMH, isDrivable, isWay } from "./speed.js";

/** A trip on its way. Times are BMW's, in milliseconds. */
export interface Trip {
  /** `null`: it had begun before anything was heard of it. */
  readonly startedAt: number | null;
  /** When the first was heard of it. */
  readonly heardAt: number;
  /** Something was heard while it went on, not only what it has left. */
  readonly isWitnessed: boolean;
  readonly soc: number | null;
  readonly from: Position | null;
  /** The odometer at its start, and the last reading on its way. */
  readonly base: OdometerSign | null;
  readonly counted: OdometerSign | null;
  /** Length of the track of fixes, the share of it until the last reading of the odometer, and how many fixes. */
  readonly metres: number;
  readonly metresCounted: number;
  readonly fixes: number;
  /** So much longer the way may be than the track, which cuts bends. */
  readonly cutMetres: number;
  /** Some of the way is not in the track. */
  readonly isTrackBroken: boolean;
}

/** Where and when a trip begins. */
export type TripStart = Pick<Trip, "startedAt" | "heardAt" | "isWitnessed" | "soc" | "from" | "base">;

type TripStarted = Extract<VehicleEvent, { name: "tripStarted" }>;
type TripEnded = Extract<VehicleEvent, { name: "tripEnded" }>;

const MINUTE = 60_000;
/** A track of fixes cuts bends: the share of the way that it may miss grows with the square of its legs. */
const MISSED_AT_1_KM = 0.1;
const MOST_MISSED = 0.05;
/** A leg without a fix in between may be any road. */
const LONG_LEG_KM = 3;
const MOST_MISSED_OF_LONG = 0.3;
/** What a car tells so soon after its start is of the start, where nothing better is known. */
const AT_START_MS = 15_000;
/** A reading this close to the end of a trip has counted all of it. */
const AT_END_MS = MINUTE;
/** So much of a trip may be driven after the last reading, if nothing measures it. */
const MOST_UNCOUNTED = 0.05;
/** So is a level. */
const LEVEL_AT_END_MS = 5 * MINUTE;
/** A place this long before the end of a trip is on its way. */
const PLACE_AT_END_MS = 5 * MINUTE;

export function tripFrom(start: TripStart): Trip {
  return {
    ...start,
    base: start.base === null ? null : signOf(start.base),
    counted: null,
    metres: 0,
    metresCounted: 0,
    fixes: 0,
    cutMetres: 0,
    isTrackBroken: start.startedAt === null,
  };
}

/** A trip keeps of the odometer what it is saved with. */
function signOf({ km, stepKm, shown, at }: OdometerSign): OdometerSign {
  return { km, stepKm, shown, at };
}

/** Something was heard of it while it went on. */
export function witnessed(trip: Trip): Trip {
  return trip.isWitnessed ? trip : { ...trip, isWitnessed: true };
}

/** A fix on the way; `former` the one before it. */
export function withTrack(trip: Trip, former: Fix | null, fix: Fix): Trip {
  if (former === null) return { ...trip, fixes: trip.fixes + 1, isTrackBroken: true };
  const metres = metresBetween(former, fix);
  // Whoever has leapt was carried.
  const isLeap = !isWay(former, fix);
  return {
    ...trip,
    metres: trip.metres + (isLeap ? 0 : metres),
    metresCounted: trip.metresCounted + (isLeap ? 0 : metres * countedOf(trip.counted, former, fix)),
    cutMetres: trip.cutMetres + (isLeap ? 0 : metres * missedOf(metres / 1000)),
    fixes: trip.fixes + 1,
    isTrackBroken: trip.isTrackBroken || isLeap,
  };
}

/** The share of a leg that was driven before the last reading of the odometer, which came between its ends. */
function countedOf(counted: OdometerSign | null, former: Fix, fix: Fix): number {
  if (counted === null || counted.at <= former.timestamp) return 0;
  return Math.min(1, (counted.at - former.timestamp) / Math.max(1, fix.timestamp - former.timestamp));
}

/** A reading of the odometer on the way; one of the moment of the start counts for that. */
export function withCount(trip: Trip, sign: OdometerSign): Trip {
  const { startedAt, base } = trip;
  const isOfStart = startedAt !== null && sign.at <= startedAt + (base === null ? AT_START_MS : 0);
  if (isOfStart) return { ...trip, base: signOf(sign) };
  return { ...trip, counted: signOf(sign), metresCounted: trip.metres };
}

export function startOf({ startedAt, heardAt, soc, base, from }: Trip): TripStarted {
  return {
    name: "tripStarted",
    at: startedAt ?? heardAt,
    startedAt,
    inferred: startedAt === null,
    soc,
    odometer: base?.shown ?? null,
    from,
  };
}

/**
 * The event of the end.
 * @param movedAt the last movement, in milliseconds
 * @param to the newest place
 */
export function endOf(trip: Trip, movedAt: number, levels: Levels, to: Position | null): TripEnded {
  const endedAt = trip.isWitnessed ? Math.max(trip.startedAt ?? trip.heardAt, movedAt) : null;
  const distanceKm = distanceOf(trip, endedAt);
  const span = spanOf(trip.startedAt, endedAt, distanceKm);
  const soc = levelAtEnd(trip, endedAt, levels)?.soc ?? null;
  return {
    name: "tripEnded",
    at: endedAt ?? trip.heardAt,
    ...span,
    endedAt,
    distanceKm,
    socUsed: tenthsOf(soc === null || trip.soc === null ? null : trip.soc - soc),
    from: trip.from,
    to: isAtEnd(trip, endedAt, to) ? to : null,
  };
}

function levelAtEnd({ startedAt, heardAt }: Trip, endedAt: number | null, levels: Levels): Level | null {
  if (endedAt === null) return bestLevel(levels, ({ at }) => at >= heardAt);
  return bestLevel(levels, ({ at }) => at > (startedAt ?? heardAt) && at >= endedAt - LEVEL_AT_END_MS);
}

/** A trip that would have been too fast had begun before anything was heard of it. */
function spanOf(
  startedAt: number | null,
  endedAt: number | null,
  km: number | null,
): Pick<TripEnded, "startedAt" | "inferred" | "durationMin"> {
  const ms = startedAt === null || endedAt === null ? null : endedAt - startedAt;
  if (startedAt === null || ms === null || !isDrivable(km ?? 0, ms))
    return { startedAt: null, inferred: true, durationMin: null };
  const minutes = Math.round(ms / MINUTE);
  const isTooShort = (km ?? 0) * 60 > FASTEST_KMH * minutes;
  return { startedAt, inferred: false, durationMin: isTooShort ? Math.ceil(ms / MINUTE) : minutes };
}

function isAtEnd({ heardAt }: Trip, endedAt: number | null, place: Position | null): boolean {
  return place !== null && place.timestamp >= (endedAt ?? heardAt) - PLACE_AT_END_MS;
}

/** In kilometres; `null` if neither the odometer nor a track without gaps tells. */
function distanceOf(trip: Trip, endedAt: number | null): number | null {
  const { base, counted } = trip;
  const track = trip.fixes > 0 && !trip.isTrackBroken ? trip.metres / 1000 : null;
  if (base === null || counted === null || counted.km < base.km) return tenthsOf(track);
  const driven = counted.km - base.km;
  const isComplete = endedAt === null || counted.at >= endedAt - AT_END_MS;
  if (!isComplete) return tenthsOf(withRest(trip, counted.at, driven, endedAt));
  return tenthsOf(track === null ? driven : blended(trip, driven, track));
}

/** What was driven after the last reading of the odometer is in the track, or little, or unknown. */
function withRest(trip: Trip, countedAt: number, driven: number, endedAt: number): number | null {
  if (trip.fixes > 0) return driven + (trip.metres - trip.metresCounted) / 1000;
  const isLittle = endedAt - countedAt <= MOST_UNCOUNTED * (endedAt - (trip.startedAt ?? trip.heardAt));
  return isLittle ? driven : null;
}

/** The odometer counts whole kilometres and the track of fixes cuts bends, so each corrects the other. */
function blended({ cutMetres, counted, base }: Trip, driven: number, track: number): number {
  const [one, other] = [counted?.stepKm ?? 0, base?.stepKm ?? 0];
  // Readings in two units lag behind each other: what is shown does not go back.
  const doubt = one === other ? one : one + other;
  const least = Math.max(driven - doubt, track);
  const most = Math.min(driven + doubt, track + cutMetres / 1000);
  return least <= most ? (least + most) / 2 : driven;
}

/** The share of the way that a leg of the track may miss. */
function missedOf(km: number): number {
  return Math.min(km > LONG_LEG_KM ? MOST_MISSED_OF_LONG : MOST_MISSED, MISSED_AT_1_KM * km ** 2);
}

function tenthsOf(value: number | null): number | null {
  return value === null ? null : Math.round(value * 10) / 10;
}
