import { DrivingEstimator } from "../../src/soc/driving/estimator.js";
import type { SocSettings, SocSignal } from "../../src/soc/types.js";
import { SETTINGS } from "./charging-world.js";

export const MINUTE = 60_000;
export const BEGIN = Date.UTC(2026, 2, 10, 6);
const DRIVEN: SocSettings = { ...SETTINGS, magic: true, capacityKwh: 80.7 };

interface Stretch {
  readonly km: number;
  readonly kmh: number;
  /** The tracker tells the speed, each minute. */
  readonly tracked?: boolean;
  /** Whole kilometres are told as they come. */
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
  #estimator: DrivingEstimator;

  constructor(
    public settings: SocSettings,
    private readonly source: "header" | "displayed",
  ) {
    this.#estimator = new DrivingEstimator(() => this.settings);
  }

  get shown(): number {
    return this.estimate()?.soc ?? NaN;
  }

  estimate() {
    return this.#estimator.estimate(this.now);
  }

  report() {
    return this.#estimator.report();
  }

  take(signal: SocSignal) {
    return this.#estimator.take(signal);
  }

  tick(): void {
    this.#estimator.tick(this.now);
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

  adopt(soc: number): void {
    this.#estimator.adopt(soc, 0.3, this.now);
  }

  start(): void {
    this.startedAt = this.now;
    this.#estimator.tripStarted(this.now, this.now);
  }

  reset(): boolean {
    return this.#estimator.reset();
  }

  /** The default consumption is another from now on. */
  usually(modelKwhPerKm: number): void {
    this.settings = { ...this.settings, modelKwhPerKm };
  }

  end() {
    return this.#estimator.tripEnded(this.now, this.now);
  }

  reload(): void {
    const saved: unknown = JSON.parse(JSON.stringify(this.#estimator.save()));
    this.#estimator = new DrivingEstimator(() => this.settings);
    this.#estimator.restore(saved);
  }

  /** Drives on, with a look at each half minute; returns what was shown. */
  drive({ km, kmh, tracked = false, odometer = true, positions = false }: Stretch): number[] {
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
