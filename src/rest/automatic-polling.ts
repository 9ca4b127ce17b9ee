import type { CarFacts } from "../polling/cars.js";
import type { AutomaticBudget, DailyFeature } from "../polling/jobs.js";
import { responsible, type PollRequest } from "../polling/poll-requests.js";
import type { PollingState } from "../polling/polling-state.js";
import { Scheduler, type Job, type JobResult } from "../polling/scheduler.js";
import { toCarDataError, type CarDataError, type ErrorCode } from "../support/errors.js";
import type { IsWanted } from "../support/shared-work.js";
import type { VehicleOutcome } from "../vehicle/outcome.js";
import { SOC_SOURCES } from "../vehicle/values.js";
import { isHeld, isRefusal } from "./failures.js";
import type { OperationRunner } from "./operation-runner.js";
import type { OperationAnswer } from "./operations.js";
import type { RefusalRegistry } from "./refusal-registry.js";
import type { RestContext } from "./rest-context.js";
import type { TelematicsReader } from "./telematics-reader.js";
import { isLimited, type Access, type Car, type Vehicles } from "./vehicles.js";

interface AutomaticPollingOptions {
  readonly telematics: TelematicsReader;
  readonly operations: OperationRunner;
  /** When a charge of a car ought to be over by its estimate, in milliseconds; `null` without one. */
  readonly chargeEndOf: (vin: string) => number | null;
  readonly onAnswer: (node: string, answer: OperationAnswer) => void;
  /** The plan has changed. */
  readonly onChange: () => void;
}

/** Until a login is there; then the owner calls `look`. */
const LOOK_AGAIN_MS = 15 * 60_000;

/** Makes the calls that nodes want without a message, as the scheduler spends them. Without a request there is none. */
export class AutomaticPolling {
  readonly #requests = new Map<string, readonly PollRequest[]>();
  readonly #scheduler: Scheduler;

  constructor(
    private readonly context: RestContext,
    private readonly options: AutomaticPollingOptions,
  ) {
    const { vehicles, refusals, onState, onFailure } = context;
    const { chargeEndOf, onChange } = options;
    this.#scheduler = new Scheduler(context, {
      cars: () => carFacts(vehicles, refusals, chargeEndOf),
      opensAt: (budget) => this.#opensAt(budget),
      run: (job) => this.#run(job),
      onState,
      onChange,
      onFault: (error) => {
        onFailure(toCarDataError(error));
      },
    });
  }

  get state(): PollingState {
    return this.#scheduler.state;
  }

  /** Whether any node wants anything. */
  get wanted(): boolean {
    return this.#all.length > 0;
  }

  restore(state: PollingState): void {
    this.#scheduler.restore(state);
  }

  start(): void {
    this.#scheduler.start();
  }

  close(): void {
    this.#scheduler.close();
  }

  join(node: string, requests: readonly PollRequest[]): void {
    this.#requests.set(node, requests);
    this.#scheduler.setRequests(this.#all);
  }

  leave(node: string): void {
    this.#requests.delete(node);
    this.#scheduler.setRequests(this.#all);
  }

  /** Something has changed that the plan depends on. */
  look(): void {
    this.#scheduler.look();
  }

  follow({ vin, events, chargeStoppedAt }: VehicleOutcome): void {
    for (const { name } of events)
      if (name === "tripEnded" || name === "chargingStarted") this.#scheduler.triggered(vin, name);
    // The answer may bring the level that the event of the end waits for.
    if (chargeStoppedAt !== null) this.#scheduler.triggered(vin, "chargingEnded");
  }

  /** A person's own call ended; what it brought need not be fetched again. */
  noted(vin: string, kind: PollRequest["kind"], ok: boolean): void {
    this.#scheduler.noted(vin, kind, ok);
  }

  /** Tells the next call for a node in milliseconds; `other`: other nodes care for all of its cars. */
  plan(node: string): { readonly next: number | null; readonly other: boolean } {
    return { next: this.#scheduler.nextFor(node), other: this.#caredForByOthers(node) };
  }

  /** Until when a daily feature of a car rests because BMW refused it, in milliseconds. */
  restsUntil(vin: string, feature: DailyFeature): number | null {
    return this.#scheduler.disabledUntil(vin, feature);
  }

  #caredForByOthers(node: string): boolean {
    const own = this.#requests.get(node) ?? [];
    const all = this.#all;
    const covered = own.flatMap(({ kind, vin }) =>
      (vin === null ? [...this.context.vehicles.cars.keys()] : [vin]).map((car) => responsible(all, kind, car)?.node),
    );
    return covered.length > 0 && !covered.includes(node);
  }

  get #all(): PollRequest[] {
    return [...this.#requests.values()].flat();
  }

  #opensAt(budget: AutomaticBudget): number | null {
    const { ledger, clock, isReady } = this.context;
    return isReady() ? ledger.opensAt(budget, this.#scheduler.shares()[budget]) : clock.now() + LOOK_AGAIN_MS;
  }

  async #run(job: Job): Promise<JobResult> {
    if (!this.context.isReady()) return { outcome: "held" };
    const request = () => responsible(this.#all, job.kind === "poll" ? "telematicData" : job.feature, job.vin);
    try {
      const answer = await this.#fetch(job, () => request() !== null);
      const { node } = request() ?? {};
      if (node !== undefined) this.options.onAnswer(node, answer);
      return { outcome: "done" };
    } catch (thrown) {
      const error = toCarDataError(thrown);
      if (!QUIET.has(error.code)) this.context.onFailure(error);
      return resultOf(job, error);
    }
  }

  #fetch(job: Job, isWanted: IsWanted): Promise<OperationAnswer> {
    const { telematics, operations } = this.options;
    if (job.kind === "poll") return telematics.read(job.vin, job.budget, { isWanted });
    return operations.daily(job.feature, job.vin, job.pages, isWanted);
  }
}

