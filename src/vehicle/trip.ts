import type { VehicleEvent } from "./vehicle-event.js";
import { metresBetween } from "./geography.js";
import { bestLevel, type MeasuredLevel, type MeasuredLevels } from "./measured-level.js";
import { isInMiles, type Fix, type OdometerReading } from "./motion-state.js";
import type { Position } from "./position.js";
import { FASTEST_KMH, isDrivable, isReachable } from "./speed.js";

/** Holds an open trip. Times are BMW's [ms]. */
export interface Trip {
  /** `null`: the trip had begun before the first observation. */
  readonly startedAt: number | null;
  /** Time of its first observation [ms]. */
  readonly heardAt: number;
  /** Whether it was observed while it went on, not only by its traces. */
  readonly isWitnessed: boolean;
  readonly soc: number | null;
  readonly from: Position | null;
  /** Odometer at its start, and its last reading during the trip. */
  readonly base: OdometerReading | null;
  readonly counted: OdometerReading | null;
  /** Length of the track of fixes [m], the part of it until the last odometer reading [m], and the number of fixes. */
  readonly metres: number;
  readonly metresCounted: number;
  readonly fixes: number;
  /** Amount by which the road may be longer than the track, which cuts bends [m]. */
  readonly cutMetres: number;
  /** Whether part of the road is missing in the track. */
  readonly isTrackBroken: boolean;
}

/** Holds where and when a trip begins. */
export type TripStart = Pick<Trip, "startedAt" | "heardAt" | "isWitnessed" | "soc" | "from" | "base">;

type TripStarted = Extract<VehicleEvent, { name: "tripStarted" }>;
type TripEnded = Extract<VehicleEvent, { name: "tripEnded" }>;

const MINUTE = 60_000;
/**
 * Share of the road that a track may miss at legs of 1 km; grows with the square of the leg, because a track cuts
 * bends.
 */
const MISSED_AT_1_KM = 0.1;
const MOST_MISSED = 0.05;
/** Limits the length of a leg without a fix in between [km]; a longer one may be any road. */
const LONG_LEG_KM = 3;
const MOST_MISSED_OF_LONG = 0.3;
/** Limits how long after the start a value counts as that of the start, for want of a better one [ms]. */
const AT_START_MS = 15_000;
/** Limits how long before the end an odometer reading still covers the whole trip [ms]. */
const AT_END_MS = MINUTE;
/** Limits the share of a trip that may be driven, unmeasured, after the last odometer reading. */
const MOST_UNCOUNTED = 0.05;
/** Limits how far from the end a level counts as that of the end [ms]. */
const LEVEL_AT_END_MS = 5 * MINUTE;
/** Limits how long before the end a position counts as the destination [ms]. */
const PLACE_AT_END_MS = 5 * MINUTE;

export function newTrip(start: TripStart): Trip {
  return {
    startedAt: start.startedAt,
    heardAt: start.heardAt,
    isWitnessed: start.isWitnessed,
    soc: start.soc,
    from: start.from,
    base: start.base === null ? null : plainReading(start.base),
    counted: null,
    metres: 0,
    metresCounted: 0,
    fixes: 0,
    cutMetres: 0,
    isTrackBroken: start.startedAt === null,
  };
}

/** Returns a trip with some members changed; names all of them for the reason of `withChanges` of a motion. */
function changedTrip(trip: Trip, changes: Partial<Trip>): Trip {
  const copy: Trip = {
    startedAt: trip.startedAt,
    heardAt: trip.heardAt,
    isWitnessed: trip.isWitnessed,
    soc: trip.soc,
    from: trip.from,
    base: trip.base,
    counted: trip.counted,
    metres: trip.metres,
    metresCounted: trip.metresCounted,
    fixes: trip.fixes,
    cutMetres: trip.cutMetres,
    isTrackBroken: trip.isTrackBroken,
  };
  return Object.assign(copy, changes);
}

/** Returns the members of an odometer reading that a trip saves. */
function plainReading({ km, stepKm, shown, at }: OdometerReading): OdometerReading {
  return { km, stepKm, shown, at };
}

/** Marks the trip as observed while it went on. */
export function asWitnessed(trip: Trip): Trip {
  return trip.isWitnessed ? trip : changedTrip(trip, { isWitnessed: true });
}

