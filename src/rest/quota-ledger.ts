import type { Clock } from "../support/clock.js";
import { isoTime, validTime } from "../support/iso-time.js";
import { isObject, nonEmptyText } from "../support/json.js";
import { isTrue, storedList, needed, object, oneOf, or, word, type StoredReader } from "../support/stored-schema.js";
import { maskVin } from "../support/vin.js";
import { BUDGETS, type Budget, type RestCall } from "./rest-call.js";
import { QuotaCooldown, decodeQuotaCooldown, nextMidnight, type QuotaCooldownState } from "./quota-cooldown.js";

/** Holds the daily quota as users see it. Times in ms. */
export interface QuotaSnapshot {
  readonly used: number;
  /** Never below 0. */
  readonly remaining: number;
  readonly limit: number;
  /** BMW documents neither; assumed to be the day until a refusal shows otherwise. */
  readonly window: "utc-day" | "rolling-24h";
  /**
   * Time at which calls become available: the first one in a rolling window, or the end of the pause after a refusal.
   */
  readonly resetsAt: number;
  /** Time before which nothing is sent, because BMW refused a call. */
  readonly blockedUntil: number | null;
}

/** Holds one request that was sent, answered or not. */
export interface CountedAttempt {
  readonly at: number;
  readonly budget: Budget;
  readonly endpoint: string;
  /** Masked; `null` if it was not about a car. */
  readonly car: string | null;
  /** `sent` (no answer yet, or none at all), `ok`, or the error code. */
  readonly outcome: string;
}

/** The state of the ledger that outlives a restart. */
export interface LedgerState {
  /** Attempts of the last 24 hours, oldest first. */
  readonly attempts: readonly CountedAttempt[];
  readonly cooldown: QuotaCooldownState;
  /** Whether BMW refused a call on a day on which this account had calls left. */
  readonly rolling: boolean;
  /** Whether this account had sent less than the quota in 24 hours at the last refusal. */
  readonly foreign: boolean;
}

const DAILY_LIMIT = 50;
/** Limits automatic calls; the rest is reserved for manual requests. */
const AUTOMATIC_LIMIT = 45;
const DAY_MS = 24 * 3600 * 1000;
/** Tolerates a clock that was set back a little [ms]; times further ahead come from a wrong clock. */
const CLOCK_TOLERANCE_MS = 3600 * 1000;
/** Limits the stored attempts, so that a flow that polls without end does not grow the file without end. */
const MOST_ATTEMPTS = 500;

/** Counts every request that was sent to BMW's REST API and determines when the next one may go out. */
export class QuotaLedger {
  #attempts: CountedAttempt[] = [];
  readonly #cooldown: QuotaCooldown;
  #rolling = false;
  #foreign = false;

  constructor(
    private readonly clock: Clock,
    private readonly onChange: () => void,
  ) {
    this.#cooldown = new QuotaCooldown(clock);
  }

  /** Restores a saved state. */
  restore(state: LedgerState): void {
    this.#attempts = [...state.attempts];
    this.#cooldown.restore(state.cooldown);
    this.#rolling = state.rolling;
    this.#foreign = state.foreign;
  }

