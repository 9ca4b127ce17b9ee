import type { Document } from "../store/document.js";
import type { Clock } from "../support/clock.js";
import { nextMidnight } from "./cooldown.js";
import type { Quota } from "./quota-ledger.js";
import type { RestService } from "./rest-service.js";
import type { AccountState } from "./rest-state.js";

export interface StateFileDoors {
  readonly document: Document<AccountState>;
  readonly clock: Clock;
  readonly rest: () => Pick<RestService, "state" | "quota" | "start" | "restore" | "joinSaved">;
  /** Few calls are left, for the first time in this window of the quota. */
  readonly onQuotaLow: (remaining: number, resetsAt: number) => void;
  /** What was saved, and could be read late only, is another customer's than the one who has logged in meanwhile. */
  readonly onFormerOwner: () => void;
}

/** `account.json`: what of the account itself, and of its REST side, outlives a restart. */
export class RestStateFile {
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

const LOW_AT = 10;
const DAY_MS = 24 * 3600 * 1000;

/**
 * Whether it is to be told that few calls are left: once in each window of the quota.
 * @param toldFor end of the window for which it was told, in milliseconds; a time further ahead than any such end was noted
 *   by a clock that was wrong
 * @returns the end of the window for which it is to be told now, else `null`
 */
export function quotaAlarm({ remaining, resetsAt }: Quota, toldFor: number, now: number): number | null {
  const isTold = toldFor >= now && toldFor <= now + 2 * DAY_MS;
  if (remaining > LOW_AT || isTold) return null;
  // The pause after a refusal of BMW is shorter than the day, and there may be more of them.
  return Math.max(resetsAt, nextMidnight(now));
}
