import type { PowertrainHints } from "./drive-type.js";
import type { Reading } from "./reading.js";
import { CAPACITIES } from "./reading-store.js";
import { CHARGING_STATUS, ELECTRIC_RANGES, FUEL_SOURCES, MEASURED_LEVELS, TRIP_LEVEL } from "./source-priority.js";
import { chargingPhase } from "./words.js";

type Hint = keyof PowertrainHints;

const HINTS_IN_ORDER: readonly Hint[] = ["battery", "tripLevel", "tank"];
/** Excludes the batteries of mild hybrids [kWh]. */
const LEAST_KWH = 3;
/** Maps a descriptor to its hint and to the number above which it counts. */
const HINTS: ReadonlyMap<string, readonly [sign: Hint, above: number]> = new Map([
  ...hintsOf("battery", [...MEASURED_LEVELS, ...ELECTRIC_RANGES], 0),
  ...hintsOf("battery", CAPACITIES, LEAST_KWH),
  ...hintsOf("tank", FUEL_SOURCES, 0),
  ...hintsOf("tripLevel", [TRIP_LEVEL], 0),
]);

/** Remembers every powertrain hint that the values of a car have ever given: an empty tank or battery is still one. */
export class PowertrainHintTracker {
  readonly #seen = new Set<Hint>();

  get hints(): PowertrainHints {
    const has = (hint: Hint) => this.#seen.has(hint);
    return { battery: has("battery"), tripLevel: has("tripLevel"), tank: has("tank") };
  }

  /** Records the hints of accepted readings; returns whether one is new. */
  observe(readings: Iterable<Reading>): boolean {
    const before = this.#seen.size;
    for (const reading of readings) {
      const hint = hintOf(reading);
      if (hint !== null) this.#seen.add(hint);
    }
    return this.#seen.size > before;
  }

  save(): readonly Hint[] {
    // A fixed order keeps equal states equal on the disk.
    return HINTS_IN_ORDER.filter((hint) => this.#seen.has(hint));
  }

  restore(saved: unknown): void {
    for (const hint of HINTS_IN_ORDER) if (Array.isArray(saved) && saved.includes(hint)) this.#seen.add(hint);
  }
}

function hintOf({ descriptor, value }: Reading): Hint | null {
  if (value === null) return null;
  if (descriptor === CHARGING_STATUS) return chargingPhase(value) === "active" ? "battery" : null;
  const known = HINTS.get(descriptor);
  if (known === undefined) return null;
  const [hint, above] = known;
  return typeof value === "number" && value > above ? hint : null;
}

function hintsOf(hint: Hint, descriptors: readonly string[], above: number): [string, [Hint, number]][] {
  return descriptors.map((descriptor) => [descriptor, [hint, above]]);
}
