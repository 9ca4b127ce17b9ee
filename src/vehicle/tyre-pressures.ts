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

/** Names the descriptors of a tyre. */
interface Tyre {
  readonly wheel: Wheel;
  readonly pressure: string;
  readonly target: string;
}

const TYRES: readonly Tyre[] = [
  tyre("frontLeft", "row1.wheel.left"),
  tyre("frontRight", "row1.wheel.right"),
  tyre("rearLeft", "row2.wheel.left"),
  tyre("rearRight", "row2.wheel.right"),
];
/** Finds the tyre that a descriptor is about. */
const TYRE_OF: ReadonlyMap<string, Tyre> = new Map(
  TYRES.flatMap((one) => [[one.pressure, one] as const, [one.target, one] as const]),
);

/** Lists the descriptors that are looked at. */
export const PRESSURES: readonly string[] = [...TYRE_OF.keys()];

/** Below this share of the target a tyre is low: more than a cold night takes away, less than what the car itself warns at. */
const LOW = 0.85;
/** Most that a tyre can show [kPa]. */
const MOST_KPA = 1000;

function tyre(wheel: Wheel, place: string): Tyre {
  const path = `vehicle.chassis.axle.${place}.tire`;
  return { wheel, pressure: `${path}.pressure`, target: `${path}.pressureTarget` };
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
    const touched = new Set<Tyre | undefined>();
    for (const { descriptor } of accepted) touched.add(TYRE_OF.get(descriptor));
    const events: VehicleEvent[] = [];
    for (const one of TYRES) {
      const event = touched.has(one) ? this.#look(one, readings, isNews ? now : null) : null;
      if (event !== null) events.push(event);
    }
    return events;
  }

  save(): Readonly<Partial<Record<Wheel, boolean>>> {
    return Object.fromEntries(this.#isLow);
  }

  /** Restores what was saved; what was not is taken from restored readings. */
  restore(saved: unknown, readings: ReadingsByDescriptor): void {
    const known = isObject(saved) ? saved : {};
    for (const one of TYRES) {
      const isLow = known[one.wheel];
      if (this.#isLow.has(one.wheel)) continue;
      if (typeof isLow === "boolean") this.#isLow.set(one.wheel, isLow);
      else this.#look(one, readings, null);
    }
  }

  /** @param now `null`: nothing is told */
  #look(one: Tyre, readings: ReadingsByDescriptor, now: number | null): VehicleEvent | null {
    const { wheel } = one;
    const pressure = pressureOf(readings.get(one.pressure));
    const target = pressureOf(readings.get(one.target));
    if (pressure === null || target === null) return null;
    const before = this.#isLow.get(wheel);
    const isLow = before === true ? pressure.kPa < target.kPa : pressure.kPa < LOW * target.kPa;
    this.#isLow.set(wheel, isLow);
    const at = Math.max(pressure.at, target.at);
    const isOld = now === null || (before === undefined && isOutdated(at, now));
    if (!isLow || before === true || isOld) return null;
    return { name: "tyrePressureLow", at, wheel, pressure: pressure.kPa, target: target.kPa, unit: "kPa" };
  }
}

/** Returns a pressure that a tyre can have; `null` for anything else. */
function pressureOf(reading: Reading | undefined): Pressure | null {
  if (typeof reading?.value !== "number") return null;
  const { value, unit, timestamp: at } = reading;
  const kPa = unit === null || unit === "kPa" ? value : convert(value, unit, "kPa");
  return kPa !== null && kPa > 0 && kPa <= MOST_KPA ? { kPa: Math.round(kPa), at } : null;
}
