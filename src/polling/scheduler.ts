import type { AccountContext } from "../context/account-context.js";
import type { Cancel } from "../support/clock.js";
import { pollingLoad, quotaShares, type QuotaShares } from "./quota-shares.js";
import type { PollCandidate } from "./poll-candidate.js";
import { afterTrigger, answered, eventPolls } from "./event-polls.js";
import { JobRunner } from "./job-runner.js";
import {
  budgetOf,
  type AutomaticBudget,
  type DailyFeature,
  type Job,
  type JobResult,
  type PollTrigger,
} from "./job.js";
import {
  afterDailySuccess,
  afterJobStart,
  afterJobEnd,
  afterManualFailure,
  afterPollStart,
  afterPollSuccess,
} from "./job-outcomes.js";
import { NextCalls, planJobs, updatedState, type PlannedJob } from "./plan.js";
import { PollRequests, responsibleRequest, type PollRequest } from "./poll-request.js";
import { clampedState, PollStateStore } from "./poll-state-store.js";
import type { CarPollState, PollingState } from "./poll-state.js";
import { LONGEST_SLEEP_MS, MINUTE_MS, RETRY_MS } from "./durations.js";

export type { Job, JobResult };

/** Connects the scheduler with the account. */
interface SchedulerOptions {
  readonly cars: () => readonly PollCandidate[];
  /** Returns the time until which a class of calls has to wait [ms]; `null`: not at all. */
  readonly opensAt: (budget: AutomaticBudget) => number | null;
  /** Runs the job; a rejection counts as failed. */
  readonly run: (job: Job) => Promise<JobResult>;
  /** Called at every change with the state that has to survive a restart. */
  readonly onState: (state: PollingState) => void;
  /** Called when `planned`, and so the result of `nextFor`, has changed. */
  readonly onChange: () => void;
  /** Takes note of what another callback threw; the schedule goes on. */
  readonly onFault: (error: unknown) => void;
}

/** Waits after a deploy until all nodes have registered [ms]: only then it is known which one is responsible. */
const SETTLE_MS = 10_000;

/** Decides when a call to BMW is worth its share of the quota; one at a time, and none that no request asks for. */
export class Scheduler {
  readonly #pollStates = new PollStateStore();
  readonly #requests = new PollRequests();
  #phase: "new" | "settling" | "planning" | "closed" = "new";
  #timer: Cancel | null = null;
  readonly #runner: JobRunner;
  /** Whether a job runs or the plan is being made. */
  #busy = false;
  /** Time until which a class waits because one of its jobs was held [ms]. */
  readonly #pausedUntil = new Map<AutomaticBudget, number>();
  readonly #nextCalls = new NextCalls();

  constructor(
    private readonly context: Pick<AccountContext, "clock" | "random">,
    private readonly options: SchedulerOptions,
  ) {
    const onFault = (error: unknown) => {
      this.#reportError(error);
    };
    this.#runner = new JobRunner(context.clock, (job) => options.run(job), onFault);
  }

  /** Restores a saved state. */
  restore(state: PollingState): void {
    this.#pollStates.restore(state);
  }

  get state(): PollingState {
    return this.#pollStates.state;
  }

  /** Whether any node wants anything. */
  get wanted(): boolean {
    return this.#requests.all.length > 0;
  }

