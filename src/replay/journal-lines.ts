import type { VehicleRegistry } from "../account/vehicle-registry.js";
import type { CarView } from "../journal/car-view.js";
import { parsePrices, type PriceStep } from "../journal/energy-origins.js";
import type { JournalEntry } from "../journal/entry.js";
import { Journal, type JournalSummary } from "../journal/journal.js";
import type { CarEntries } from "../journal/export/export-options.js";
import { JournalStore } from "../journal/journal-store.js";
import { journalStateCodec, type JournalState } from "../journal/journal-state.js";
import type { Document } from "../store/document.js";
import type { Store } from "../store/store.js";
import type { Files } from "../store/atomic-files.js";
import { toCarDataError } from "../support/errors.js";
import type { JsonObject } from "../support/json.js";
import type { Clock } from "../support/clock.js";
import type { VehicleUpdate } from "../vehicle/vehicle-changes.js";
import type { ReplayedJournal } from "./journal-arguments.js";
import type { RecordedLine } from "./recording.js";

interface JournalLinesDependencies {
  readonly clock: Pick<Clock, "now">;
  readonly files: Files;
  readonly journal: ReplayedJournal;
  /** VIN of the only shown car; "" for all. */
  readonly vehicle: string;
  readonly isWanted: boolean;
  readonly estimatesOf: (vin: string) => Pick<CarView, "estimate" | "magic">;
  /** Called with a message of the journal: entries on output 0, the summary of each car on output 1. */
  readonly send: (output: 0 | 1, message: JournalMessage | SummaryMessage) => void;
}

/** Holds an entry of the journal with its car. */
export type JournalMessage = { readonly vin: string } & JournalEntry;

/** Sums up the journal of a car. */
export type SummaryMessage = { readonly vin: string; readonly kind: "summary" } & JournalSummary;

/** Keeps a journal during a replay. */
export class JournalLines {
  #store: JournalStore | null = null;
  #journal: Journal | null = null;
  #trouble: Error | null = null;
  #document: Document<JournalState> | null = null;

  constructor(private readonly dependencies: JournalLinesDependencies) {}

  /** Begins with the cars of a registry. */
  begin(registry: VehicleRegistry, store: Store): void {
    const { isWanted, journal, vehicle, estimatesOf, send } = this.dependencies;
    if (!isWanted) return;
    const entries = new JournalStore(this.dependencies.files, "/journal");
    this.#store = entries;
    this.#document = store.document("journal", journalStateCodec);
    this.#journal = new Journal({
      store: entries,
      settings: () => journal.settings,
      viewOf: (vin) => {
        const car = registry.cars.get(vin)?.vehicle;
        if (car === undefined) return null;
        return { ...estimatesOf(vin), position: car.position, readings: car.readings };
      },
      onEntry: (vin, entry) => {
        if (vehicle === "" || vehicle === vin) send(0, { vin, ...entry });
      },
      onTrouble: (cause) => {
        if (cause !== null) this.#trouble ??= toCarDataError(cause);
      },
    });
    this.#price(journal.prices);
  }

  /** Loads the saved state. */
  async load(): Promise<void> {
    const saved = await this.#document?.load(() => undefined);
    if (saved !== undefined) this.#journal?.restore(saved);
  }

  /** Sends the summaries of cars. */
  async summarise(vins: Iterable<string>): Promise<void> {
    const { clock, send } = this.dependencies;
    for (const vin of vins) {
      const summary = await this.#journal?.summary(vin, clock.now());
      if (summary !== undefined) send(1, { vin, kind: "summary", ...summary });
    }
  }

  /** Returns what is written of cars until now. */
  async entriesOf(vins: Iterable<string>): Promise<CarEntries[]> {
    const now = this.dependencies.clock.now();
    const cars: CarEntries[] = [];
    for (const vin of vins) cars.push({ vin, name: vin, entries: (await this.#store?.between(vin, 0, now)) ?? [] });
    return cars;
  }

  /** Passes the present state to the store. */
  close(): void {
    if (this.#journal !== null) this.#document?.set(this.#journal.state);
    this.#journal = null;
  }

  follow(update: VehicleUpdate): void {
    this.#journal?.follow(update, this.dependencies.clock.now());
  }

  /**
   * Handles a `price` or `solar` line as a message to the node.
   * @throws CarDataError `price_invalid`, `solar_invalid`
   */
  energy(line: RecordedLine): void {
    const now = this.dependencies.clock.now();
    if (line.kind === "solar") this.#journal?.solar(line, now);
    else this.#price(parsePrices([{ from: line["from"] ?? now, price: line["price"] }]));
  }

  #price(steps: readonly PriceStep[]): void {
    for (const step of steps) this.#journal?.price(step);
  }

  /** Takes the sessions of BMW's charging history. */
  history(vin: string, sessions: readonly JsonObject[]): void {
    this.#journal?.history(vin, sessions, this.dependencies.clock.now());
  }

  /** Waits until all entries are written. Throws what went wrong. */
  async written(): Promise<void> {
    await this.#journal?.retry();
    if (this.#trouble !== null) throw this.#trouble;
  }

  look(vin: string): void {
    this.#journal?.look(vin, this.dependencies.clock.now());
  }

  tracked(vin: string, kmh: number | null): void {
    this.#journal?.tracked(vin, kmh);
  }
}
