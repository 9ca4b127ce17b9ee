import { TraccarPoller, type Look } from "../traccar/poller.js";
import type { PositionAnswer } from "../traccar/client.js";
import type { TrackerFix } from "../traccar/types.js";
import type { Clock } from "../support/clock.js";
import type { CarDataError, Problem } from "../support/errors.js";
import type { TrackedPlace } from "./soc/soc-desk.js";

/** How it stands with the tracker of a car, for one node. */
export type TrackerState =
  /** No trip, nothing to look for. */
  | { readonly kind: "idle" }
  /** The first answer is not there yet. */
  | { readonly kind: "looking" }
  | { readonly kind: "speed"; readonly kmh: number; readonly at: number }
  | { readonly kind: "silent" }
  | { readonly kind: "failed"; readonly problem: Problem }
  /** Another node looks for this car. */
  | { readonly kind: "other" };

export interface TrackerCarDoors {
  readonly clock: Clock;
  readonly intervalMs: number;
  readonly mode: "trips" | "always";
  readonly ask: () => Promise<PositionAnswer>;
  /** Hears each fix with a speed, the first one without, and every one that was asked for. */
  readonly onFix: (fix: TrackerFix) => void;
  readonly onState: () => void;
  readonly onSpeed: (kmh: number | null, place: TrackedPlace | null) => void;
}

/** The tracker of one car as one node wants it looked at. */
export class TrackerCar {
  readonly #poller: TraccarPoller;
  #state: TrackerState = { kind: "other" };
  /** Whether it is this node that looks for the car. */
  #leads = false;
  #isSaidSilent = false;
  #isAsked = false;
  /** Whether the start of a trip could have been missed: nothing was heard of the car yet. */
  #isNew = true;

  constructor(private readonly doors: TrackerCarDoors) {
    const { clock, intervalMs, ask } = doors;
    const onLook = (look: Look) => {
      this.#take(look);
    };
    this.#poller = new TraccarPoller({ clock, intervalMs, ask, onLook });
  }

  get state(): TrackerState {
    return this.#state;
  }

  /** From now on this node looks for the car, which may be on a trip already. */
  lead(moving: boolean): void {
    if (this.#leads) return;
    this.#leads = true;
    this.#show({ kind: "idle" });
    if (moving || this.doors.mode === "always") this.#begin();
  }

  /** Another node looks for the car from now on. */
  yield(): void {
    if (!this.#leads) return;
    this.#leads = false;
    this.#end();
    this.#show({ kind: "other" });
  }

  /** Something was heard of the car. */
  heard(moving: boolean): void {
    if (this.#isNew && this.#leads && moving) this.#begin();
    this.#isNew = false;
  }

  tripStarted(): void {
    this.#isNew = false;
    if (this.#leads) this.#begin();
  }

  tripEnded(): void {
    this.#isNew = false;
    if (!this.#leads) return;
    if (this.doors.mode === "trips") {
      this.#poller.stop();
      this.#show({ kind: "idle" });
    }
    this.doors.onSpeed(null, null);
  }

  /** Looks now and tells the fix in any case. */
  async look(): Promise<CarDataError | null> {
    this.#isAsked = true;
    return (await this.#poller.look()).error;
  }

  /** The node goes, or its settings change: nobody tells this car's speed any more. */
  leave(): void {
    if (this.#leads) this.#end();
    this.close();
  }

  /** Everything ends; what was told last stays. */
  close(): void {
    this.#leads = false;
    this.#poller.close();
  }

  #begin(): void {
    if (this.#poller.running) return;
    this.#isSaidSilent = false;
    this.#show({ kind: "looking" });
    this.#poller.start();
  }

  #end(): void {
    const wasRunning = this.#poller.running;
    this.#poller.stop();
    if (wasRunning) this.doors.onSpeed(null, null);
  }

  #take({ fix, error }: Look): void {
    const isAsked = this.#isAsked;
    this.#isAsked = false;
    // A parked car has no speed that could matter, and at the next trip this one would be an old one.
    if (this.#poller.running) this.doors.onSpeed(fix.speedKmh, placeOf(fix));
    if (isAsked || fix.speedKmh !== null || !this.#isSaidSilent) this.doors.onFix(fix);
    this.#isSaidSilent = fix.speedKmh === null;
    if (this.#leads) this.#show(stateOf(fix, error));
  }

  #show(state: TrackerState): void {
    const isSame = JSON.stringify(state) === JSON.stringify(this.#state);
    this.#state = state;
    if (!isSame) this.doors.onState();
  }
}

function stateOf({ speedKmh, at }: TrackerFix, error: CarDataError | null): TrackerState {
  if (error !== null) return { kind: "failed", problem: error.problem };
  return speedKmh === null ? { kind: "silent" } : { kind: "speed", kmh: speedKmh, at };
}

/** Only a place that belongs to the speed of this moment. */
function placeOf({ speedKmh, position, at }: TrackerFix): TrackedPlace | null {
  if (speedKmh === null || position === null) return null;
  return { latitude: position.latitude, longitude: position.longitude, at: position.fixTime ?? at };
}
