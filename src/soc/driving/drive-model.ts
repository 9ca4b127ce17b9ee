import { finiteNumber, isObject, type JsonObject } from "../../support/json.js";
import { metresBetween, type GeoPoint } from "../../vehicle/geography.js";
import { softly, type Gaussian } from "../normal.js";
import {
  AUX,
  correctUsual,
  CRUISE,
  FIX_ROAD,
  limit,
  modelPrior,
  RATES,
  ROAD,
  SOC,
  SPEED,
  step,
  TRIP_START,
  type Usual,
} from "./motion-model.js";
import { BRACKETS } from "./trip.js";

/** How far it is to a position from the one at `since`, as a tracker has counted it; km, ms. */
export interface Way {
  readonly km: number;
  readonly since: number;
}

/** Measure of a way by a length: the way is `factor` times it, give or take a share of it. */
interface Gauge {
  readonly factor: number;
  readonly deviation: number;
}

/** Totals at a time: percentage points given and kilometres driven since some beginning. */
interface Total {
  readonly at: number;
  readonly points: number;
  readonly km: number;
}

const MOST_ENTRIES = 40;
const LEAST_MS = 10_000;
const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
const LONGEST_STEP_MS = 20_000;
/** A car that is silent for longer has parked, or is where nobody hears it: nothing can be said of what it uses. */
const LOST_MS = 45 * 60_000;
const LONGEST_ADVANCE_MS = 6 * HOUR_MS;
/** Spread of what it may have used nevertheless, pp after an hour. */
const LOST_DEVIATION_PP = 2;
/** A car that says nothing at all for so long probably stands. */
const SILENT_MS = 15 * 60_000;
const SPEED_DEVIATION_KMH = 3;
/** A way between two positions is longer than the straight line. */
const STRAIGHT: Gauge = { factor: 1.04, deviation: 0.06 };
/** A tracker cuts bends a little as well. */
const COUNTED: Gauge = { factor: 1.005, deviation: 0.025 };
const FIX_DEVIATION_KM = 0.03;
const SHORTEST_LEG_MS = 10_000;
const LONGEST_LEG_MS = 10 * 60_000;
/** A faster position is of another receiver, or wrong. */
const MOST_KMH = 300;
/** Longest way that the car may have gone unheard; anything else is another odometer. */
const MOST_FORWARD_KM = 500;
const LEAST_BACKWARD_KM = 5;
const BACKWARD_DEVIATIONS = 5;
/** Rates and habits of a car change slowly: kWh/km from trip to trip, kW from day to day with the seasons. */
const RATE_DRIFT = 0.0012;
const AUX_DRIFT_KW_PER_DAY = 0.065;
const MOST_DRIFT_DAYS = 60;

/** Remembers what was driven lately, for values that arrive later than they were measured. */
export class WayHistory {
  #entries: Total[] = [];

  /** The totals at `at`, which is not before the newest. */
  add(at: number, points: number, km: number): void {
    const last = this.#entries.at(-1);
    const before = this.#entries.at(-2);
    // The newest entry is always exact; the ones before it only that far apart.
    if (before !== undefined && at - before.at < LEAST_MS) this.#entries.pop();
    this.#entries.push({ at, points: (last?.points ?? 0) + points, km: (last?.km ?? 0) + km });
    if (this.#entries.length > MOST_ENTRIES) this.#entries.shift();
  }

  /** Tells what was given and driven from `at` until now; from the beginning if that is later. */
  since(at: number): { readonly points: number; readonly km: number } {
    const last = this.#entries.at(-1);
    const after = this.#entries.findIndex((entry) => entry.at > at);
    const next = this.#entries[after];
    if (last === undefined || next === undefined) return { points: 0, km: 0 };
    const before = this.#entries[after - 1] ?? next;
    const share = next.at > before.at ? Math.max(0, (at - before.at) / (next.at - before.at)) : 0;
    const back = (pick: (total: Total) => number) => pick(last) - pick(before) - share * (pick(next) - pick(before));
    return { points: back(({ points }) => points), km: back(({ km }) => km) };
  }

  clear(): void {
    this.#entries = [];
  }

  clone(): WayHistory {
    const clone = new WayHistory();
    clone.#entries = [...this.#entries];
    return clone;
  }

  save(): number[][] {
    return this.#entries.map(({ at, points, km }) => [at, points, km]);
  }

  restore(saved: unknown): void {
    const entries: Total[] = [];
    for (const row of Array.isArray(saved) ? (saved as unknown[]) : []) {
      const [at = null, points = null, km = null] = Array.isArray(row)
        ? row.map((one: unknown) => finiteNumber(one))
        : [];
      if (at !== null && points !== null && km !== null) entries.push({ at, points, km });
    }
    this.#entries = entries.sort((one, other) => one.at - other.at).slice(-MOST_ENTRIES);
  }
}

/**
 * The way of a car and what it takes out of the battery, as a joint distribution: what is learned of one quantity
 * moves the others. Times in ms, distances in km.
 */
export class DriveModel {
  #joint: Gaussian;
  #history = new WayHistory();
  #under = false;
  #standing = false;
  #heardAt = 0;
  #fix: { readonly place: GeoPoint; readonly at: number } | null = null;
  /** Way that a tracker has counted since then, until `at`. */
  #counted: { readonly km: number; readonly at: number } | null = null;
  #startKm = 0;
  #usual: Usual;

