import type { Observation } from "../../src/soc/observations/observation.js";

const HOUR_MS = 3_600_000;
const EFFICIENCY = 0.9;
const AUX_KW = 0.3;

/** Estimates without a model: shows the car's last value, or integrates the last power from there. */
export class Naive {
  /** The car's last value, percent; `null` before any. */
  held: number | null = null;
  /** Counted on from there; never lower than the car's. */
  counted: number | null = null;
  #at = 0;
  #kw = 0;
  #volts = 230;
  #phases = 1;
  #active = false;

  constructor(private readonly capacityKwh: number) {}

  take(signal: Observation): void {
    this.pass(signal.now);
    if (signal.kind === "status") this.#active = signal.active;
    else if (signal.kind === "volts") this.#volts = signal.volts;
    else if (signal.kind === "phases") this.#phases = signal.phases ?? this.#phases;
    else if (signal.kind === "amps") this.#kw = (this.#volts * signal.amps * this.#phases) / 1000;
    else if (signal.kind === "power" || signal.kind === "meter") this.#kw = signal.kw;
    else if (signal.kind === "soc") {
      this.held = signal.soc;
      this.counted = this.#active ? Math.max(signal.soc, this.counted ?? 0) : signal.soc;
    }
  }

  pass(now: number): void {
    const hours = Math.max(0, now - this.#at) / HOUR_MS;
    if (this.#active && this.counted !== null)
      this.counted = Math.min(
        100,
        this.counted + (Math.max(0, this.#kw - AUX_KW) * EFFICIENCY * 100 * hours) / this.capacityKwh,
      );
    this.#at = Math.max(this.#at, now);
  }
}
