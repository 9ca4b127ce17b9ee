import { CarDataError } from "../support/errors.js";
import { isoTime } from "../support/iso-time.js";
import { utcTime } from "../support/utc-time.js";
import type { Budget } from "./call.js";
import type { QuotaLedger } from "./quota-ledger.js";
import type { RefusalDetails } from "./refusal.js";

/** The quota holds a call back, whether or not BMW was asked. */
export interface HeldDetails extends Partial<RefusalDetails> {
  /** ISO time. */
  readonly retryAt: string;
}

/** Throws if `ledger` holds calls of this budget back. */
export function checkQuota(ledger: QuotaLedger, budget: Budget): void {
  if (ledger.quota.blockedUntil !== null) throw quotaRefusal(ledger);
  const opensAt = ledger.opensAt(budget);
  if (opensAt !== null) throw new CarDataError("quota_share_used", { time: utcTime(opensAt) }, heldUntil(opensAt));
}

/** BMW's refusal, told with what the ledger knows: who used the quota up, and when it goes on. */
export function quotaRefusal(ledger: QuotaLedger, details: Partial<RefusalDetails> = {}): CarDataError {
  const { resetsAt } = ledger.quota;
  const cause = { ...details, ...heldUntil(resetsAt) };
  const time = utcTime(resetsAt);
  if (!ledger.foreign) return new CarDataError("cu_429", { time }, cause);
  return new CarDataError("cu_429_other_client", { time, used: ledger.sentInDay }, cause);
}

/** The cause of an error after which a call makes sense again at `time` (milliseconds). */
export function heldUntil(time: number): HeldDetails {
  return { retryAt: isoTime(time) };
}
