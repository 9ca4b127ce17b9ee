import { setMaxListeners } from "node:events";

/** Stops a timer; calling it again, or after the timer ran, does nothing. */
export type Cancel = () => void;

/** Provides the time; the only source of it, so that a test or the replay command runs a week in a second. */
export interface Clock {
  /** Returns the time since 1970-01-01 UTC [ms]. */
  now(): number;
  /** Runs `run` once, `ms` milliseconds from now. */
  after(ms: number, run: () => void): Cancel;
  /** Runs `run` every `ms` milliseconds, first after one interval. */
  every(ms: number, run: () => void): Cancel;
}

/** Limits timers [ms]: longer ones would fire at once in Node.js. Nothing here waits that long on purpose. */
const LONGEST_TIMER_MS = 2 ** 31 - 1;

export const systemClock = clockOf((timer) => timer);

/** Same clock, for timers that must not keep an otherwise idle process alive. */
export const backgroundClock = clockOf((timer) => timer.unref());

function clockOf(started: (timer: NodeJS.Timeout) => NodeJS.Timeout): Clock {
  return {
    now: () => Date.now(),
    after: (ms, run) => {
      const timer = started(setTimeout(run, Math.min(ms, LONGEST_TIMER_MS)));
      return () => {
        clearTimeout(timer);
      };
    },
    every: (ms, run) => {
      const timer = started(setInterval(run, Math.min(ms, LONGEST_TIMER_MS)));
      return () => {
        clearInterval(timer);
      };
    },
  };
}

/** Resolves after `ms` milliseconds, or as soon as `signal` is aborted. */
export function pause(clock: Clock, ms: number, signal: AbortSignal): Promise<void> {
  // Many may wait for one signal; this is no leak.
  setMaxListeners(0, signal);
  return new Promise((resolve) => {
    const end = () => {
      cancel();
      signal.removeEventListener("abort", end);
      resolve();
    };
    const cancel = clock.after(signal.aborted ? 0 : ms, end);
    signal.addEventListener("abort", end);
  });
}
