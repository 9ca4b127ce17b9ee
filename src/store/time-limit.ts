import type { Clock } from "../support/clock.js";

/** A file operation that has not answered within its time; it goes on, and may still work. */
class NoAnswerError extends Error {
  readonly code = "ETIMEDOUT";

  constructor() {
    super("no answer");
  }
}

/** The result of `promise`, or a rejection once `ms` milliseconds have passed: a dead network share never answers. */
export function limited<T>(clock: Clock, ms: number, promise: Promise<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    const cancel = clock.after(ms, () => {
      reject(new NoAnswerError());
    });
    promise.finally(cancel).then(resolve, reject);
  });
}
