import type { EventPurpose, Job, JobResult } from "./job.js";
import type { CarPollState, DailyPollState, PendingPoll } from "./poll-state.js";
import { DAILY_RETRY_MS, RETRY_MS, WEEK_MS } from "./durations.js";

/**
 * The poll state of the car when a job begins at `at`. It counts as failed until its answer is there: a crash in between
 * must not repeat it at every start.
 * @param spread jitter of the wait after it, -1 to 1
 */
export function afterJobStart(pollState: CarPollState, job: Job, at: number, spread: number): CarPollState {
  if (job.kind === "daily")
    return {
      ...pollState,
      daily: { ...pollState.daily, [job.feature]: afterDailyStart(pollState.daily[job.feature], at) },
    };
  const questions = job.purposes.filter((purpose) => purpose !== "schedule");
  return afterPollStart(pollState, questions, at, spread);
}

/**
 * The poll state of the car when the job that began at `at` has ended.
 * @param before the poll state from before it began
 */
export function afterJobEnd(
  pollState: CarPollState,
  before: CarPollState,
  job: Job,
  at: number,
  result: JobResult,
): CarPollState {
  if (job.kind === "poll") return afterPollEnd(pollState, before, at, result);
  const daily = afterDailyEnd(pollState.daily[job.feature], before.daily[job.feature], at, result);
  return { ...pollState, daily: { ...pollState.daily, [job.feature]: daily } };
}

/**
 * The poll state when a poll begins.
 * @param purposes the questions that it is to answer
 */
export function afterPollStart(
  pollState: CarPollState,
  purposes: readonly EventPurpose[],
  at: number,
  spread: number,
): CarPollState {
  const overdue = purposes.includes("chargeOverdue");
  return {
    ...pollState,
    lastAttempt: at,
    failures: pollState.failures + 1,
    spread,
    pending: withRetries(pollState.pending, purposes, at),
    phaseAskedAt: purposes.includes("phaseCount") ? at : pollState.phaseAskedAt,
    overdueAskedAt: overdue ? at : pollState.overdueAskedAt,
    overdueAsked: overdue || pollState.overdueAsked,
  };
}

function afterPollEnd(pollState: CarPollState, before: CarPollState, at: number, result: JobResult): CarPollState {
  if (result.outcome === "done") return afterPollSuccess(pollState, at);
  // Nothing was sent; manual calls recorded meanwhile stay.
  if ((result.outcome === "held" || result.outcome === "dropped") && pollState.lastAttempt === at)
    return { ...pollState, lastAttempt: before.lastAttempt, failures: before.failures };
  return pollState;
}

/** The poll state when the poll that began at `at` has brought data. */
export function afterPollSuccess(pollState: CarPollState, at: number): CarPollState {
  return {
    ...pollState,
    lastSuccess: at,
    failures: 0,
    pending: pollState.pending.filter(({ validAt }) => validAt > at).map((poll) => ({ ...poll, retryAt: null })),
  };
}

/** Plans one retry per purpose. */
function withRetries(pending: readonly PendingPoll[], purposes: readonly EventPurpose[], at: number): PendingPoll[] {
  const others = pending.filter(({ purpose }) => !purposes.includes(purpose));
  const again = purposes.flatMap((purpose): PendingPoll[] => {
    const former = pending.find((poll) => poll.purpose === purpose);
    if (former !== undefined && former.retryAt !== null) return [];
    return [{ purpose, validAt: former?.validAt ?? at, retryAt: at + RETRY_MS }];
  });
  return [...others, ...again];
}

/** Records a failed manual call, which shows that BMW has trouble; repeated ones do not lengthen the wait. */
export function afterManualFailure(pollState: CarPollState, at: number): CarPollState {
  return { ...pollState, lastAttempt: at, failures: Math.max(1, pollState.failures) };
}

/** Records the start of a daily call: the first call of a day has one retry, the retry has none. */
function afterDailyStart(daily: DailyPollState, at: number): DailyPollState {
  const { retrying } = daily;
  return { ...daily, stamp: at, dueAt: retrying ? null : at + DAILY_RETRY_MS, retrying: !retrying };
}

function afterDailyEnd(daily: DailyPollState, before: DailyPollState, at: number, result: JobResult): DailyPollState {
  switch (result.outcome) {
    case "done":
      return afterDailySuccess(at);
    case "failed":
      return daily;
    case "refused":
      return { ...afterDailySuccess(at), disabledUntil: at + WEEK_MS };
    case "held":
    case "dropped":
      return daily.stamp === at ? before : daily;
  }
}

/** The state of a daily feature that was fetched at `at`, whoever asked. */
export function afterDailySuccess(at: number): DailyPollState {
  return { stamp: at, dueAt: null, retrying: false, disabledUntil: null };
}
