import type { Problem } from "../support/errors.js";
import { jittered, type Random } from "../support/random.js";

/** Describes why a connection attempt or a session failed. */
export type StreamFailure =
  | { readonly kind: "network"; readonly problem: Problem }
  /** CONNACK 4 or 5, even with a renewed token. */
  | { readonly kind: "unauthorised"; readonly problem: Problem }
  /** SUBACK with a failure code: connected without a subscription. */
  | { readonly kind: "subscription"; readonly problem: Problem }
  /** CONNACK 1 or 2: most likely a wrong address. */
  | { readonly kind: "protocol"; readonly problem: Problem };

const SECOND = 1000;
const MINUTE = 60 * SECOND;

const WAITS: Readonly<Record<StreamFailure["kind"], readonly number[]>> = {
  network: [1, 2, 4, 8, 15, 30, 60, 120, 300].map((seconds) => seconds * SECOND),
  unauthorised: [MINUTE, 5 * MINUTE, 15 * MINUTE],
  subscription: [10 * SECOND, 30 * SECOND, MINUTE, 5 * MINUTE],
  protocol: [5 * MINUTE, 15 * MINUTE],
};
type StreamSource = "bmw" | "broker";

/**
 * Waits after sessions that were cut right after their start, as by a second client [ms]. BMW blocks who connects too
 * often, a user's own broker does not.
 */
const FIGHT_WAITS: Readonly<Record<StreamSource, readonly number[]>> = {
  bmw: [SECOND, 5 * SECOND, MINUTE, 5 * MINUTE, 15 * MINUTE],
  broker: [SECOND, 5 * SECOND, 15 * SECOND, 30 * SECOND],
};
const FIGHTS = { bmw: "stream_second_client", broker: "broker_second_client" } as const;
const FIGHT_FROM = 3;
const SHORT_LIFE_MS = MINUTE;
const JITTER = 0.2;

/**
 * Decides how long to wait before the next attempt, and which problem to report meanwhile. There is always a next one.
 */
export class RetryPlan {
  #failures = 0;
  #kind: StreamFailure["kind"] | null = null;
  #shortLives = 0;

  constructor(
    private readonly random: Random,
    private readonly source: StreamSource,
  ) {}

  /** Returns the wait after an attempt that failed before the subscription was granted. */
  afterFailure(failure: StreamFailure): { waitMs: number; problem: Problem } {
    if (failure.kind !== this.#kind) this.#failures = 0;
    this.#kind = failure.kind;
    return { waitMs: this.#pick(WAITS[failure.kind], this.#failures++), problem: failure.problem };
  }

  /** Returns the wait after a session that was live for `livedMs`. */
  afterLoss(livedMs: number, problem: Problem): { waitMs: number; problem: Problem } {
    this.#failures = 0;
    this.#shortLives = livedMs < SHORT_LIFE_MS ? this.#shortLives + 1 : 0;
    const fight = this.#shortLives >= FIGHT_FROM;
    const waitMs = this.#pick(FIGHT_WAITS[this.source], Math.max(0, this.#shortLives - 1));
    return { waitMs, problem: fight ? { code: FIGHTS[this.source] } : problem };
  }

  /** Forgets earlier failures, because the user intervened. */
  reset(): void {
    this.#failures = 0;
    this.#shortLives = 0;
    this.#kind = null;
  }

  #pick(waits: readonly number[], index: number): number {
    return jittered(waits[Math.min(index, waits.length - 1)] ?? MINUTE, JITTER, this.random);
  }
}
