import { systemClock, type Clock } from "../../../src/support/clock.js";
import { shownTime, type TimeScale } from "./machine.js";

/**
 * Keeps the right time, as BMW has it, which may run faster than the real one and leap over hours in which nobody is
 * awake.
 */
export class WorldClock implements Clock {
  #scale: TimeScale;

  /** @param speed factor by which it is faster than the real time */
  constructor(speed: number) {
    const real = Date.now();
    this.#scale = { real, shown: real, speed };
  }

  /** For machines whose clock is right. */
  get scale(): TimeScale {
    return this.#scale;
  }

  now(): number {
    return Math.round(shownTime(this.#scale, Date.now()));
  }

  after(ms: number, run: () => void) {
    return systemClock.after(ms / this.#scale.speed, run);
  }

  every(ms: number, run: () => void) {
    return systemClock.every(ms / this.#scale.speed, run);
  }

  /** Resolves when so much of this time has passed. */
  sleep(ms: number): Promise<void> {
    return new Promise((resolve) => this.after(ms, resolve));
  }

  /** Lets time pass at once; timers keep their remaining wait. */
  leap(ms: number): void {
    this.#scale = { ...this.#scale, shown: this.#scale.shown + ms };
  }
}
