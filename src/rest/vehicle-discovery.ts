import type { Cancel } from "../support/clock.js";
import { toCarDataError, type CarDataError } from "../support/errors.js";
import { validTime } from "../support/iso-time.js";
import { finiteNumber } from "../support/json.js";
import { alwaysWanted, type IsWanted } from "../support/single-flight.js";
import { byKey, isTrue, storedList, or, objectOrDefaults, type StoredReader } from "../support/stored-schema.js";
import { parseVin } from "../support/vin.js";
import { whileWanted, type Budget, type RestApi } from "./rest-call.js";
import { fetchBasicData, fetchMappings } from "./requests.js";
import { concernsOneCar, isHeld, isRefusal, retryTime } from "./error-predicates.js";
import type { RestContext } from "./rest-context.js";

/** The progress in discovering the cars. Times in milliseconds, 0 for never. */
export interface DiscoveryState {
  readonly mappingsAt: number;
  /** When each car was last described, by VIN. */
  readonly describedAt: Readonly<Record<string, number>>;
  /** Requested steps that are not done yet: they are resumed, not begun anew. */
  readonly open: OpenSteps;
  readonly failures: number;
  readonly retryAt: number;
}

/** The steps under way. */
interface DiscoveryRun {
  /** Whether a person asked for them. */
  readonly asked: boolean;
  readonly ended: Promise<void>;
}

interface OpenSteps {
  readonly mappings: boolean;
  readonly vins: readonly string[];
}

const HOUR_MS = 3600 * 1000;
const DAY_MS = 24 * HOUR_MS;
const MAPPINGS_EVERY_MS = DAY_MS;
const BASIC_DATA_EVERY_MS = 30 * DAY_MS;
const FIRST_RETRY_MS = 5 * 60_000;
const LONGEST_RETRY_MS = 6 * HOUR_MS;
/** Bounds a timer [ms], so that a clock that jumps is noticed. */
const LONGEST_TIMER_MS = HOUR_MS;
/** Times further ahead come from a clock that was wrong. */
const CLOCK_TOLERANCE_MS = HOUR_MS;
/** The longest wait that BMW's quota can make necessary [ms]. */
const LONGEST_WAIT_MS = DAY_MS;
/**
 * Bounds the runs in which a car without an answer is asked again; then it stays without its data until the next
 * renewal.
 */
const MOST_FAILURES = 5;
const NOTHING_OPEN: OpenSteps = { mappings: false, vins: [] };

/**
 * Asks BMW for the cars of the account and their basic data: 1 call, and 1 more for each car that may be read. Each
 * step is remembered when it is done, so that a failure or a restart costs no call twice. Nothing waits for it.
 */
export class VehicleDiscovery {
  #state: DiscoveryState = { mappingsAt: 0, describedAt: {}, open: NOTHING_OPEN, failures: 0, retryAt: 0 };
  #running: DiscoveryRun | null = null;
  #timer: Cancel | null = null;
  #closed = true;

  /** @param isAutomatic returns whether any node calls by itself: only then is anything renewed */
  constructor(
    private readonly context: RestContext,
    private readonly isAutomatic: () => boolean,
  ) {}

  /** Restores a saved state; stops what is under way, which is no longer this account's. */
  restore(state: DiscoveryState): void {
    this.#state = state;
    this.#running = null;
  }

  /** Restores a joined state that contains the present one; what is under way continues. */
  join(state: DiscoveryState): void {
    this.#state = state;
    this.plan();
  }

  get state(): DiscoveryState {
    return this.#state;
  }

  start(): void {
    this.#closed = false;
    this.plan();
  }

  close(): void {
    this.#closed = true;
    this.#timer?.();
  }

  /**
   * Runs all steps, because a person asked for them; once for all who ask meanwhile. Failed ones are retried later by
   * themselves.
   * @throws CarDataError the first failure that concerns the whole account, else the last one of a car
   */
  async discover(): Promise<void> {
    // An automatic run may take fewer steps.
    while (this.#running?.asked === false) await this.#running.ended.catch(() => undefined);
    if (this.#running === null) this.#change({ open: { mappings: true, vins: [] } });
    await this.#run(true, alwaysWanted);
  }

  /** Schedules the next step; call when nodes come or go. */
  plan(): void {
    this.#timer?.();
    if (this.#closed) return;
    const now = this.context.clock.now();
    const due = this.#dueAt();
    const wait = due === null ? LONGEST_TIMER_MS : Math.min(Math.max(0, due - now), LONGEST_TIMER_MS);
    this.#timer = this.context.clock.after(wait, () => void this.#look());
  }

  async #look(): Promise<void> {
    const now = this.context.clock.now();
    const due = this.#dueAt();
    if (due !== null && due <= now) {
      const { open } = this.#state;
      const isRenewal = isEmpty(open);
      if (isRenewal) this.#change({ open: { mappings: this.#mappingsDue() <= now, vins: this.#outdated(now) } });
      // Steps that a person has asked for are completed; the rest is for nodes that call by themselves.
      await this.#run(false, isRenewal ? this.isAutomatic : alwaysWanted).catch((thrown: unknown) => {
        const error = toCarDataError(thrown);
        if (!this.#closed && error.code !== "node_closed") this.context.onFailure(error);
      });
    }
    this.plan();
  }

  #run(asked: boolean, isWanted: IsWanted): Promise<void> {
    if (this.#running !== null) return this.#running.ended;
    const ended = this.#steps(asked, whileWanted(this.context.rest, isWanted)).finally(() => {
      if (this.#running?.ended === ended) this.#running = null;
      this.plan();
    });
    this.#running = { asked, ended };
    return ended;
  }

