import { isGeoPoint, type GeoPoint } from "./geography.js";
import { validTime } from "../support/iso-time.js";
import { finiteNumber, isObject, nonEmptyText, type JsonObject } from "../support/json.js";
import { storedList, needed, object, oneOf, or, then, type StoredReader } from "../support/stored-schema.js";
import { PositionOutlierFilter, type SuspectFix } from "./position-outlier-filter.js";
import type { ReadingSource } from "./reading.js";

// Whole names: V8 compares names that were put together letter by letter, and each sample is compared with several.
export const LATITUDE = "vehicle.cabin.infotainment.navigation.currentLocation.latitude";
export const LONGITUDE = "vehicle.cabin.infotainment.navigation.currentLocation.longitude";
const HEADING = "vehicle.cabin.infotainment.navigation.currentLocation.heading";
const ALTITUDE = "vehicle.cabin.infotainment.navigation.currentLocation.altitude";
const FIX_STATUS = "vehicle.cabin.infotainment.navigation.currentLocation.fixStatus";

/** Holds one fix: both axes measured at the same time. */
export interface Position extends GeoPoint {
  /** Metres above sea level. */
  readonly altitude?: number;
  /** Degrees from north. */
  readonly heading?: number;
  /** BMW's time in milliseconds. */
  readonly timestamp: number;
  readonly source: ReadingSource;
}

/** Holds one value that belongs to a fix. `time` is BMW's [ms]; `null` if it sent none. */
export interface PositionSample {
  readonly descriptor: string;
  readonly value: unknown;
  readonly time: number | null;
  readonly arrivedAt: number;
  readonly source: ReadingSource;
}

type AxisSample = PositionSample & { readonly value: number };

/** Says whether two axes are those of one fix. */
type Fits = (latitude: AxisSample, longitude: AxisSample) => boolean;

/** Limits the time between the axes of one fix [ms]: BMW's whole seconds may put them into neighbouring seconds. */
const SAME_FIX_MS = 1000;
/** Limits how long an axis waits for its exact partner [ms]. */
const PATIENCE_MS = 5000;
/** Limits the time between the arrivals of two axes without a time of their own [ms]. */
const ARRIVAL_WINDOW_MS = 30_000;
/** Limits how long an axis is kept [ms]: the axes of one fix may arrive minutes apart. */
const KEEP_MS = 10 * 60_000;
const KEEP_MOST = 30;
const DESCRIPTORS = new Set([LATITUDE, LONGITUDE, HEADING, ALTITUDE, FIX_STATUS]);

/** Returns whether a descriptor belongs to the position. */
export function isPositional(descriptor: string): boolean {
  return DESCRIPTORS.has(descriptor);
}

/**
 * Joins latitudes and longitudes into fixes by BMW's time. BMW sends the axes in different messages, and joining the
 * newest of each would produce positions that the car never visited.
 */
export class PositionAssembler {
  readonly #latitudes: AxisSample[] = [];
  readonly #longitudes: AxisSample[] = [];
  readonly #details: PositionSample[] = [];
  readonly #outliers: PositionOutlierFilter<Position>;
  #last: Position | null = null;

  /** @param onOutlier called for each fix that is dropped because no car can have been there */
  constructor(onOutlier: () => void) {
    this.#outliers = new PositionOutlierFilter<Position>(onOutlier);
  }

  /** Returns the newest fix. */
  get last(): Position | null {
    return this.#last;
  }

