import { systemCodeOf } from "../support/errors.js";
import { entriesOf, isObject, type JsonObject } from "../support/json.js";
import { parseVin } from "../support/vin.js";
import type { VehicleUpdate } from "../vehicle/vehicle-changes.js";
import type { CarView } from "./car-view.js";
import { joinedEvidence } from "./capacity-evidence.js";
import { batteryHealth, type BatteryHealth } from "./battery-health.js";
import { sumsOfDays, type JournalSum, type Period } from "./sums.js";
import { withCost } from "./cost.js";
import { EnergyOrigins, type PriceStep } from "./energy-origins.js";
import { matchHistory } from "./charging-history.js";
import { readEntry, type EntryRefusal, type JournalEntry } from "./entry.js";
import { readSession, type HistorySession } from "./history-session.js";
import { JournalBuilder } from "./journal-builder.js";
import type { JournalSettings } from "./journal-settings.js";
import type { JournalState } from "./journal-state.js";
import type { JournalStore, StoredEntry } from "./journal-store.js";

/** Lists what a journal needs. */
export interface JournalDependencies {
  readonly store: JournalStore;
  readonly settings: () => JournalSettings;
  /** Returns what is known of a car; `null` for one that is not known. */
  readonly viewOf: (vin: string) => CarView | null;
  /** Called with each new or corrected entry, once it is on the disk. */
  readonly onEntry: (vin: string, entry: JournalEntry, outcome: "new" | "corrected") => void;
  /** Called once when the files cannot be used, until they can again; what is to be written waits. */
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
 * the next one, or for `retry`.
 */
export class Journal {
  readonly #builders = new Map<string, JournalBuilder>();
  readonly #origins = new EnergyOrigins();
  #waiting: Task[] = [];
  #working: Promise<void> | null = null;
  #isTroubled = false;

  constructor(private readonly dependencies: JournalDependencies) {}

  /** Takes an update of a car, after its estimate has. */
  follow(update: VehicleUpdate, now: number): void {
    const { vin } = update;
    for (const entry of this.#builderOf(vin)?.follow(update, now) ?? []) this.#plan({ kind: "entry", vin, entry });
  }

  /** Takes sessions of BMW's charging history of a car; those that are still to come cannot be. */
  history(vin: string, sessions: readonly JsonObject[], now: number): void {
    const read = sessions.flatMap((session) => readSession(session) ?? []);
    const known = read.filter(({ to }) => to <= now + CLOCK_TOLERANCE_MS);
    this.#plan({ kind: "history", vin, sessions: known });
  }

  /** Writes what waits, as far as possible; never rejects. */
  async retry(): Promise<void> {
    if (this.#waiting.length > 0) this.#working ??= this.#work();
    await this.#working;
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

  /**
   * Sets what the sun gives from now on: `{kw}` or `{share}`.
   * @throws CarDataError `solar_invalid`
   */
  solar(part: JsonObject, now: number): void {
    this.#origins.solar(part, now);
  }

  /** Sums up the journal of a car until the year of a time [ms]. Throws the system's error if a file cannot be read. */
  async summary(vin: string, until: number): Promise<JournalSummary> {
    const { store, settings } = this.dependencies;
    const { currency, zone } = settings();
    const digests = await store.digestsUntil(vin, until);
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
      }),
    };
  }

  /** Restores what was open; call before anything is taken. */
  restore(state: JournalState): void {
    const { cars, waiting, energy } = state.toJson();
    this.#origins.restore(energy);
    for (const [name, saved] of entriesOf(cars)) {
      const vin = parseVin(name);
      if (vin !== null) this.#create(vin).restore(saved);
    }
    for (const saved of Array.isArray(waiting) ? (waiting as unknown[]) : []) {
      const { vin, entry } = readWaiting(saved);
      if (vin !== null && typeof entry === "object") this.#plan({ kind: "entry", vin, entry });
    }
  }

  #plan(task: Task): void {
    this.#waiting.push(task);
    this.#waiting.splice(0, this.#waiting.length - MOST_WAITING);
    void this.retry();
  }

  /** Does what waits in its order, until something fails. */
  async #work(): Promise<void> {
    for (let task = this.#waiting[0]; task !== undefined; task = this.#waiting[0]) {
      const isDone = await this.#attempt(task);
      if (!isDone) break;
      this.#waiting = this.#waiting.filter((one) => one !== task);
    }
    // Here and not once this is awaited: what is planned in between would wait for the next one.
    this.#working = null;
  }

  /** Returns whether a task needs no other attempt: a mistake of the program would stay one. */
  async #attempt(task: Task): Promise<boolean> {
    try {
      await this.#do(task);
      this.#isTroubled = false;
      return true;
    } catch (cause) {
      if (!this.#isTroubled) this.dependencies.onTrouble(cause);
      this.#isTroubled = true;
      return systemCodeOf(cause) === null;
    }
  }

  async #do(task: Task): Promise<void> {
    const { vin } = task;
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
    return withCost(entry, this.dependencies.settings(), (time) => this.#origins.priceAt(time));
  }

  #tell(vin: string, { outcome, entry }: StoredEntry): void {
    if (outcome !== "known") this.dependencies.onEntry(vin, entry, outcome);
  }

  #waitingEntries(): JsonObject[] {
    return this.#waiting.flatMap((task) => (task.kind === "entry" ? [{ vin: task.vin, entry: task.entry }] : []));
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
