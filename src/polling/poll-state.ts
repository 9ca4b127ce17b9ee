import { validTime } from "../support/iso-time.js";
import { isObject } from "../support/json.js";
import {
  byKey,
  isTrue,
  clampedNumber,
  storedList,
  needed,
  object,
  oneOf,
  or,
  then,
  objectOrDefaults,
  type StoredReader,
} from "../support/stored-schema.js";
import { parseVin } from "../support/vin.js";
import type { DailyFeature, EventPurpose } from "./job.js";

/** Holds an event poll that is still pending. */
export interface PendingPoll {
  readonly purpose: EventPurpose;
  /** Time before which a poll cannot answer the question [ms]. */
  readonly validAt: number;
  /** Earliest time of the second and last attempt, set when the first one failed [ms]. */
  readonly retryAt: number | null;
}

/** The remembered times of one daily feature of one car. */
export interface DailyPollState {
  /** Time of the last call [ms]. */
  readonly stamp: number | null;
  /** Time of the next call if it is not the regular minute: a retry, or a missed call [ms]. */
  readonly dueAt: number | null;
  /** Whether the planned call is the retry of a failed one. */
  readonly retrying: boolean;
  /** Time until which the feature is disabled because BMW refused it [ms]. */
  readonly disabledUntil: number | null;
}

/** The remembered times of the calls for one car. All in milliseconds UTC; `null`: never. */
export interface CarPollState {
  /** Start of the last successful call for telematic data, automatic or manual. */
  readonly lastSuccess: number | null;
  /** Start of the last such call. */
  readonly lastAttempt: number | null;
  /** Number of failed attempts since the last success. */
  readonly failures: number;
  /** The share of the jitter that the present wait gets, -1 to 1. */
  readonly spread: number;
  readonly pending: readonly PendingPoll[];
  readonly phaseAskedAt: number | null;
  readonly overdueAskedAt: number | null;
  /** Whether the present charge was polled because it was overdue. */
  readonly overdueAsked: boolean;
  readonly daily: Readonly<Record<DailyFeature, DailyPollState>>;
}

/** The state that outlives a restart, by VIN, least recently changed first. A JSON value. */
export interface PollingState {
  readonly cars: Readonly<Record<string, CarPollState>>;
}

const NEW_DAILY_STATE: DailyPollState = { stamp: null, dueAt: null, retrying: false, disabledUntil: null };

/** State of a car that was never polled. */
export const NEW_POLL_STATE: CarPollState = {
  lastSuccess: null,
  lastAttempt: null,
  failures: 0,
  spread: 0,
  pending: [],
  phaseAskedAt: null,
  overdueAskedAt: null,
  overdueAsked: false,
  daily: { chargingHistory: NEW_DAILY_STATE, tyreDiagnosis: NEW_DAILY_STATE },
};

export const MOST_CARS = 100;
/** Limits the counted failures; more make no difference to any wait. */
const MOST_FAILURES = 100;
const PURPOSES: readonly EventPurpose[] = ["tripEnded", "chargingEnded", "phaseCount", "chargeOverdue"];

/** A time that may have been: it is not before 1970. */
const time: StoredReader<number | null> = then<number, number>(validTime, (milliseconds) =>
  milliseconds >= 0 ? milliseconds : null,
);

const dailyClock: StoredReader<DailyPollState> = objectOrDefaults({
  stamp: time,
  dueAt: time,
  retrying: isTrue,
  disabledUntil: time,
});

const pendingPolls: StoredReader<PendingPoll[]> = storedList(
  object({ purpose: needed(oneOf(PURPOSES)), validAt: needed(time), retryAt: time }),
);

const carClocks: StoredReader<CarPollState | null> = object({
  lastSuccess: time,
  lastAttempt: time,
  failures: or(clampedNumber(0, MOST_FAILURES), 0),
  spread: or(clampedNumber(-1, 1), 0),
  pending: (stored) => onePerPurpose(pendingPolls(stored)),
  phaseAskedAt: time,
  overdueAskedAt: time,
  overdueAsked: isTrue,
  daily: objectOrDefaults({ chargingHistory: dailyClock, tyreDiagnosis: dailyClock }),
});

const cars = byKey(parseVin, carClocks);

/** Decodes a saved state; damaged or missing parts count as never polled. Never throws. */
export function decodePollingState(saved: unknown): PollingState {
  const known = Object.entries(cars(isObject(saved) ? saved["cars"] : null));
  return { cars: Object.fromEntries(known.slice(-MOST_CARS)) };
}

function onePerPurpose(polls: readonly PendingPoll[]): PendingPoll[] {
  return [...new Map(polls.map((poll) => [poll.purpose, poll])).values()];
}
