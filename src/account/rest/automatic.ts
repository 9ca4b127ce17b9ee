import type { DailyFeature } from "../../polling/jobs.js";
import { responsible, type Wish } from "../../polling/wishes.js";
import { Scheduler, type Job, type JobResult } from "../../polling/scheduler.js";
import type { PollingState } from "../../polling/state.js";
import type { QuotaLedger } from "../../rest/quota-ledger.js";
import type { Clock } from "../../support/clock.js";
import { ERROR_TABLE } from "../../support/error-table.js";
import { toCarDataError, type CarDataError } from "../../support/errors.js";
import type { Random } from "../../support/random.js";
import type { IsWanted } from "../../support/shared-work.js";
import type { Update } from "../events.js";
import type { Garage } from "../garage.js";
import type { OperationAnswer } from "../operations.js";
import type { AccessBook } from "./access.js";
import { carFacts } from "./car-facts.js";
import { isHeld, isRefusal } from "./failures.js";

export interface AutomaticDoors {
  readonly clock: Clock;
  readonly random: Random;
  readonly ledger: QuotaLedger;
  readonly garage: Garage;
  /** When a charge of a car ought to be over by its estimate, in milliseconds; `null` without one. */
  readonly chargeEndOf: (vin: string) => number | null;
  readonly access: AccessBook;
  /** Whether a call could be answered at all. */
  readonly ready: () => boolean;
  /** Does the job while it is wanted. */
  readonly fetch: (job: Job, isWanted: IsWanted) => Promise<OperationAnswer>;
  readonly onAnswer: (node: string, answer: OperationAnswer) => void;
  readonly onProblem: (error: CarDataError) => void;
  readonly onState: () => void;
  /** The plan has changed. */
  readonly onChange: () => void;
}

/** Until a login is there; then the owner calls `look`. */
const LOOK_AGAIN_MS = 15 * 60_000;

/** The calls that nodes want without being asked, spent by the scheduler. Without a wish there is none. */
export class Automatic {
  readonly #wishes = new Map<string, readonly Wish[]>();
  readonly #scheduler: Scheduler;

  constructor(private readonly doors: AutomaticDoors) {
    const { clock, random, ledger, garage, chargeEndOf, access, onState, onChange } = doors;
    this.#scheduler = new Scheduler({
      clock,
      random,
      cars: () => carFacts(garage, access, chargeEndOf),
      opensAt: (budget) =>
        doors.ready() ? ledger.opensAt(budget, this.#scheduler.shares()[budget]) : clock.now() + LOOK_AGAIN_MS,
      run: (job) => this.#run(job),
      onState,
      onChange,
      onFault: (error) => {
        doors.onProblem(toCarDataError(error));
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

  join(node: string, wishes: readonly Wish[]): void {
    this.#wishes.set(node, wishes);
    this.#scheduler.setWishes(this.#all);
  }

  leave(node: string): void {
    this.#wishes.delete(node);
    this.#scheduler.setWishes(this.#all);
  }

  /** Something has changed that the plan depends on. */
  look(): void {
    this.#scheduler.look();
  }

  follow({ vin, events, chargeStoppedAt }: Update): void {
    for (const { name } of events)
      if (name === "tripEnded" || name === "chargingStarted") this.#scheduler.happened(vin, name);
    // The answer may bring the level that the event of the end waits for.
    if (chargeStoppedAt !== null) this.#scheduler.happened(vin, "chargingEnded");
  }

  /** A person's own call ended; what it brought need not be fetched again. */
  noted(vin: string, kind: Wish["kind"], ok: boolean): void {
    this.#scheduler.noted(vin, kind, ok);
  }

  /** What is planned for a node; `other`: other nodes care for all of its cars. */
  plan(node: string): { readonly next: number | null; readonly other: boolean } {
    return { next: this.#scheduler.nextFor(node), other: this.#caredForByOthers(node) };
  }

  /** Until when a daily feature of a car rests because BMW refused it, in milliseconds. */
  restsUntil(vin: string, feature: DailyFeature): number | null {
    return this.#scheduler.disabledUntil(vin, feature);
  }

  #caredForByOthers(node: string): boolean {
    const own = this.#wishes.get(node) ?? [];
    const all = this.#all;
    const covered = own.flatMap(({ kind, vin }) =>
      (vin === null ? [...this.doors.garage.cars.keys()] : [vin]).map((car) => responsible(all, kind, car)?.node),
    );
    return covered.length > 0 && !covered.includes(node);
  }

  get #all(): Wish[] {
    return [...this.#wishes.values()].flat();
  }

  async #run(job: Job): Promise<JobResult> {
    if (!this.doors.ready()) return { outcome: "held" };
    const wish = () => responsible(this.#all, job.kind === "poll" ? "telematicData" : job.feature, job.vin);
    try {
      const answer = await this.doors.fetch(job, () => wish() !== null);
      const { node } = wish() ?? {};
      if (node !== undefined) this.doors.onAnswer(node, answer);
      return { outcome: "done" };
    } catch (thrown) {
      const error = toCarDataError(thrown);
      if (ERROR_TABLE[error.code].outcome !== "abandoned") this.doors.onProblem(error);
      return resultOf(job, error);
    }
  }
}

/** A car is given up only for BMW's own word on it; a daily extra for any refusal. */
function resultOf(job: Job, error: CarDataError): JobResult {
  if (error.code === "node_closed") return { outcome: "dropped" };
  // A person may have heard of it before.
  const isKnownRefusal = job.kind === "daily" && error.code === "cu_104";
  if (isHeld(error) && !isKnownRefusal) return { outcome: "held" };
  const refused = job.kind === "poll" ? error.code === "cu_104" : isRefusal(error);
  return refused ? { outcome: "refused", code: error.code } : { outcome: "failed" };
}
