import { isDeepStrictEqual } from "node:util";
import {
  MOST_CARS,
  NEW_POLL_STATE,
  type CarPollState,
  type DailyPollState,
  type PendingPoll,
  type PollingState,
} from "./poll-state.js";
import { CLOCK_TOLERANCE_MS, DAILY_RETRY_MS, RETRY_MS, SNAPSHOT_LAG_MS, WEEK_MS } from "./durations.js";

/** Holds the poll states of all cars, bounded: the car whose values are oldest is forgotten first. */
export class PollStateStore {
  #cars = new Map<string, CarPollState>();
  #changed = false;

  restore(state: PollingState): void {
    this.#cars = new Map(Object.entries(state.cars));
  }

  get state(): PollingState {
    return { cars: Object.fromEntries(this.#cars) };
  }

  of(vin: string): CarPollState {
    return this.#cars.get(vin) ?? NEW_POLL_STATE;
  }

  set(vin: string, pollState: CarPollState): void {
    if (isDeepStrictEqual(this.of(vin), pollState)) return;
    this.#cars.delete(vin);
    this.#cars.set(vin, pollState);
    for (const oldest of this.#cars.keys()) if (this.#cars.size > MOST_CARS) this.#cars.delete(oldest);
    this.#changed = true;
  }

  /** Returns whether anything has changed since the last call. */
  takeChanged(): boolean {
    const changed = this.#changed;
    this.#changed = false;
    return changed;
  }
}

/**
 * The poll state without times that cannot be, as a clock that was set leaves them behind: none may delay a call by more
 * than its normal wait.
 * @param latest the last moment at which anything can have been noted
 */
export function clampedState(pollState: CarPollState, latest: number): CarPollState {
  const { chargingHistory, tyreDiagnosis } = pollState.daily;
  return {
    ...pollState,
    lastSuccess: notAfter(pollState.lastSuccess, latest),
    lastAttempt: notAfter(pollState.lastAttempt, latest),
    phaseAskedAt: notAfter(pollState.phaseAskedAt, latest),
    overdueAskedAt: notAfter(pollState.overdueAskedAt, latest),
    pending: pollState.pending.map((poll) => clampedPoll(poll, latest)),
    daily: {
      chargingHistory: clampedDailyState(chargingHistory, latest),
      tyreDiagnosis: clampedDailyState(tyreDiagnosis, latest),
    },
  };
}

function clampedPoll(poll: PendingPoll, latest: number): PendingPoll {
  return {
    ...poll,
    validAt: Math.min(poll.validAt, latest + SNAPSHOT_LAG_MS),
    retryAt: notAfter(poll.retryAt, latest + RETRY_MS),
  };
}

function clampedDailyState(daily: DailyPollState, latest: number): DailyPollState {
  const { stamp, dueAt, disabledUntil } = daily;
  return {
    ...daily,
    // The stamp of a future day says nothing about today.
    stamp: stamp !== null && stamp > latest + CLOCK_TOLERANCE_MS ? null : notAfter(stamp, latest),
    dueAt: notAfter(dueAt, latest + DAILY_RETRY_MS),
    disabledUntil: notAfter(disabledUntil, latest + WEEK_MS),
  };
}

function notAfter(time: number | null, latest: number): number | null {
  return time === null ? null : Math.min(time, latest);
}
