import { isObject, type JsonObject } from "../support/json.js";
import type { VehicleUpdate } from "../vehicle/vehicle-changes.js";
import type { CarView } from "./car-view.js";
import type { EnergyOrigin } from "./energy-course.js";
import type { JournalEntry } from "./entry.js";
import { JournalBuilder } from "./journal-builder.js";
import type { JournalSettings } from "./journal-settings.js";
import type { JournalState } from "./journal-state.js";

/** Lists what a journal needs. */
export interface JournalDependencies {
  readonly settings: () => JournalSettings;
  /** Returns what is known of a car; `null` for one that is not known. */
  readonly viewOf: (vin: string) => CarView | null;
  /** Called with each new entry. */
  readonly onEntry: (vin: string, entry: JournalEntry) => void;
}

const UNKNOWN_ORIGIN: EnergyOrigin = { price: null, solarShare: 0 };

/** Keeps the journal of the cars of an account. */
export class Journal {
  readonly #builders = new Map<string, JournalBuilder>();

  constructor(private readonly dependencies: JournalDependencies) {}

  /** Takes an update of a car, after its estimate has. */
  follow(update: VehicleUpdate, now: number): void {
    for (const entry of this.#builderOf(update.vin)?.follow(update, now) ?? [])
      this.dependencies.onEntry(update.vin, entry);
  }

  /** Takes note that the estimate of a car has changed. */
  look(vin: string, now: number): void {
    this.#builders.get(vin)?.look(now);
  }

  /** Takes a speed of a car by the user's tracker [km/h]; `null`: it is silent. */
  tracked(vin: string, kmh: number | null): void {
    if (kmh !== null) this.#builders.get(vin)?.tracked(kmh);
  }

  /** Returns what is open, as a live view: it is encoded when it is written. */
  get state(): JournalState {
    return { toJson: () => ({ cars: Object.fromEntries(this.#savedCars()) }) };
  }

  /** Restores what was open; call before anything is taken. */
  restore(state: JournalState): void {
    const { cars } = state.toJson();
    for (const [vin, saved] of Object.entries(isObject(cars) ? cars : {})) this.#create(vin).restore(saved);
  }

  *#savedCars(): Generator<[string, JsonObject]> {
    for (const [vin, builder] of this.#builders) yield [vin, builder.save()];
  }

  #builderOf(vin: string): JournalBuilder | null {
    const known = this.#builders.get(vin);
    return known ?? (this.dependencies.viewOf(vin) === null ? null : this.#create(vin));
  }

  #create(vin: string): JournalBuilder {
    const { settings, viewOf } = this.dependencies;
    const view = () => viewOf(vin) ?? NOTHING_KNOWN;
    const builder = new JournalBuilder({ view, settings, origin: () => UNKNOWN_ORIGIN });
    this.#builders.set(vin, builder);
    return builder;
  }
}

const NOTHING_KNOWN: CarView = { estimate: null, magic: null, position: null, readings: new Map() };
