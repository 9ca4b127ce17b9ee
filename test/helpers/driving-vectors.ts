import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { DrivingEstimator } from "../../src/soc/driving/driving-estimator.js";
import type { Observation } from "../../src/soc/observations/observation.js";
import type { SocSettings } from "../../src/soc/settings.js";
import { SETTINGS } from "./charging-world.js";
import { WatchedDrive } from "./driving-car.js";

/** An event of a vector and what is expected after it; `t` in seconds. */
interface DrivingStep {
  readonly t: number;
  readonly event: string;
  readonly read?: boolean;
  readonly result?: boolean;
  readonly expect?: { readonly magicSoc?: number | null };
  readonly [field: string]: unknown;
}

interface StoredRate {
  readonly kwhPerKm: number;
  readonly tripCount: number;
}

export interface DrivingVector {
  readonly id: string;
  readonly title: string;
  readonly epoch: number;
  readonly steps: readonly DrivingStep[];
  readonly final: {
    readonly learnedConsumption:
      | (StoredRate & {
          readonly monthly: Readonly<Record<string, StoredRate>>;
          readonly speedBuckets?: Readonly<Record<string, StoredRate>>;
        })
      | null;
    readonly persisted: { readonly driving_sessions: Readonly<Record<string, unknown>> };
  };
}

/** Holds the result of a vector. */
export interface PlayedDrive {
  readonly car: DrivingEstimator;
  /** Largest difference of a shown value, percentage points; a value instead of none counts as 100. */
  readonly apart: number;
  /** The moment of the last step, ms. */
  readonly at: number;
  /** Results of resets, and those that were expected. */
  readonly resets: readonly (readonly [own: boolean, expected: boolean])[];
}

const FOLDER = "test/fixtures/soc-vectors";

export function drivingVectors(): DrivingVector[] {
  const names = readdirSync(FOLDER).filter((name) => /^[DT].*\.json$/.test(name));
  return names.sort().map((name) => JSON.parse(readFileSync(join(FOLDER, name), "utf8")) as DrivingVector);
}

/**
 * Plays a vector of level `predictor`: its observations become signals, its anchors and ends the trips of the service.
 */
export function playedDrive(vector: DrivingVector): PlayedDrive {
  const player = new DrivingPlayer();
  let apart = 0;
  const resets: (readonly [boolean, boolean])[] = [];
  for (const step of vector.steps) {
    const now = (vector.epoch + step.t) * 1000;
    const result = player.play(step, now);
    if (result !== null) resets.push([result, step.result === true]);
    const expected = step.expect?.magicSoc;
    if (expected !== undefined) apart = Math.max(apart, difference(player.car.estimate(now)?.soc ?? null, expected));
  }
  return { car: player.car, at: (vector.epoch + (vector.steps.at(-1)?.t ?? 0)) * 1000, apart, resets };
}

function difference(own: number | null, expected: number | null): number {
  if (own === null || expected === null) return own === expected ? 0 : 100;
  return Math.abs(own - expected);
}

class DrivingPlayer {
  #settings: SocSettings = { ...SETTINGS, magic: true, modelKwhPerKm: 0.21 };
  #saved: unknown = null;
  drive = new WatchedDrive(() => this.#settings);

  get car(): DrivingEstimator {
    return this.drive.estimator;
  }

  /** Returns the result of a reset, else `null`. */
  play(step: DrivingStep, now: number): boolean | null {
    switch (step.event) {
      case "vehicle":
        this.#settings = { ...this.#settings, driveType: step["isPhev"] === true ? "phev" : "bev" };
        break;
      case "defaults":
        this.#settings = { ...this.#settings, modelKwhPerKm: Number(step["consumptionKwhPerKm"]) };
        this.drive = new WatchedDrive(() => this.#settings);
        break;
      case "resetConsumption":
        return this.car.reset();
      case "tripStart":
        this.#tell(step, now);
        this.car.tripStarted(now, now);
        break;
      case "tripEnd":
        this.#tell(step, now);
        this.car.tripEnded(now, now);
        break;
      default:
        this.#signal(step, now);
        this.#store(step);
    }
    return null;
  }

  #signal({ event, value, kmh, lat, lon }: DrivingStep, now: number): void {
    if (event === "soc") this.#take(header(Number(value), now));
    if (event === "mileage") this.#take({ kind: "odometer", km: Number(value), at: now, now });
    if (event === "speed") this.#take({ kind: "speed", kmh: kmh === null ? null : Number(kmh), now });
    if (event === "gps") this.#take({ kind: "position", latitude: Number(lat), longitude: Number(lon), at: now, now });
    if (event === "chargingStatus") this.#take({ kind: "status", active: value === "CHARGINGACTIVE", at: now, now });
    this.drive.tick(now);
  }

  #store({ event, load, data }: DrivingStep): void {
    if (event === "load") this.drive.restore({ driving: { statistics: learnedIn(data) } });
    if (event === "save") this.#saved = JSON.parse(JSON.stringify(this.drive.save()));
    if (event !== "restart") return;
    this.drive = new WatchedDrive(() => this.#settings);
    if (load !== false) this.drive.restore(this.#saved);
  }

  /** Returns the event of the start or end of a trip, with the odometer and level of the car. */
  #tell({ soc, mileage, capacityKwh }: DrivingStep, now: number): void {
    if (typeof capacityKwh === "number")
      this.#take({ kind: "capacity", source: "maxEnergy", kwh: capacityKwh, at: now, now });
    if (typeof soc === "number") this.#take(header(soc, now));
    if (typeof mileage === "number") this.#take({ kind: "odometer", km: mileage, at: now, now });
  }

  #take(observation: Observation): void {
    this.drive.take(observation);
  }
}

function header(soc: number, now: number): Observation {
  return { kind: "soc", source: "header", soc, at: now, now, pushed: true };
}

/** What the reference had learned of its one car, in the words of our own store. */
function learnedIn(data: unknown): unknown {
  const { learned_consumption: cars = {} } = data as { learned_consumption?: Record<string, StoredConsumption> };
  const [learned] = Object.values(cars);
  if (learned === undefined) return null;
  const rates = (all: Readonly<Record<string, ReferenceRate>>) =>
    Object.fromEntries(Object.entries(all).map(([name, one]) => [name, rateOf(one)]));
  return { overall: rateOf(learned), months: rates(learned.monthly), brackets: rates(learned.speed_buckets) };
}

interface ReferenceRate {
  readonly kwh_per_km: number;
  readonly trip_count: number;
}

interface StoredConsumption extends ReferenceRate {
  readonly monthly: Readonly<Record<string, ReferenceRate>>;
  readonly speed_buckets: Readonly<Record<string, ReferenceRate>>;
}

function rateOf({ kwh_per_km, trip_count }: ReferenceRate): unknown {
  return { kwhPerKm: kwh_per_km, trips: trip_count };
}
