import { finiteNumber, isObject, numbersIn, type JsonObject } from "../../support/json.js";

/** Speed brackets by their names that users know; a speed belongs to the bracket whose lower bound it reaches. */
export const BRACKETS = ["traffic_jam", "city", "suburban", "highway", "fast_highway"] as const;
export type Bracket = (typeof BRACKETS)[number];

/** km/h at which the next bracket begins. */
export const BOUNDS_KMH = [20, 60, 100, 130] as const;

/** The bracket of a speed in km/h; whatever fits nowhere, a negative speed for instance, counts as the fastest. */
export function bracketOf(kmh: number): Bracket {
  if (!(kmh >= 0)) return "fast_highway";
  const index = BOUNDS_KMH.findIndex((bound) => kmh < bound);
  return BRACKETS[index === -1 ? BOUNDS_KMH.length : index] ?? "fast_highway";
}

/** Kilometres of one trip by speed bracket: a stretch goes from where a bracket was entered to where it was left. */
export class Segments {
  readonly #km = new Map<Bracket, number>();
  #open: { readonly bracket: Bracket; readonly fromKm: number } | null = null;

  /** The bracket of the newest speed; `null` while the tracker is silent. */
  get bracket(): Bracket | null {
    return this.#open?.bracket ?? null;
  }

  /** A speed in km/h, or `null` where the tracker is silent; `km` the newest odometer. */
  speed(kmh: number | null, km: number): void {
    const bracket = kmh === null ? null : bracketOf(kmh);
    if (bracket === this.bracket) return;
    this.close(km);
    this.#open = bracket === null ? null : { bracket, fromKm: km };
  }

  /** Ends the present stretch at that odometer. */
  close(km: number): void {
    if (this.#open === null) return;
    const { bracket, fromKm } = this.#open;
    if (km > fromKm) this.#km.set(bracket, (this.#km.get(bracket) ?? 0) + km - fromKm);
    this.#open = null;
  }

  /** With most kilometres, the first of equals; `null` without any. */
  get dominant(): Bracket | null {
    let best: Bracket | null = null;
    for (const [bracket, km] of this.#km) if (best === null || km > (this.#km.get(best) ?? 0)) best = bracket;
    return best;
  }

  save(): JsonObject {
    return { km: [...this.#km], open: this.#open };
  }

  restore(saved: unknown): void {
    if (!isObject(saved)) return;
    for (const pair of Array.isArray(saved["km"]) ? (saved["km"] as unknown[]) : []) {
      const [bracket, km] = Array.isArray(pair) ? [bracketNamed(pair[0]), finiteNumber(pair[1])] : [null, null];
      if (bracket !== null && km !== null && km > 0) this.#km.set(bracket, km);
    }
    const open = isObject(saved["open"]) ? saved["open"] : {};
    const bracket = bracketNamed(open["bracket"]);
    const fromKm = finiteNumber(open["fromKm"]);
    this.#open = bracket !== null && fromKm !== null ? { bracket, fromKm } : null;
  }
}

function bracketNamed(name: unknown): Bracket | null {
  return BRACKETS.find((one) => one === name) ?? null;
}

/** A trip on its way. */
export class DrivenTrip {
  readonly segments = new Segments();
  /** The newest speed of the tracker, km/h; `null` while it is silent. */
  kmh: number | null = null;

  /** `createdAt` is when the trip was noticed; SOC in percent and odometer in km as the car showed them at its start. */
  constructor(
    readonly createdAt: number,
    public startSoc: number | null,
    public startKm: number | null,
  ) {}

  save(): JsonObject {
    const { createdAt, startSoc, startKm, kmh } = this;
    return { createdAt, startSoc, startKm, kmh, segments: this.segments.save() };
  }

  static restored(saved: unknown): DrivenTrip | null {
    const createdAt = isObject(saved) ? finiteNumber(saved["createdAt"]) : null;
    if (!isObject(saved) || createdAt === null) return null;
    const trip = new DrivenTrip(createdAt, finiteNumber(saved["startSoc"]), finiteNumber(saved["startKm"]));
    trip.kmh = finiteNumber(saved["kmh"]);
    trip.segments.restore(saved["segments"]);
    return trip;
  }
}

/** A speed that somebody has stated at `at`, and for how long it is true; km/h, ms. */
interface StatedSpeed {
  readonly kmh: number;
  readonly at: number;
  readonly holdsMs: number;
}

/** Holds the newest speed if a person stated it: it is true for a while, also of a trip that begins after it. */
export class ManualSpeed {
  #stated: StatedSpeed | null = null;

  /** A speed has come; without `holdsMs` of a tracker, which says itself when it is silent. */
  take(kmh: number | null, at: number, holdsMs: number | undefined): void {
    this.#stated = kmh === null || holdsMs === undefined ? null : { kmh, at, holdsMs };
  }

  /** Tells the speed that is true at `now`, km/h. */
  kmh(now: number): number | null {
    return this.#stated !== null && !this.#isOver(this.#stated, now) ? this.#stated.kmh : null;
  }

  /** Forgets what is not true any more; returns whether there was anything. */
  expire(now: number): boolean {
    if (this.#stated === null || !this.#isOver(this.#stated, now)) return false;
    this.#stated = null;
    return true;
  }

  save(): JsonObject | null {
    return this.#stated && { ...this.#stated };
  }

  restore(saved: unknown): void {
    const [kmh, at, holdsMs] = numbersIn(saved, "kmh", "at", "holdsMs") ?? [];
    if (kmh !== undefined && at !== undefined && holdsMs !== undefined) this.#stated = { kmh, at, holdsMs };
  }

  /** Tells whether it holds no longer; after a clock went back nothing is known. */
  #isOver({ at, holdsMs }: StatedSpeed, now: number): boolean {
    return Math.abs(now - at) > holdsMs;
  }
}
