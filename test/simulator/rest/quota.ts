import type { Clock } from "../../../src/support/clock.js";

/** BMW documents no window; users saw both. */
export type QuotaWindow = "utc-day" | "rolling-24h";

const DAILY_LIMIT = 50;
const DAY_MS = 24 * 3600 * 1000;

/** The calls that an account may spend; what is refused for want of calls costs none. */
export class SimulatedQuota {
  /** Seconds for a `Retry-After` header of the refusal; `null`: none, as BMW does. */
  retryAfterS: number | null = null;
  #calls: number[] = [];

  constructor(
    private readonly clock: Clock,
    private readonly window: QuotaWindow,
  ) {}

  /** Calls spent in the present window. */
  get used(): number {
    return this.#spent().length;
  }

  /** Spends a call; false if none is left. */
  take(): boolean {
    this.#calls = this.#spent();
    if (this.#calls.length >= DAILY_LIMIT) return false;
    this.#calls.push(this.clock.now());
    return true;
  }

  /** Another client of the same account spends calls now. */
  burn(calls: number): void {
    const now = this.clock.now();
    this.#calls.push(...Array.from({ length: calls }, () => now));
  }

  /** A new day begins. */
  renew(): void {
    this.#calls = [];
  }

  #spent(): number[] {
    const now = this.clock.now();
    const begins = this.window === "utc-day" ? now - (now % DAY_MS) : now - DAY_MS + 1;
    return this.#calls.filter((time) => time >= begins);
  }
}
