/** The features that are asked for once a day and car. */
export type DailyFeature = "chargingHistory" | "tyreDiagnosis";
export const DAILY_FEATURES: readonly DailyFeature[] = ["chargingHistory", "tyreDiagnosis"];

/** Which share of the daily quota a call is taken from. */
export type AutomaticBudget = "scheduled" | "event" | "daily";

/** Why a car is asked out of turn. */
export type EventPurpose = "tripEnded" | "chargingEnded" | "phaseCount" | "chargeOverdue";

/** Something that happened to a car and may be worth a call. */
export type PollTrigger = "tripEnded" | "chargingStarted" | "chargingEnded";

/** A call for the telematic data of one car; `purposes` tells what it is good for. */
export interface PollJob {
  readonly kind: "poll";
  readonly vin: string;
  readonly budget: "scheduled" | "event";
  readonly purposes: readonly ("schedule" | EventPurpose)[];
}

/** The daily look at one feature of one car, on behalf of `node`; at most `pages` calls. */
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
  /** A call was sent and brought nothing: it may work later. */
  | { readonly outcome: "failed" }
  /** BMW refuses this car or feature for good; `CarFacts.access` tells so by the time when a poll ends like this. */
  | { readonly outcome: "refused"; readonly code: string }
  /** No call was sent: a cooldown, no token, or the account is closing. */
  | { readonly outcome: "held" }
  /** No call was sent: no node wants it any more. */
  | { readonly outcome: "dropped" };

export function budgetOf(job: Job): AutomaticBudget {
  return job.kind === "poll" ? job.budget : "daily";
}
