import type { Cancel, Clock } from "../support/clock.js";
import { toCarDataError, type CarDataError } from "../support/errors.js";
import type { PositionAnswer } from "./traccar-client.js";
import type { TrackerFix } from "./tracker-types.js";

/** Holds the result of one poll, and why it failed. */
export interface TrackerPollResult {
  readonly fix: TrackerFix;
  readonly error: CarDataError | null;
}

export interface PollerOptions {
  readonly clock: Clock;
  /** Time from an answer to the next poll [ms]. */
  readonly intervalMs: number;
  /** Fetches the position; rejects with `CarDataError`. */
  readonly ask: () => Promise<PositionAnswer>;
  /** Called with every result of a running poller, and with every requested one. */
  readonly onLook: (result: TrackerPollResult) => void;
}

const HOUR_MS = 3_600_000;
/** Limits the age of a fix that gives a speed [intervals]. */
const STALE_AFTER = 3;
/** Tolerance by which clocks may differ [ms]; a fix further ahead hides what the tracker sends until its time comes. */
const AHEAD_MS = 60_000;

/** Polls one tracker periodically, never twice at once. */
export class TraccarPoller {
  #running = false;
  #closed = false;
  #next: Cancel | null = null;
  #asking: Promise<TrackerPollResult> | null = null;
  /** Whether somebody wants the pending answer, even if the poller is stopped. */
  #wanted = false;
  /** Number of consecutive refusals of the token. */
  #refusals = 0;
  #fixTime: number | null = null;
  /** Number of consecutive polls with the same fix: detects a silent tracker even if a clock is wrong. */
  #repeats = 0;

  constructor(private readonly options: PollerOptions) {}

  get running(): boolean {
    return this.#running;
  }

  /** Polls at once, then periodically; does nothing while it runs. */
  start(): void {
    if (this.#running || this.#closed) return;
    this.#running = true;
    this.#refusals = 0;
    this.#fixTime = null;
    void this.#poll();
  }

  /** Stops polling and ignores a pending answer. */
  stop(): void {
    this.#running = false;
    this.#next?.();
    this.#next = null;
  }

  /** Stops polling permanently. */
  close(): void {
    this.#closed = true;
    this.stop();
  }

  /** Polls now, whether it runs or not. Never rejects. */
  poll(): Promise<TrackerPollResult> {
    this.#wanted = true;
    return this.#poll();
  }

  #poll(): Promise<TrackerPollResult> {
    this.#next?.();
    this.#next = null;
    this.#asking ??= this.#ask();
    return this.#asking;
  }

  async #ask(): Promise<TrackerPollResult> {
    const result = await this.#answer();
    this.#asking = null;
    this.#refusals = result.error?.code === "traccar_unauthorised" ? this.#refusals + 1 : 0;
    this.#plan();
    const isHeard = !this.#closed && (this.#running || this.#wanted);
    this.#wanted = false;
    if (isHeard) this.options.onLook(result);
    return result;
  }

  async #answer(): Promise<TrackerPollResult> {
    const { ask, clock } = this.options;
    try {
      return { fix: this.#toFix(await ask()), error: null };
    } catch (thrown) {
      return { fix: { speedKmh: null, position: null, at: clock.now() }, error: toCarDataError(thrown) };
    }
  }

  #toFix({ position, serverTime }: PositionAnswer): TrackerFix {
    const at = this.options.clock.now();
    const fixTime = position?.fixTime ?? null;
    this.#count(fixTime);
    const isTimely = !this.#isStale(fixTime, [at, serverTime ?? at]) && !isAhead(fixTime, at, serverTime);
    const isLive = position?.valid === true && isTimely;
    return { speedKmh: isLive ? position.speedKmh : null, position, at };
  }

  #count(fixTime: number | null): void {
    // Requested polls may follow each other quickly.
    if (fixTime !== this.#fixTime) this.#repeats = 0;
    else if (!this.#wanted) this.#repeats++;
    this.#fixTime = fixTime;
  }

  /** Returns whether a fix is stale by all clocks, one of which may be wrong. */
  #isStale(fixTime: number | null, clocks: readonly number[]): boolean {
    if (fixTime === null) return false;
    const longest = STALE_AFTER * this.options.intervalMs;
    return this.#repeats > STALE_AFTER || clocks.every((now) => now - fixTime > longest);
  }

  #plan(): void {
    if (!this.#running) return;
    const { clock, intervalMs } = this.options;
    // A refused token stays refused until the user acts; servers block clients that insist.
    const longest = Math.max(HOUR_MS, intervalMs);
    const wait = Math.min(intervalMs * 2 ** Math.min(this.#refusals, 20), longest);
    this.#next = clock.after(wait, () => {
      void this.#poll();
    });
  }
}

/** Returns whether a fix is ahead by both clocks, one of which may be wrong; without the server's nobody knows. */
function isAhead(fixTime: number | null, now: number, serverTime: number | null): boolean {
  return fixTime !== null && serverTime !== null && fixTime - Math.max(now, serverTime) > AHEAD_MS;
}