  /**
   * Takes the requests of a node; they count when no others have come for 10 seconds.
   * @param requests `null`: the node wants nothing any more
   */
  setRequests(node: string, requests: readonly PollRequest[] | null): void {
    this.#requests.set(node, requests);
    if (this.#phase === "settling" || this.#phase === "planning") this.#settle();
  }

  /** The request on whose behalf a job is done; `null`: no node wants it any more. */
  requestFor(job: Job): PollRequest | null {
    return responsibleRequest(this.#requests.all, job.kind === "poll" ? "telematicData" : job.feature, job.vin);
  }

  start(): void {
    if (this.#phase === "new") this.#settle();
  }

  /** Stops all timers; ignores the result of a running job. */
  close(): void {
    this.#phase = "closed";
    this.#timer?.();
    this.#runner.close();
  }

  /** Plans again, because the quota has opened or a car has changed. */
  replan(): void {
    this.#replan(0);
  }

  /** Records an event of a car that may be worth a poll. */
  triggered(vin: string, what: PollTrigger): void {
    // No request wants it: not worth a save. While nodes are still coming one may.
    if (this.#phase === "planning" && responsibleRequest(this.#requests.all, "telematicData", vin) === null) return;
    this.#update(vin, (pollState, now) => afterTrigger(pollState, what, now));
  }

  /** Records a manual call: `ok` if it succeeded, else it was sent and failed. */
  recordManualCall(vin: string, kind: "telematicData" | DailyFeature, ok: boolean): void {
    if (kind === "telematicData") this.#update(vin, (pollState, now) => this.#polledByHand(vin, pollState, now, ok));
    else if (ok)
      this.#update(vin, (pollState, now) => ({
        ...pollState,
        daily: { ...pollState.daily, [kind]: afterDailySuccess(now) },
      }));
  }

  /** Returns when the next automatic call of a node is planned [ms]; `null` if none is. */
  nextFor(node: string): number | null {
    return this.#nextCalls.of(node);
  }

  /** Returns the automatic calls that are planned, the soonest first. */
  get planned(): readonly PlannedJob[] {
    return this.#nextCalls.all;
  }

  /** Whether other nodes care for all of the cars that a node wants; `vins`: all cars. */
  areOthersResponsible(node: string, vins: readonly string[]): boolean {
    return this.#requests.areOthersResponsible(node, vins);
  }

  /** Returns until when a daily feature of a car is disabled because BMW refused it [ms]. */
  disabledUntil(vin: string, feature: DailyFeature): number | null {
    const until = this.#pollStates.of(vin).daily[feature].disabledUntil;
    return until !== null && until > this.context.clock.now() ? until : null;
  }

  /** Divides the day's quota between the classes, by the present requests. */
  shares(): QuotaShares {
    const { cars, extras } = pollingLoad(this.#requests.all, this.options.cars());
    return quotaShares(cars, extras);
  }

  // Planning

  #settle(): void {
    this.#phase = "settling";
    this.#sleep(SETTLE_MS, () => {
      this.#phase = "planning";
      this.#replan(0);
    });
  }

  /** @param slept how long this timer has run since the poll states were up to date, in milliseconds */
  #replan(slept: number): void {
    if (this.#phase !== "planning" || this.#busy) return;
    this.#busy = true;
    // Whatever goes wrong, planning continues later.
    this.#sleepUntil(Infinity);
    const task = this.#guarded(() => this.#plan(slept));
    this.#busy = false;
    if (task !== null) void this.#execute(task);
  }

  /** Returns the job that is due now; otherwise sleeps until the next one is. */
  #plan(slept: number): PlannedJob | null {
    const now = this.context.clock.now();
    const cars = this.options.cars();
    for (const car of cars) {
      const sound = clampedState(this.#pollStates.of(car.vin), now - slept);
      this.#pollStates.set(car.vin, updatedState(sound, car, this.#requests.all, now));
    }
    this.#save();
    const openings = {
      scheduled: this.#opening("scheduled"),
      event: this.#opening("event"),
      daily: this.#opening("daily"),
    };
    const tasks = planJobs({
      now,
      requests: this.#requests.all,
      cars,
      pollStateOf: (vin) => this.#pollStates.of(vin),
      openings,
    });
    this.#publishNext(tasks);
    // A callback may have brought other requests, or the end.
    if (this.#phase !== "planning") return null;
    const [first] = tasks;
    if (first !== undefined && first.at <= now) return first;
    this.#sleepUntil(first?.at ?? Infinity);
    return null;
  }

  /** Returns from when a class may send calls [ms]; 0 for now. */
  #opening(budget: AutomaticBudget): number {
    const pausedUntil = this.#pausedUntil.get(budget) ?? 0;
    // A pause longer than any that was made comes from a clock that was set back.
    const paused = pausedUntil <= this.context.clock.now() + RETRY_MS;
    return Math.max(this.options.opensAt(budget) ?? 0, paused ? pausedUntil : 0);
  }

  #publishNext(tasks: readonly PlannedJob[]): void {
    if (!this.#nextCalls.change(tasks)) return;
    this.#guarded(() => {
      this.options.onChange();
    });
  }

  #sleepUntil(time: number): void {
    const ms = Math.min(LONGEST_SLEEP_MS, Math.max(0, time - this.context.clock.now()));
    this.#sleep(ms, () => {
      this.#replan(ms);
    });
  }

  #sleep(ms: number, then: () => void): void {
    this.#timer?.();
    this.#timer = this.context.clock.after(ms, then);
  }

  // Working

  async #execute({ job }: PlannedJob): Promise<void> {
    if (this.#phase !== "planning") return;
    this.#busy = true;
    const at = this.context.clock.now();
    const before = this.#pollStates.of(job.vin);
    this.#pollStates.set(job.vin, afterJobStart(before, job, at, this.#spread()));
    this.#save();
    const result = await this.#runner.run(job);
    this.#busy = false;
    if (this.#isClosed) return;
    this.#pollStates.set(job.vin, afterJobEnd(this.#pollStates.of(job.vin), before, job, at, result));
    this.#save();
    if (result.outcome === "held")
      this.#guarded(() => {
        this.#pause(budgetOf(job));
      });
    this.#replan(0);
  }

  /** Pauses a class; without a time from the account it waits for a fixed time. */
  #pause(budget: AutomaticBudget): void {
    const ms = this.options.opensAt(budget) === null ? RETRY_MS : MINUTE_MS;
    this.#pausedUntil.set(budget, this.context.clock.now() + ms);
  }

  #polledByHand(vin: string, pollState: CarPollState, now: number, ok: boolean): CarPollState {
    if (!ok) return afterManualFailure(pollState, now);
    const request = responsibleRequest(this.#requests.all, "telematicData", vin);
    const car = this.options.cars().find((one) => one.vin === vin);
    const polls = request === null || car === undefined ? [] : eventPolls({ car, pollState, request, now });
    return afterPollSuccess(afterPollStart(pollState, answered(polls, now), now, this.#spread()), now);
  }

  #spread(): number {
    return 2 * this.context.random.fraction() - 1;
  }

  #update(vin: string, change: (pollState: CarPollState, now: number) => CarPollState): void {
    if (this.#isClosed) return;
    this.#guarded(() => {
      this.#pollStates.set(vin, change(this.#pollStates.of(vin), this.context.clock.now()));
    });
    this.#save();
    this.#replan(0);
  }

  get #isClosed(): boolean {
    return this.#phase === "closed";
  }

  #save(): void {
    if (!this.#pollStates.takeChanged()) return;
    this.#guarded(() => {
      this.options.onState(this.#pollStates.state);
    });
  }

  /** A callback that throws must not stop the schedule, let alone Node-RED. */
  #guarded<T>(run: () => T): T | null {
    try {
      return run();
    } catch (error) {
      this.#reportError(error);
      return null;
    }
  }

  #reportError(error: unknown): void {
    try {
      this.options.onFault(error);
    } catch {
      // There is nobody left to report to.
    }
  }
}
