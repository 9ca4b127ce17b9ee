import { finite, isObject, type JsonObject } from "../../support/json.js";
import { CONTINUITY_MS, LONGEST_RESTORED_TRIP_MS } from "../limits.js";
import type { SocValue } from "../soc-value.js";
import type { Estimate, SocSettings, SocSignal } from "../types.js";
import { Belief } from "./belief.js";
import { Consumption, type TripVerdict } from "./consumption.js";
import { Drive, type Way } from "./drive.js";
import { Inputs } from "./inputs.js";
import { SocNews } from "./news.js";
import { passedOn, type DrivingEstimate, type DrivingMode, type DrivingReport } from "./shown.js";
import { soundOf } from "./sound.js";
import { Spoken } from "./spoken.js";
import { Trip } from "./trip.js";

export type { DrivingEstimate, DrivingReport };

const VERSION = 1;
/** At its start a car tells all it has: a value that is sent again says nothing of its ways. */
const START_BURST_MS = 60_000;

/**
 * Estimates the state of charge of a driving or parked electric car ("Magic SOC").
 * Signals come in the order of arrival, those of one message with the same `now`, and before the `tripStarted` or
 * `tripEnded` that the message brings. Times in ms. `estimate` changes nothing. Cars that also burn fuel pass BMW's value.
 */
export class DrivingEstimator {
  #belief: Belief;
  readonly #consumption = new Consumption();
  readonly #news = new SocNews();
  readonly #inputs = new Inputs();
  readonly #spoken = new Spoken();
  #trip: Trip | null = null;
  /** The trip was loaded, and nobody has looked yet whether it is too old. */
  #restored = false;
  #endedAt: number | null = null;
  #adoptedAt: number | null = null;
  #charging = false;

  constructor(private readonly settings: () => SocSettings) {
    this.#belief = new Belief(new Drive(settings().modelKwhPerKm));
  }

  /** Takes one signal; those that say nothing of driving are left alone. Returns what a trip that ended by it taught. */
  take(told: SocSignal): TripVerdict | null {
    const signal = soundOf(told);
    if (signal === null) return null;
    this.#passTo(signal.now);
    switch (signal.kind) {
      case "status":
        return this.#charges(signal.active, signal.at, signal.now);
      case "soc":
        this.#takeSoc(signal);
        break;
      case "capacity":
        this.#inputs.takeCapacity(signal.source, signal.kwh);
        break;
      case "odometer":
        this.#takeOdometer(signal);
        break;
      case "position":
        this.#belief.position(signal, signal.at, wayOf(signal));
        break;
      case "motion":
        this.#takeMotion(signal.moving, signal.now);
        break;
      case "speed":
        this.#spoken.take(signal.kmh, signal.now, signal.holdsMs);
        this.#takeSpeed(signal.kmh, signal.now, signal.isMean === true);
        break;
      default:
    }
    return null;
  }

