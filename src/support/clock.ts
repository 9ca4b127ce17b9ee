import { setMaxListeners } from "node:events";

/** Stops a timer; calling it again, or after the timer ran, does nothing. */
export type Cancel = () => void;

/** The only source of time in this package, so that a test or the replay command runs a week in a second. */
export interface Clock {
  /** Milliseconds since 1970-01-01 UTC. */
  now(): number;
  /** Runs `run` once, `ms` milliseconds from now. */
  after(ms: number, run: () => void): Cancel;
  /** Runs `run` every `ms` milliseconds, first after one interval. */
  every(ms: number, run: () => void): Cancel;
}

/** Timers beyond 2^31 - 1 ms would fire at once in Node.js; nothing here waits that long on purpose. */
const LONGEST_TIMER_MS = 2 ** 31 - 1;

export const systemClock = clockOf((timer) => timer);

/** The same time, for work that need not keep a process alive which has nothing else to do. */
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
  // Many may wait for one signal, which is no leak.
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
