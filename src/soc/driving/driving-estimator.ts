import { finiteNumber, isObject, type JsonObject } from "../../support/json.js";
import type { DriveFigures, Estimate } from "../estimate.js";
import type { BatteryObservations } from "../observations/battery-observations.js";
import type { Moments } from "../normal-distribution.js";
import type { LevelObservation, Observation, OdometerObservation } from "../observations/observation.js";
import { CONTINUITY_MS, LONGEST_RESTORED_TRIP_MS, type SocSettings } from "../settings.js";
import { DriveEstimate } from "./drive-estimate.js";
import { DriveModel, type Way } from "./drive-model.js";
import { LevelQueue } from "./level-queue.js";
import { ManualSpeed, DrivenTrip } from "./driven-trip.js";
import { ConsumptionStatistics, type DrivingReport, type TripVerdict } from "./consumption-statistics.js";

/** Estimate that is shown of a car that drives or stands. */
export interface DrivingEstimate extends Estimate, DriveFigures {
  readonly mode: "driving" | "continuity" | "idle";
}

/** At its start a car tells all it has: a value that is sent again says nothing of its ways. */
const START_BURST_MS = 60_000;

/**
 * Estimates the state of charge of a driving or parked electric car ("Magic SOC"). Observations come in the order of
 * arrival, after the store has taken them, those of one message with the same `now`, and before the `tripStarted` or
 * `tripEnded` that the message brings. Times in ms. `estimate` changes nothing. Cars that also burn fuel pass BMW's
 * value.
 */
export class DrivingEstimator {
  #estimate: DriveEstimate;
  readonly #statistics = new ConsumptionStatistics();
  readonly #queue = new LevelQueue();
  readonly #manualSpeed = new ManualSpeed();
  #trip: DrivenTrip | null = null;
  /** The trip was loaded, and nobody has looked yet whether it is too old. */
  #restored = false;
  #endedAt: number | null = null;
  #adoptedAt: number | null = null;
  #charging = false;
  /** By the car's last word it stands. */
  #saysStanding = false;

  constructor(
    private readonly settings: () => SocSettings,
    private readonly observations: BatteryObservations,
  ) {
    this.#estimate = new DriveEstimate(new DriveModel(settings().modelKwhPerKm));
  }

  /**
   * Takes one observation; those that say nothing of driving are left alone. Returns what a trip that ended by it
   * taught.
   */
  take(observation: Observation): TripVerdict | null {
    const { now } = observation;
    this.#passTo(now);
    if (isOfCar(observation)) this.#estimate.inTouch(now);
    switch (observation.kind) {
      case "status":
        this.#charging = observation.active;
        return observation.active ? this.tripEnded(observation.at, now) : null;
      case "soc":
        if (observation.source !== "level") this.#takeLevel(observation);
        break;
      case "odometer":
        this.#takeOdometer(observation);
        break;
      case "position":
        this.#estimate.position(observation, observation.at, wayOf(observation));
        break;
      case "motion":
        this.#takeMotion(observation.moving, now);
        break;
      case "speed":
        this.#manualSpeed.take(observation.kmh, now, observation.holdsMs);
        this.#takeSpeed(observation.kmh, now, observation.isMean === true);
        break;
      default:
    }
    return null;
  }