  /** The desk noticed a trip at `now` that has begun at `at`. */
  tripStarted(at: number, now: number): void {
    this.#passTo(now);
    if (this.#trip !== null || this.#charging || !this.#drives) return;
    const { soc, stepKm } = this.#inputs;
    const goesOn = this.#isContinuity(now);
    const start = this.#inputs.startKm(now, goesOn);
    // What the car told before a charge is not what the trip starts with; the next value is.
    const isCurrent = soc !== null && soc.at >= (this.#adoptedAt ?? -Infinity);
    this.#trip = new Trip(now, isCurrent ? soc.soc : null, start);
    this.#belief.begin(now, start ?? 0, stepKm, goesOn);
    if (start !== null) this.#catchUp(start, Math.min(at, now));
    const kmh = this.#spoken.kmh(now);
    if (kmh !== null) this.#takeSpeed(kmh, now);
  }

  /** The desk noticed at `now` that the trip has ended at `at`. Returns what was learned, or `null` without a trip. */
  tripEnded(at: number, now: number): TripVerdict | null {
    this.#news.stopped(now, this.#belief);
    this.#passTo(now);
    const trip = this.#trip;
    if (trip === null) return null;
    this.#trip = null;
    this.#endedAt = now;
    this.#belief.end(Math.min(at, now));
    return this.#learn(trip, now);
  }

  /** Lets time pass. */
  tick(now: number): void {
    if (Number.isFinite(now)) this.#passTo(now);
  }

  /** The battery is known from elsewhere, at the end of a charge for instance; `sigma` in percentage points. */
  adopt(soc: number, sigma: number, at: number): void {
    if (![soc, sigma, at].every(Number.isFinite)) return;
    this.#adoptedAt = at;
    this.#news.forget();
    this.#belief.adopt(Math.min(100, Math.max(0, soc)), sigma ** 2, at);
  }

  /** The estimate for the moment `at`; `null` before the first state of charge. */
  estimate(at: number): DrivingEstimate | null {
    if (!this.#belief.known || !Number.isFinite(at)) return null;
    const belief = this.#beliefAt(at);
    const trip = this.#tooOld(at) ? null : this.#trip;
    return { ...this.#shown(belief), ...this.#figures(trip, belief, at) };
  }

  /** The level of `estimate` alone, without what explains it. */
  level(at: number): Estimate | null {
    return this.#belief.known && Number.isFinite(at) ? this.#shown(this.#beliefAt(at)) : null;
  }

  /** Forgets what was learned of consumption; returns whether there was anything. */
  reset(): boolean {
    this.#belief.usual(this.settings().modelKwhPerKm);
    this.#belief.unlearn();
    return this.#consumption.reset();
  }

  report(): DrivingReport {
    const { overall, months, brackets, last } = this.#consumption;
    return {
      overall,
      months: Object.fromEntries(months),
      brackets: Object.fromEntries(brackets),
      defaultKwhPerKm: this.settings().modelKwhPerKm,
      lastTrip: last,
    };
  }

  save(): JsonObject {
    return {
      version: VERSION,
      belief: this.#belief.save(),
      consumption: this.#consumption.save(),
      news: this.#news.save(),
      inputs: this.#inputs.save(),
      spoken: this.#spoken.save(),
      trip: this.#trip?.save() ?? null,
      endedAt: this.#endedAt,
      adoptedAt: this.#adoptedAt,
      charging: this.#charging,
    };
  }

  /**
   * Goes on with what `save` gave, part by part; what cannot be used is left out. Of the reference's state of one car,
   * by its names, the learned rates.
   */
  restore(saved: unknown): void {
    if (!isObject(saved)) return;
    if (saved["version"] === undefined) this.#consumption.restore(saved["learned_consumption"]);
    if (saved["version"] !== VERSION) return;
    this.#consumption.restore(saved["consumption"]);
    this.#news.restore(saved["news"]);
    this.#inputs.restore(saved["inputs"]);
    this.#spoken.restore(saved["spoken"]);
    this.#belief.restore(saved["belief"]);
    this.#trip = this.#belief.driving ? Trip.restored(saved["trip"]) : null;
    if (this.#trip === null && this.#belief.driving) this.#belief.abandon();
    this.#restored = this.#trip !== null;
    this.#endedAt = finite(saved["endedAt"]);
    this.#adoptedAt = finite(saved["adoptedAt"]);
    this.#charging = saved["charging"] === true;
  }

  /** Adds what was learned before, by what `save` gave; what runs stays. */
  learnFrom(saved: unknown): void {
    if (isObject(saved) && saved["version"] === VERSION) this.#consumption.restore(saved["consumption"]);
  }

  get #capacityKwh(): number | null {
    return this.#inputs.capacityKwh(this.settings());
  }

  /** Whether the battery alone drives the car. */
  get #drives(): boolean {
    const { driveType } = this.settings();
    return driveType === null || driveType === "bev";
  }

  /** What is believed for the moment `at`: to be looked at only. */
  #beliefAt(at: number): Belief {
    const isDropped = this.#tooOld(at);
    const { modelKwhPerKm } = this.settings();
    if (!isDropped && this.#news.waitsSince === null && this.#belief.isOf(at, modelKwhPerKm)) return this.#belief;
    const belief = this.#belief.clone();
    belief.usual(modelKwhPerKm);
    if (isDropped) belief.abandon();
    this.#news.preview(belief);
    belief.advance(at, this.#capacityKwh);
    return belief;
  }

  #shown(belief: Belief): Estimate {
    return this.#drives ? belief.estimate : passedOn(this.#inputs.soc?.soc ?? belief.estimate.soc);
  }

  #passTo(now: number): void {
    if (this.#tooOld(now)) this.#dropTrip();
    this.#restored = false;
    this.#belief.usual(this.settings().modelKwhPerKm);
    const since = this.#news.waitsSince;
    if (since !== null && since < now) {
      this.#belief.advance(since, this.#capacityKwh);
      this.#news.settle(true, this.#belief);
    }
    this.#belief.advance(now, this.#capacityKwh);
    if (this.#spoken.expire(now)) this.#takeSpeed(null, now);
  }

  #tooOld(now: number): boolean {
    return this.#restored && this.#trip !== null && now - this.#trip.createdAt > LONGEST_RESTORED_TRIP_MS;
  }

  #dropTrip(): void {
    this.#trip = null;
    this.#belief.abandon();
  }

  #charges(active: boolean, at: number, now: number): TripVerdict | null {
    this.#charging = active;
    return active ? this.tripEnded(at, now) : null;
  }

  #takeSoc(signal: SocValue): void {
    const before = this.#inputs.soc;
    if (!this.#inputs.takeSoc(signal)) return;
    const trip = this.#trip;
    if (trip !== null) trip.startSoc ??= signal.soc;
    const starting = trip !== null && signal.now - trip.createdAt <= START_BURST_MS;
    const driving = trip === null ? null : starting ? "starting" : "under-way";
    this.#news.take(signal, before, this.#inputs.stepSoc, driving, this.#belief);
  }

  /** The kilometres that were driven before the trip was noticed. */
  #catchUp(start: number, at: number): void {
    const { soc, odometer, stepKm } = this.#inputs;
    if (odometer === null || odometer.km <= start) return;
    // Otherwise the state of charge is as old as the parked odometer.
    if (soc === null || soc.at < at) this.#belief.drove(odometer.km - start, this.#capacityKwh);
    this.#belief.odometer(odometer.km, odometer.at, stepKm);
  }

