import type { DriveSigns } from "./drive-type.js";
import type { Reading } from "./reading.js";
import { CAPACITIES } from "./memory.js";
import { CHARGING_STATUS, ELECTRIC_RANGES, FUEL_SOURCES, MEASURED_LEVELS, TRIP_LEVEL } from "./values.js";
import { chargingPhase } from "./words.js";

type Sign = keyof DriveSigns;

const SIGNS_IN_ORDER: readonly Sign[] = ["battery", "tripLevel", "tank"];
/** Excludes the batteries of mild hybrids [kWh]. */
const LEAST_KWH = 3;
/** Maps a descriptor to its hint and to the number above which it counts. */
const SIGNS: ReadonlyMap<string, readonly [sign: Sign, above: number]> = new Map([
  ...signsOf("battery", [...MEASURED_LEVELS, ...ELECTRIC_RANGES], 0),
  ...signsOf("battery", CAPACITIES, LEAST_KWH),
  ...signsOf("tank", FUEL_SOURCES, 0),
  ...signsOf("tripLevel", [TRIP_LEVEL], 0),
]);

/** Remembers every powertrain hint that the values of a car have ever given: an empty tank or battery is still one. */
export class DriveSignBook {
  readonly #seen = new Set<Sign>();

  get signs(): DriveSigns {
    const has = (sign: Sign) => this.#seen.has(sign);
    return { battery: has("battery"), tripLevel: has("tripLevel"), tank: has("tank") };
  }

  /** Records the hints of accepted readings; returns whether one is new. */
  take(readings: Iterable<Reading>): boolean {
    const before = this.#seen.size;
    for (const reading of readings) {
      const sign = signOf(reading);
      if (sign !== null) this.#seen.add(sign);
    }
    return this.#seen.size > before;
  }

  save(): readonly Sign[] {
    // A fixed order keeps equal states equal on the disk.
    return SIGNS_IN_ORDER.filter((sign) => this.#seen.has(sign));
  }

  restore(saved: unknown): void {
    for (const sign of SIGNS_IN_ORDER) if (Array.isArray(saved) && saved.includes(sign)) this.#seen.add(sign);
  }
}

function signOf({ descriptor, value }: Reading): Sign | null {
  if (value === null) return null;
  if (descriptor === CHARGING_STATUS) return chargingPhase(value) === "active" ? "battery" : null;
  const [sign, above] = SIGNS.get(descriptor) ?? [null, 0];
  return typeof value === "number" && value > above ? sign : null;
}

function signsOf(sign: Sign, descriptors: readonly string[], above: number): [string, [Sign, number]][] {
  return descriptors.map((descriptor) => [descriptor, [sign, above]]);
}
