import { finiteNumber, isObject, type JsonObject } from "../support/json.js";
import { CONTINUITY_MS, LONGEST_RESTORED_TRIP_MS } from "./settings.js";

/** Tells whether the car is on its way, and when a charge or a trip before that ended. Times in ms. */
export class DriveState {
  #since: number | null = null;
  #endedAt: number | null = null;
  #handedOverAt: number | null = null;
  #arrivedAt: number | null = null;
  #restored = false;

  get driving(): boolean {
    return this.#since !== null;
  }

  get open(): boolean {
    return this.#since !== null || this.#endedAt !== null;
  }

  /** A trip has just ended, and what follows it is looked after. */
  continues(at: number): boolean {
    const age = at - (this.#endedAt ?? Infinity);
    // A clock may be set back.
    return age >= 0 && age < CONTINUITY_MS;
  }

  /** BMW's time of the end of the last charge. */
  get handedOverAt(): number | null {
    return this.#handedOverAt;
  }

  /** A trip that was loaded again, and has ended unseen. */
  isStale(now: number): boolean {
    return this.#restored && this.#since !== null && now - this.#since > LONGEST_RESTORED_TRIP_MS;
  }

  /** Whether what was told at `at` is of the last trip, or of before. */
  isWithin(at: number): boolean {
    return at < (this.#arrivedAt ?? -Infinity);
  }

  /** Whether what was told at `at` is newer than the last charge. */
  isPast(at: number | null): boolean {
    return at !== null && at > (this.#handedOverAt ?? -Infinity);
  }

  begin(now: number): void {
    this.#since = now;
    this.#endedAt = null;
    this.#restored = false;
  }

  /** `isClosed`: by a charge, after which nothing is to be looked after. */
  end(now: number, isClosed = false): void {
    this.#endedAt = !isClosed && this.driving ? now : null;
    this.#since = null;
  }

  /** BMW's time of the end of a trip. */
  arrive(at: number): void {
    this.#arrivedAt = at;
  }

  handOver(at: number): void {
    this.#handedOverAt = at;
  }

  tick(now: number): void {
    this.#restored = false;
    if (!this.continues(now)) this.#endedAt = null;
  }

  save(): JsonObject {
    return {
      since: this.#since,
      endedAt: this.#endedAt,
      handedOverAt: this.#handedOverAt,
      arrivedAt: this.#arrivedAt,
    };
  }

  restore(saved: unknown): void {
    if (!isObject(saved)) return;
    this.#since = finiteNumber(saved["since"]);
    this.#endedAt = finiteNumber(saved["endedAt"]);
    this.#handedOverAt = finiteNumber(saved["handedOverAt"]);
    this.#arrivedAt = finiteNumber(saved["arrivedAt"]);
    this.#restored = this.#since !== null;
  }
}