/** Nobody is left to tell. */
const QUIET: ReadonlySet<ErrorCode> = new Set(["rest_aborted", "node_closed"]);

/** A car is given up only for BMW's own word on it; a daily extra for any refusal. */
function resultOf(job: Job, error: CarDataError): JobResult {
  if (error.code === "node_closed") return { outcome: "dropped" };
  // A person may have heard of it before.
  const isKnownRefusal = job.kind === "daily" && error.code === "cu_104";
  if (isHeld(error) && !isKnownRefusal) return { outcome: "held" };
  const refused = job.kind === "poll" ? error.code === "cu_104" : isRefusal(error);
  return refused ? { outcome: "refused", code: error.code } : { outcome: "failed" };
}

/** A refusal may be over after a while; the rest changes with what BMW's mappings and basic data say. */
const SCHEDULED: Readonly<Record<Access, CarFacts["access"]>> = {
  ok: "ok",
  no_permission: "weekly",
  not_primary: "never",
  not_telematics_capable: "never",
};

/** Collects the facts that the scheduler needs; `chargeEndOf`: when a charge ought to be over by its estimate, ms. */
export function carFacts(
  vehicles: Pick<Vehicles, "cars">,
  refusals: RefusalRegistry,
  chargeEndOf: (vin: string) => number | null,
): CarFacts[] {
  return [...vehicles.cars].map(([vin, car]) => ({
    vin,
    real: !isLimited(car),
    access: SCHEDULED[refusals.accessOf(vin, car)],
    refusedAt: refusals.refusedAt(vin),
    socAt: newestLevel(car),
    combustion: car.vehicle.driveType === "combustion",
    charge: withEstimate(car.vehicle.charge, () => chargeEndOf(vin)),
  }));
}

/** A charge ought to be over when the car or its estimate says so, whichever is earlier. */
function withEstimate(charge: CarFacts["charge"], estimatedEnd: () => number | null): CarFacts["charge"] {
  if (charge === null) return null;
  const ends = [charge.expectedEndAt, estimatedEnd()].filter((end) => end !== null);
  return { ...charge, expectedEndAt: ends.length === 0 ? null : Math.min(...ends) };
}

/**
 * Whatever brought it: a level that came over REST is no younger than the call that brought it. What a petrol car tells of
 * a battery is no level.
 */
function newestLevel({ vehicle }: Car): number | null {
  if (vehicle.driveType === "combustion") return null;
  const times = SOC_SOURCES.flatMap((descriptor) => vehicle.readings.get(descriptor)?.timestamp ?? []);
  return times.length === 0 ? null : Math.max(...times);
}
