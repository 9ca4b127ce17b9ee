/** The features that are asked for once a day and car. */
export type DailyFeature = "chargingHistory" | "tyreDiagnosis";
export const DAILY_FEATURES: readonly DailyFeature[] = ["chargingHistory", "tyreDiagnosis"];

/** Names the share of the daily quota that an automatic call uses. */
export type AutomaticBudget = "scheduled" | "event" | "daily";

/** Names why a car is polled outside of the schedule. */
export type EventPurpose = "tripEnded" | "chargingEnded" | "phaseCount" | "chargeOverdue";

/** Names an event of a car that may be worth a call. */
export type PollTrigger = "tripEnded" | "chargingStarted" | "chargingEnded";

/** Describes a call for the telematic data of one car and its purposes. */
export interface PollJob {
  readonly kind: "poll";
  readonly vin: string;
  readonly budget: "scheduled" | "event";
  readonly purposes: readonly ("schedule" | EventPurpose)[];
}

/** Describes the daily fetch of one feature of one car on behalf of `node`; at most `pages` calls. */
export interface DailyJob {
  readonly kind: "daily";
  readonly feature: DailyFeature;
  readonly vin: string;
  readonly pages: number;
  readonly node: string;
}

export type Job = PollJob | DailyJob;

export type JobResult =
  | { readonly outcome: "done" }
  /** A call was sent and failed; it may work later. */
  | { readonly outcome: "failed" }
  /** BMW refuses this car or feature permanently; `PollCandidate.access` reflects that by then. */
  | { readonly outcome: "refused"; readonly code: string }
  /** No call was sent: cooldown, no token, or the account is closing. */
  | { readonly outcome: "held" }
  /** No call was sent: no node requests it any more. */
  | { readonly outcome: "dropped" };

export function budgetOf(job: Job): AutomaticBudget {
  return job.kind === "poll" ? job.budget : "daily";
}
