import type { Cancel, Clock } from "../../src/support/clock.js";
import type { SimulatedCar } from "./cars/car.js";
import type { CarReport } from "./cars/profile.js";

/** Holds one stream message, as BMW sends it. */
export interface StreamPayload {
  readonly vin: string;
  readonly entityId: string;
  readonly topic: string;
  readonly timestamp: string;
  readonly data: CarReport["data"];
}

export type ReportListener = (vin: string, payload: StreamPayload) => void;

/** The cars of the account on their way through time. */
export class SimulatedFleet {
  readonly #listeners = new Set<ReportListener>();
  #time: number;

  constructor(
    private readonly cars: readonly SimulatedCar[],
    private readonly gcid: string,
    start: number,
  ) {
    this.#time = start;
  }

  onReport(listener: ReportListener): Cancel {
    this.#listeners.add(listener);
    return () => {
      this.#listeners.delete(listener);
    };
  }

  /** Moves the cars on by `ms` and emits their reports on the way. */
  step(ms: number): void {
    this.#time += ms;
    for (const car of this.cars) for (const report of car.advanceTo(this.#time)) this.#tell(car.vin, report);
  }

  /** Moves the cars with the clock, every `ms`; 0: not at all. */
  follow(clock: Clock, ms: number): Cancel {
    if (ms === 0) return () => undefined;
    return clock.every(ms, () => {
      this.step(clock.now() - this.#time);
    });
  }

  #tell(vin: string, { time, data }: CarReport): void {
    const payload = { vin, entityId: this.gcid, topic: vin, timestamp: new Date(time).toISOString(), data };
    for (const listener of this.#listeners) listener(vin, payload);
  }
}
