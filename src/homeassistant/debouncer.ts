import type { Cancel, Clock } from "../support/clock.js";

/** Debounces calls: runs once, some time after the last call, but not later than a maximum after the first. */
export class Debouncer {
  #cancel: Cancel | null = null;
  #latest = 0;

  constructor(
    private readonly clock: Clock,
    private readonly quietMs: number,
    private readonly maxWaitMs: number,
    private readonly run: () => void,
  ) {}

  get isPending(): boolean {
    return this.#cancel !== null;
  }

  trigger(): void {
    const now = this.clock.now();
    if (this.#cancel === null) this.#latest = now + this.maxWaitMs;
    this.#cancel?.();
    // A clock that was set back must not delay it for hours.
    const left = Math.min(this.maxWaitMs, this.#latest - now);
    this.#cancel = this.clock.after(Math.max(0, Math.min(this.quietMs, left)), () => {
      this.#cancel = null;
      this.run();
    });
  }

  cancel(): void {
    this.#cancel?.();
    this.#cancel = null;
  }
}
