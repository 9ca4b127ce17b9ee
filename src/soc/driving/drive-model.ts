import { finiteNumber, isObject, type JsonObject } from "../../support/json.js";
import { clampedNumber, object, or } from "../../support/stored-schema.js";
import { metresBetween, type GeoPoint } from "../../vehicle/geography.js";
import { softly, type Gaussian } from "../normal-distribution.js";
import {
  AUX,
  correctUsual,
  CRUISE,
  FIX_ROAD,
  HILL,
  HILL_KM,
  limit,
  modelPrior,
  RATES,
  ROAD,
  SOC,
  SPEED,
  SPEED_FORGOTTEN_H,
  step,
  TRIP_FACTOR,
  TRIP_START,
  type MotionStep,
  type Usual,
} from "./motion-model.js";
import { capacityOf } from "../settings.js";
import { Scatter, type Candidate } from "./scatter.js";
import { BRACKETS } from "./driven-trip.js";
import { WayHistory } from "./way-history.js";

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
/** A shorter way says nothing of slopes. */
const LEAST_WAY_KM = 0.5;
/** A shorter time says nothing of speeds; as a share of `SPEED_FORGOTTEN_H`. */
const LEAST_UNSEEN = 0.25;
/** A trip of which less is known says nothing of how much they scatter. */
const LEAST_TRIP_KNOWLEDGE = 0.3;

const MOST_UNSEEN_H = 100;
const NO_WAY = { km: 0, capacityKwh: Infinity, open: 1 };
const readWay = object({
  km: or(clampedNumber(0, MOST_FORWARD_KM), 0),
  open: or(clampedNumber(0, 1), 1),
  capacityKwh: or(capacityOf, Infinity),
});
/** How much slopes may scatter, kWh/km: in a plain, among hills, in mountains. */
const HILLS: readonly Candidate[] = [[0.01, 0.35], [0.03, 0.35], [0.08, 0.15], [0.16, 0.1], [0.3, 0.05]]; // oxfmt-ignore
/** How much trips may scatter, a share: load and wind, a box on the roof, a trailer. */
const TRIPS: readonly Candidate[] = [[0.05, 0.3], [0.12, 0.4], [0.25, 0.3]]; // oxfmt-ignore

