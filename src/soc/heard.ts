import { finite, isObject, type JsonObject } from "../support/json.js";
import type { Reading } from "../vehicle/reading.js";
import { concernsBattery } from "./signals.js";

/** Up to when each value of a car has been heard, by BMW's time, so that it is taken neither twice nor not at all. */
export class Heard {
  readonly #until = new Map<string, number>();

  note(readings: readonly Reading[]): void {
    for (const { descriptor, timestamp } of readings.filter(isTold))
      this.#until.set(descriptor, Math.max(timestamp, this.#until.get(descriptor) ?? timestamp));
  }

  /** Those that are newer than what was heard. */
  news(readings: readonly Reading[]): Reading[] {
    return readings.filter(
      (reading) => isTold(reading) && reading.timestamp > (this.#until.get(reading.descriptor) ?? -Infinity),
    );
  }

  save(): JsonObject {
    return Object.fromEntries(this.#until);
  }

  restore(saved: unknown): void {
    for (const [descriptor, until] of Object.entries(isObject(saved) ? saved : {})) {
      const at = finite(until);
      if (at !== null) this.#until.set(descriptor, at);
    }
  }
}

/** What the desk concludes itself it concludes again after a restart. */
function isTold({ descriptor, source }: Reading): boolean {
  return source !== "derived" && concernsBattery(descriptor);
}
