import { finiteNumber, isObject, type JsonObject } from "../support/json.js";
import { validTime } from "../support/iso-time.js";
import { needed, object, objectOrDefaults, then } from "../support/stored-schema.js";
import type { SocEstimate } from "../soc/estimate.js";
import { isGeoPoint, metresBetween } from "../vehicle/geography.js";
import type { Position } from "../vehicle/position.js";
import type { VehicleEvent } from "../vehicle/vehicle-event.js";
import { BoundedSeries, type Point } from "./bounded-series.js";
import { rounded } from "./entry.js";
import { simplifiedTrack } from "./track.js";

type TripStarted = Extract<VehicleEvent, { name: "tripStarted" }>;

const MINUTE_MS = 60_000;
const HOUR_MS = 3_600_000;
const MOST_TRACK_POINTS = 500;
const TRACK_DIGITS = 5;
/** Limits the time between two fixes that tell a speed [ms]: over a shorter one their error counts, over a longer one the road. */
const LEG_FROM_MS = 5000;
const LEG_TO_MS = 60_000;
/** Limits the speed that two fixes tell [km/h]: a faster one is an error of the fixes. */
const FASTEST_KMH = 300;

const readState = objectOrDefaults({
  startSoc: finiteNumber,
  estimatedSoc: finiteNumber,
  estimatedSigma: finiteNumber,
  /** Highest speed by the tracker, and by two fixes [km/h]. */
  trackerKmh: finiteNumber,
  trackKmh: finiteNumber,
});
type DraftState = ReturnType<typeof readState>;
const readFix = then(
  object({
    latitude: needed(finiteNumber),
    longitude: needed(finiteNumber),
    timestamp: needed(validTime),
  }),
  (fix) => (isGeoPoint(fix) ? fix : null),
);
type Writable<T> = { -readonly [Key in keyof T]: T[Key] };
type Fix = NonNullable<ReturnType<typeof readFix>>;

/** Collects what becomes known of one trip while it goes on. Times in ms. */
export class TripDraft {
  readonly #state: Writable<DraftState>;
  readonly #track = new BoundedSeries(MOST_TRACK_POINTS);
  #lastFix: Fix | null = null;

  private constructor(
    readonly startedAt: number,
    state: DraftState,
  ) {
    this.#state = { ...state };
  }

  static begin({ at, soc, from }: TripStarted, estimate: SocEstimate | null): TripDraft {
    const state = { startSoc: soc, estimatedSoc: estimate?.soc ?? null, estimatedSigma: estimate?.sigma ?? null };
    const draft = new TripDraft(at, { ...readState({}), ...state });
    if (from !== null) draft.#track.add(draft.#pointOf({ ...from, timestamp: at }));
    return draft;
  }

  static restore(saved: unknown): TripDraft | null {
    const startedAt = isObject(saved) ? validTime(saved["startedAt"]) : null;
    if (!isObject(saved) || startedAt === null) return null;
    const draft = new TripDraft(startedAt, readState(saved["state"]));
    draft.#track.restore(saved["track"]);
    draft.#lastFix = readFix(saved["lastFix"]);
    return draft;
  }

  save(): JsonObject {
    return { startedAt: this.startedAt, state: this.#state, track: this.#track.save(), lastFix: this.#lastFix };
  }

  /** Adds the fixes of the trip. */
  fixes(fixes: readonly Position[]): void {
    for (const fix of fixes) {
      if (fix.timestamp < this.startedAt) continue;
      this.#track.add(this.#pointOf(fix));
      this.#speedOf(fix);
      const { latitude, longitude, timestamp } = fix;
      this.#lastFix = { latitude, longitude, timestamp };
    }
  }

  /** Takes a speed by the user's tracker [km/h]. */
  tracked(kmh: number): void {
    this.#state.trackerKmh = Math.max(kmh, this.#state.trackerKmh ?? 0);
  }

  /** Levels at the start [%]: measured, and estimated with its deviation. */
  get start(): Pick<DraftState, "startSoc" | "estimatedSoc" | "estimatedSigma"> {
    return this.#state;
  }

  /** Highest speed [km/h] by what told it. */
  get top(): Pick<DraftState, "trackerKmh" | "trackKmh"> {
    return this.#state;
  }

  /** Returns the simplified track until the end; less than two points are none. */
  trackUntil(end: number): readonly Point[] {
    const last = (end + MINUTE_MS - this.startedAt) / MINUTE_MS;
    return simplifiedTrack(this.#track.points.filter(([minute]) => minute <= last));
  }

  #pointOf({ timestamp, latitude, longitude }: Fix): Point {
    const minute = rounded((timestamp - this.startedAt) / MINUTE_MS, 2);
    return [minute, rounded(latitude, TRACK_DIGITS), rounded(longitude, TRACK_DIGITS)];
  }

  #speedOf(fix: Fix): void {
    const former = this.#lastFix;
    const ms = former === null ? 0 : fix.timestamp - former.timestamp;
    if (former === null || ms < LEG_FROM_MS || ms > LEG_TO_MS) return;
    const kmh = metresBetween(former, fix) / 1000 / (ms / HOUR_MS);
    if (kmh <= FASTEST_KMH) this.#state.trackKmh = Math.max(kmh, this.#state.trackKmh ?? 0);
  }
}
