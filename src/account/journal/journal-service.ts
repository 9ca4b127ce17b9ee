import type { CarView } from "../../journal/car-view.js";
import type { PriceStep } from "../../journal/energy-origins.js";
import { Journal } from "../../journal/journal.js";
import type { JournalSettings } from "../../journal/journal-settings.js";
import type { JournalState } from "../../journal/journal-state.js";
import type { JournalStore } from "../../journal/journal-store.js";
import { JournalValueFeed, type JournalStir } from "../../journal/journal-value-feed.js";
import { lastEntries, type JournalFacts, type JournalValue } from "../../journal/journal-values.js";
import type { Document } from "../../store/document.js";
import { Retry } from "../../store/retry.js";
import type { Clock } from "../../support/clock.js";
import { newProblem, reasonOf, systemCodeOf, toCarDataError, type Problem } from "../../support/errors.js";
import type { JsonObject } from "../../support/json.js";
import type { Update } from "../account-events.js";
import type { EventLog } from "../event-log.js";
import type { LevelHistories } from "../level-histories.js";
import type { JournalChange } from "./journal-change.js";
import { JournalDesk } from "./journal-desk.js";

export interface JournalServiceDependencies {
  /** Keeps what is open: trips and charges that go on, and what waits for the disk. */
  readonly document: Pick<Document<JournalState>, "load" | "set" | "save" | "belongTo">;
  readonly store: JournalStore;
  /** What else is kept of a car's past. */
  readonly levels: Pick<LevelHistories, "erase">;
  readonly eventLog: Pick<EventLog, "erase">;
  readonly clock: Clock;
  readonly settings: JournalSettings;
  /** Returns what is known of a car; `null` for one that is not the account's. */
  readonly viewOf: (vin: string) => CarView | null;
  /** Returns the cars of the account. */
  readonly cars: () => Iterable<string>;
  readonly onChange: (vin: string, change: JournalChange) => void;
  /** Called with what the journal of a car tells as values, when it changes and after a start. */
  readonly onValues: (vin: string, values: readonly JournalValue[], why: JournalStir) => void;
  /** Called when `problem` has changed. */
  readonly onProblem: (problem: Problem | null) => void;
  /** Called with a mistake of the program: what it was about is left out. */
  readonly onMistake: (problem: Problem) => void;
}

const DAY_MS = 24 * 3600 * 1000;
/** Looks so far back for the last trip and charge, first and if that is not enough [ms]. */
const LATELY_MS = [60 * DAY_MS, 2 * 365 * DAY_MS];

/**
 * Keeps the journal of an account, whether or not a node shows it: who adds one later finds what was before. Everything about
 * the cars comes here; what goes out of it is for the desk.
 */
export class JournalService {
  /** Answers and corrects. */
  readonly desk: JournalDesk;
  readonly #values: JournalValueFeed;
  /** Cars of which the values were read since the start. */
  readonly #shown = new Set<string>();
  readonly #journal: Journal;
  readonly #retry: Retry;
  #problem: Problem | null = null;
  #closed = false;