  /** Takes note at `now` of a trip that has begun at `at`. */
  tripStarted(at: number, now: number): void {
    this.#passTo(now);
    if (this.#trip !== null || this.#charging || !this.#drives) return;
    const { level, odometerStepKm } = this.observations;
    const goesOn = this.#isContinuity(now);
    const start = this.observations.tripStartKm(now, goesOn);
    // A level from before a charge is not the start of the trip; the next value is.
    const isCurrent = level !== null && level.at >= (this.#adoptedAt ?? -Infinity);
    this.#trip = new DrivenTrip(now, isCurrent ? level.soc : null, start);
    this.#estimate.begin(now, start ?? 0, odometerStepKm, goesOn);
    // Somebody has seen it move, but only a rising odometer says more than the car itself: it may be on a ferry.
    if (this.#saysStanding && !this.#hasDriven(start)) this.#estimate.stood(now);
    if (start !== null) this.#catchUp(start, Math.min(at, now));
    const kmh = this.#manualSpeed.kmh(now);
    if (kmh !== null) this.#takeSpeed(kmh, now);
  }

  /** Takes note at `now` that the trip has ended at `at`. Returns what was learned, or `null` without a trip. */
  tripEnded(at: number, now: number): TripVerdict | null {
    this.#queue.stopped(now, this.#estimate);
    this.#passTo(now);
    const trip = this.#trip;
    if (trip === null) return null;
    this.#trip = null;
    this.#endedAt = now;
    this.#estimate.end(Math.min(at, now));
    return this.#learn(trip, now);
  }

  /** Lets time pass. */
  tick(now: number): void {
    if (Number.isFinite(now)) this.#passTo(now);
  }

  /**
   * Takes over what is known of the battery from elsewhere, at the end of a charge for instance; `sigma` in pp.
   * @param rounding how the car rounds its level, see `HypothesisSet.rounding`, if a charge has shown it
   */
  adopt(soc: number, sigma: number, at: number, rounding?: Moments): void {
    if (![soc, sigma, at].every(Number.isFinite)) return;
    this.#adoptedAt = at;
    this.#queue.forget();
    this.#estimate.adopt(Math.min(100, Math.max(0, soc)), sigma ** 2, at, rounding);
  }

  /** Makes the estimate for the moment `at`; `null` before the first state of charge. */
  estimate(at: number): DrivingEstimate | null {
    if (!this.#estimate.known || !Number.isFinite(at)) return null;
    const estimate = this.#estimateAt(at);
    const trip = this.#isTooOld(at) ? null : this.#trip;
    const speedBracket = trip?.segments.bracket ?? null;
    return {
      ...this.#shown(estimate),
      mode: trip !== null ? "driving" : this.#isContinuity(at) ? "continuity" : "idle",
      consumptionKwhPerKm: estimate.consumption(speedBracket),
      tripKm: trip === null ? null : estimate.tripKm,
      speedBracket,
      speedKmh: trip?.kmh ?? null,
      buckets: this.#statistics.report(0).brackets,
    };
  }

  /** Makes the level of `estimate` alone, without what explains it. */
  level(at: number): Estimate | null {
    return this.#estimate.known && Number.isFinite(at) ? this.#shown(this.#estimateAt(at)) : null;
  }

  /** Forgets what was learned of consumption; returns whether there was anything. */
  reset(): boolean {
    this.#estimate.usual(this.settings().modelKwhPerKm);
    this.#estimate.unlearn();
    this.#queue.unlearn();
    return this.#statistics.reset();
  }

  report(): DrivingReport {
    return this.#statistics.report(this.settings().modelKwhPerKm);
  }

  save(): JsonObject {
    return {
      estimate: this.#estimate.save(),
      statistics: this.#statistics.save(),
      queue: this.#queue.save(),
      manualSpeed: this.#manualSpeed.save(),
      trip: this.#trip?.save() ?? null,
      endedAt: this.#endedAt,
      adoptedAt: this.#adoptedAt,
      charging: this.#charging,
      saysStanding: this.#saysStanding,
    };
  }

  /** Goes on with what `save` gave, part by part; what cannot be used is left out. */
  restore(saved: unknown): void {
    if (!isObject(saved)) return;
    this.#statistics.restore(saved["statistics"]);
    this.#queue.restore(saved["queue"]);
    this.#manualSpeed.restore(saved["manualSpeed"]);
    this.#estimate.restore(saved["estimate"]);
    this.#trip = this.#estimate.driving ? DrivenTrip.restored(saved["trip"]) : null;
    if (this.#trip === null && this.#estimate.driving) this.#estimate.abandon();
    this.#restored = this.#trip !== null;
    this.#endedAt = finiteNumber(saved["endedAt"]);
    this.#adoptedAt = finiteNumber(saved["adoptedAt"]);
    this.#charging = saved["charging"] === true;
    this.#saysStanding = saved["saysStanding"] === true;
  }

  /** Adds what was learned before, by what `save` gave; what runs stays. */
  learnFrom(saved: unknown): void {
    if (isObject(saved)) this.#statistics.restore(saved["statistics"]);
  }

  get #capacityKwh(): number | null {
    return this.observations.capacity(this.settings())?.kwh ?? null;
  }

  /** The battery alone drives the car. */
  get #drives(): boolean {
    const { driveType } = this.settings();
    return driveType === null || driveType === "bev";
  }

  /** Makes the estimate for the moment `at`: to be looked at only. */
  #estimateAt(at: number): DriveEstimate {
    const isDropped = this.#isTooOld(at);
    const { modelKwhPerKm } = this.settings();
    if (!isDropped && this.#queue.waitsSince === null && this.#estimate.isOf(at, modelKwhPerKm)) return this.#estimate;
    const estimate = this.#estimate.clone();
    estimate.usual(modelKwhPerKm);
    if (isDropped) estimate.abandon();
    this.#queue.preview(estimate);
    estimate.advance(at, this.#capacityKwh);
    return estimate;
  }

  #shown({ estimate }: DriveEstimate): Estimate {
    return this.#drives ? estimate : passedOn(this.observations.level?.soc ?? estimate.soc);
  }

  #passTo(now: number): void {
    if (this.#isTooOld(now)) {
      this.#trip = null;
      this.#estimate.abandon();
    }
    this.#restored = false;
    this.#estimate.usual(this.settings().modelKwhPerKm);
    const since = this.#queue.waitsSince;
    if (since !== null && since < now) {
      this.#estimate.advance(since, this.#capacityKwh);
      this.#queue.settle(true, this.#estimate);
    }
    this.#estimate.advance(now, this.#capacityKwh);
    if (this.#manualSpeed.expire(now)) this.#takeSpeed(null, now);
  }

  #isTooOld(now: number): boolean {
    return this.#restored && this.#trip !== null && now - this.#trip.createdAt > LONGEST_RESTORED_TRIP_MS;
  }

  #takeLevel(level: LevelObservation): void {
    const trip = this.#trip;
    if (trip !== null) trip.startSoc ??= level.soc;
    const starting = trip !== null && level.now - trip.createdAt <= START_BURST_MS;
    const driving = trip === null ? null : starting ? "starting" : "under-way";
    const { levelBefore } = this.observations;
    this.#queue.take(level, levelBefore, this.observations.stepOf(level.source), driving, this.#estimate);
  }

  /** The kilometres that were driven before the trip was noticed. */
  #catchUp(start: number, at: number): void {
    const { level, odometer, odometerStepKm } = this.observations;
    if (odometer === null || odometer.km <= start) return;
    // Otherwise the state of charge is as old as the parked odometer.
    if (level === null || level.at < at) this.#estimate.drove(odometer.km - start, this.#capacityKwh);
    this.#estimate.odometer(odometer.km, odometer.at, odometerStepKm);
  }

