import type { Document } from "../store/document.js";
import type { Clock } from "../support/clock.js";
import type { AccountState } from "./account-codec.js";
import { quotaAlarm } from "./quota-alarm.js";
import type { RestDesk } from "./rest/rest-desk.js";

export interface StateFileDoors {
  readonly document: Document<AccountState>;
  readonly clock: Clock;
  readonly rest: () => Pick<RestDesk, "state" | "quota" | "start" | "restore" | "joinSaved">;
  /** Few calls are left, for the first time in this window of the quota. */
  readonly onQuotaLow: (remaining: number, resetsAt: number) => void;
  /** What was saved, and could be read late only, is another customer's than the one who has logged in meanwhile. */
  readonly onFormerOwner: () => void;
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

  /** Another BMW customer has logged in, whose quota is another. */
  forgetOwner(): void {
    this.doors.document.set({ ...this.doors.document.value, quotaToldFor: 0 });
  }

  close(): void {
    this.#closed = true;
  }

  #join(saved: AccountState): void {
    const { document, rest, onFormerOwner } = this.doors;
    const { owner } = rest().state;
    const isOther = owner !== "" && saved.owner !== "" && owner !== saved.owner;
    if (isOther) onFormerOwner();
    else rest().joinSaved(saved);
    if (this.#isWaiting) rest().start();
    this.#isWaiting = false;
    const quotaToldFor = Math.max(isOther ? 0 : saved.quotaToldFor, document.value.quotaToldFor);
    document.set({ ...rest().state, quotaToldFor });
  }
}
