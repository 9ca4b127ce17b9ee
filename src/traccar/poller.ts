import type { Cancel, Clock } from "../support/clock.js";
import { toCarDataError, type CarDataError } from "../support/errors.js";
import type { PositionAnswer } from "./client.js";
import type { TrackerFix } from "./types.js";

/** What one look gave, and why it gave nothing. */
export interface Look {
  readonly fix: TrackerFix;
  readonly error: CarDataError | null;
}

export interface PollerOptions {
  readonly clock: Clock;
  /** Milliseconds from an answer to the next look. */
  readonly intervalMs: number;
  /** Rejects with `CarDataError`. */
  readonly ask: () => Promise<PositionAnswer>;
  /** Every look of a running poller, and every one that was asked for. */
  readonly onLook: (look: Look) => void;
}

const HOUR_MS = 3_600_000;
/** A fix that is older, in intervals, tells no speed. */
const STALE_AFTER = 3;

/** Looks at one tracker again and again, never twice at once. */
export class TraccarPoller {
  #running = false;
  #closed = false;
  #next: Cancel | null = null;
  #asking: Promise<Look> | null = null;
  /** Somebody wants the answer that is under way, even if the poller is stopped. */
  #wanted = false;
  /** How often in a row the token was refused. */
  #refusals = 0;
  #fixTime: number | null = null;
  /** How many looks in a row found the same fix: tells a silent tracker even if a clock is wrong. */
  #repeats = 0;

  constructor(private readonly options: PollerOptions) {}

  get running(): boolean {
    return this.#running;
  }

  /** Looks at once, then again and again; does nothing while it runs. */
  start(): void {
    if (this.#running || this.#closed) return;
    this.#running = true;
    this.#refusals = 0;
    this.#fixTime = null;
    void this.#look();
  }

  /** No further look, and an answer that is under way is not heard. */
  stop(): void {
    this.#running = false;
    this.#next?.();
    this.#next = null;
  }

  /** Like `stop`, for good. */
  close(): void {
    this.#closed = true;
    this.stop();
  }

  /** Looks now, whether it runs or not. Never rejects. */
  look(): Promise<Look> {
    this.#wanted = true;
    return this.#look();
  }

  #look(): Promise<Look> {
    this.#next?.();
    this.#next = null;
    this.#asking ??= this.#ask();
    return this.#asking;
  }

  async #ask(): Promise<Look> {
    const look = await this.#answer();
    this.#asking = null;
    this.#refusals = look.error?.code === "traccar_unauthorised" ? this.#refusals + 1 : 0;
    this.#plan();
    const isHeard = !this.#closed && (this.#running || this.#wanted);
    this.#wanted = false;
    if (isHeard) this.options.onLook(look);
    return look;
  }

  async #answer(): Promise<Look> {
    const { ask, clock } = this.options;
    try {
      return { fix: this.#judge(await ask()), error: null };
    } catch (thrown) {
      return { fix: { speedKmh: null, position: null, at: clock.now() }, error: toCarDataError(thrown) };
    }
  }

  #judge({ position, serverTime }: PositionAnswer): TrackerFix {
    const at = this.options.clock.now();
    this.#count(position?.fixTime ?? null);
    const isLive = position?.valid === true && !this.#isStale(position.fixTime, [at, serverTime ?? at]);
    return { speedKmh: isLive ? position.speedKmh : null, position, at };
  }

  #count(fixTime: number | null): void {
    // Looks that were asked for may follow each other quickly.
    if (fixTime !== this.#fixTime) this.#repeats = 0;
    else if (!this.#wanted) this.#repeats++;
    this.#fixTime = fixTime;
  }

  /** One of the clocks may be wrong: a machine without a battery for its clock, or a user who sets it. */
  #isStale(fixTime: number | null, clocks: readonly number[]): boolean {
    if (fixTime === null) return false;
    const longest = STALE_AFTER * this.options.intervalMs;
    return this.#repeats > STALE_AFTER || clocks.every((now) => now - fixTime > longest);
  }

  #plan(): void {
    if (!this.#running) return;
    const { clock, intervalMs } = this.options;
    // A refused token stays refused until somebody acts; servers bar those who insist.
    const longest = Math.max(HOUR_MS, intervalMs);
    const wait = Math.min(intervalMs * 2 ** Math.min(this.#refusals, 20), longest);
    this.#next = clock.after(wait, () => {
      void this.#look();
    });
  }
}
