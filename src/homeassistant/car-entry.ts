import type { CarIdentity } from "../account/vehicle-identity.js";
import type { Clock } from "../support/clock.js";
import { ChargeValues } from "./charge-values.js";
import { applyLastUpdate } from "./apply-input.js";
import { Debouncer } from "./debouncer.js";
import type { AnnouncementChange, ShownCar } from "./shown-car.js";

/** Waits so long after a change for further ones, and at most so long after the first [ms]. */
export const QUIET_MS = 3000;
const MOST_MS = 10_000;
/**
 * Home Assistant drops a state whose word it does not know yet, and tells nobody when it does: usually at once, later
 * while it is busy with many entities. So such a state is held back, and sent once more after this time [ms].
 */
const BUSY_MS = 60_000;

/** Publishes what has been collected for a car. */
interface CarPublisher {
  announce(): void;
  sendUpdate(change: AnnouncementChange | null): void;
}

/** Collects the changes of one car for a moment, and remembers the identity with which it was announced. */
export class CarEntry {
  readonly announceDebouncer: Debouncer;
  readonly chargeValues = new ChargeValues();
  readonly #wordDebouncer: Debouncer;
  readonly #repeatDebouncer: Debouncer;
  /** Topics whose states had a word since the start that was new: Home Assistant may have been away at that time. */
  readonly #newWords = new Set<string>();
  readonly #updateDebouncer: Debouncer;
  /** Newest time of a value [ms]. */
  #updatedAt = 0;
  #identity = "";
  #isPostponed = false;
  #driveType: CarIdentity["driveType"] = null;

  constructor(
    readonly car: ShownCar,
    clock: Clock,
    private readonly publisher: CarPublisher,
  ) {
    this.announceDebouncer = new Debouncer(clock, QUIET_MS, MOST_MS, () => {
      this.applyLastUpdate();
      publisher.announce();
    });
    this.#wordDebouncer = new Debouncer(clock, QUIET_MS, MOST_MS, () => {
      for (const topic of car.states.release()) this.#newWords.add(topic);
      publisher.sendUpdate(null);
      this.#repeatDebouncer.trigger();
    });
    this.#repeatDebouncer = new Debouncer(clock, BUSY_MS, BUSY_MS, () => {
      car.states.repeat((topic) => this.#newWords.has(topic));
      publisher.sendUpdate(null);
    });
    this.#updateDebouncer = new Debouncer(clock, QUIET_MS, MOST_MS, () => {
      this.#sendUpdate();
    });
  }

  /** Sees to it that states that are held back are sent in a moment. */
  noteHeld(): void {
    if (this.car.states.isHolding) this.#wordDebouncer.trigger();
  }

  /** Sees to it that states with new words are sent once more after everything was: Home Assistant may be busy then. */
  noteSentAgain(): void {
    this.#repeatDebouncer.cancel();
    if (this.#newWords.size > 0) this.#repeatDebouncer.trigger();
  }

  /** Notes the time of a value from the car [ms]. */
  noteUpdate(at: number): void {
    if (at <= this.#updatedAt) return;
    this.#updatedAt = at;
    if (!this.#updateDebouncer.isPending) this.#updateDebouncer.trigger();
  }

  /** Includes the time of the last update in what is sent now. */
  applyLastUpdate(): void {
    if (this.#updatedAt > 0) applyLastUpdate(this.car, this.#updatedAt);
    this.#updateDebouncer.cancel();
  }

  /** Announces later, and then everything. */
  postponeAnnouncement(): void {
    this.#isPostponed = true;
    this.announceDebouncer.trigger();
  }

  /** Returns whether an announcement was postponed. */
  get isPostponed(): boolean {
    return this.#isPostponed;
  }

  /** Notes that the car is announced now with this identity. */
  noteAnnouncement(identity: CarIdentity): void {
    this.announceDebouncer.cancel();
    this.#isPostponed = false;
    this.#identity = JSON.stringify(identity);
    this.#driveType = identity.driveType;
  }

  /** Returns whether the identity differs from the announced one. */
  isOther(identity: CarIdentity | null): boolean {
    return this.car.announcement !== null && this.#identity !== JSON.stringify(identity);
  }

  /** Returns whether the drive type differs from the announced one. */
  isOtherKind(driveType: CarIdentity["driveType"] | undefined): boolean {
    return this.car.announcement !== null && driveType !== undefined && driveType !== this.#driveType;
  }

  /** Drops everything that is pending. */
  cancel(): void {
    this.announceDebouncer.cancel();
    this.#updateDebouncer.cancel();
    this.#wordDebouncer.cancel();
    this.#repeatDebouncer.cancel();
  }

  #sendUpdate(): void {
    // A pending announcement includes it.
    if (this.announceDebouncer.isPending) this.#updateDebouncer.trigger();
    else this.publisher.sendUpdate(applyLastUpdate(this.car, this.#updatedAt));
  }
}
