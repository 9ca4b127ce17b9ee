import { isDeepStrictEqual } from "node:util";
import { pollingLoad, isSilent, mayAskDaily, pollIntervalMs } from "./quota-shares.js";
import type { PollCandidate } from "./poll-candidate.js";
import { answered, eventPolls, withoutObsoletePolls, type DuePoll } from "./event-polls.js";
import { DAILY_FEATURES, type AutomaticBudget, type DailyFeature, type Job } from "./job.js";
import { endOfQuietHours, responsibleRequest, type PollRequest, type TelematicPollRequest } from "./poll-request.js";
import { caughtUp, dailyAt, scheduledPollAt } from "./poll-times.js";
import type { CarPollState, DailyPollState } from "./poll-state.js";

/** Holds a job and the time from which it may run [ms]. */
export interface PlannedJob {
  readonly at: number;
  /** Id of the node on whose behalf it runs. */
  readonly node: string;
  readonly job: Job;
  /** Time of the last equal call [ms]; 0 for never. */
  readonly servedAt: number;
}

export interface PlanningInput {
  readonly now: number;
  readonly requests: readonly PollRequest[];
  readonly cars: readonly PollCandidate[];
  readonly pollStateOf: (vin: string) => CarPollState;
  /** Time from which each class may send calls [ms]; 0 for now. */
  readonly openings: Readonly<Record<AutomaticBudget, number>>;
}

/** Remembers the calls that are planned. */
export class NextCalls {
  #tasks: readonly PlannedJob[] = [];

  /** The soonest first, at most one of each kind per car. */
  get all(): readonly PlannedJob[] {
    return this.#tasks;
  }

  /** Returns when the next call of a node is planned [ms]; `null` if none is. */
  of(node: string): number | null {
    return this.#tasks.find((task) => task.node === node)?.at ?? null;
  }

  /** Takes the tasks ahead; returns whether that changes anything. */
  change(tasks: readonly PlannedJob[]): boolean {
    const before = this.#tasks;
    this.#tasks = tasks;
    return !isDeepStrictEqual(tasks, before);
  }
}

/** Plans all automatic calls ahead, at most one of each kind per car, the next one first. */
export function planJobs(input: PlanningInput): PlannedJob[] {
  const { cars, extras } = pollingLoad(input.requests, input.cars);
  const denseMs = pollIntervalMs(cars, extras);
  return input.cars
    .flatMap((car) => [...pollTasks(input, car, denseMs), ...dailyTasks(input, car)])
    .sort((one, other) => one.at - other.at || rankOf(one) - rankOf(other) || one.servedAt - other.servedAt);
}

/** The poll state of a car brought up to `now`: what makes no sense any more is gone, what was missed has a time. */
export function updatedState(
  pollState: CarPollState,
  car: PollCandidate,
  requests: readonly PollRequest[],
  now: number,
): CarPollState {
  const request = responsibleRequest(requests, "telematicData", car.vin);
  const polls =
    request === null ? { ...pollState, pending: [] } : withoutObsoletePolls({ car, pollState, request, now });
  const daily = (feature: DailyFeature): DailyPollState =>
    responsibleRequest(requests, feature, car.vin) !== null && mayAskDaily(car, feature)
      ? caughtUp(pollState.daily[feature], car.vin, feature, now)
      : pollState.daily[feature];
  return {
    ...polls,
    daily: { chargingHistory: daily("chargingHistory"), tyreDiagnosis: daily("tyreDiagnosis") },
  };
}

function pollTasks(input: PlanningInput, car: PollCandidate, denseMs: number): PlannedJob[] {
  const { requests, now } = input;
  const request = responsibleRequest(requests, "telematicData", car.vin);
  if (request === null) return [];
  const pollState = input.pollStateOf(car.vin);
  const polls = eventPolls({ car, pollState, request, now });
  const pace = { denseMs, silent: isSilent(car, input.cars) };
  return [
    ...pollTask(input, car, request, "event", eventPollAt(polls), polls),
    ...pollTask(input, car, request, "scheduled", scheduledPollAt(car, pollState, request, pace, now), polls),
  ];
}

function eventPollAt(polls: readonly DuePoll[]): number | null {
  return polls.length === 0 ? null : Math.min(...polls.map(({ dueAt }) => dueAt));
}

function pollTask(
  input: PlanningInput,
  { vin }: PollCandidate,
  request: TelematicPollRequest,
  budget: "scheduled" | "event",
  dueAt: number | null,
  polls: readonly DuePoll[],
): PlannedJob[] {
  if (dueAt === null) return [];
  const open = Math.max(dueAt, input.openings[budget], input.now);
  const at = endOfQuietHours(open, request.quietHours) ?? open;
  const purposes = answered(polls, at);
  const job: Job = { kind: "poll", vin, budget, purposes: budget === "event" ? purposes : ["schedule", ...purposes] };
  return [{ at, node: request.node, job, servedAt: input.pollStateOf(vin).lastAttempt ?? 0 }];
}

function dailyTasks({ requests, now, pollStateOf, openings }: PlanningInput, car: PollCandidate): PlannedJob[] {
  return DAILY_FEATURES.flatMap((feature): PlannedJob[] => {
    const request = responsibleRequest(requests, feature, car.vin);
    if (request === null || !mayAskDaily(car, feature)) return [];
    const daily = pollStateOf(car.vin).daily[feature];
    const at = Math.max(dailyAt(daily, car.vin, feature, now), openings.daily, now);
    const job: Job = { kind: "daily", feature, vin: car.vin, pages: request.pages, node: request.node };
    return [{ at, node: request.node, job, servedAt: daily.stamp ?? 0 }];
  });
}

/** Ranks a task: an event is asked about first. */
function rankOf({ job }: PlannedJob): number {
  if (job.kind === "daily") return 2;
  return job.budget === "event" ? 0 : 1;
}
