import { DrivingEstimator } from "../../src/soc/driving/driving-estimator.js";
import type { Moments } from "../../src/soc/normal-distribution.js";
import { BatteryObservations } from "../../src/soc/observations/battery-observations.js";
import type { Observation } from "../../src/soc/observations/observation.js";
import type { SocSettings } from "../../src/soc/settings.js";
import { SETTINGS } from "./charging-world.js";

export const MINUTE = 60_000;
export const BEGIN = Date.UTC(2026, 2, 10, 6);
const DRIVEN: SocSettings = { ...SETTINGS, magic: true, capacityKwh: 80.7 };

/** A driving estimator with the store that it reads, as the estimator of a car has them. */
export class WatchedDrive {
  readonly observations = new BatteryObservations();
  readonly estimator: DrivingEstimator;

  constructor(settings: () => SocSettings) {
    this.estimator = new DrivingEstimator(settings, this.observations);
  }

  take(reported: Observation) {
    const observation = this.observations.take(reported);
    return observation === null ? null : this.estimator.take(observation);
  }

  tick(now: number): void {
    this.observations.tick(now);
    this.estimator.tick(now);
  }

  save(): Record<string, unknown> {
    return { observations: this.observations.save(), driving: this.estimator.save() };
  }

  restore(saved: unknown): void {
    const parts = typeof saved === "object" && saved !== null ? { ...(saved as Record<string, unknown>) } : {};
    this.observations.restore(parts["observations"]);
    this.estimator.restore(parts["driving"]);
  }
}

interface DriveSegment {
  readonly km: number;
  readonly kmh: number;
  /** The tracker reports the speed, each minute. */
  readonly tracked?: boolean;
  /** Whole kilometres are reported as they come. */
  readonly odometer?: boolean;
  readonly positions?: boolean;
}

/** A car that is driven by hand; `now` in ms. */
export function drivingCar(settings: Partial<SocSettings> = {}, source: "header" | "displayed" = "header") {
  return new DrivingCar({ ...DRIVEN, ...settings }, source);
}

class DrivingCar {
  now = BEGIN;
  startedAt = 0;
  #km = 0;
  #drive: WatchedDrive;

  constructor(
    public settings: SocSettings,
    private readonly source: "header" | "displayed",
  ) {
    this.#drive = new WatchedDrive(() => this.settings);
  }

  get shown(): number {
    return this.estimate()?.soc ?? NaN;
  }

  estimate() {
    return this.#drive.estimator.estimate(this.now);
  }

  report() {
    return this.#drive.estimator.report();
  }

  take(observation: Observation) {
    return this.#drive.take(observation);
  }

  tick(): void {
    this.#drive.tick(this.now);
  }

  wait(ms: number): void {
    this.now += ms;
    this.tick();
  }

  soc(soc: number): void {
    this.take({ kind: "soc", source: this.source, soc, at: this.now, now: this.now, pushed: true });
  }

  odometer(): void {
    this.take({ kind: "odometer", km: Math.floor(this.#km), at: this.now, now: this.now });
  }

  speed(kmh: number | null): void {
    this.take({ kind: "speed", kmh, now: this.now });
  }

  parked(soc: number, km: number): void {
    this.#km = km;
    this.soc(soc);
    this.odometer();
  }

  /** A charge has ended, and has shown how the car rounds. */
  adopt(soc: number, rounding?: Moments): void {
    this.#drive.estimator.adopt(soc, 0.3, this.now, rounding);
  }

  /** The car's own word. */
  moves(moving: boolean): void {
    this.take({ kind: "motion", moving, at: this.now, now: this.now });
  }

  start(): void {
    this.startedAt = this.now;
    this.#drive.estimator.tripStarted(this.now, this.now);
  }

  reset(): boolean {
    return this.#drive.estimator.reset();
  }

  /** The default consumption is another from now on. */
  usually(modelKwhPerKm: number): void {
    this.settings = { ...this.settings, modelKwhPerKm };
  }

  end() {
    return this.#drive.estimator.tripEnded(this.now, this.now);
  }

  reload(): void {
    const saved: unknown = JSON.parse(JSON.stringify(this.#drive.save()));
    this.#drive = new WatchedDrive(() => this.settings);
    this.#drive.restore(saved);
  }

  /** Drives on, with a look at each half minute; returns what was shown. */
  drive({ km, kmh, tracked = false, odometer = true, positions = false }: DriveSegment): number[] {
    const steps = Math.round((km / kmh) * 120);
    return Array.from({ length: steps }, (_, step) => {
      const before = this.#km;
      this.#km += kmh / 120;
      this.wait(MINUTE / 2);
      if (tracked && step % 2 === 0) this.speed(kmh);
      if (odometer && Math.floor(this.#km) > Math.floor(before)) this.odometer();
      if (positions) this.#position();
      return this.shown;
    });
  }

  /** Straight to the north. */
  #position(): void {
    const latitude = 48 + (this.#km - 1000) / 111.195;
    this.take({ kind: "position", latitude, longitude: 11.5, at: this.now, now: this.now });
  }
}
