import { entriesOf, isObject, type JsonObject } from "../support/json.js";
import { validTime } from "../support/iso-time.js";
import { parseVin } from "../support/vin.js";
import type { VehicleUpdate } from "../vehicle/vehicle-changes.js";
import type { CarView } from "./car-view.js";
import { joinedEvidence } from "./capacity-evidence.js";
import { batteryHealth, type BatteryHealth } from "./battery-health.js";
import { sumsOfDays, type JournalSum, type Period } from "./sums.js";
import { withCost } from "./cost.js";
import { EnergyOrigins, type PriceStep } from "./energy-origins.js";
import { matchHistory } from "./charging-history.js";
import { readEntry, spanOf, type EntryRefusal, type JournalEntry } from "./entry.js";
import { readSession, type HistorySession } from "./history-session.js";
import type { Point } from "./bounded-series.js";
import { JournalBuilder } from "./journal-builder.js";
import type { JournalSettings } from "./journal-settings.js";
import type { JournalState } from "./journal-state.js";
import type { JournalStore, StoredEntry } from "./journal-store.js";
import { TaskQueue } from "./task-queue.js";

/** Lists what a journal needs. */
export interface JournalDependencies {
  readonly store: JournalStore;
  readonly settings: () => JournalSettings;
  /** Returns what is known of a car; `null` for one that is not known. */
  readonly viewOf: (vin: string) => CarView | null;
  /** Called with each new or corrected entry, once it is on the disk. */
  readonly onEntry: (vin: string, entry: JournalEntry, outcome: "new" | "corrected") => void;
  /** See `TaskQueueDependencies`. */
  readonly onTrouble: (cause: unknown) => void;
}

/** Sums up the journal of a car. */
export interface JournalSummary {
  readonly currency: string;
  readonly days: readonly JournalSum[];
  readonly months: readonly JournalSum[];
  readonly years: readonly JournalSum[];
  readonly health: BatteryHealth;
}

/** Holds what of a car is not on the disk yet. */
export interface Unwritten {
  /** The trip that goes on, with its track so far; `null` without one. */
  readonly trip: { readonly startedAt: number; readonly track: readonly Point[] } | null;
  /** When the charge began that runs, or whose end is not certain yet [ms]; `null` without one. */
  readonly chargingSince: number | null;
  /** What is over, and waits for the disk. */
  readonly entries: readonly JournalEntry[];
}

/** What waits to be written: an entry, or sessions of BMW's charging history. */
type Task =
  | { readonly kind: "entry"; readonly vin: string; readonly entry: JournalEntry }
  | { readonly kind: "history"; readonly vin: string; readonly sessions: readonly HistorySession[] };

/** Limits by how much the clocks of BMW and of this computer may differ [ms]. */
const CLOCK_TOLERANCE_MS = 24 * 3_600_000;
/** Limits what waits while the disk cannot be used: more is lost, the oldest first. */
const MOST_WAITING = 5000;

/**
 * Keeps the journal of the cars of an account. Entries are written one after the other; what cannot be written waits for
 * the next one, or for `retry`. The journal of a car that has gone stays.
 */
export class Journal {
  readonly #builders = new Map<string, JournalBuilder>();
  readonly #origins = new EnergyOrigins();
  /** When the journal of a car was deleted [ms]: what is from before does not come back. */
  readonly #erased = new Map<string, number>();
  readonly #tasks: TaskQueue<Task>;
  /** Ends when the files are free for the next one. */
  #turn: Promise<unknown> = Promise.resolve();

