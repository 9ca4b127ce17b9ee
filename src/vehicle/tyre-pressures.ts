import { isObject } from "../support/json.js";
import { isOutdated } from "./outdated.js";
import type { Reading } from "./reading.js";
import { convert } from "./units.js";
import type { VehicleEvent, Wheel } from "./vehicle-event.js";

type ReadingsByDescriptor = ReadonlyMap<string, Reading>;

interface Pressure {
  readonly kPa: number;
  readonly at: number;
}

const WHEELS: readonly (readonly [Wheel, string])[] = [
  ["frontLeft", tyre("row1.wheel.left")],
  ["frontRight", tyre("row1.wheel.right")],
  ["rearLeft", tyre("row2.wheel.left")],
  ["rearRight", tyre("row2.wheel.right")],
];

/** Lists the descriptors that are looked at. */
export const PRESSURES: readonly string[] = WHEELS.flatMap(([, path]) => [
  `${path}.pressure`,
  `${path}.pressureTarget`,
]);

/** Below this share of the target a tyre is low: more than a cold night takes away, less than what the car itself warns at. */
const LOW = 0.85;
/** Most that a tyre can show [kPa]. */
const MOST_KPA = 1000;

function tyre(wheel: string): string {
  return `vehicle.chassis.axle.${wheel}.tire`;
}

/**
 * Tells once that a tyre has lost pressure, by BMW's target. It is well again at its target only, because a tyre that is low
 * reaches nearly that when it is warm, and would be told every morning.
 */
export class TyrePressures {
  readonly #isLow = new Map<Wheel, boolean>();

  /**
   * Takes new readings.
   * @param isNews whether they may be told, or are from before
   */
  follow(accepted: readonly Reading[], readings: ReadingsByDescriptor, now: number, isNews: boolean): VehicleEvent[] {
    const isTouched = ([, path]: (typeof WHEELS)[number]) =>
      accepted.some(({ descriptor }) => descriptor === `${path}.pressure` || descriptor === `${path}.pressureTarget`);
    return WHEELS.filter(isTouched).flatMap(([wheel, path]) => this.#look(wheel, path, readings, isNews ? now : null));
  }

  save(): Readonly<Partial<Record<Wheel, boolean>>> {
    return Object.fromEntries(this.#isLow);
  }

  /** Restores what was saved; what was not is taken from restored readings. */
  restore(saved: unknown, readings: ReadingsByDescriptor): void {
    const known = isObject(saved) ? saved : {};
    for (const [wheel, path] of WHEELS) {
      const isLow = known[wheel];
      if (this.#isLow.has(wheel)) continue;
      if (typeof isLow === "boolean") this.#isLow.set(wheel, isLow);
      else this.#look(wheel, path, readings, null);
    }
  }

  /** @param now `null`: nothing is told */
  #look(wheel: Wheel, path: string, readings: ReadingsByDescriptor, now: number | null): VehicleEvent[] {
    const pressure = pressureOf(readings.get(`${path}.pressure`));
    const target = pressureOf(readings.get(`${path}.pressureTarget`));
    if (pressure === null || target === null) return [];
    const before = this.#isLow.get(wheel);
    const isLow = before === true ? pressure.kPa < target.kPa : pressure.kPa < LOW * target.kPa;
    this.#isLow.set(wheel, isLow);
    const at = Math.max(pressure.at, target.at);
    const isOld = now === null || (before === undefined && isOutdated(at, now));
    if (!isLow || before === true || isOld) return [];
    return [{ name: "tyrePressureLow", at, wheel, pressure: pressure.kPa, target: target.kPa, unit: "kPa" }];
  }
}

/** Returns a pressure that a tyre can have; `null` for anything else. */
function pressureOf(reading: Reading | undefined): Pressure | null {
  if (typeof reading?.value !== "number") return null;
  const { value, unit, timestamp: at } = reading;
  const kPa = unit === null || unit === "kPa" ? value : convert(value, unit, "kPa");
  return kPa !== null && kPa > 0 && kPa <= MOST_KPA ? { kPa: Math.round(kPa), at } : null;
}