  /** Saves the last fix, the suspect one, and the axes that wait for their partners. */
  save(): JsonObject {
    return {
      last: this.#last,
      doubted: this.#outliers.suspect,
      waiting: [...this.#latitudes, ...this.#longitudes, ...this.#details],
    };
  }

  /** Restores what was saved unless something newer is known. */
  restore(saved: unknown): void {
    if (!isObject(saved)) return;
    const former = decodePosition(saved["last"]);
    if (former !== null && former.timestamp > (this.#last?.timestamp ?? -Infinity)) this.#last = former;
    this.#outliers.restore(decodeSuspect(saved["doubted"]));
    for (const sample of storedList(decodeSample, 3 * KEEP_MOST)(saved["waiting"])) this.#keep(sample);
  }

  /**
   * Returns when axes of neighbouring seconds are joined, or a suspect fix is accepted, because nothing else came [ms];
   * `null` if none wait.
   */
  get dueAt(): number | null {
    const waiting = this.#nearby(-Infinity);
    const joinedAt = waiting === null ? Infinity : Math.max(waiting[0].arrivedAt, waiting[1].arrivedAt) + PATIENCE_MS;
    const due = Math.min(joinedAt, this.#outliers.dueAt ?? Infinity);
    return due === Infinity ? null : due;
  }

  /**
   * Adds the samples of one message; returns the fixes that are complete now, in order.
   * @param isOnTrip whether a trip is open
   */
  add(samples: readonly PositionSample[], now: number, underWay = false): Position[] {
    const kept = samples.map((sample) => this.#keep(sample));
    const fixes = this.#join(haveSameTime);
    if (this.#latitudes.length > 0 && this.#longitudes.length > 0) {
      // Within one message there is no better partner to wait for.
      fixes.push(...this.#join((one, other) => kept.includes(one) && kept.includes(other) && isSameFix(one, other)));
      if (this.#latitudes.length > 0) fixes.push(...this.#joinNewest());
    }
    const published = this.#publish(fixes, now, underWay);
    this.#forget(now);
    return published;
  }

  /** Joins axes that have waited long enough. */
  tick(now: number, underWay = false): Position[] {
    const fixes: Position[] = [];
    for (let pair = this.#nearby(now); pair !== null; pair = this.#nearby(now)) fixes.push(this.#combine(...pair));
    const waited = this.#outliers.tick(now);
    this.#last = waited.at(-1) ?? this.#last;
    return [...waited, ...this.#publish(fixes, now, underWay)];
  }

  #keep(sample: PositionSample): AxisSample | null {
    if (sample.descriptor === LATITUDE) return add(this.#latitudes, sample, 90);
    if (sample.descriptor === LONGITUDE) return add(this.#longitudes, sample, 180);
    this.#details.push(sample);
    return null;
  }

  #join(fits: Fits): Position[] {
    const fixes: Position[] = [];
    let index = 0;
    for (let latitude = this.#latitudes[index]; latitude !== undefined; latitude = this.#latitudes[index]) {
      const longitude = partnerOf(latitude, this.#longitudes, fits);
      // A joined axis leaves its place to the next one.
      if (longitude === undefined) index++;
      else fixes.push(this.#combine(latitude, longitude));
    }
    return fixes;
  }

  /** Joins the newest axes without a time; earlier ones have lost their partner. */
  #joinNewest(): Position[] {
    for (const latitude of [...this.#latitudes].reverse()) {
      const longitude = [...this.#longitudes].reverse().find((one) => arrivedTogether(latitude, one));
      if (longitude === undefined) continue;
      for (const axes of [this.#latitudes, this.#longitudes])
        for (const axis of axes.filter(({ time }) => time === null)) remove(axes, axis);
      return [this.#combine(latitude, longitude)];
    }
    return [];
  }

  /** Returns the first pair of neighbouring seconds that has waited long enough by `now`. */
  #nearby(now: number): [AxisSample, AxisSample] | null {
    for (const latitude of this.#latitudes)
      for (const longitude of this.#longitudes) {
        const since = Math.max(latitude.arrivedAt, longitude.arrivedAt);
        if (isSameFix(latitude, longitude) && (now === -Infinity || since + PATIENCE_MS <= now))
          return [latitude, longitude];
      }
    return null;
  }

  #combine(latitude: AxisSample, longitude: AxisSample): Position {
    remove(this.#latitudes, latitude);
    remove(this.#longitudes, longitude);
    const timestamp = Math.max(latitude.time ?? -Infinity, longitude.time ?? -Infinity);
    const fix: Writable<Position> = {
      latitude: latitude.value,
      longitude: longitude.value,
      timestamp: timestamp === -Infinity ? Math.max(latitude.arrivedAt, longitude.arrivedAt) : timestamp,
      source: longitude.source,
    };
    const heading = finiteNumber(this.#detail(HEADING, fix.timestamp));
    const altitude = finiteNumber(this.#detail(ALTITUDE, fix.timestamp));
    if (heading !== null) fix.heading = heading;
    if (altitude !== null) fix.altitude = altitude;
    return fix;
  }

  /** Returns the newest detail of the fix. */
  #detail(descriptor: string, fixTime: number): unknown {
    for (let index = this.#details.length - 1; index >= 0; index--) {
      const sample = this.#details[index];
      if (sample?.descriptor !== descriptor) continue;
      if (Math.abs((sample.time ?? sample.arrivedAt) - fixTime) <= SAME_FIX_MS) return sample.value;
    }
    return undefined;
  }

  /** Accepts fixes; late, repeated, void and impossible ones change nothing. */
  #publish(fixes: readonly Position[], now: number, underWay: boolean): Position[] {
    const fresh: Position[] = [];
    const inOrder = fixes.length > 1 ? [...fixes].sort((one, other) => one.timestamp - other.timestamp) : fixes;
    for (const fix of inOrder) {
      const isVoid = fix.latitude === 0 && fix.longitude === 0;
      if (isVoid || this.#detail(FIX_STATUS, fix.timestamp) === "NO_FIX") continue;
      if (this.#last !== null && fix.timestamp <= this.#last.timestamp) continue;
      const believed = this.#outliers.filter(this.#last, fix, now, underWay);
      this.#last = believed.at(-1) ?? this.#last;
      fresh.push(...believed);
    }
    return fresh;
  }

  #forget(now: number): void {
    for (const list of [this.#latitudes, this.#longitudes, this.#details])
      while (list.length > KEEP_MOST || (list[0] !== undefined && now - list[0].arrivedAt > KEEP_MS)) list.shift();
  }
}

type Writable<T> = { -readonly [Key in keyof T]: T[Key] };

function remove<T>(list: T[], member: T): void {
  const index = list.indexOf(member);
  if (index >= 0) list.splice(index, 1);
}

function add(axis: AxisSample[], sample: PositionSample, limit: number): AxisSample | null {
  const degrees = finiteNumber(sample.value);
  if (degrees === null || Math.abs(degrees) > limit) return null;
  const { descriptor, time, arrivedAt, source: sender } = sample;
  const measured: AxisSample = { descriptor, value: degrees, time, arrivedAt, source: sender };
  axis.push(measured);
  return measured;
}

function partnerOf(latitude: AxisSample, longitudes: readonly AxisSample[], fits: Fits): AxisSample | undefined {
  for (const longitude of longitudes) if (fits(latitude, longitude)) return longitude;
  return undefined;
}

function haveSameTime({ time: one }: PositionSample, { time: other }: PositionSample): boolean {
  return one !== null && one === other;
}

function isSameFix({ time: one }: PositionSample, { time: other }: PositionSample): boolean {
  return one !== null && other !== null && Math.abs(one - other) <= SAME_FIX_MS;
}

/** Returns whether two samples arrived together; only used where BMW's time is missing. */
function arrivedTogether(one: PositionSample, other: PositionSample): boolean {
  return (one.time === null || other.time === null) && Math.abs(one.arrivedAt - other.arrivedAt) <= ARRIVAL_WINDOW_MS;
}

const source: StoredReader<ReadingSource> = or<ReadingSource>(oneOf(["stream", "rest"]), "restored");

const decodeSuspect: StoredReader<SuspectFix<Position> | null> = object({
  fix: needed((saved: unknown) => decodePosition(saved, source(isObject(saved) ? saved["source"] : null))),
  until: validTime,
});

const decodeSample: StoredReader<PositionSample | null> = object({
  descriptor: needed(then<string, string>(nonEmptyText, (name) => (isPositional(name) ? name : null))),
  value: (saved) => saved ?? null,
  time: validTime,
  arrivedAt: needed(validTime),
  source,
});

const savedFix = object({
  latitude: needed(finiteNumber),
  longitude: needed(finiteNumber),
  altitude: finiteNumber,
  heading: finiteNumber,
  timestamp: needed(validTime),
});

/** Decodes a saved position; `null` if damaged. */
export function decodePosition(saved: unknown, source: ReadingSource = "restored"): Position | null {
  const fix = savedFix(saved);
  if (fix === null || !isGeoPoint(fix)) return null;
  const { latitude, longitude, altitude, heading, timestamp } = fix;
  return {
    latitude,
    longitude,
    ...(altitude !== null && { altitude }),
    ...(heading !== null && { heading }),
    timestamp,
    source,
  };
}
