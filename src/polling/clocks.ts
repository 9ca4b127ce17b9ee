import { isDeepStrictEqual } from "node:util";
import { MOST_CARS, NEW_CAR, type CarClocks, type DailyClock, type PendingPoll, type PollingState } from "./state.js";
import { CLOCK_TOLERANCE_MS, DAILY_RETRY_MS, RETRY_MS, SNAPSHOT_LAG_MS, WEEK_MS } from "./times.js";

/** The clocks of all cars, bounded: the car without news for longest is forgotten first. */
export class Clocks {
  #cars = new Map<string, CarClocks>();
  #changed = false;

  restore(state: PollingState): void {
    this.#cars = new Map(Object.entries(state.cars));
  }

  get state(): PollingState {
    return { cars: Object.fromEntries(this.#cars) };
  }

  of(vin: string): CarClocks {
    return this.#cars.get(vin) ?? NEW_CAR;
  }

  set(vin: string, clocks: CarClocks): void {
    if (isDeepStrictEqual(this.of(vin), clocks)) return;
    this.#cars.delete(vin);
    this.#cars.set(vin, clocks);
    for (const oldest of this.#cars.keys()) if (this.#cars.size > MOST_CARS) this.#cars.delete(oldest);
    this.#changed = true;
  }

  /** Whether anything has changed since this was asked last. */
  takeChanged(): boolean {
    const changed = this.#changed;
    this.#changed = false;
    return changed;
  }
}

/**
 * The clocks without times that cannot be, as a clock that was set leaves them behind: none may delay a call by more
 * than its normal wait.
 * @param latest the last moment at which anything can have been noted
 */
export function clamped(clocks: CarClocks, latest: number): CarClocks {
  const { chargingHistory, tyreDiagnosis } = clocks.daily;
  return {
    ...clocks,
    lastSuccess: notAfter(clocks.lastSuccess, latest),
    lastAttempt: notAfter(clocks.lastAttempt, latest),
    phaseAskedAt: notAfter(clocks.phaseAskedAt, latest),
    overdueAskedAt: notAfter(clocks.overdueAskedAt, latest),
    pending: clocks.pending.map((poll) => clampedPoll(poll, latest)),
    daily: {
      chargingHistory: clampedDaily(chargingHistory, latest),
      tyreDiagnosis: clampedDaily(tyreDiagnosis, latest),
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

function clampedDaily(clock: DailyClock, latest: number): DailyClock {
  const { stamp, dueAt, disabledUntil } = clock;
  return {
    ...clock,
    // The stamp of a day that has not come yet says nothing about today.
    stamp: stamp !== null && stamp > latest + CLOCK_TOLERANCE_MS ? null : notAfter(stamp, latest),
    dueAt: notAfter(dueAt, latest + DAILY_RETRY_MS),
    disabledUntil: notAfter(disabledUntil, latest + WEEK_MS),
  };
}

function notAfter(time: number | null, latest: number): number | null {
  return time === null ? null : Math.min(time, latest);
}
