import type { Scheduler } from "../polling/scheduler.js";
import type { Document } from "../store/document.js";
import type { Clock } from "../support/clock.js";
import type { ContainerManager } from "./containers/container-manager.js";
import { nextMidnight } from "./quota-cooldown.js";
import { joinRestStates } from "./join-rest-states.js";
import type { QuotaSnapshot, QuotaLedger } from "./quota-ledger.js";
import type { RefusalRegistry } from "./refusal-registry.js";
import type { RestHealth } from "./rest-health.js";
import { accountCodec, decodeRestState, type AccountState, type RestState } from "./rest-state.js";
import type { VehicleDiscovery } from "./vehicle-discovery.js";

/** The parts of which state is saved. */
interface KeptParts {
  readonly ledger: QuotaLedger;
  readonly containers: ContainerManager;
  readonly refusals: RefusalRegistry;
  readonly health: RestHealth;
  readonly discovery: VehicleDiscovery;
  readonly scheduler: Scheduler;
}

export interface RestStateListener {
  /** Called when few calls are left, for the first time in this window of the quota. */
  readonly onQuotaLow: (remaining: number, resetsAt: number) => void;
}

const LOW_AT = 10;
const DAY_MS = 24 * 3600 * 1000;

/** `account.json`: what of the account itself, and of its REST side, outlives a restart, so that a restart costs no call. */
export class RestStateFile {
  #owner = "";
  #closed = false;
  /** Called to start the REST side when the file has been read. */
  #isWaiting = false;

  constructor(
    private readonly document: Document<AccountState>,
    private readonly clock: Clock,
    private readonly parts: KeptParts,
    private readonly listener: RestStateListener,
  ) {}

  /** Returns the present or last customer, as `ownerOf` gives it; "" if there was none yet. */
  get owner(): string {
    return this.#owner;
  }

  get state(): RestState {
    const { ledger, containers, refusals, health, discovery, scheduler } = this.parts;
    return {
      owner: this.#owner,
      ledger: ledger.state,
      containers: containers.state,
      polling: scheduler.state,
      discovery: discovery.state,
      refusals: refusals.cars,
      operationRefusals: refusals.operations,
      deniedAt: health.deniedAt,
      successAt: health.successAt,
    };
  }

  /** Reads the file and restores the parts; never rejects. */
  async load(): Promise<void> {
    await this.document.load((saved) => {
      if (!this.#closed) this.#join(saved);
    });
    this.#restore(this.document.value);
  }

  /** Starts the automatic work of the parts, once the calls spent before are known. */
  start(): void {
    const { hold } = this.document;
    this.#isWaiting = hold !== null && hold.kind !== "newer";
    if (!this.#isWaiting) this.#work();
  }

  /** Saves the state at once, because BMW's quota counts each call. */
  save(): void {
    const { quota } = this.parts.ledger;
    const { quotaToldFor } = this.document.value;
    const alarm = quotaAlarm(quota, quotaToldFor, this.clock.now());
    void this.document.save({ ...this.state, quotaToldFor: alarm ?? quotaToldFor });
    if (alarm !== null) this.listener.onQuotaLow(quota.remaining, quota.resetsAt);
  }

  /**
   * Takes the login as this customer's: sets the state of another one, whose quota is another, aside and forgets it
   * here.
   */
  belongTo(owner: string): void {
    const former = this.#owner;
    this.document.belongTo(owner, accountCodec.initial(), former);
    if (former === owner) return;
    if (former !== "") this.#restore(decodeRestState({}));
    this.#owner = owner;
  }

  /** Keeps the state under the new name of the customer. */
  rename(owner: string): void {
    this.#owner = owner;
  }

  close(): void {
    this.#closed = true;
  }

  #work(): void {
    this.parts.discovery.start();
    this.parts.scheduler.start();
  }

  #restore(state: RestState): void {
    const { ledger, containers, refusals, health, discovery, scheduler } = this.parts;
    this.#owner = state.owner;
    ledger.restore(state.ledger);
    containers.restore(state.containers);
    refusals.restore(state.refusals, state.operationRefusals);
    discovery.restore(state.discovery);
    scheduler.restore(state.polling);
    health.restore(state.successAt, state.deniedAt);
  }

  /** Joins a saved state that could be read only late with the present one. */
  #join(saved: AccountState): void {
    this.#joinSaved(saved);
    if (this.#isWaiting) this.#work();
    this.#isWaiting = false;
    const quotaToldFor = Math.max(saved.quotaToldFor, this.document.value.quotaToldFor);
    this.document.set({ ...this.state, quotaToldFor });
  }

  #joinSaved(saved: RestState): void {
    const { ledger, containers, refusals, health, discovery, scheduler } = this.parts;
    const state = joinRestStates(saved, this.state);
    this.#owner = state.owner;
    ledger.restore(state.ledger);
    if (containers.state.container === null) containers.restore(state.containers);
    refusals.restore(state.refusals, state.operationRefusals);
    discovery.join(state.discovery);
    scheduler.restore(state.polling);
    if (health.successAt === 0) health.restore(state.successAt, state.deniedAt);
    scheduler.replan();
  }
}

/**
 * Decides whether to report that few calls are left: once in each window of the quota.
 * @param toldFor end of the window for which it was reported [ms]; a time further ahead than any such end was noted by
 *   a clock that was wrong
 * @returns the end of the window for which to report it now, else `null`
 */
export function quotaAlarm({ remaining, resetsAt }: QuotaSnapshot, toldFor: number, now: number): number | null {
  const isTold = toldFor >= now && toldFor <= now + 2 * DAY_MS;
  if (remaining > LOW_AT || isTold) return null;
  // The pause after a refusal of BMW is shorter than the day, and there may be more of them.
  return Math.max(resetsAt, nextMidnight(now));
}