  #takeOdometer({ km, at }: OdometerObservation): void {
    const trip = this.#trip;
    if (trip === null) return;
    trip.startKm ??= km;
    const before = this.observations.odometerBefore;
    if (before !== null && km > before.km) this.#estimate.moved(at);
    this.#estimate.odometer(km, at, this.observations.odometerStepKm);
  }

  #hasDriven(startKm: number | null): boolean {
    const { odometer } = this.observations;
    return odometer !== null && startKm !== null && odometer.km > startKm;
  }

  #takeMotion(moving: boolean, now: number): void {
    this.#saysStanding = !moving;
    if (moving) {
      this.#estimate.moved(now);
      return;
    }
    this.#queue.stopped(now, this.#estimate);
    this.#estimate.stood(now);
  }

  #takeSpeed(kmh: number | null, now: number, isMean = false): void {
    const trip = this.#trip;
    if (trip === null) return;
    trip.kmh = kmh;
    const km = this.observations.odometer?.km ?? null;
    if (km !== null) trip.segments.speed(kmh, km);
    if (kmh === null) return;
    // The way says better what a mean says of the battery.
    if (isMean) this.#estimate.heard(now);
    else this.#estimate.speed(kmh, now);
  }

  #learn(trip: DrivenTrip, at: number): TripVerdict {
    const { odometer, level } = this.observations;
    const endKm = odometer?.km ?? null;
    if (endKm !== null) trip.segments.close(endKm);
    const finished = {
      at,
      startSoc: trip.startSoc,
      endSoc: level?.soc ?? null,
      startKm: trip.startKm,
      endKm,
      capacityKwh: this.#capacityKwh,
      bracket: trip.segments.dominant,
    };
    return this.#statistics.learn(finished, this.settings().modelKwhPerKm);
  }

  /** A trip has just ended; of a clock that went back since nothing is known. */
  #isContinuity(at: number): boolean {
    return this.#endedAt !== null && Math.abs(at - this.#endedAt) < CONTINUITY_MS;
  }
}

/** Passes BMW's value as it is, with the part of a percent that nobody knows. */
function passedOn(soc: number): Estimate {
  return { soc, sigma: 0.4, band90: [Math.max(0, soc - 0.5), Math.min(100, soc + 1)] };
}

/** A meter and a tracker are the user's, and heard on other ways than the car. */
function isOfCar(observation: Observation): boolean {
  const { kind } = observation;
  return kind !== "meter" && kind !== "speed" && !(kind === "position" && wayOf(observation) !== null);
}

function wayOf({ wayKm, waySince }: Extract<Observation, { kind: "position" }>): Way | null {
  return wayKm === undefined || waySince === undefined ? null : { km: wayKm, since: waySince };
}
