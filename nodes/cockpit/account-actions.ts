import { PACKAGE_VERSION } from "../../src/support/version.js";
import type { Client } from "./client.js";
import { saveFile } from "./save-file.js";
import type { Doctor, State } from "./state.js";

const UNCHECKED: Doctor = { plan: null, isRunning: false, report: null, failure: null };

interface AccountActionsOptions {
  readonly client: Pick<Client, "ask">;
  readonly state: () => State;
  readonly change: (change: Partial<Pick<State, "doctors" | "mayWrite" | "said">>) => void;
  /** Says in the user's language why something failed. */
  readonly failure: (error: unknown) => string;
}

/** Does what the view of the accounts offers. */
export class AccountActions {
  readonly #client: Pick<Client, "ask">;

  constructor(private readonly options: AccountActionsOptions) {
    this.#client = options.client;
  }

  /** Finds out what may be done, and what it costs. */
  async prepare(): Promise<void> {
    const mayWrite = await this.#client.ask("GET cockpit/rights").then(
      () => true,
      () => false,
    );
    this.options.change({ mayWrite });
    for (const { id } of this.options.state().data?.accounts ?? []) await this.#plan(id);
  }

  async check(account: string): Promise<void> {
    const doctor = this.#doctor(account);
    if (doctor.isRunning) return;
    this.#put(account, { ...doctor, isRunning: true, failure: null });
    try {
      const report = await this.#client.ask("POST account/:id/check", { id: account });
      this.#put(account, { ...UNCHECKED, report });
    } catch (error) {
      this.#put(account, { ...doctor, report: null, failure: this.options.failure(error) });
    }
    await this.#plan(account);
  }

  async saveDiagnostics(account: string): Promise<void> {
    try {
      const found = await this.#client.ask("GET account/:id/diagnostics", { id: account });
      saveFile("cardata-diagnostics.json", JSON.stringify({ version: PACKAGE_VERSION, ...found }, null, 2));
      this.options.change({ said: this.options.state().texts.text("account.saved") });
    } catch (error) {
      this.options.change({ said: this.options.failure(error) });
    }
  }

  async #plan(account: string): Promise<void> {
    const plan = await this.#client.ask("GET account/:id/check", { id: account }).catch(() => null);
    this.#put(account, { ...this.#doctor(account), plan });
  }

  #doctor(account: string): Doctor {
    return this.options.state().doctors.get(account) ?? UNCHECKED;
  }

  #put(account: string, doctor: Doctor): void {
    this.options.change({ doctors: new Map([...this.options.state().doctors, [account, doctor]]) });
  }
}
