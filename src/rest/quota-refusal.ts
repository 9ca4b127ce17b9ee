import { CarDataError } from "../support/errors.js";
import { isoTime } from "../support/iso-time.js";
import { utcTime } from "../support/utc-time.js";
import type { Budget } from "./rest-call.js";
import type { QuotaLedger } from "./quota-ledger.js";
import type { RefusalDetails } from "./refusal.js";

/** Holds the details of a call that the quota delays, whether or not BMW was asked. */
export interface RetryDetails extends Partial<RefusalDetails> {
  /** ISO time. */
  readonly retryAt: string;
}

/** Throws if the ledger delays calls of this budget. */
export function checkQuota(ledger: QuotaLedger, budget: Budget): void {
  if (ledger.quota.blockedUntil !== null) throw quotaRefusal(ledger);
  const opensAt = ledger.opensAt(budget);
  if (opensAt !== null) throw new CarDataError("quota_share_used", { time: utcTime(opensAt) }, retryAt(opensAt));
}

/**
 * Builds the error of a quota refusal with the ledger's knowledge: who used it up, and when calls are possible again.
 */
export function quotaRefusal(ledger: QuotaLedger, details: Partial<RefusalDetails> = {}): CarDataError {
  const { resetsAt } = ledger.quota;
  const cause = { ...details, ...retryAt(resetsAt) };
  const time = utcTime(resetsAt);
  if (!ledger.foreign) return new CarDataError("cu_429", { time }, cause);
  return new CarDataError("cu_429_other_client", { time, used: ledger.sentInDay }, cause);
}

/** Returns the cause of an error after which a call makes sense again at `time` [ms]. */
export function retryAt(time: number): RetryDetails {
  return { retryAt: isoTime(time) };
}
