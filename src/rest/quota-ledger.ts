import type { Clock } from "../support/clock.js";

/** A day's quota as users see it. */
export interface Quota {
  readonly used: number;
  /** Never below 0. */
  readonly remaining: number;
  readonly limit: number;
  /** Which of the two views is the tighter one: BMW documents neither. */
  readonly window: "utc-day" | "rolling-24h";
  /** Milliseconds. */
  readonly resetsAt: number;
}

export const DAILY_LIMIT = 50;
const DAY_MS = 24 * 3600 * 1000;

/** What the ledger keeps over restarts. */
export interface LedgerState {
  /** Times of the attempts of the last 24 hours, in milliseconds, oldest first. */
  readonly attempts: readonly number[];
  /** No request before this time; 0 if nothing holds them back. */
  readonly blockedUntil: number;
}

/** Counts every request that was sent to BMW's REST API, answered or not. */
export class QuotaLedger {
  #attempts: number[] = [];
  #blockedUntil = 0;

  constructor(
    private readonly clock: Clock,
    private readonly onChange: () => void,
  ) {}

  /** Goes on from a saved state. */
  restore(state: LedgerState): void {
    this.#attempts = [...state.attempts];
    this.#blockedUntil = state.blockedUntil;
  }

  get state(): LedgerState {
    return { attempts: [...this.#attempts], blockedUntil: this.#blockedUntil };
  }

  /** Until when BMW's own refusal holds requests back, or `null`. A block of more than a day is a wrong clock. */
  get blockedUntil(): number | null {
    const now = this.clock.now();
    return this.#blockedUntil > now && this.#blockedUntil <= now + DAY_MS ? this.#blockedUntil : null;
  }

  /** Call right before sending. */
  count(): void {
    const now = this.clock.now();
    this.#attempts = this.#attempts.filter((time) => time > now - DAY_MS && time <= now);
    this.#attempts.push(now);
    this.onChange();
  }

  /** BMW said that the quota is used up: it comes back at midnight UTC. */
  exhausted(): void {
    this.#blockedUntil = nextMidnight(this.clock.now());
    this.onChange();
  }

  get quota(): Quota {
    const now = this.clock.now();
    const recent = this.#attempts.filter((time) => time > now - DAY_MS && time <= now);
    const midnight = nextMidnight(now);
    const today = recent.filter((time) => time >= midnight - DAY_MS).length;
    if (this.blockedUntil !== null || today === recent.length)
      return summary(this.blockedUntil === null ? today : Math.max(today, DAILY_LIMIT), "utc-day", midnight);
    return summary(recent.length, "rolling-24h", (recent[0] ?? now) + DAY_MS);
  }
}

function summary(used: number, window: Quota["window"], resetsAt: number): Quota {
  return { used, remaining: Math.max(0, DAILY_LIMIT - used), limit: DAILY_LIMIT, window, resetsAt };
}

/** The next midnight UTC, in milliseconds. */
export function nextMidnight(time: number): number {
  return (Math.floor(time / DAY_MS) + 1) * DAY_MS;
}