/** Adds a fix to the track; `former` is the one before it. */
export function withFixOnTrip(trip: Trip, former: Fix | null, fix: Fix): Trip {
  if (former === null) return changedTrip(trip, { fixes: trip.fixes + 1, isTrackBroken: true });
  const metres = metresBetween(former, fix);
  // A car that jumped was transported.
  const isLeap = !isReachable(former, fix);
  return changedTrip(trip, {
    metres: trip.metres + (isLeap ? 0 : metres),
    metresCounted: trip.metresCounted + (isLeap ? 0 : metres * countedOf(trip.counted, former, fix)),
    cutMetres: trip.cutMetres + (isLeap ? 0 : metres * missedOf(metres / 1000)),
    fixes: trip.fixes + 1,
    isTrackBroken: trip.isTrackBroken || isLeap,
  });
}

/** Returns the share of a leg that was driven before the last odometer reading, which lies between its ends. */
function countedOf(counted: OdometerReading | null, former: Fix, fix: Fix): number {
  if (counted === null || counted.at <= former.timestamp) return 0;
  return Math.min(1, (counted.at - former.timestamp) / Math.max(1, fix.timestamp - former.timestamp));
}

/** Adds an odometer reading; one of the start itself becomes the base. */
export function withOdometerReading(trip: Trip, reading: OdometerReading): Trip {
  const { startedAt, base } = trip;
  const isOfStart = startedAt !== null && reading.at <= startedAt + (base === null ? AT_START_MS : 0);
  if (isOfStart) return changedTrip(trip, { base: plainReading(reading) });
  return changedTrip(trip, { counted: plainReading(reading), metresCounted: trip.metres });
}

export function tripStartedEvent({ startedAt, heardAt, soc, base, from }: Trip): TripStarted {
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
 * Builds the event of the end.
 * @param movedAt last movement [ms]
 * @param to newest position
 */
export function tripEndedEvent(trip: Trip, movedAt: number, levels: MeasuredLevels, to: Position | null): TripEnded {
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

function levelAtEnd(
  { startedAt, heardAt }: Trip,
  endedAt: number | null,
  levels: MeasuredLevels,
): MeasuredLevel | null {
  if (endedAt === null) return bestLevel(levels, ({ at }) => at >= heardAt);
  return bestLevel(levels, ({ at }) => at > (startedAt ?? heardAt) && at >= endedAt - LEVEL_AT_END_MS);
}

/** Returns the time span of a trip; a trip that would have been too fast began before its first observation. */
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

/** Returns the distance [km]; `null` if neither the odometer nor a gapless track gives it. */
function distanceOf(trip: Trip, endedAt: number | null): number | null {
  const { base, counted } = trip;
  const track = trip.fixes > 0 && !trip.isTrackBroken ? trip.metres / 1000 : null;
  if (base === null || counted === null || counted.km < base.km) return tenthsOf(track);
  // A mile is 1.61 km: in tenths of a kilometre a month of short trips would not add up to its miles.
  const told = isInMiles(counted) ? thousandthsOf : tenthsOf;
  const driven = counted.km - base.km;
  const isComplete = endedAt === null || counted.at >= endedAt - AT_END_MS;
  if (!isComplete) return told(withRest(trip, counted.at, driven, endedAt));
  return told(track === null ? driven : blended(trip, driven, track));
}

/** Adds the distance after the last odometer reading: from the track, negligible, or unknown (`null`). */
function withRest(trip: Trip, countedAt: number, driven: number, endedAt: number): number | null {
  if (trip.fixes > 0) return driven + (trip.metres - trip.metresCounted) / 1000;
  const isLittle = endedAt - countedAt <= MOST_UNCOUNTED * (endedAt - (trip.startedAt ?? trip.heardAt));
  return isLittle ? driven : null;
}

/** Combines odometer and track: one counts whole kilometres, the other cuts bends, so each corrects the other. */
function blended({ cutMetres, counted, base }: Trip, driven: number, track: number): number {
  const [one, other] = [counted?.stepKm ?? 0, base?.stepKm ?? 0];
  // Readings in two units lag behind each other; the displayed number never decreases.
  const doubt = one === other ? one : one + other;
  const least = Math.max(driven - doubt, track);
  const most = Math.min(driven + doubt, track + cutMetres / 1000);
  return least <= most ? (least + most) / 2 : driven;
}

/** Returns the share of the road that a leg of the track may miss. */
function missedOf(km: number): number {
  return Math.min(km > LONG_LEG_KM ? MOST_MISSED_OF_LONG : MOST_MISSED, MISSED_AT_1_KM * km ** 2);
}

function tenthsOf(value: number | null): number | null {
  return value === null ? null : Math.round(value * 10) / 10;
}

function thousandthsOf(value: number | null): number | null {
  return value === null ? null : Math.round(value * 1000) / 1000;
}
