import type { Cancel, Clock } from "../support/clock.js";
import { expiryOf } from "./traccar-token.js";

const HOUR_MS = 3_600_000;
const WEEK_MS = 7 * 24 * HOUR_MS;

/** Watches the expiry that a token tells of itself: a parked car would show a refused token with its next trip only. */
export class TokenWatch {
  readonly #expiresAt: number | null;
  readonly #stop: Cancel | null = null;

  /** @param onEnding called every hour of the last week and after it */
  constructor(
    token: string,
    private readonly clock: Clock,
    private readonly onEnding: (expiresAt: number) => void,
  ) {
    this.#expiresAt = expiryOf(token);
    if (this.#expiresAt === null) return;
    // Not one timer until then: it would be longer than timers may be, and a clock may be set.
    this.#stop = clock.every(HOUR_MS, () => {
      this.check();
    });
  }

  /** Returns the time that is left [ms], not above 0 once it is over; `null` while that is more than a week. */
  get leftMs(): number | null {
    const left = this.#expiresAt === null ? Infinity : this.#expiresAt - this.clock.now();
    return left > WEEK_MS ? null : left;
  }

  check(): void {
    if (this.#expiresAt !== null && this.leftMs !== null) this.onEnding(this.#expiresAt);
  }

  close(): void {
    this.#stop?.();
  }
}