  async #steps(asked: boolean, rest: RestApi): Promise<void> {
    const budget = asked ? "manual" : "renewal";
    try {
      if (this.#state.open.mappings) await this.#map(rest, budget, asked);
      let failure: CarDataError | null = null;
      for (const vin of this.#state.open.vins) failure = (await this.#describe(rest, vin, budget)) ?? failure;
      if (failure !== null) throw failure;
      this.#change({ failures: 0, retryAt: 0 });
    } catch (thrown) {
      const error = toCarDataError(thrown);
      this.#postpone(error);
      throw error;
    }
  }

  #postpone(error: CarDataError): void {
    // After a restart it continues at once; another login has steps of its own.
    if (error.code === "rest_aborted") return;
    if (error.code === "node_closed") {
      this.#change({ open: NOTHING_OPEN });
      return;
    }
    const { failures } = this.#state;
    const pause = Math.min(FIRST_RETRY_MS * 2 ** failures, LONGEST_RETRY_MS);
    const retryAt = retryTime(error) ?? this.context.clock.now() + (isHeld(error) ? FIRST_RETRY_MS : pause);
    this.#change({ failures: isHeld(error) ? failures : failures + 1, retryAt });
  }

  async #map(rest: RestApi, budget: Budget, asked: boolean): Promise<void> {
    const { vehicles, clock } = this.context;
    const mappings = await fetchMappings(rest, budget);
    for (const { vin, role } of mappings) vehicles.mapped(vin, role);
    const vins = asked ? this.#primaries() : this.#outdated(clock.now());
    this.#change({ mappingsAt: clock.now(), open: { mappings: false, vins } });
  }

  /** Returns the failure after which the car is to be asked again. */
  async #describe(rest: RestApi, vin: string, budget: Budget): Promise<CarDataError | null> {
    const { vehicles, refusals, clock } = this.context;
    try {
      vehicles.described(vin, await fetchBasicData(rest, vin, budget));
      refusals.allowCar(vin);
    } catch (thrown) {
      const error = toCarDataError(thrown);
      if (!concernsOneCar(error.code)) throw error;
      if (error.code === "cu_104") refusals.refuseCar(vin);
      else if (!isRefusal(error) && this.#state.failures < MOST_FAILURES) return error;
    }
    const { describedAt, open } = this.#state;
    this.#change({
      describedAt: { ...describedAt, [vin]: clock.now() },
      open: { ...open, vins: open.vins.filter((one) => one !== vin) },
    });
    return null;
  }

  /** Returns when the next step is due; `null`: not by itself. */
  #dueAt(): number | null {
    const { open, retryAt } = this.#state;
    if (!this.context.isReady()) return null;
    if (!isEmpty(open)) return retryAt > this.context.clock.now() + LONGEST_WAIT_MS ? 0 : retryAt;
    if (!this.isAutomatic()) return null;
    return Math.min(this.#mappingsDue(), ...this.#renewable().map((vin) => this.#describeDue(vin)));
  }

  #mappingsDue(): number {
    return this.#next(this.#state.mappingsAt, MAPPINGS_EVERY_MS);
  }

  #describeDue(vin: string): number {
    return this.#next(this.#state.describedAt[vin] ?? 0, BASIC_DATA_EVERY_MS);
  }

  #next(done: number, interval: number): number {
    return done > this.context.clock.now() + CLOCK_TOLERANCE_MS ? 0 : done + interval;
  }

  #outdated(now: number): string[] {
    return this.#renewable().filter((vin) => this.#describeDue(vin) <= now);
  }

  /** A refused car is polled now and then; that is enough. */
  #renewable(): string[] {
    return this.#primaries().filter((vin) => this.context.refusals.refusedAt(vin) === null);
  }

  #primaries(): string[] {
    return [...this.context.vehicles.cars].filter(([, { role }]) => role === "primary").map(([vin]) => vin);
  }

  #change(changes: Partial<DiscoveryState>): void {
    this.#state = { ...this.#state, ...changes };
    this.context.onState();
  }
}

function isEmpty({ mappings, vins }: OpenSteps): boolean {
  return !mappings && vins.length === 0;
}

/** Decodes a saved state tolerantly: unreadable steps count as never done. */
export const decodeDiscovery: StoredReader<DiscoveryState> = objectOrDefaults({
  mappingsAt: or(validTime, 0),
  describedAt: byKey(parseVin, or(validTime, 0)),
  open: objectOrDefaults({ mappings: isTrue, vins: storedList(parseVin) }),
  failures: (stored) => Math.max(0, finiteNumber(stored) ?? 0),
  retryAt: or(validTime, 0),
});