/** How much speeds may wander, km/h: on a steady way, and between town and motorway. */
const SPEEDS: readonly Candidate[] = [[15, 0.15], [25, 0.5], [35, 0.25], [50, 0.1]]; // oxfmt-ignore

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
  readonly #hills = new Scatter(HILLS);
  readonly #trips = new Scatter(TRIPS);
  readonly #speeds = new Scatter(SPEEDS);
  /** For so long nothing has told the way, hours. */
  #unseenH = 0;
  /** Driven since the last level, km, with a battery of so many kWh; of the slope so much was open then, a share. */
  #way = NO_WAY;

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
    if (!goesOn) {
      for (const [index, moments] of TRIP_START) this.#joint.replace(index, moments);
      this.#joint.replace(TRIP_FACTOR, { mean: 0, variance: this.#trips.value ** 2 });
      this.#joint.replace(HILL, { mean: 0, variance: this.#hills.value ** 2 });
    }
    this.#way = NO_WAY;
    this.#unseenH = 0;
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
    this.#learnTrip();
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
    if (this.#way.km === 0) this.#way = { ...this.#way, open: this.#openSlope };
    const until = Math.max(from, Math.min(now, this.#heardAt + LOST_MS, from + LONGEST_ADVANCE_MS));
    this.#joint.widen(SOC, (LOST_DEVIATION_PP ** 2 * Math.min(now - until, DAY_MS)) / HOUR_MS);
    let [points, km] = [0, 0];
    for (let left = until - from; left > 0; left -= LONGEST_STEP_MS) {
      const ms = Math.min(LONGEST_STEP_MS, left);
      const time = until - left + ms;
      const fading = time - this.#heardAt > SILENT_MS;
      const cost = step(this.#joint, this.#motion(ms / HOUR_MS, capacityKwh, this.#standing, fading));
      [points, km] = [points + cost.points, km + cost.km];
    }
    limit(this.#joint);
    if (now > from) this.#history.add(now, points, km);
    this.#way = { ...this.#way, km: this.#way.km + km, capacityKwh };
    if (!this.#standing) this.#unseenH += Math.max(0, until - from) / HOUR_MS;
    return points;
  }

  /** Kilometres that were driven before the trip was noticed. Returns the percentage points that they took. */
  drove(km: number, capacityKwh: number): number {
    this.#joint.replace(SPEED, { mean: this.#joint.mean(CRUISE), variance: 1 });
    const hours = km / this.#joint.mean(CRUISE);
    return step(this.#joint, this.#motion(hours, capacityKwh, false, false)).points;
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
    this.#learnSpeeds(low + stepKm / 2 - prior.mean, stepKm);
    if (leap >= -farthestBack && leap <= MOST_FORWARD_KM) this.#joint.learn(ROAD, seen);
    else this.#joint.replace(ROAD, { mean: low + stepKm / 2, variance: stepKm ** 2 / 12 });
    limit(this.#joint);
  }

  /** A level has come that is so far from what was believed, pp; `variance` is its own. */
  leveled(deviation: number, variance: number): void {
    const { km, capacityKwh, open } = this.#way;
    this.#way = { km: 0, capacityKwh, open };
    if (!this.#under || km < LEAST_WAY_KM) return;
    const ways = km / HILL_KM;
    const forgotten = 1 - Math.exp(-ways);
    // Variance of the integral of what is forgotten with the way, beside what was known at its beginning.
    const perScatter = ((100 / capacityKwh) * HILL_KM) ** 2 * (2 * (ways - forgotten) - (1 - open) * forgotten ** 2);
    const others = this.#joint.of(SOC).variance - this.#hills.value ** 2 * perScatter;
    this.#hills.learn({ deviation, variance: Math.max(0, others) + variance, perScatter });
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
    this.#unseenH = 0;
    this.#joint.measure([[SPEED, 1]], { mean: kmh, variance: SPEED_DEVIATION_KMH ** 2 });
    limit(this.#joint);
  }

  /**
   * A car that says that it stands is carried, by a ferry or a train: its positions say nothing of its way.
   * @param way counts if it begins at the position before
   */
  position(point: GeoPoint, at: number, way: Way | null): void {
    if (!this.#under) return;
    const before = this.#standing ? null : this.#fix;
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
    this.#hills.forget();
    this.#trips.forget();
    this.#speeds.forget();
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
    clone.#hills.copy(this.#hills);
    clone.#trips.copy(this.#trips);
    clone.#speeds.copy(this.#speeds);
    clone.#unseenH = this.#unseenH;
    clone.#way = this.#way;
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
      hills: this.#hills.save(),
      trips: this.#trips.save(),
      speeds: this.#speeds.save(),
      way: this.#way,
      unseenH: this.#unseenH,
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
    this.#hills.restore(saved["hills"]);
    this.#trips.restore(saved["trips"]);
    this.#speeds.restore(saved["speeds"]);
    this.#unseenH = or(clampedNumber(0, MOST_UNSEEN_H), 0)(saved["unseenH"]);
    this.#way = readWay(saved["way"]) ?? NO_WAY;
    const { first, now } = this.#usual;
    const usual = isObject(saved["usual"]) ? saved["usual"] : {};
    this.#usual = { first: finiteNumber(usual["first"]) ?? first, now: finiteNumber(usual["now"]) ?? now };
    return true;
  }

  /** Finds how far this trip was from others by what levels have said of it. */
  #learnTrip(): void {
    const { mean, variance } = this.#joint.of(TRIP_FACTOR);
    const first = this.#trips.value ** 2;
    const gained = 1 / variance - 1 / first;
    if (!(gained > 0) || 1 / gained > LEAST_TRIP_KNOWLEDGE ** 2) return;
    this.#trips.learn({ deviation: mean / variance / gained, variance: 1 / gained, perScatter: 1 });
  }

  /** Share of what is open of any slope that is open of this one. */
  get #openSlope(): number {
    return Math.min(1, this.#joint.of(HILL).variance / this.#hills.value ** 2);
  }

  #motion(hours: number, capacityKwh: number, standing: boolean, fading: boolean): MotionStep {
    return { hours, capacityKwh, standing, fading, hills: this.#hills.value, wanders: this.#speeds.value };
  }

  /** An odometer is so far from what was believed, km. Nothing follows from it where a speed was told. */
  #learnSpeeds(deviation: number, stepKm: number): void {
    const times = this.#unseenH / SPEED_FORGOTTEN_H;
    this.#unseenH = 0;
    const perScatter = 2 * SPEED_FORGOTTEN_H ** 2 * (times - 1 + Math.exp(-times));
    const { variance } = this.#joint.of(ROAD);
    const others = variance - this.#speeds.value ** 2 * perScatter;
    if (times < LEAST_UNSEEN || others < -variance / 2) return;
    this.#speeds.learn({ deviation, variance: Math.max(0, others) + stepKm ** 2 / 12, perScatter });
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
    const leg = [[ROAD, 1], [FIX_ROAD, -1]] as const; // oxfmt-ignore
    this.#joint.measure(leg, { mean: km * factor + late, variance });
    limit(this.#joint);
    if (km > FIX_DEVIATION_KM) this.moved(at);
  }
}
