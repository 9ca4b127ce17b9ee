import type { Cancel, Clock } from "./clock.js";

interface SimulatedTimer {
  at: number;
  readonly order: number;
  readonly interval: number | null;
  readonly run: () => void;
}

/** Simulates a clock that moves only on command: for tests, the replay command and faster-than-real-time simulation. */
export class SimulatedClock implements Clock {
  #now: number;
  #order = 0;
  readonly #timers = new Set<SimulatedTimer>();

  /** `start` in milliseconds since 1970-01-01 UTC. */
  constructor(start: number) {
    this.#now = start;
  }

  now(): number {
    return this.#now;
  }

  after(ms: number, run: () => void): Cancel {
    return this.#add(ms, null, run);
  }

  every(ms: number, run: () => void): Cancel {
    return this.#add(ms, ms, run);
  }

  /** Returns when the next timer is due [ms]; `null` if none runs. */
  nextAt(): number | null {
    return this.#next(Infinity)?.at ?? null;
  }

  /** Advances the time by `ms`, running every due timer in order, and lets promises settle in between. */
  async advance(ms: number): Promise<void> {
    await this.advanceTo(this.#now + ms);
  }

  /** Advances to `time`; a time in the past only lets promises settle. */
  async advanceTo(time: number): Promise<void> {
    await settle();
    for (let timer = this.#next(time); timer !== null; timer = this.#next(time)) {
      this.#fire(timer);
      await settle();
    }
    this.#now = Math.max(this.#now, time);
  }

  /** Advances to `time` without awaiting anything between the timers. */
  runTo(time: number): void {
    for (let timer = this.#next(time); timer !== null; timer = this.#next(time)) this.#fire(timer);
    this.#now = Math.max(this.#now, time);
  }

  /** Sets the time without running timers, as a user or a time server would: timers keep their remaining wait. */
  jump(ms: number): void {
    this.#now += ms;
    for (const timer of this.#timers) timer.at += ms;
  }

  #add(ms: number, interval: number | null, run: () => void): Cancel {
    const timer: SimulatedTimer = { at: this.#now + Math.max(0, ms), order: this.#order++, interval, run };
    this.#timers.add(timer);
    return () => {
      this.#timers.delete(timer);
    };
  }

  #next(limit: number): SimulatedTimer | null {
    let first: SimulatedTimer | null = null;
    for (const timer of this.#timers) {
      if (timer.at > limit) continue;
      if (first === null || timer.at < first.at || (timer.at === first.at && timer.order < first.order)) first = timer;
    }
    return first;
  }

  #fire(timer: SimulatedTimer): void {
    this.#now = Math.max(this.#now, timer.at);
    if (timer.interval === null) this.#timers.delete(timer);
    else timer.at += Math.max(1, timer.interval);
    timer.run();
  }
}

/** Lets every promise that can settle without real I/O settle. */
export async function settle(): Promise<void> {
  for (let turn = 0; turn < 5; turn++) await new Promise((resolve) => setImmediate(resolve));
}
