import type { Document } from "../store/document.js";
import type { Clock } from "../support/clock.js";
import { accountCodec, type AccountState } from "./account-codec.js";
import { quotaAlarm } from "./quota-alarm.js";
import type { RestDesk } from "./rest/rest-desk.js";

export interface StateFileDoors {
  readonly document: Document<AccountState>;
  readonly clock: Clock;
  readonly rest: () => Pick<RestDesk, "state" | "quota" | "start" | "restore" | "joinSaved">;
  /** Few calls are left, for the first time in this window of the quota. */
  readonly onQuotaLow: (remaining: number, resetsAt: number) => void;
}

/** `account.json`: what of the account itself, and of its REST side, outlives a restart. */
export class StateFile {
  #closed = false;
  /** The REST side is to start when the file has been read. */
  #isWaiting = false;

  constructor(private readonly doors: StateFileDoors) {}

  async load(): Promise<void> {
    await this.doors.document.load((saved) => {
      if (!this.#closed) this.#join(saved);
    });
  }

  /** Has the REST side go on with what was loaded. */
  restore(): void {
    this.doors.rest().restore(this.doors.document.value);
  }

  /** Lets the REST side work by itself, once it is known what was spent and done before. */
  start(): void {
    const { hold } = this.doors.document;
    this.#isWaiting = hold !== null && hold.kind !== "newer";
    if (!this.#isWaiting) this.doors.rest().start();
  }

  /** The state of the REST side has changed: saved at once, because BMW's quota counts each call. */
  save(): void {
    const { document, clock, rest, onQuotaLow } = this.doors;
    const { quota, state } = rest();
    const { quotaToldFor } = document.value;
    const alarm = quotaAlarm(quota, quotaToldFor, clock.now());
    void document.save({ ...state, quotaToldFor: alarm ?? quotaToldFor });
    if (alarm !== null) onQuotaLow(quota.remaining, quota.resetsAt);
  }

  /** The login is this customer's: the state of another one, whose quota is another, is set aside. */
  belongTo(owner: string, formerly: string): void {
    this.doors.document.belongTo(owner, accountCodec.initial(), formerly);
  }

  close(): void {
    this.#closed = true;
  }

  #join(saved: AccountState): void {
    const { document, rest } = this.doors;
    rest().joinSaved(saved);
    if (this.#isWaiting) rest().start();
    this.#isWaiting = false;
    const quotaToldFor = Math.max(saved.quotaToldFor, document.value.quotaToldFor);
    document.set({ ...rest().state, quotaToldFor });
  }
}