  constructor(usualKwhPerKm: number, joint = modelPrior(usualKwhPerKm)) {
    this.#usual = { first: usualKwhPerKm, now: usualKwhPerKm };
    this.#joint = joint;
  }

  /** kWh/km of a car of which nothing was learned. */
  get usualKwhPerKm(): number {
    return this.#usual.now;
  }

  /** The distribution, for what is learned of the battery. */
  get joint(): Gaussian {
    return this.#joint;
  }

  get underWay(): boolean {
    return this.#under;
  }

  get tripKm(): number {
    return Math.max(0, this.#joint.mean(ROAD) - this.#startKm);
  }

  /** Percentage points that were given from `at` until now, as far as is remembered. */
  givenSince(at: number): number {
    return this.#history.since(at).points;
  }

  /** A trip begins. `km` is the odometer, whose last digit counts `stepKm`; `goesOn` after a stop of minutes. */
  begin(at: number, km: number, stepKm: number, goesOn: boolean): void {
    if (!goesOn) for (const [index, moments] of TRIP_START) this.#joint.replace(index, moments);
    this.#joint.replace(ROAD, { mean: km + stepKm / 2, variance: stepKm ** 2 / 12 });
    limit(this.#joint);
    this.#startKm = this.#joint.mean(ROAD);
    this.#under = true;
    this.#standing = false;
    this.#heardAt = at;
    this.#forgetFix();
    this.#history.clear();
    this.#history.add(at, 0, 0);
  }

  /** The trip is over since `at`, as was noticed at `now`: what was believed to be driven in between is taken back. */
  end(at: number, now: number): void {
    if (!this.#under) return;
    this.#under = false;
    if (this.#standing) return;
    const { points, km } = this.#history.since(at);
    this.#joint.setMean(SOC, this.#joint.mean(SOC) + points);
    this.#joint.setMean(ROAD, this.#joint.mean(ROAD) - km);
    this.#history.add(now, -points, -km);
  }

  /** The clock went back to `now`. */
  turnBack(now: number): void {
    this.#history.clear();
    if (this.#under) this.#history.add(now, 0, 0);
    this.#heardAt = Math.min(this.#heardAt, now);
    this.#forgetFix();
  }

  /** Leaves a trip without an end. */
  abandon(): void {
    this.#under = false;
    this.#history.clear();
  }

  /** Forgets the way: what happened before is of another battery, so to say. */
  forgetWay(): void {
    this.#history.clear();
  }

  /** Lets the time from `from` until `now` pass on the way. Returns the percentage points that it took. */
  advance(from: number, now: number, capacityKwh: number): number {
    const until = Math.max(from, Math.min(now, this.#heardAt + LOST_MS, from + LONGEST_ADVANCE_MS));
    this.#joint.widen(SOC, (LOST_DEVIATION_PP ** 2 * Math.min(now - until, DAY_MS)) / HOUR_MS);
    let [points, km] = [0, 0];
    for (let left = until - from; left > 0; left -= LONGEST_STEP_MS) {
      const ms = Math.min(LONGEST_STEP_MS, left);
      const time = until - left + ms;
      const fading = time - this.#heardAt > SILENT_MS;
      const cost = step(this.#joint, { hours: ms / HOUR_MS, capacityKwh, standing: this.#standing, fading });
      [points, km] = [points + cost.points, km + cost.km];
    }
    limit(this.#joint);
    if (now > from) this.#history.add(now, points, km);
    return points;
  }

  /** Kilometres that were driven before the trip was noticed. Returns the percentage points that they took. */
  drove(km: number, capacityKwh: number): number {
    this.#joint.replace(SPEED, { mean: this.#joint.mean(CRUISE), variance: 1 });
    const hours = km / this.#joint.mean(CRUISE);
    return step(this.#joint, { hours, capacityKwh, standing: false, fading: false }).points;
  }

  /** Days between trips in which the car may have changed. */
  drift(ms: number): void {
    const days = Math.min(MOST_DRIFT_DAYS, Math.max(0, ms) / DAY_MS);
    for (const bracket of BRACKETS.keys()) this.#joint.widen(RATES + bracket, RATE_DRIFT ** 2);
    this.#joint.widen(AUX, AUX_DRIFT_KW_PER_DAY ** 2 * days);
  }

  odometer(km: number, at: number, stepKm: number): void {
    if (!this.#under) return;
    const low = km + this.#history.since(at).km;
    const prior = this.#joint.of(ROAD);
    const seen = softly(prior, low, low + stepKm, stepKm / 10);
    const leap = seen.mean - prior.mean;
    const farthestBack = Math.max(LEAST_BACKWARD_KM, BACKWARD_DEVIATIONS * Math.sqrt(prior.variance));
    if (leap >= -farthestBack && leap <= MOST_FORWARD_KM) this.#joint.learn(ROAD, seen);
    else this.#joint.replace(ROAD, { mean: low + stepKm / 2, variance: stepKm ** 2 / 12 });
    limit(this.#joint);
  }

  /** Something was heard of the car. */
  heard(at: number): void {
    this.#heardAt = Math.max(this.#heardAt, at);
  }

  /** Something proves that the car is on its way. */
  moved(at: number): void {
    this.heard(at);
    if (!this.#standing) return;
    this.#standing = false;
    this.#joint.replace(SPEED, this.#joint.of(CRUISE));
  }

  stood(at: number): void {
    this.heard(at);
    this.#standing = this.#under;
  }

  speed(kmh: number, at: number): void {
    if (!this.#under) return;
    if (kmh > SPEED_DEVIATION_KMH) this.moved(at);
    this.heard(at);
    if (this.#standing) return;
    this.#joint.measure([[SPEED, 1]], { mean: kmh, variance: SPEED_DEVIATION_KMH ** 2 });
    limit(this.#joint);
  }

  /** @param way counts if it begins at the position before */
  position(point: GeoPoint, at: number, way: Way | null): void {
    if (!this.#under) return;
    const before = this.#fix;
    const ms = before === null ? Infinity : at - before.at;
    const counted = this.#countedTo(way);
    if (ms < SHORTEST_LEG_MS) {
      this.#counted = counted === null ? this.#counted : { km: counted, at };
      return;
    }
    const km = counted ?? (before === null ? 0 : metresBetween(before.place, point) / 1000);
    if (ms <= LONGEST_LEG_MS && km <= (MOST_KMH * ms) / HOUR_MS)
      this.#measureLeg(km, counted === null ? STRAIGHT : COUNTED, at);
    this.#counted = null;
    this.#joint.copy(ROAD, FIX_ROAD);
    // Where the position arrived late the way since then belongs to the next leg.
    this.#joint.setMean(FIX_ROAD, this.#joint.mean(ROAD) - this.#history.since(at).km);
    this.#fix = { place: point, at };
  }

  /** Another consumption is the usual one from now on. */
  correctUsual(kwhPerKm: number): void {
    correctUsual(this.#joint, this.#usual, kwhPerKm);
    this.#usual = { ...this.#usual, now: kwhPerKm };
  }

  /** Forgets what was learned of the car; the battery stays. */
  unlearn(): void {
    const kept = [SOC, ROAD].map((index) => [index, this.#joint.of(index)] as const);
    const { now } = this.#usual;
    this.#joint = modelPrior(now);
    this.#usual = { first: now, now };
    for (const [index, moments] of kept) this.#joint.replace(index, moments);
    this.#forgetFix();
  }

  clone(): DriveModel {
    const clone = new DriveModel(this.#usual.now, this.#joint.clone());
    clone.#usual = this.#usual;
    clone.#history = this.#history.clone();
    clone.#under = this.#under;
    clone.#standing = this.#standing;
    clone.#heardAt = this.#heardAt;
    clone.#fix = this.#fix;
    clone.#counted = this.#counted;
    clone.#startKm = this.#startKm;
    return clone;
  }

  save(): JsonObject {
    return {
      joint: this.#joint.save(),
      history: this.#history.save(),
      underWay: this.#under,
      standing: this.#standing,
      heardAt: this.#heardAt,
      startKm: this.#startKm,
      usual: this.#usual,
    };
  }

  /** Goes on with what `save` gave; false if that cannot be used. The last position is of before the gap and left out. */
  restore(saved: unknown): boolean {
    if (!isObject(saved) || !this.#joint.restore(saved["joint"])) return false;
    limit(this.#joint);
    this.#history.restore(saved["history"]);
    this.#under = saved["underWay"] === true;
    this.#standing = saved["standing"] === true;
    this.#heardAt = finiteNumber(saved["heardAt"]) ?? 0;
    this.#startKm = finiteNumber(saved["startKm"]) ?? this.#joint.mean(ROAD);
    const { first, now } = this.#usual;
    const usual = isObject(saved["usual"]) ? saved["usual"] : {};
    this.#usual = { first: finiteNumber(usual["first"]) ?? first, now: finiteNumber(usual["now"]) ?? now };
    return true;
  }

  #forgetFix(): void {
    this.#fix = null;
    this.#counted = null;
  }

  /** Since the last position; `null` if the way does not begin there. */
  #countedTo(way: Way | null): number | null {
    if (way === null) return null;
    if (this.#counted?.at === way.since) return this.#counted.km + way.km;
    return this.#fix?.at === way.since ? way.km : null;
  }

  #measureLeg(km: number, { factor, deviation }: Gauge, at: number): void {
    const late = this.#history.since(at).km;
    const variance = FIX_DEVIATION_KM ** 2 + (km * deviation) ** 2;
    const leg = [[ROAD, 1], [FIX_ROAD, -1]] as const; // prettier-ignore
    this.#joint.measure(leg, { mean: km * factor + late, variance });
    limit(this.#joint);
    if (km > FIX_DEVIATION_KM) this.moved(at);
  }
}
