import type { PollCandidate } from "./poll-candidate.js";
import type { EventPurpose, PollTrigger } from "./job.js";
import type { TelematicPollRequest } from "./poll-request.js";
import type { CarPollState, PendingPoll } from "./poll-state.js";
import { HOUR_MS, SNAPSHOT_LAG_MS } from "./durations.js";

/** Minimum time between two polls for the phase count, and between two for an overdue charge [ms]. */
const CHARGE_POLL_INTERVAL_MS = HOUR_MS;

/** Holds an event poll with the time from which it may be sent [ms]. */
export interface DuePoll extends PendingPoll {
  readonly dueAt: number;
}

interface EventPollContext {
  readonly car: PollCandidate;
  readonly pollState: CarPollState;
  readonly request: TelematicPollRequest;
  readonly now: number;
}

/** Returns the poll state after an event of the car; whether that is worth a poll is decided later. */
export function afterTrigger(pollState: CarPollState, what: PollTrigger, now: number): CarPollState {
  switch (what) {
    case "tripEnded":
      return withPendingPoll(pollState, what, now);
    case "chargingEnded":
      return withPendingPoll(pollState, what, now + SNAPSHOT_LAG_MS);
    case "chargingStarted": {
      const pending = pollState.pending.filter(
        ({ purpose }) => purpose !== "phaseCount" && purpose !== "chargeOverdue",
      );
      return withPendingPoll({ ...pollState, pending, overdueAsked: false }, "phaseCount", now + SNAPSHOT_LAG_MS);
    }
  }
}

/** Adds a pending poll: one answers the same question for both events; a planned retry stays. */
function withPendingPoll(pollState: CarPollState, purpose: EventPurpose, validAt: number): CarPollState {
  const retryAt = pollState.pending.find((poll) => poll.purpose === purpose)?.retryAt ?? null;
  const others = pollState.pending.filter((poll) => poll.purpose !== purpose);
  return { ...pollState, pending: [...others, { purpose, validAt, retryAt }] };
}

/** Returns the event polls of a car that still make sense, and when each is due. */
export function eventPolls(one: EventPollContext): DuePoll[] {
  if (one.car.access !== "ok") return [];
  return [...one.pollState.pending, ...overdueCharge(one)].flatMap((poll) => {
    const dueAt = dueOf(poll, one);
    return dueAt === null ? [] : [{ ...poll, dueAt }];
  });
}

/** The poll state without event polls that make no sense any more. */
export function withoutObsoletePolls(one: EventPollContext): CarPollState {
  const { pollState, car } = one;
  const pending = car.access === "ok" ? pollState.pending.filter((poll) => dueOf(poll, one) !== null) : [];
  return { ...pollState, pending };
}

/** Returns the purposes that a poll at `now` serves: those whose answer BMW can know by then. */
export function answered(polls: readonly PendingPoll[], now: number): EventPurpose[] {
  return polls.filter(({ validAt }) => validAt <= now).map(({ purpose }) => purpose);
}

function dueOf(poll: PendingPoll, one: EventPollContext): number | null {
  const { validAt, retryAt } = poll;
  if (!makesSense(poll, one)) return null;
  if (retryAt !== null) return Math.max(validAt, retryAt);
  const { lastAttempt } = one.pollState;
  if (poll.purpose !== "chargingEnded" || lastAttempt === null) return validAt;
  return Math.max(validAt, lastAttempt + one.request.cooldownMs);
}

function makesSense(poll: PendingPoll, { car, pollState, request, now }: EventPollContext): boolean {
  const first = poll.retryAt === null;
  switch (poll.purpose) {
    case "tripEnded":
      return request.tripEndPoll && !(first && happenedWithin(request.cooldownMs, pollState.lastAttempt, poll.validAt));
    case "chargingEnded":
      // A charge that resumed meanwhile was only paused.
      return now < poll.validAt || car.charge === null;
    case "phaseCount":
      if (first && happenedWithin(CHARGE_POLL_INTERVAL_MS, pollState.phaseAskedAt, poll.validAt)) return false;
      return now < poll.validAt || car.charge?.phasesMissing === true;
    case "chargeOverdue":
      return car.charge !== null;
  }
}

/** Returns whether `time` lies less than `ms` before `reference`. */
function happenedWithin(ms: number, time: number | null, reference: number): boolean {
  return time !== null && time <= reference && reference - time < ms;
}

/**
 * Returns the poll for an overdue charge: some cars never report the end, so they are polled once per charge when it
 * should be over.
 */
function overdueCharge({ car: { charge }, pollState, now }: EventPollContext): PendingPoll[] {
  const expectedEndAt = charge?.expectedEndAt ?? null;
  if (charge === null || expectedEndAt === null) return [];
  if (pollState.pending.some(({ purpose }) => purpose === "chargeOverdue")) return [];
  const askedAt = pollState.overdueAskedAt;
  // Only its time shows that a charge started while nobody listened; a start ahead of now shows that the clock was set
  // back.
  const isPresent = askedAt !== null && (charge.startedAt <= askedAt || charge.startedAt > now);
  if (pollState.overdueAsked && isPresent) return [];
  const free = askedAt === null ? 0 : askedAt + CHARGE_POLL_INTERVAL_MS;
  return [{ purpose: "chargeOverdue", validAt: Math.max(expectedEndAt, free), retryAt: null }];
}
