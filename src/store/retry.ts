import type { Cancel, Clock } from "../support/clock.js";

/** Pauses between attempts [ms]: short at first, because most failures are brief, then longer. */
const PAUSES_MS = [1000, 2000, 5000, 10_000, 20_000, 30_000];

/** Retries after increasing pauses until nothing is left to try. */
export class Retry {
  #step = 0;
  #timer: Cancel | null = null;
  #isRunning = false;
  #isClosed = false;

  /**
   * Prepares retries.
   * @param attempt resolves with `true` when nothing is left to try; never rejects
   */
  constructor(
    private readonly clock: Clock,
    private readonly attempt: () => Promise<boolean>,
  ) {}

  /** Plans the next attempt. */
  plan(): void {
    if (this.#timer !== null || this.#isRunning || this.#isClosed) return;
    const pause = PAUSES_MS[Math.min(this.#step++, PAUSES_MS.length - 1)] ?? 0;
    this.#timer = this.clock.after(pause, () => void this.#run());
  }

  /** Resets the pauses after success. */
  over(): void {
    this.#step = 0;
    this.#timer?.();
    this.#timer = null;
  }

  close(): void {
    this.over();
    this.#isClosed = true;
  }

  async #run(): Promise<void> {
    this.#timer = null;
    this.#isRunning = true;
    const isOver = await this.attempt();
    this.#isRunning = false;
    if (isOver) this.over();
    else this.plan();
  }
}