  constructor(private readonly dependencies: JournalServiceDependencies) {
    const { store, clock, settings, viewOf, cars, levels, eventLog } = dependencies;
    this.#journal = new Journal({
      store,
      settings: () => settings,
      viewOf,
      onEntry: (vin, entry, outcome) => {
        this.#changed(vin, { outcome, entry });
      },
      onTrouble: (cause) => {
        this.#troubled(cause);
      },
    });
    this.#retry = new Retry(clock, async () => {
      await this.#journal.retry();
      return this.#problem === null;
    });
    this.desk = new JournalDesk(this.#journal, {
      ...{ clock, settings, cars, levels, eventLog },
      onChange: this.#changed.bind(this),
      onMerge: (vin) => void this.#values.stir(vin, "entries"),
      onOpen: () => this.dependencies.document.save(this.#state),
    });
    this.#values = new JournalValueFeed({
      facts: (vin) => this.#factsOf(vin),
      now: () => clock.now(),
      onValues: (vin, values, why) => {
        if (!this.#closed) dependencies.onValues(vin, values, why);
      },
      onState: () => {
        if (!this.#closed) this.#save();
      },
    });
  }

  /** Returns why nothing can be written, or read; `null` if it can. */
  get problem(): Problem | null {
    return this.#problem;
  }

  /** Restores what was open; call before anything is taken. Never rejects. */
  async load(): Promise<void> {
    const { document } = this.dependencies;
    const saved = await document.load((late) => {
      if (this.#closed) return;
      this.#restore(late);
      this.#save();
    });
    if (!this.#closed) this.#restore(saved);
  }

  /** Returns what the journal of a car tells as values, as far as it was read. */
  valuesOf(vin: string): readonly JournalValue[] {
    return this.#values.valuesOf(vin);
  }

  /** Reads the values of a car that is the account's, once after a start. */
  show(vin: string): void {
    if (this.#closed || this.#shown.has(vin)) return;
    this.#shown.add(vin);
    void this.#values.stir(vin, "start");
  }

  /** Takes an update of a car, after its estimate has. */
  follow(update: Update): void {
    if (this.#closed) return;
    this.show(update.vin);
    this.#journal.follow(update, this.dependencies.clock.now());
    if (update.events.length > 0 || this.#journal.isOpen(update.vin)) this.#save();
  }

  /** Takes note that the estimate of a car has changed. */
  look(vin: string): void {
    if (this.#closed) return;
    this.#journal.look(vin, this.dependencies.clock.now());
    if (this.#journal.isOpen(vin)) this.#save();
  }

  /** Takes a speed of a car by the user's tracker [km/h]; `null`: it is silent. */
  tracked(vin: string, kmh: number | null): void {
    if (!this.#closed) this.#journal.tracked(vin, kmh);
  }

  /** Takes sessions of BMW's charging history of a car. */
  history(vin: string, sessions: readonly JsonObject[]): void {
    if (this.#closed) return;
    this.#journal.history(vin, sessions, this.dependencies.clock.now());
  }

  /** Sets prices per kWh, each from its time on. */
  price(steps: readonly PriceStep[]): void {
    for (const step of steps) this.#journal.price(step);
    this.#save();
  }

  /**
   * Sets what the sun gives from now on: `{kw}` or `{share}`.
   * @throws CarDataError `solar_invalid`
   */
  solar(part: JsonObject): void {
    this.#journal.solar(part, this.dependencies.clock.now());
    this.#save();
  }

  /** Another process may have worked with the folder, which is free now. */
  folderFree(): void {
    this.dependencies.store.forget();
    if (!this.#closed) void this.#journal.retry();
  }

  /**
   * Takes the login as this customer's: sets what is open of another one's cars aside, and with it the knowledge of which
   * cars there are entries.
   */
  belongTo(owner: string, formerly: string): void {
    if (this.#closed || !this.dependencies.document.belongTo(owner, this.#state, formerly)) return;
    this.#journal.reset();
    this.#values.reset();
    this.#shown.clear();
  }

  /** Takes nothing more; resolves when what is being written is written. The store saves what waits. */
  async close(): Promise<void> {
    this.#closed = true;
    this.#retry.close();
    if (this.#journal.isOpen(null)) this.#save();
    await this.#journal.close();
  }

  /** What is open, and the meters of the values, as a live view. */
  get #state(): JournalState {
    return { toJson: () => ({ ...this.#journal.state.toJson(), meters: this.#values.state }) };
  }

  #restore(state: JournalState): void {
    this.#journal.restore(state);
    this.#values.restore(state.toJson()["meters"]);
  }

  #save(): void {
    this.dependencies.document.set(this.#state);
  }

  #changed(vin: string, change: JournalChange): void {
    this.dependencies.onChange(vin, change);
    // Of a car that has gone nothing is left, its meter neither.
    if (change.entry === null && this.dependencies.viewOf(vin) === null) this.#values.forget(vin);
    else void this.#values.stir(vin, change.outcome === "deleted" ? "deletion" : "entries");
  }

  /** Reads what the values of a car are made of: who has driven and charged lately needs little of the files. */
  async #factsOf(vin: string): Promise<JournalFacts> {
    const now = this.dependencies.clock.now();
    const summary = await this.#journal.summary(vin, now);
    for (const since of LATELY_MS) {
      const entries = await this.#journal.inTurn((store) => store.begunWithin(vin, now - since, now, "heads"));
      const last = lastEntries(entries);
      if ((last.lastTrip !== null && last.lastCharge !== null) || since === LATELY_MS.at(-1))
        return { summary, ...last };
    }
    return { summary, ...lastEntries([]) };
  }

  #troubled(cause: unknown): void {
    if (cause !== null && systemCodeOf(cause) === null) {
      this.dependencies.onMistake(toCarDataError(cause).problem);
      return;
    }
    this.#problem = cause === null ? null : newProblem("journal_files", { reason: reasonOf(cause) });
    if (cause === null) this.#retry.over();
    else this.#retry.plan();
    this.#save();
    this.dependencies.onProblem(this.#problem);
  }
}
