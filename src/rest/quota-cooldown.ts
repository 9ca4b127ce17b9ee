import type { Clock } from "../support/clock.js";
import { validTime } from "../support/iso-time.js";
import { finiteNumber } from "../support/json.js";
import { or, then, objectOrDefaults, type StoredReader } from "../support/stored-schema.js";

/** The state of the cooldown that outlives a restart. */
export interface QuotaCooldownState {
  /** End of the pause [ms]; in the past or 0 without one. */
  readonly until: number;
  /** Number of refusals since BMW last answered ten times without one. */
  readonly hits: number;
  /** Number of answers since the last refusal. */
  readonly successes: number;
}

const HOUR_MS = 3600 * 1000;
const DAY_MS = 24 * HOUR_MS;
const SHORTEST_MS = 60_000;
const LONGEST_HOURS = 24;
const SUCCESSES_TO_FORGET = 10;

/**
 * Pauses calls after BMW's "quota used up": 1, 2, 4, 8, 16, 24 hours, but no longer than to the next midnight UTC, when
 * a new day's quota begins; a pause that BMW asks for takes precedence (docs/bmw.md, "Quota").
 */
export class QuotaCooldown {
  #state: QuotaCooldownState = { until: 0, hits: 0, successes: 0 };

  constructor(private readonly clock: Clock) {}

  restore(state: QuotaCooldownState): void {
    this.#state = state;
  }

  get state(): QuotaCooldownState {
    return this.#state;
  }

  /**
   * Returns the end of the pause [ms]; `null` while calls may go out. A pause of more than a day comes from a wrong
   * clock.
   */
  get until(): number | null {
    const now = this.clock.now();
    const { until } = this.#state;
    return until > now && until <= now + DAY_MS ? until : null;
  }

  /**
   * Records a refusal. Simultaneous calls count once.
   * @param asked pause that BMW asks for [ms], if any
   */
  hit(asked: number | null): void {
    if (this.until !== null) return;
    const now = this.clock.now();
    const hits = this.#state.hits + 1;
    this.#state = { until: now + Math.max(SHORTEST_MS, asked ?? pauseAfter(hits, now)), hits, successes: 0 };
  }

  /** Records an answer; returns whether that cleared the former refusals. */
  success(): boolean {
    const { until, hits, successes } = this.#state;
    if (hits === 0) return false;
    const forgotten = successes + 1 >= SUCCESSES_TO_FORGET;
    this.#state = forgotten ? { until: 0, hits: 0, successes: 0 } : { until, hits, successes: successes + 1 };
    return forgotten;
  }
}

function pauseAfter(hits: number, now: number): number {
  const hours = Math.min(2 ** (hits - 1), LONGEST_HOURS);
  return Math.min(hours * HOUR_MS, nextMidnight(now) - now);
}

/** Returns the next midnight UTC [ms]. */
export function nextMidnight(time: number): number {
  return (Math.floor(time / DAY_MS) + 1) * DAY_MS;
}

const count: StoredReader<number> = or(
  then<number, number>(finiteNumber, (number) => Math.max(0, Math.trunc(number))),
  0,
);

/** Decodes a saved state tolerantly; nothing usable means no pause. */
export const decodeQuotaCooldown: StoredReader<QuotaCooldownState> = objectOrDefaults({
  until: or(validTime, 0),
  hits: count,
  successes: count,
});
