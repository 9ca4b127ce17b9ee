import { validTime } from "../support/iso-time.js";
import { isObject } from "../support/json.js";
import type { VehicleEvent } from "./vehicle-event.js";

/** Provides what is known of a car at one time. */
export interface PluggedCar {
  /** Whether the car charges; `null`: unknown. */
  readonly isCharging: boolean | null;
  /** Whether BMW says why it does not: it is set to charge later, pauses, or is full. */
  readonly restsByPlan: boolean;
  /** Percent; `null`: unknown. */
  readonly soc: number | null;
  readonly target: number | null;
}

interface SavedPluggedWatch {
  readonly pluggedAt: number | null;
  readonly since: number | null;
}

/** Waits so long for a charge to begin [ms]. */
const PATIENCE_MS = 15 * 60_000;
/** A car that lacks less may think that it is full [pp]. */
const LEAST_MISSING_PP = 3;
const FULL = 100;

/** Events after which a car that was plugged in needs no watching. */
const OVER: ReadonlySet<VehicleEvent["name"]> = new Set(["unplugged", "chargingStarted", "tripStarted"]);

/**
 * Watches a car from the moment at which it is plugged in until it charges, and tells once that it does not. What is not
 * known is no reason to tell.
 */
export class PluggedWatch {
  /** BMW's time at which it was plugged in [ms]; `null`: there is nothing to wait for. */
  #pluggedAt: number | null = null;
  /** Since when it should charge and does not [ms]. */
  #since: number | null = null;
  #isRestored = false;

  /** Returns when it is time to tell [ms]; `null`: not before the next change. */
  get dueAt(): number | null {
    return this.#since === null ? null : this.#since + PATIENCE_MS;
  }

  /**
   * Takes the events of a moment; returns the event if the patience is over.
   * @param carNow returns what is known after them
   */
  follow(events: readonly VehicleEvent[], carNow: () => PluggedCar, now: number): VehicleEvent[] {
    const pluggedBefore = this.#pluggedAt;
    for (const { name, at } of events) {
      if (name === "pluggedIn") this.#begin(at);
      else if (OVER.has(name)) this.#end();
    }
    if (this.#pluggedAt === null) return [];
    const car = carNow();
    const isNew = this.#pluggedAt !== pluggedBefore;
    // A charge may have begun just before its cable was told.
    if (car.isCharging === true) this.#end();
    else if (!shouldCharge(car)) this.#since = null;
    else this.#since ??= isNew ? this.#pluggedAt : now;
    return this.#told(car, now);
  }

  save(): SavedPluggedWatch {
    return { pluggedAt: this.#pluggedAt, since: this.#since };
  }

  restore(saved: unknown): void {
    const { pluggedAt, since } = isObject(saved) ? saved : {};
    this.#pluggedAt = validTime(pluggedAt);
    this.#since = this.#pluggedAt === null ? null : validTime(since);
    this.#isRestored = true;
  }

  #begin(at: number): void {
    this.#pluggedAt = at;
    this.#since = null;
    this.#isRestored = false;
  }

  #end(): void {
    this.#pluggedAt = null;
    this.#since = null;
  }

  #told({ soc, target }: PluggedCar, now: number): VehicleEvent[] {
    const [{ dueAt }, pluggedAt, isRestored] = [this, this.#pluggedAt, this.#isRestored];
    this.#isRestored = false;
    if (dueAt === null || pluggedAt === null || dueAt > now) return [];
    this.#end();
    // Nobody listened when it was due: it may have charged meanwhile.
    if (isRestored) return [];
    return [{ name: "pluggedNotCharging", at: dueAt, pluggedAt, soc, targetSoc: target }];
  }
}

/** Returns whether the car is known to need a charge and to get none. Without a target it charges until it is full. */
function shouldCharge({ isCharging, restsByPlan, soc, target }: PluggedCar): boolean {
  return isCharging === false && !restsByPlan && soc !== null && soc <= (target ?? FULL) - LEAST_MISSING_PP;
}
