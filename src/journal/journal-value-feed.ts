import { entriesOf, type JsonObject } from "../support/json.js";
import { parseVin } from "../support/vin.js";
import { advancedMeter, NEW_METER, readMeter, type EnergyMeter } from "./energy-meter.js";
import {
  energyOf,
  journalValues,
  type JournalFacts,
  type JournalValue,
  type JournalValueName,
} from "./journal-values.js";

export interface JournalValueFeedDependencies {
  /** Reads what is known of a car. Rejects while the disk cannot be used. */
  readonly facts: (vin: string) => Promise<JournalFacts>;
  /** Returns the time [ms]. */
  readonly now: () => number;
  /** Called with the values of a car that have changed. */
  readonly onValues: (vin: string, values: readonly JournalValue[], why: JournalStir) => void;
  /** Called when `state` has changed. */
  readonly onState: () => void;
}

/**
 * Says why values may have changed: not at all, they are only read for the first time; an entry is new or corrected; or
 * the user has deleted some. A later one counts more than those before it.
 */
const STIRS = ["start", "entries", "deletion"] as const;
export type JournalStir = (typeof STIRS)[number];

/** Tells the values of the journals of cars, each when it changes. One that was never known is not told. */
export class JournalValueFeed {
  readonly #told = new Map<string, Map<JournalValueName, JournalValue>>();
  readonly #meters = new Map<string, EnergyMeter>();
  /** Cars that wait to be read, with the reason. */
  readonly #waiting = new Map<string, JournalStir>();
  /** The car that is being read; `null` also if it was forgotten meanwhile. */
  #reading: string | null = null;
  #work: Promise<void> | null = null;

  constructor(private readonly dependencies: JournalValueFeedDependencies) {}

  /** Returns the present values of a car. */
  valuesOf(vin: string): readonly JournalValue[] {
    return [...(this.#told.get(vin)?.values() ?? [])];
  }

  /**
   * Reads the journal of a car again; what comes meanwhile is taken together. Resolves when that is done, and never
   * rejects: what cannot be read is read at the next occasion.
   */
  stir(vin: string, why: JournalStir): Promise<void> {
    this.#wait(vin, why);
    this.#work ??= this.#readAll();
    return this.#work;
  }

  /** Forgets a car that has gone, with its meter. */
  forget(vin: string): void {
    for (const known of [this.#told, this.#meters, this.#waiting]) known.delete(vin);
    if (this.#reading === vin) this.#reading = null;
    this.dependencies.onState();
  }

  /** Forgets everything: the journals are another owner's. */
  reset(): void {
    for (const known of [this.#told, this.#meters, this.#waiting]) known.clear();
    this.#reading = null;
  }

  /** Returns the meters, for `restore`. */
  get state(): JsonObject {
    return Object.fromEntries(this.#meters);
  }

  /** Restores meters, of cars of which nothing was told yet. */
  restore(saved: unknown): void {
    for (const [name, meter] of entriesOf(saved)) {
      const vin = parseVin(name);
      if (vin !== null && !this.#meters.has(vin)) this.#meters.set(vin, readMeter(meter));
    }
  }

  async #readAll(): Promise<void> {
    const failed = new Map<string, JournalStir>();
    for (let next = this.#next(); next !== null; next = this.#next()) {
      const [vin, why] = next;
      this.#reading = vin;
      const facts = await this.dependencies.facts(vin).catch(() => null);
      if (!this.#isReading(vin)) continue;
      if (facts === null) failed.set(vin, why);
      // Something came meanwhile: a part of what was read may be from before it, and a part from after.
      else if (this.#waiting.has(vin)) this.#wait(vin, why);
      else this.#take(vin, facts, why);
    }
    for (const [vin, why] of failed) this.#wait(vin, why);
    this.#reading = null;
    // At once: what comes now begins anew.
    this.#work = null;
  }

  #isReading(vin: string): boolean {
    return this.#reading === vin;
  }

  /** Notes that a car has to be read; a deletion must not be forgotten because an entry comes after it. */
  #wait(vin: string, why: JournalStir): void {
    this.#waiting.set(vin, stronger(this.#waiting.get(vin) ?? why, why));
  }

  #next(): [vin: string, why: JournalStir] | null {
    const [next] = this.#waiting;
    if (next === undefined) return null;
    this.#waiting.delete(next[0]);
    return next;
  }

  #take(vin: string, facts: JournalFacts, why: JournalStir): void {
    const before = this.#meters.get(vin) ?? NEW_METER;
    const meter = advancedMeter(before, energyOf(facts), why === "deletion");
    this.#meters.set(vin, meter);
    if (JSON.stringify(meter) !== JSON.stringify(before)) this.dependencies.onState();
    const values = journalValues(facts, meter.shownKwh, this.dependencies.now());
    const changed = values.filter((value) => this.#isChange(vin, value));
    if (changed.length > 0) this.dependencies.onValues(vin, changed, why);
  }

  #isChange(vin: string, value: JournalValue): boolean {
    const told = this.#told.get(vin) ?? new Map<JournalValueName, JournalValue>();
    const before = told.get(value.name);
    const isSame = before === undefined ? value.value === null : contentOf(before) === contentOf(value);
    if (isSame) return false;
    this.#told.set(vin, told.set(value.name, value));
    return true;
  }
}

function stronger(one: JournalStir, other: JournalStir): JournalStir {
  return STIRS.indexOf(one) > STIRS.indexOf(other) ? one : other;
}

function contentOf({ value, unit, details }: JournalValue): string {
  return JSON.stringify([value, unit, details]);
}
