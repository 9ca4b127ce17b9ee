import type { Cancel, Clock } from "../support/clock.js";
import type { Job, JobResult } from "./job.js";

/** Limits the duration of a job [ms]; a longer one hangs, and the others must not wait for it. */
const JOB_LIMIT_MS = 300_000;
const FAILED: JobResult = { outcome: "failed" };

/** Runs jobs one after the other and always returns a result. */
export class JobRunner {
  #limit: Cancel | null = null;

  constructor(
    private readonly clock: Clock,
    private readonly work: (job: Job) => Promise<JobResult>,
    private readonly onError: (error: unknown) => void,
  ) {}

  /** Runs a job; never rejects. A job that throws, or takes longer than 5 minutes, counts as failed. */
  run(job: Job): Promise<JobResult> {
    return new Promise((resolve) => {
      const end = (result: JobResult) => {
        cancel();
        resolve(result);
      };
      const cancel = this.clock.after(JOB_LIMIT_MS, () => {
        end(FAILED);
      });
      this.#limit = cancel;
      this.#attempt(job).then(end, (error: unknown) => {
        this.onError(error);
        end(FAILED);
      });
    });
  }

  close(): void {
    this.#limit?.();
  }

  async #attempt(job: Job): Promise<JobResult> {
    return this.work(job);
  }
}