  get state(): LedgerState {
    const cooldown = this.#cooldown.state;
    return { attempts: [...this.#attempts], cooldown, rolling: this.#rolling, foreign: this.#foreign };
  }

  /** Returns the attempts of the present window, oldest first. */
  get calls(): readonly CountedAttempt[] {
    const now = this.clock.now();
    return this.#since(this.#rolling ? now - DAY_MS : nextMidnight(now) - DAY_MS - 1);
  }

  /** The number of calls that this account sent within 24 hours. */
  get sentInDay(): number {
    return this.#since(this.clock.now() - DAY_MS).length;
  }

  /** Returns whether BMW's last refusal came although this account was within its quota. */
  get foreign(): boolean {
    return this.#foreign;
  }

  /**
   * Counts an attempt; call right before sending. Returns a function that records its outcome: `ok` or an error code;
   * `null`: it was never sent.
   */
  count({ budget, endpoint, vin }: Pick<RestCall, "budget" | "endpoint" | "vin">): (outcome: string | null) => void {
    const now = this.clock.now();
    const attempt: CountedAttempt = {
      at: now,
      budget,
      endpoint,
      car: vin === undefined ? null : maskVin(vin),
      outcome: "sent",
    };
    // Attempts ahead of now stay: the clock may be behind, and they count again when it is corrected.
    const kept = this.#attempts.filter(({ at }) => at > now - DAY_MS);
    this.#attempts = [...kept, attempt].slice(-MOST_ATTEMPTS);
    this.onChange();
    return (outcome) => {
      const ended = outcome === null ? [] : [{ ...attempt, outcome }];
      this.#attempts = this.#attempts.flatMap((one) => (one === attempt ? ended : [one]));
      if (outcome === "ok") this.#succeeded();
      this.onChange();
    };
  }

  /**
   * Records that BMW reported the quota as used up.
   * @param asked pause that BMW asks for [ms], if any
   */
  exhausted(asked: number | null): void {
    if (this.#cooldown.until === null) {
      // The refused call is counted already.
      this.#foreign = this.sentInDay <= DAILY_LIMIT;
      this.#rolling ||= this.calls.length <= DAILY_LIMIT;
    }
    this.#cooldown.hit(asked);
    this.onChange();
  }

  /**
   * Returns when a call of this budget may go out [ms]; `null`: now. Only BMW's own refusal delays manual calls.
   * @param share number of the window's calls that the budget may take
   */
  opensAt(budget: Budget, share = Infinity): number | null {
    const { until } = this.#cooldown;
    if (until !== null || budget === "manual") return until;
    const { calls } = this;
    const times = [
      this.#freeAgain(calls, AUTOMATIC_LIMIT),
      this.#freeAgain(
        calls.filter((call) => call.budget === budget),
        share,
      ),
    ];
    const latest = Math.max(...times);
    return latest > 0 ? latest : null;
  }

  get quota(): QuotaSnapshot {
    const now = this.clock.now();
    const { calls } = this;
    const blockedUntil = this.#cooldown.until;
    const used = blockedUntil === null ? calls.length : Math.max(calls.length, DAILY_LIMIT);
    const first = this.#rolling ? dayAfter(calls[0], now) : nextMidnight(now);
    return {
      used,
      remaining: Math.max(0, DAILY_LIMIT - used),
      limit: DAILY_LIMIT,
      window: this.#rolling ? "rolling-24h" : "utc-day",
      resetsAt: blockedUntil ?? first,
      blockedUntil,
    };
  }

  /** Returns when fewer than `limit` of `calls` are left in the window [ms]; 0 if that is so now. */
  #freeAgain(calls: readonly CountedAttempt[], limit: number): number {
    if (calls.length < limit) return 0;
    const now = this.clock.now();
    if (!this.#rolling) return nextMidnight(now);
    return dayAfter(calls[calls.length - limit], now);
  }

  /** Records an answer: more answers than the quota within 24 hours show that the window is the UTC day. */
  #succeeded(): void {
    if (this.#cooldown.success()) this.#foreign = false;
    if (this.sentInDay > DAILY_LIMIT) this.#rolling = false;
  }

  /** Returns the attempts after `begin`. */
  #since(begin: number): CountedAttempt[] {
    const latest = this.clock.now() + CLOCK_TOLERANCE_MS;
    return this.#attempts.filter(({ at }) => at > begin && at <= latest);
  }
}

/** Returns when an attempt leaves a rolling window [ms]. */
function dayAfter(attempt: CountedAttempt | undefined, now: number): number {
  return Math.min(attempt?.at ?? now, now) + DAY_MS;
}

/** Decodes a saved ledger tolerantly; also counts calls that an older version saved as bare times. */
export function decodeLedger(data: unknown): LedgerState {
  const saved = isObject(data) ? data : {};
  const attempts = storedList((stored) => attempt(isObject(stored) ? stored : { at: stored }))(saved["attempts"]);
  return {
    attempts: attempts.slice(-MOST_ATTEMPTS),
    cooldown: decodeQuotaCooldown(saved["cooldown"] ?? { until: saved["blockedUntil"] }),
    rolling: isTrue(saved["rolling"]),
    foreign: isTrue(saved["foreign"]),
  };
}

const attempt: StoredReader<CountedAttempt | null> = object({
  at: needed(validTime),
  budget: or(oneOf(BUDGETS), "manual"),
  endpoint: word,
  car: nonEmptyText,
  outcome: or(nonEmptyText, "sent"),
});

export type QuotaReportData = ReturnType<typeof quotaReport>;

/** Describes the quota with every call that was spent of it; costs none. */
export function quotaReport(ledger: QuotaLedger) {
  const { resetsAt, blockedUntil, ...figures } = ledger.quota;
  const calls = ledger.calls.map(({ at, endpoint, budget, car, outcome }) => {
    return { at: isoTime(at), endpoint, budget, vin: car, outcome };
  });
  const byBudget: Partial<Record<Budget, number>> = {};
  for (const { budget } of calls) byBudget[budget] = (byBudget[budget] ?? 0) + 1;
  return {
    ...figures,
    resetsAt: isoTime(resetsAt),
    blockedUntil: blockedUntil === null ? null : isoTime(blockedUntil),
    byBudget,
    calls,
  };
}
