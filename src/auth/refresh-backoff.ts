import { jittered, type Random } from "../support/random.js";
import type { FailedRefresh } from "./token-verdicts.js";

const TRANSIENT_RETRY_MS = [30_000, 60_000, 120_000, 300_000, 600_000, 900_000];
const RETRY_JITTER = 0.2;
/** Waits before a refusal is checked once more; after the last one it is final. */
const CONFIRM_MS = {
  /** BMW's refusal of a token; the first one is forgiven. */
  oauth: [60_000],
  /** Its gateway may refuse everybody for minutes. All of it fits into the quarter of an hour that the old tokens are good for. */
  gateway: [60_000, 120_000, 300_000],
} as const;
/** A login that BMW refuses is tried again after 1, 2, 4, 8 hours and then twice a day: 14 days, as long as one lives. */
const TRY_AGAIN_MS = 3600_000;
const TRY_AGAIN_AT_MOST_MS = 12 * 3600_000;
const MOST_TRIES_AGAIN = 30;

/** Decides how long to wait after a failed refresh of the tokens, by the failures since the last success. */
export class RefreshBackoff {
  #failures = 0;
  /** Refusals so far, by their sender; those of the gateway in a row. */
  #rejections = { oauth: 0, gateway: 0 };
  /** Whether BMW may have rotated the token without our knowing. */
  #answerLost = false;
  /** Number of attempts after the final refusal. */
  #triesAgain = 0;

  constructor(private readonly random: Random) {}

  /** Returns the wait after a failure [ms]; `null`: BMW's refusal is final. */
  after(failure: FailedRefresh): number | null {
    return failure.kind === "rejected" ? this.#confirmAfter(failure.by) : this.#retryAfter(failure.answer);
  }

  /** Returns the wait before a refused login is tried once more [ms], because BMW may be mistaken; `null`: no more. */
  afterFinalRefusal(): number | null {
    if (this.#triesAgain >= MOST_TRIES_AGAIN) return null;
    const wait = Math.min(TRY_AGAIN_MS * 2 ** this.#triesAgain++, TRY_AGAIN_AT_MOST_MS);
    return jittered(wait, RETRY_JITTER, this.random);
  }

  /** Forgets all failures. */
  reset(): void {
    this.#failures = 0;
    this.#rejections = { oauth: 0, gateway: 0 };
    this.#answerLost = false;
    this.#triesAgain = 0;
  }

  #confirmAfter(by: "oauth" | "gateway"): number | null {
    // A lost answer explains it: then the token was rotated, and is gone.
    if (by === "oauth" && this.#answerLost) return null;
    return CONFIRM_MS[by][this.#rejections[by]++] ?? null;
  }

  #retryAfter(answer: "came" | "lost" | "unsent"): number {
    if (answer !== "unsent") this.#answerLost = answer === "lost";
    if (answer === "came") this.#rejections.gateway = 0;
    const step = TRANSIENT_RETRY_MS[Math.min(this.#failures++, TRANSIENT_RETRY_MS.length - 1)] ?? 0;
    return jittered(step, RETRY_JITTER, this.random);
  }
}
