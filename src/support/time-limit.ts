import type { Clock } from "./clock.js";

/** Reports that a result did not come in time; the work continues and may still end. */
class TimeLimitError extends Error {
  readonly code = "ETIMEDOUT";

  constructor() {
    super("no answer");
  }
}

/** Returns the result of `work`, or rejects after `ms` [ms] or at `deadline`: a dead network share never answers. */
export function withTimeLimit<T>(clock: Clock, ms: number, work: Promise<T>, deadline?: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    const stop = () => {
      cancel();
      deadline?.removeEventListener("abort", giveUp);
    };
    const giveUp = () => {
      stop();
      reject(new TimeLimitError());
    };
    const cancel = clock.after(deadline?.aborted === true ? 0 : ms, giveUp);
    deadline?.addEventListener("abort", giveUp);
    work.finally(stop).then(resolve, reject);
  });
}
