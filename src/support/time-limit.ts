import type { Clock } from "./clock.js";

/** What was waited for has not come in time; it goes on, and may still come. */
class NoAnswerError extends Error {
  readonly code = "ETIMEDOUT";

  constructor() {
    super("no answer");
  }
}

/**
 * The result of `work`, or a rejection once `ms` milliseconds have passed, or `deadline` has: a dead network share never
 * answers.
 */
export function limited<T>(clock: Clock, ms: number, work: Promise<T>, deadline?: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    const stop = () => {
      cancel();
      deadline?.removeEventListener("abort", giveUp);
    };
    const giveUp = () => {
      stop();
      reject(new NoAnswerError());
    };
    const cancel = clock.after(deadline?.aborted === true ? 0 : ms, giveUp);
    deadline?.addEventListener("abort", giveUp);
    work.finally(stop).then(resolve, reject);
  });
}
