import type { PollCandidate } from "./poll-candidate.js";
import { DAILY_FEATURES, type DailyFeature } from "./job.js";
import { responsibleRequest, type PollRequest } from "./poll-request.js";

/** The share of a day's 50 calls that each class of automatic calls may take. */
export interface QuotaShares {
  readonly scheduled: number;
  readonly event: number;
  readonly daily: number;
}

/** The automatic part of BMW's 50 calls: the other 5 are kept back for people. */
const AUTOMATIC_CALLS = 45;
const EVENT_CALLS = 14;
/** Calls of scheduled polls and daily features together, as long as every car can be polled once a day. */
const REGULAR_CALLS = 24;
const SECONDS_OF_DAY = 86_400;

/**
 * Divides the quota for `cars` polled cars and `extras` daily calls of features, all cars together. With very many of
 * both, neither crowds the other out.
 */
export function quotaShares(cars: number, extras: number): QuotaShares {
  if (cars === 0) return { scheduled: 0, event: 0, daily: Math.min(extras, AUTOMATIC_CALLS) };
  const room = AUTOMATIC_CALLS - EVENT_CALLS;
  const daily = Math.min(extras, room - Math.min(cars, Math.floor(room / 2)));
  const scheduled = Math.min(Math.max(REGULAR_CALLS - extras, cars), room - daily);
  return { scheduled, event: EVENT_CALLS, daily };
}

/** Returns the time between two scheduled polls of one car [ms]; parameters as for `quotaShares`. */
export function pollIntervalMs(cars: number, extras: number): number {
  const counted = Math.max(1, cars);
  return Math.floor((SECONDS_OF_DAY * counted) / quotaShares(counted, extras).scheduled) * 1000;
}

/** Counts what the requests cost: the cars that share the scheduled polls, and the calls a day for the features. */
export function pollingLoad(
  requests: readonly PollRequest[],
  cars: readonly PollCandidate[],
): { cars: number; extras: number } {
  const polled = cars.filter(
    (car) => car.access !== "never" && responsibleRequest(requests, "telematicData", car.vin) !== null,
  );
  const counted = polled.filter((car) => !isSilent(car, cars));
  let extras = 0;
  for (const car of cars)
    for (const feature of DAILY_FEATURES)
      if (mayAskDaily(car, feature)) extras += responsibleRequest(requests, feature, car.vin)?.pages ?? 0;
  return { cars: polled.length === 0 ? 0 : Math.max(1, counted.length), extras };
}

/** Returns whether a car has no data while another one has some; it is polled once a day only. */
export function isSilent(car: PollCandidate, cars: readonly PollCandidate[]): boolean {
  return !car.real && cars.some((other) => other.real);
}

export function mayAskDaily(car: PollCandidate, feature: DailyFeature): boolean {
  return car.access === "ok" && !(feature === "chargingHistory" && car.combustion);
}
