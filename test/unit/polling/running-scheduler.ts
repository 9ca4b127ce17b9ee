import type { PollCandidate } from "../../../src/polling/poll-candidate.js";
import type { AutomaticBudget } from "../../../src/polling/job.js";
import { Scheduler, type Job, type JobResult } from "../../../src/polling/scheduler.js";
import { decodePollingState, type PollingState } from "../../../src/polling/poll-state.js";
import type { DailyPollRequest, PollRequest } from "../../../src/polling/poll-request.js";
import type { Clock } from "../../../src/support/clock.js";
import type { Random } from "../../../src/support/random.js";
import { SimulatedClock } from "../../../src/support/simulated-clock.js";
import { evenRandom, START, VIN } from "../../helpers/fakes.js";
import { telematicRequest } from "../../helpers/poll-requests.js";

export { telematicRequest };

export const SECOND = 1000;
export const MINUTE = 60 * SECOND;
export const HOUR = 60 * MINUTE;
export const DAY = 24 * HOUR;
/** When the first plan is made. */
export const SETTLED = START + 10 * SECOND;

export const DONE: JobResult = { outcome: "done" };
export const FAILED: JobResult = { outcome: "failed" };
export const HELD: JobResult = { outcome: "held" };
export const REFUSED: JobResult = { outcome: "refused", code: "cu_104" };

export function car(changes: Partial<PollCandidate> = {}): PollCandidate {
  return {
    vin: VIN,
    real: true,
    access: "ok",
    refusedAt: null,
    socAt: null,
    combustion: false,
    charge: null,
    ...changes,
  };
}

export function daily(kind: DailyPollRequest["kind"], changes: Partial<DailyPollRequest> = {}): DailyPollRequest {
  return { kind, node: "n2", vin: null, pages: 1, ...changes };
}

export interface SchedulerSetting {
  readonly cars: PollCandidate[];
  readonly requests: PollRequest[];
  /** The answer of BMW; by default everything works. */
  readonly run: (job: Job, at: number) => JobResult | Promise<JobResult>;
  readonly opensAt: (budget: AutomaticBudget) => number | null;
  readonly onChange: () => void;
  readonly random: Random;
  readonly state: PollingState | null;
  readonly simulated: SimulatedClock;
  /** The clock as the scheduler sees it. */
  readonly clock: Clock;
}

/** The nodes that want something of a scheduler. */
const NODES = new WeakMap<Scheduler, ReadonlySet<string>>();

/** Has all nodes want these, and nothing else any more. */
export function setRequests(scheduler: Scheduler, requests: readonly PollRequest[]): void {
  const nodes = new Set(requests.map(({ node }) => node));
  for (const node of NODES.get(scheduler) ?? []) if (!nodes.has(node)) scheduler.setRequests(node, null);
  for (const node of nodes)
    scheduler.setRequests(
      node,
      requests.filter((request) => request.node === node),
    );
  NODES.set(scheduler, nodes);
}

/** A scheduler at work, with everything around it under control. */
export function runningScheduler(setting: Partial<SchedulerSetting> = {}) {
  const { cars = [car()], requests = [telematicRequest()], random = evenRandom, state = null } = setting;
  const clock = setting.simulated ?? new SimulatedClock(START);
  const world = {
    cars,
    run: setting.run ?? ((): JobResult => DONE),
    opensAt: setting.opensAt ?? ((): number | null => null),
    onChange: setting.onChange ?? (() => undefined),
  };
  const jobs: { at: number; job: Job }[] = [];
  const states: PollingState[] = [];
  const faults: unknown[] = [];
  let changes = 0;
  const scheduler = new Scheduler(
    { clock: setting.clock ?? clock, random },
    {
      cars: () => world.cars,
      opensAt: (budget) => world.opensAt(budget),
      run: async (job) => {
        jobs.push({ at: clock.now(), job });
        return world.run(job, clock.now());
      },
      onState: (saved) => states.push(saved),
      onChange: () => {
        changes++;
        world.onChange();
      },
      onFault: (error) => faults.push(error),
    },
  );
  if (state !== null) scheduler.restore(state);
  setRequests(scheduler, requests);
  scheduler.start();
  return {
    clock,
    scheduler,
    jobs,
    states,
    faults,
    world,
    changes: () => changes,
    /** Returns the state that a restart would find, as it would be read from a file. */
    saved: () => decodePollingState(JSON.parse(JSON.stringify(states.at(-1) ?? state))),
    /** Times of all calls, in milliseconds after the start. */
    times: () => jobs.map(({ at }) => at - START),
    /** The purposes of all polls, as one text each. */
    purposes: () => jobs.map(({ job }) => (job.kind === "poll" ? job.purposes.join("+") : job.feature)),
    /** Changes the facts of the first car. */
    change: (facts: Partial<PollCandidate>) => {
      world.cars = world.cars.map((one, index) => (index === 0 ? { ...one, ...facts } : one));
    },
  };
}

/** The poll state of a car that was polled `ms` before the start, and of which nothing else is known. */
export function polledBefore(ms: number, vin = VIN): PollingState {
  return decodePollingState({ cars: { [vin]: { lastSuccess: START - ms, lastAttempt: START - ms } } });
}
