import type { CarView } from "../../journal/car-view.js";
import type { PriceStep } from "../../journal/energy-origins.js";
import { Journal } from "../../journal/journal.js";
import type { JournalSettings } from "../../journal/journal-settings.js";
import type { JournalState } from "../../journal/journal-state.js";
import type { JournalStore } from "../../journal/journal-store.js";
import type { Document } from "../../store/document.js";
import { Retry } from "../../store/retry.js";
import type { Clock } from "../../support/clock.js";
import { newProblem, reasonOf, systemCodeOf, toCarDataError, type Problem } from "../../support/errors.js";
import type { JsonObject } from "../../support/json.js";
import type { Update } from "../account-events.js";
import type { LevelHistories } from "../level-histories.js";
import type { JournalChange } from "./journal-change.js";
import { JournalDesk } from "./journal-desk.js";

export interface JournalServiceDependencies {
  /** Keeps what is open: trips and charges that go on, and what waits for the disk. */
  readonly document: Pick<Document<JournalState>, "load" | "set" | "save" | "belongTo">;
  readonly store: JournalStore;
  /** What else is kept of a car's past. */
  readonly levels: Pick<LevelHistories, "erase">;
  readonly clock: Clock;
  readonly settings: JournalSettings;
  /** Returns what is known of a car; `null` for one that is not the account's. */
  readonly viewOf: (vin: string) => CarView | null;
  /** Returns the cars of the account. */
  readonly cars: () => Iterable<string>;
  readonly onChange: (vin: string, change: JournalChange) => void;
  /** Called when `problem` has changed. */
  readonly onProblem: (problem: Problem | null) => void;
  /** Called with a mistake of the program: what it was about is left out. */
  readonly onMistake: (problem: Problem) => void;
}

/**
 * Keeps the journal of an account, whether or not a node shows it: who adds one later finds what was before. Everything about
 * the cars comes here; what goes out of it is for the desk.
 */
export class JournalService {
  /** Answers and corrects. */
  readonly desk: JournalDesk;
  readonly #journal: Journal;
  readonly #retry: Retry;
  #problem: Problem | null = null;
  #closed = false;

  constructor(private readonly dependencies: JournalServiceDependencies) {
    const { store, clock, settings, viewOf, onChange } = dependencies;
    this.#journal = new Journal({
      store,
      settings: () => settings,
      viewOf,
      onEntry: (vin, entry, outcome) => {
        onChange(vin, { outcome, entry });
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
      ...{ clock, settings, onChange, cars: dependencies.cars, levels: dependencies.levels },
      onOpen: () => this.dependencies.document.save(this.#journal.state),
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
      this.#journal.restore(late);
      this.#save();
    });
    if (!this.#closed) this.#journal.restore(saved);
  }

  /** Takes an update of a car, after its estimate has. */
  follow(update: Update): void {
    if (this.#closed) return;
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
    if (this.#closed || !this.dependencies.document.belongTo(owner, this.#journal.state, formerly)) return;
    this.#journal.reset();
  }

  /** Takes nothing more; resolves when what is being written is written. The store saves what waits. */
  async close(): Promise<void> {
    this.#closed = true;
    this.#retry.close();
    if (this.#journal.isOpen(null)) this.#save();
    await this.#journal.close();
  }

  #save(): void {
    this.dependencies.document.set(this.#journal.state);
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
