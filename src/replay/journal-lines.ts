import type { VehicleRegistry } from "../account/vehicle-registry.js";
import type { CarView } from "../journal/car-view.js";
import type { JournalEntry } from "../journal/entry.js";
import { Journal } from "../journal/journal.js";
import type { JournalSettings } from "../journal/journal-settings.js";
import { journalStateCodec, type JournalState } from "../journal/journal-state.js";
import type { Document } from "../store/document.js";
import type { Store } from "../store/store.js";
import type { Clock } from "../support/clock.js";
import type { VehicleUpdate } from "../vehicle/vehicle-changes.js";

interface JournalLinesDependencies {
  readonly clock: Pick<Clock, "now">;
  readonly settings: JournalSettings;
  /** VIN of the only shown car; "" for all. */
  readonly vehicle: string;
  readonly isWanted: boolean;
  readonly estimatesOf: (vin: string) => Pick<CarView, "estimate" | "magic">;
  /** Called with a message of the journal. */
  readonly send: (message: JournalMessage) => void;
}

/** Holds an entry of the journal with its car. */
export type JournalMessage = { readonly vin: string } & JournalEntry;

/** Keeps a journal during a replay. */
export class JournalLines {
  #journal: Journal | null = null;
  #document: Document<JournalState> | null = null;

  constructor(private readonly dependencies: JournalLinesDependencies) {}

  /** Begins with the cars of a registry. */
  begin(registry: VehicleRegistry, store: Store): void {
    const { isWanted, settings, vehicle, estimatesOf, send } = this.dependencies;
    if (!isWanted) return;
    this.#document = store.document("journal", journalStateCodec);
    this.#journal = new Journal({
      settings: () => settings,
      viewOf: (vin) => {
        const car = registry.cars.get(vin)?.vehicle;
        if (car === undefined) return null;
        return { ...estimatesOf(vin), position: car.position, readings: car.readings };
      },
      onEntry: (vin, entry) => {
        if (vehicle === "" || vehicle === vin) send({ vin, ...entry });
      },
    });
  }

  /** Loads the saved state. */
  async load(): Promise<void> {
    const saved = await this.#document?.load(() => undefined);
    if (saved !== undefined) this.#journal?.restore(saved);
  }

  /** Passes the present state to the store. */
  close(): void {
    if (this.#journal !== null) this.#document?.set(this.#journal.state);
    this.#journal = null;
  }

  follow(update: VehicleUpdate): void {
    this.#journal?.follow(update, this.dependencies.clock.now());
  }

  look(vin: string): void {
    this.#journal?.look(vin, this.dependencies.clock.now());
  }

  tracked(vin: string, kmh: number | null): void {
    this.#journal?.tracked(vin, kmh);
  }
}
