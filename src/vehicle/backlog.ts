import { validTime } from "../support/iso-time.js";
import { isObject, type JsonObject } from "../support/json.js";
import { isOutdated, toldAt } from "./outdated.js";
import type { EntryBatch } from "./reading-filter.js";

/** Waits so long for more of it [ms]: only then the silence since counts. */
const PAUSE_MS = 20_000;

/**
 * Follows what a broker has kept while nobody listened, and gives all at once. As long as it does, a car is silent only
 * between the times at which its messages were told.
 */
export class Backlog {
  /** When the newest of it was told [ms]. */
  #toldAt = -Infinity;
  #until = -Infinity;

  /** Returns when a silence that is over at `due` counts [ms]: not before the rest of it has come. */
  dueAfter(due: number, now: number): number {
    return this.#isGoing(now) ? Math.max(due, this.#until) : due;
  }

  /** Waits for it after a start; the car was heard until `told`. */
  expect(told: number, now: number): void {
    this.#toldAt = told;
    this.#until = now + PAUSE_MS;
  }

  /** Takes a batch; returns whether this one or the one before belongs to it. */
  take(batch: EntryBatch): boolean {
    const [told, now] = [toldAt(batch), batch.receivedAt];
    const wasLate = this.#isGoing(now);
    const isLate = wasLate ? now - told > PAUSE_MS : isOutdated(told, now);
    if (isLate) {
      this.#toldAt = Math.max(this.#toldAt, told);
      this.#until = now + PAUSE_MS;
    } else if (batch.source === "stream") this.#until = -Infinity;
    return isLate || wasLate;
  }

  /** Returns the time up to which the car has been heard [ms]. */
  heardUntil(now: number): number {
    return this.#isGoing(now) ? this.#toldAt : now;
  }

  /** Returns whether more of it is expected; a clock that was set back meanwhile makes no long pause. */
  #isGoing(now: number): boolean {
    const left = this.#until - now;
    return left > 0 && left <= PAUSE_MS;
  }

  save(): JsonObject {
    return this.#until === -Infinity ? {} : { toldAt: this.#toldAt, until: this.#until };
  }

  restore(saved: unknown): void {
    const { toldAt: told, until } = isObject(saved) ? saved : {};
    this.#toldAt = validTime(told) ?? -Infinity;
    this.#until = validTime(until) ?? -Infinity;
  }
}
