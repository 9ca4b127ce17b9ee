import type { EventPurpose, Job, JobResult } from "./jobs.js";
import type { CarClocks, DailyClock, PendingPoll } from "./state.js";
import { DAILY_RETRY_MS, RETRY_MS, WEEK_MS } from "./times.js";

/**
 * The clocks of the car when a job begins at `at`. It counts as failed until its answer is there: a crash in between
 * must not repeat it at every start.
 * @param spread jitter of the wait after it, -1 to 1
 */
export function jobBegun(clocks: CarClocks, job: Job, at: number, spread: number): CarClocks {
  if (job.kind === "daily")
    return { ...clocks, daily: { ...clocks.daily, [job.feature]: dailyBegun(clocks.daily[job.feature], at) } };
  const questions = job.purposes.filter((purpose) => purpose !== "schedule");
  return pollBegun(clocks, questions, at, spread);
}

/**
 * The clocks of the car when the job that began at `at` has ended.
 * @param before the clocks from before it began
 */
export function jobEnded(clocks: CarClocks, before: CarClocks, job: Job, at: number, result: JobResult): CarClocks {
  if (job.kind === "poll") return pollEnded(clocks, before, at, result);
  const clock = dailyEnded(clocks.daily[job.feature], before.daily[job.feature], at, result);
  return { ...clocks, daily: { ...clocks.daily, [job.feature]: clock } };
}

/**
 * The clocks when a poll begins.
 * @param purposes the questions that it is to answer
 */
export function pollBegun(clocks: CarClocks, purposes: readonly EventPurpose[], at: number, spread: number): CarClocks {
  const overdue = purposes.includes("chargeOverdue");
  return {
    ...clocks,
    lastAttempt: at,
    failures: clocks.failures + 1,
    spread,
    pending: withRetries(clocks.pending, purposes, at),
    phaseAskedAt: purposes.includes("phaseCount") ? at : clocks.phaseAskedAt,
    overdueAskedAt: overdue ? at : clocks.overdueAskedAt,
    overdueAsked: overdue || clocks.overdueAsked,
  };
}

function pollEnded(clocks: CarClocks, before: CarClocks, at: number, result: JobResult): CarClocks {
  if (result.outcome === "done") return pollDone(clocks, at);
  // Nothing was sent; what a person asked for meanwhile stays.
  if ((result.outcome === "held" || result.outcome === "dropped") && clocks.lastAttempt === at)
    return { ...clocks, lastAttempt: before.lastAttempt, failures: before.failures };
  return clocks;
}

/** The clocks when the poll that began at `at` has brought data. */
export function pollDone(clocks: CarClocks, at: number): CarClocks {
  return {
    ...clocks,
    lastSuccess: at,
    failures: 0,
    pending: clocks.pending.filter(({ validAt }) => validAt > at).map((poll) => ({ ...poll, retryAt: null })),
  };
}

/** Each question is asked twice at most. */
function withRetries(pending: readonly PendingPoll[], purposes: readonly EventPurpose[], at: number): PendingPoll[] {
  const others = pending.filter(({ purpose }) => !purposes.includes(purpose));
  const again = purposes.flatMap((purpose): PendingPoll[] => {
    const former = pending.find((poll) => poll.purpose === purpose);
    if (former !== undefined && former.retryAt !== null) return [];
    return [{ purpose, validAt: former?.validAt ?? at, retryAt: at + RETRY_MS }];
  });
  return [...others, ...again];
}

/** A failed call of a person tells that BMW has trouble, but pressing often does not make it worse. */
export function manualPollFailed(clocks: CarClocks, at: number): CarClocks {
  return { ...clocks, lastAttempt: at, failures: Math.max(1, clocks.failures) };
}

/** The first call of a day has one retry; the retry has none. */
function dailyBegun(clock: DailyClock, at: number): DailyClock {
  const { retrying } = clock;
  return { ...clock, stamp: at, dueAt: retrying ? null : at + DAILY_RETRY_MS, retrying: !retrying };
}

function dailyEnded(clock: DailyClock, before: DailyClock, at: number, result: JobResult): DailyClock {
  switch (result.outcome) {
    case "done":
      return dailyDone(at);
    case "failed":
      return clock;
    case "refused":
      return { ...dailyDone(at), disabledUntil: at + WEEK_MS };
    case "held":
    case "dropped":
      return clock.stamp === at ? before : clock;
  }
}

/** The clock of a daily feature that was fetched at `at`, whoever asked. */
export function dailyDone(at: number): DailyClock {
  return { stamp: at, dueAt: null, retrying: false, disabledUntil: null };
}
