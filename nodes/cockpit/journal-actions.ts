import type {
  CarKey,
  CockpitExport,
  CockpitJournal,
  CockpitMonth,
  CockpitMonthName,
} from "../../src/cockpit/contract.js";
import type { Client } from "./client.js";
import { shownMonth } from "./journal.js";
import { saveFile } from "./save-file.js";
import { carOf, LOADING, type CarDetails, type Fetched, type State } from "./state.js";

interface JournalActionsOptions {
  readonly client: Pick<Client, "ask">;
  readonly state: () => State;
  readonly change: (change: Partial<Pick<State, "details" | "month" | "said">>) => void;
  /** Says in the user's language why something failed. */
  readonly failure: (error: unknown) => string;
}

/** Fetches what the view of the journal shows, and saves what it exports. */
export class JournalActions {
  constructor(private readonly options: JournalActionsOptions) {}

  /** Fetches the journal of the chosen car and the month that is shown of it; what is there is shown until then. */
  async fetch(key: CarKey): Promise<void> {
    if (this.#detailsOf(key)?.journal === null) this.#put(key, { journal: LOADING });
    const journal = await this.#answer(this.options.client.ask("GET cockpit/car/:key/journal", { key }));
    this.#put(key, { journal });
    if (journal.kind === "there") await this.#fetchMonth(key, journal.value);
  }

  choose(month: CockpitMonthName): void {
    this.options.change({ month });
    const { details } = this.options.state();
    if (details?.journal?.kind === "there") void this.#fetchMonth(details.key, details.journal.value);
  }

  async save(what: CockpitExport): Promise<void> {
    const { options } = this;
    const { texts, month, exportOf, details } = options.state();
    const car = carOf(options.state());
    if (car === null || details?.journal?.kind !== "there") return;
    const asked = exportOf === "month" ? { month: shownMonth(details.journal.value, month) } : {};
    const params = { key: car.key, what, language: texts.language, ...asked };
    try {
      const { fileName, mimeType, text } = await options.client.ask("GET cockpit/car/:key/export", params);
      saveFile(fileName, text, mimeType);
      options.change({ said: texts.text("journal.export.saved", { name: fileName }) });
    } catch (error) {
      options.change({ said: options.failure(error) });
    }
  }

  async #fetchMonth(key: CarKey, journal: CockpitJournal): Promise<void> {
    const month = shownMonth(journal, this.options.state().month);
    const known = this.#detailsOf(key)?.month ?? null;
    const isSame = known?.kind === "there" && known.value.month === month;
    if (!isSame) this.#put(key, { month: LOADING });
    const fetched: Fetched<CockpitMonth> = await this.#answer(
      this.options.client.ask("GET cockpit/car/:key/entries", { key, month }),
    );
    // Another month may have been chosen meanwhile.
    if (shownMonth(journal, this.options.state().month) === month) this.#put(key, { month: fetched });
  }

  async #answer<T>(answer: Promise<T>): Promise<Fetched<T>> {
    try {
      return { kind: "there", value: await answer };
    } catch (error) {
      return { kind: "failed", text: this.options.failure(error) };
    }
  }

  #detailsOf(key: CarKey): CarDetails | null {
    const { details } = this.options.state();
    return details?.key === key ? details : null;
  }

  /** Leaves out what came too late: another car may have been chosen meanwhile. */
  #put(key: CarKey, parts: Partial<Pick<CarDetails, "journal" | "month">>): void {
    const details = this.#detailsOf(key);
    if (details !== null) this.options.change({ details: { ...details, ...parts } });
  }
}