  constructor(private readonly dependencies: JournalDependencies) {
    this.#tasks = new TaskQueue({
      run: (task) => this.inTurn(() => this.#do(task)),
      onTrouble: dependencies.onTrouble,
      subjectOf: ({ vin }) => vin,
      most: MOST_WAITING,
    });
  }

  /** Takes an update of a car, after its estimate has. */
  follow(update: VehicleUpdate, now: number): void {
    const { vin } = update;
    for (const entry of this.#builderOf(vin)?.follow(update, now) ?? []) this.#plan({ kind: "entry", vin, entry });
  }

  /** Takes sessions of BMW's charging history of a car; those that are still to come cannot be. */
  history(vin: string, sessions: readonly JsonObject[], now: number): void {
    const read = sessions.flatMap((session) => readSession(session) ?? []);
    const erased = this.#erased.get(vin) ?? -Infinity;
    const known = read.filter(({ from, to }) => from > erased && to <= now + CLOCK_TOLERANCE_MS);
    if (known.length > 0) this.#plan({ kind: "history", vin, sessions: known });
  }

  /** Returns the cars of which there may be entries: also those that have gone. */
  get vins(): string[] {
    return [...this.#builders.keys()];
  }

  /** Returns whether something is not written yet of a car, `null` of any: a trip or charge that goes on, or what waits. */
  isOpen(vin: string | null): boolean {
    const builders = vin === null ? [...this.#builders.values()] : [this.#builders.get(vin)];
    return this.#tasks.waiting.length > 0 || builders.some((builder) => builder?.isOpen);
  }

  /** Returns what of a car is not on the disk yet: who shows its past needs both. */
  unwritten(vin: string): Unwritten {
    const builder = this.#builders.get(vin);
    const entries = this.#tasks.waiting.flatMap((task) =>
      task.kind === "entry" && task.vin === vin ? task.entry : [],
    );
    return { trip: builder?.trip ?? null, chargingSince: builder?.chargingSince ?? null, entries };
  }

  /** Writes what waits, as far as possible; never rejects. */
  async retry(): Promise<void> {
    await this.#tasks.retry();
  }

  /** Takes note that the estimate of a car has changed. */
  look(vin: string, now: number): void {
    this.#builders.get(vin)?.look(now);
  }

  /** Takes a speed of a car by the user's tracker [km/h]; `null`: it is silent. */
  tracked(vin: string, kmh: number | null): void {
    if (kmh !== null) this.#builders.get(vin)?.tracked(kmh);
  }

  /** Sets the price per kWh from a time on; see `parsePrices`. */
  price(step: PriceStep): void {
    this.#origins.price(step);
  }

  /** Returns the price per kWh by message at a time [ms]; `null` if none is known. */
  priceAt(time: number): number | null {
    return this.#origins.priceAt(time);
  }

  /**
   * Sets what the sun gives from now on: `{kw}` or `{share}`.
   * @throws CarDataError `solar_invalid`
   */
  solar(part: JsonObject, now: number): void {
    this.#origins.solar(part, now);
  }

  /**
   * Uses the files while nothing else does.
   * @param act gets them; what it throws is thrown
   */
  inTurn<T>(act: (store: JournalStore) => Promise<T>): Promise<T> {
    const turn = this.#turn.then(() => act(this.dependencies.store));
    this.#turn = turn.catch(() => undefined);
    return turn;
  }

  /** Adds a car, so that its journal can be asked for. */
  know(vin: string): void {
    if (!this.#builders.has(vin)) this.#create(vin);
  }

  /** Deletes all that is known of a car, also what is open. Throws the system's error if a file cannot be deleted. */
  erase(vin: string, now: number): Promise<void> {
    return this.inTurn(async (store) => {
      await store.removeCar(vin);
      this.#builders.delete(vin);
      this.#tasks.keep((task) => task.vin !== vin);
      if (this.dependencies.viewOf(vin) === null) this.#erased.delete(vin);
      else this.#erased.set(vin, now);
    });
  }

  /** Begins nothing more; resolves when what is under way has ended. Never rejects. */
  async close(): Promise<void> {
    this.#tasks.close();
    await this.#turn;
  }

  /** Forgets everything but the files: they are another owner's. */
  reset(): void {
    this.#builders.clear();
    this.#erased.clear();
    this.#tasks.keep(() => false);
    this.#origins.clear();
  }

  /** Sums up the journal of a car until the year of a time [ms]. Throws the system's error if a file cannot be read. */
  async summary(vin: string, until: number): Promise<JournalSummary> {
    const { currency, zone } = this.dependencies.settings();
    const digests = await this.inTurn((store) => store.digestsUntil(vin, until));
    const days = digests.flatMap((digest) => digest.days);
    const sums = (period: Period) => sumsOfDays(period, days, currency);
    return {
      currency,
      days: sums("day"),
      months: sums("month"),
      years: sums("year"),
      health: batteryHealth(joinedEvidence(digests.map(({ evidence }) => evidence)), zone),
    };
  }

  /** Returns what is open, as a live view: it is encoded when it is written. */
  get state(): JournalState {
    return {
      toJson: () => ({
        cars: Object.fromEntries(this.#savedCars()),
        waiting: this.#waitingEntries(),
        energy: this.#origins.save(),
        erased: Object.fromEntries(this.#erased),
      }),
    };
  }

  /** Restores what was open, as far as nothing newer has come. */
  restore(state: JournalState): void {
    const { cars, waiting, energy, erased } = state.toJson();
    this.#origins.restore(energy);
    for (const [name, saved] of entriesOf(cars)) {
      const vin = parseVin(name);
      if (vin !== null) (this.#builders.get(vin) ?? this.#create(vin)).restore(saved);
    }
    for (const [name, saved] of entriesOf(erased)) {
      const [vin, at] = [parseVin(name), validTime(saved)];
      if (vin !== null && at !== null) this.#erased.set(vin, at);
    }
    for (const saved of Array.isArray(waiting) ? (waiting as unknown[]) : []) {
      const { vin, entry } = readWaiting(saved);
      if (vin !== null && typeof entry === "object") this.#plan({ kind: "entry", vin, entry });
    }
  }

  #plan(task: Task): void {
    const erased = this.#erased.get(task.vin) ?? -Infinity;
    if (task.kind === "history" || spanOf(task.entry).from > erased) this.#tasks.add(task);
  }

  async #do(task: Task): Promise<void> {
    const { vin } = task;
    // Its car may have been deleted while it waited for its turn.
    if (!this.#tasks.waiting.includes(task)) return;
    if (task.kind === "entry") this.#tell(vin, await this.#add(vin, task.entry));
    else await this.#match(vin, task.sessions);
  }

  async #match(vin: string, sessions: readonly HistorySession[]): Promise<void> {
    const { store, settings, viewOf } = this.dependencies;
    // A charge that goes on, or whose end is not certain yet, is not for the history to fill in.
    const since = this.#builders.get(vin)?.chargingSince ?? Infinity;
    const over = sessions.filter(({ to }) => to <= since);
    if (over.length === 0) return;
    const [from, to] = [Math.min(...over.map((one) => one.from)), Math.max(...over.map((one) => one.to))];
    const known = (await store.between(vin, from, to)).filter((entry) => entry.kind === "charge");
    const capacityKwh = viewOf(vin)?.estimate?.capacity?.kwh ?? null;
    const { corrected, filledIn } = matchHistory(over, known, capacityKwh, settings());
    for (const entry of corrected) this.#tell(vin, await store.correct(vin, this.#priced(entry)));
    for (const entry of filledIn) this.#tell(vin, await this.#add(vin, entry));
  }

  #add(vin: string, entry: JournalEntry): Promise<StoredEntry> {
    return this.dependencies.store.add(vin, entry, (complete) => this.#priced(complete));
  }

  #priced(entry: JournalEntry): JournalEntry {
    if (entry.kind !== "charge") return entry;
    return withCost(entry, this.dependencies.settings(), (time) => this.priceAt(time));
  }

  #tell(vin: string, { outcome, entry }: StoredEntry): void {
    if (outcome !== "known") this.dependencies.onEntry(vin, entry, outcome);
  }

  #waitingEntries(): JsonObject[] {
    return this.#tasks.waiting.flatMap((task) => (task.kind === "entry" ? [{ vin: task.vin, entry: task.entry }] : []));
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
    const builder = new JournalBuilder({
      view,
      settings,
      origins: (from, to, kw) => this.#origins.spans(from, to, kw),
    });
    this.#builders.set(vin, builder);
    return builder;
  }
}

const NOTHING_KNOWN: CarView = { estimate: null, magic: null, position: null, readings: new Map() };

function readWaiting(saved: unknown): { readonly vin: string | null; readonly entry: JournalEntry | EntryRefusal } {
  const { vin, entry } = isObject(saved) ? saved : {};
  return { vin: parseVin(vin), entry: readEntry(entry) };
}
