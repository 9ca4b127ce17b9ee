import { timeIn } from "../support/iso-time.js";
import { finite, isObject, type JsonObject } from "../support/json.js";
import { parseVin } from "../support/vin.js";
import type { DailyFeature, EventPurpose } from "./jobs.js";

/** An event poll that is still to be made. */
export interface PendingPoll {
  readonly purpose: EventPurpose;
  /** A poll before this time does not tell what is asked. */
  readonly validAt: number;
  /** Set by the first try that brought nothing: there is one more, not before this time. */
  readonly retryAt: number | null;
}

/** The remembered times of one daily feature of one car. */
export interface DailyPollState {
  /** When a call was sent last. */
  readonly stamp: number | null;
  /** A time for the next call other than the usual minute: a retry, or one that was missed. */
  readonly dueAt: number | null;
  /** The planned call is the retry of a failed one. */
  readonly retrying: boolean;
  /** BMW refused the feature. */
  readonly disabledUntil: number | null;
}

/** The remembered times of the calls for one car. All in milliseconds UTC; `null`: never. */
export interface CarPollState {
  /** Start of the last call for telematic data that worked, whoever asked. */
  readonly lastSuccess: number | null;
  /** Start of the last such call that was sent. */
  readonly lastAttempt: number | null;
  /** Failed attempts since the last success. */
  readonly failures: number;
  /** The share of the jitter that the present wait gets, -1 to 1. */
  readonly spread: number;
  readonly pending: readonly PendingPoll[];
  readonly phaseAskedAt: number | null;
  readonly overdueAskedAt: number | null;
  /** The present charge was asked about because it ought to be over. */
  readonly overdueAsked: boolean;
  readonly daily: Readonly<Record<DailyFeature, DailyPollState>>;
}

/** The state that outlives a restart, by VIN, least recently changed first. A JSON value. */
export interface PollingState {
  readonly cars: Readonly<Record<string, CarPollState>>;
}

const NEW_DAILY: DailyPollState = { stamp: null, dueAt: null, retrying: false, disabledUntil: null };

/** A car that nobody ever asked about. */
export const NEW_CAR: CarPollState = {
  lastSuccess: null,
  lastAttempt: null,
  failures: 0,
  spread: 0,
  pending: [],
  phaseAskedAt: null,
  overdueAskedAt: null,
  overdueAsked: false,
  daily: { chargingHistory: NEW_DAILY, tyreDiagnosis: NEW_DAILY },
};

export const MOST_CARS = 100;
/** More make no difference to any wait. */
const MOST_FAILURES = 100;
const PURPOSES: readonly unknown[] = [
  "tripEnded",
  "chargingEnded",
  "phaseCount",
  "chargeOverdue",
] satisfies EventPurpose[];

/** The state out of what was saved; what is damaged or missing counts as never asked. Never throws. */
export function decodePollingState(saved: unknown): PollingState {
  const cars = isObject(saved) && isObject(saved["cars"]) ? Object.entries(saved["cars"]) : [];
  const decoded = cars.flatMap(([key, car]): [string, CarPollState][] => {
    const vin = parseVin(key);
    return vin === null || !isObject(car) ? [] : [[vin, decodeCar(car)]];
  });
  return { cars: Object.fromEntries(decoded.slice(-MOST_CARS)) };
}

function decodeCar(saved: JsonObject): CarPollState {
  const daily = isObject(saved["daily"]) ? saved["daily"] : {};
  return {
    lastSuccess: time(saved["lastSuccess"]),
    lastAttempt: time(saved["lastAttempt"]),
    failures: within(saved["failures"], 0, MOST_FAILURES),
    spread: within(saved["spread"], -1, 1),
    pending: decodePending(saved["pending"]),
    phaseAskedAt: time(saved["phaseAskedAt"]),
    overdueAskedAt: time(saved["overdueAskedAt"]),
    overdueAsked: saved["overdueAsked"] === true,
    daily: {
      chargingHistory: decodeDaily(daily["chargingHistory"]),
      tyreDiagnosis: decodeDaily(daily["tyreDiagnosis"]),
    },
  };
}

/** One of each purpose. */
function decodePending(saved: unknown): PendingPoll[] {
  const polls = new Map<EventPurpose, PendingPoll>();
  for (const poll of (Array.isArray(saved) ? saved : []).filter(isObject)) {
    const { purpose } = poll;
    const validAt = time(poll["validAt"]);
    if (isPurpose(purpose) && validAt !== null)
      polls.set(purpose, { purpose, validAt, retryAt: time(poll["retryAt"]) });
  }
  return [...polls.values()];
}

function decodeDaily(saved: unknown): DailyPollState {
  if (!isObject(saved)) return NEW_DAILY;
  return {
    stamp: time(saved["stamp"]),
    dueAt: time(saved["dueAt"]),
    retrying: saved["retrying"] === true,
    disabledUntil: time(saved["disabledUntil"]),
  };
}

function isPurpose(value: unknown): value is EventPurpose {
  return PURPOSES.includes(value);
}

function time(saved: unknown): number | null {
  const milliseconds = timeIn(saved);
  return milliseconds !== null && milliseconds >= 0 ? milliseconds : null;
}

function within(saved: unknown, least: number, most: number): number {
  return Math.min(most, Math.max(least, finite(saved) ?? 0));
}