  #takeOdometer(signal: Extract<SocSignal, { kind: "odometer" }>): void {
    const before = this.#inputs.odometer;
    if (!this.#inputs.takeOdometer(signal)) return;
    const trip = this.#trip;
    if (trip === null) return;
    trip.startKm ??= signal.km;
    if (before !== null && signal.km > before.km) this.#belief.moved(signal.at);
    this.#belief.odometer(signal.km, signal.at, this.#inputs.stepKm);
  }

  #takeMotion(moving: boolean, now: number): void {
    if (moving) {
      this.#belief.moved(now);
      return;
    }
    this.#news.stopped(now, this.#belief);
    this.#belief.stood(now);
  }

  #takeSpeed(kmh: number | null, now: number, isMean = false): void {
    const trip = this.#trip;
    if (trip === null) return;
    trip.kmh = kmh;
    const km = this.#inputs.odometer?.km ?? null;
    if (km !== null) trip.segments.speed(kmh, km);
    if (kmh === null) return;
    // What a mean says of the battery the way says better.
    if (isMean) this.#belief.heard(now);
    else this.#belief.speed(kmh, now);
  }

  #learn(trip: Trip, at: number): TripVerdict {
    const endKm = this.#inputs.odometer?.km ?? null;
    if (endKm !== null) trip.segments.close(endKm);
    const finished = {
      at,
      startSoc: trip.startSoc,
      endSoc: this.#inputs.soc?.soc ?? null,
      startKm: trip.startKm,
      endKm,
      capacityKwh: this.#capacityKwh,
      bracket: trip.segments.dominant,
    };
    return this.#consumption.learn(finished, this.settings().modelKwhPerKm);
  }

  #figures(trip: Trip | null, belief: Belief, at: number): Omit<DrivingEstimate, keyof Estimate> {
    const { modelKwhPerKm } = this.settings();
    const bracket = trip?.segments.bracket ?? null;
    const rate = bracket === null ? null : this.#consumption.rateIn(bracket, at, modelKwhPerKm);
    return {
      mode: this.#mode(trip, at),
      consumptionKwhPerKm: rate ?? this.#consumption.rateAt(at, modelKwhPerKm),
      tripKm: trip === null ? null : belief.tripKm,
      speedBracket: bracket,
      speedKmh: trip?.kmh ?? null,
      buckets: Object.fromEntries(this.#consumption.brackets),
    };
  }

  #mode(trip: Trip | null, at: number): DrivingMode {
    if (trip !== null) return "driving";
    return this.#isContinuity(at) ? "continuity" : "idle";
  }

  /** A trip has just ended; of a clock that went back since nothing is known. */
  #isContinuity(at: number): boolean {
    return this.#endedAt !== null && Math.abs(at - this.#endedAt) < CONTINUITY_MS;
  }
}

function wayOf({ wayKm, waySince }: Extract<SocSignal, { kind: "position" }>): Way | null {
  return wayKm === undefined || waySince === undefined ? null : { km: wayKm, since: waySince };
}
