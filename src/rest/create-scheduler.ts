import type { PollCandidate } from "../polling/poll-candidate.js";
import type { PollRequest } from "../polling/poll-request.js";
import { Scheduler, type Job, type JobResult } from "../polling/scheduler.js";
import { ERROR_TABLE } from "../support/error-table.js";
import { toCarDataError, type CarDataError } from "../support/errors.js";
import type { IsWanted } from "../support/single-flight.js";
import { SOC_SOURCES } from "../vehicle/source-priority.js";
import { isHeld, isRefusal } from "./error-predicates.js";
import type { OperationRunner } from "./operation-runner.js";
import type { OperationAnswer } from "./operations.js";
import type { RefusalRegistry } from "./refusal-registry.js";
import type { RestContext } from "./rest-context.js";
import type { TelematicsReader } from "./telematics-reader.js";
import { isLimited, type Access, type RegisteredVehicle, type Vehicles } from "./vehicles.js";

interface RestSchedulerOptions {
  readonly telematics: TelematicsReader;
  readonly operations: OperationRunner;
  /** Returns when a charge of a car is expected to end by its estimate [ms]; `null` without one. */
  readonly chargeEndOf: (vin: string) => number | null;
  readonly onAnswer: (node: string, answer: OperationAnswer) => void;
  /** Called when the plan has changed. */
  readonly onChange: () => void;
}

/** Returns whether calls can be made: until there is a login, nothing is planned; then the owner calls `look`. */
const LOOK_AGAIN_MS = 15 * 60_000;

/** Creates the scheduler of the calls that nodes want without a message: it decides when, this side makes them. */
export function createScheduler(context: RestContext, options: RestSchedulerOptions): Scheduler {
  const { vehicles, refusals, ledger, clock, isReady, onState, onFailure } = context;
  const scheduler: Scheduler = new Scheduler(context, {
    cars: () => pollCandidates(vehicles, refusals, options.chargeEndOf),
    opensAt: (budget) => {
      return isReady() ? ledger.opensAt(budget, scheduler.shares()[budget]) : clock.now() + LOOK_AGAIN_MS;
    },
    run: (job) => runJob(job, () => scheduler.requestFor(job), context, options),
    onState,
    onChange: options.onChange,
    onFault: (error) => {
      onFailure(toCarDataError(error));
    },
  });
  return scheduler;
}

/** @param request the request on whose behalf the job is done now */
async function runJob(
  job: Job,
  request: () => PollRequest | null,
  { isReady, onFailure }: RestContext,
  options: RestSchedulerOptions,
): Promise<JobResult> {
  if (!isReady()) return { outcome: "held" };
  try {
    const answer = await fetchJob(job, () => request() !== null, options);
    const { node } = request() ?? {};
    if (node !== undefined) options.onAnswer(node, answer);
    return { outcome: "done" };
  } catch (thrown) {
    const error = toCarDataError(thrown);
    if (ERROR_TABLE[error.code].outcome !== "abandoned") onFailure(error);
    return resultOf(job, error);
  }
}

function fetchJob(
  job: Job,
  isWanted: IsWanted,
  { telematics, operations }: RestSchedulerOptions,
): Promise<OperationAnswer> {
  if (job.kind === "poll") return telematics.read(job.vin, job.budget, { isWanted });
  return operations.daily(job.feature, job.vin, job.pages, isWanted);
}

/** A car is given up only after BMW's own refusal of it; a daily extra after any refusal. */
function resultOf(job: Job, error: CarDataError): JobResult {
  if (error.code === "node_closed") return { outcome: "dropped" };
  // The refusal may be known already from a request of a person.
  const isKnownRefusal = job.kind === "daily" && error.code === "cu_104";
  if (isHeld(error) && !isKnownRefusal) return { outcome: "held" };
  const refused = job.kind === "poll" ? error.code === "cu_104" : isRefusal(error);
  return refused ? { outcome: "refused", code: error.code } : { outcome: "failed" };
}

/** A refusal may be over after a while; the other conditions change with BMW's mappings and basic data. */
const SCHEDULED: Readonly<Record<Access, PollCandidate["access"]>> = {
  ok: "ok",
  no_permission: "weekly",
  not_primary: "never",
  not_telematics_capable: "never",
};

/**
 * Collects the candidates for polls.
 * @param chargeEndOf returns the expected end of a charge by its estimate [ms]
 */
export function pollCandidates(
  vehicles: Pick<Vehicles, "cars">,
  refusals: RefusalRegistry,
  chargeEndOf: (vin: string) => number | null,
): PollCandidate[] {
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

/** The expected end is that of the car or of its estimate, whichever is earlier. */
function withEstimate(charge: PollCandidate["charge"], estimatedEnd: () => number | null): PollCandidate["charge"] {
  if (charge === null) return null;
  const ends = [charge.expectedEndAt, estimatedEnd()].filter((end) => end !== null);
  return { ...charge, expectedEndAt: ends.length === 0 ? null : Math.min(...ends) };
}

/**
 * Returns the time of the last level [ms], from whichever source: one from REST is no younger than the call that
 * brought it. A battery value of a petrol car is no level.
 */
function newestLevel({ vehicle }: RegisteredVehicle): number | null {
  if (vehicle.driveType === "combustion") return null;
  const times = SOC_SOURCES.flatMap((descriptor) => vehicle.readings.get(descriptor)?.timestamp ?? []);
  return times.length === 0 ? null : Math.max(...times);
}
