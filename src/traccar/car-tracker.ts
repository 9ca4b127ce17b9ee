import type { Clock } from "../support/clock.js";
import type { CarDataError, Problem } from "../support/errors.js";
import type { PositionAnswer } from "./traccar-client.js";
import { TrackerSpeedEstimator } from "./tracker-speed-estimator.js";
import { TraccarPoller, type TrackerPollResult } from "./traccar-poller.js";
import type { SpeedUnitVerdict } from "./speed-unit-detector.js";
import { moveOf, NO_MOVE, type TrackedMove } from "./tracker-move.js";
import type { TrackerFix, TrackerPosition } from "./tracker-types.js";

/** The state of the tracker of a car, for one node. */
export type CarState =
  /** No trip, nothing to look for. */
  | { readonly kind: "idle" }
  /** The first answer is not there yet. */
  | { readonly kind: "looking" }
  | { readonly kind: "speed"; readonly kmh: number; readonly at: number }
  | { readonly kind: "silent" }
  | { readonly kind: "failed"; readonly problem: Problem }
  /** Another node looks for this car. */
  | { readonly kind: "other" };

/** A fault of the speed that a tracker sends. */
export type SpeedFault = Exclude<SpeedUnitVerdict, "right">;

/** Configures how a car is polled, and who receives its fixes. */
interface CarTrackerOptions {
  readonly intervalMs: number;
  readonly mode: "trips" | "always";
  readonly ask: () => Promise<PositionAnswer>;
  /** Receives each fix with a speed, the first one without, and every requested one. */
  readonly onFix: (fix: TrackerFix) => void;
  readonly onState: () => void;
  /** Each look of the node that looks for the car. */
  readonly onLook: (position: TrackerPosition | null) => void;
  readonly onMove: (move: TrackedMove) => void;
  /** Once for each fault. */
  readonly onSpeedFault: (fault: SpeedFault) => void;
}

/** The tracker of one car as one node wants it looked at. */
export class CarTracker {
  readonly #poller: TraccarPoller;
  readonly #pace = new TrackerSpeedEstimator();
  readonly #saidFaults = new Set<SpeedFault>();
  #state: CarState = { kind: "other" };
  /** Whether it is this node that looks for the car. */
  #leads = false;
  #isSaidSilent = false;
  #isAsked = false;
  /** Whether the start of a trip could have been missed: the car has sent nothing yet. */
  #isNew = true;

  constructor(
    clock: Clock,
    private readonly options: CarTrackerOptions,
  ) {
    const { intervalMs, ask } = options;
    const onLook = (result: TrackerPollResult) => {
      this.#take(result);
    };
    this.#poller = new TraccarPoller({ clock, intervalMs, ask, onLook });
  }

  get state(): CarState {
    return this.#state;
  }

  /** From now on this node looks for the car, which may be on a trip already. */
  lead(moving: boolean): void {
    if (this.#leads) return;
    this.#leads = true;
    this.#pace.setOnTrip(moving);
    this.#show({ kind: "idle" });
    if (moving || this.options.mode === "always") this.#begin();
  }

  /** Another node looks for the car from now on. */
  yield(): void {
    if (!this.#leads) return;
    this.#leads = false;
    this.#end();
    this.#show({ kind: "other" });
  }

  /** Notes that the car has sent something. */
  noteMotion(moving: boolean): void {
    this.#pace.setOnTrip(moving);
    if (this.#isNew && this.#leads && moving) this.#begin();
    this.#isNew = false;
  }

  tripStarted(): void {
    this.#isNew = false;
    this.#pace.setOnTrip(true);
    if (this.#leads) this.#begin();
  }

  tripEnded(): void {
    this.#isNew = false;
    this.#pace.setOnTrip(false);
    if (!this.#leads) return;
    if (this.options.mode === "trips") {
      this.#poller.stop();
      this.#show({ kind: "idle" });
    }
    this.options.onMove(NO_MOVE);
  }

  /** Polls now and passes the fix on in any case. */
  async look(): Promise<CarDataError | null> {
    this.#isAsked = true;
    return (await this.#poller.poll()).error;
  }

  /** Ends the polling of a node that goes, or whose settings change: the speed of this car is unknown from now on. */
  leave(): void {
    if (this.#leads) this.#end();
    this.close();
  }

  /** Ends everything; the last reported fix stays. */
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
    if (wasRunning) this.options.onMove(NO_MOVE);
  }

  #take({ fix: seen, error }: TrackerPollResult): void {
    const isAsked = this.#isAsked;
    this.#isAsked = false;
    if (this.#leads) this.options.onLook(seen.position);
    const paced = this.#pace.add(seen);
    const { fix } = paced;
    // A parked car has no speed that could matter, and at the next trip this one would be an old one.
    if (this.#poller.running) this.options.onMove(moveOf(paced));
    this.#tellFault();
    if (isAsked || fix.speedKmh !== null || !this.#isSaidSilent) this.options.onFix(fix);
    this.#isSaidSilent = fix.speedKmh === null;
    if (this.#leads) this.#show(stateOf(fix, error));
  }

  #tellFault(): void {
    const { verdict } = this.#pace;
    if (verdict === null || verdict === "right" || this.#saidFaults.has(verdict)) return;
    this.#saidFaults.add(verdict);
    this.options.onSpeedFault(verdict);
  }

  #show(state: CarState): void {
    const isSame = JSON.stringify(state) === JSON.stringify(this.#state);
    this.#state = state;
    if (!isSame) this.options.onState();
  }
}

function stateOf({ speedKmh, at }: TrackerFix, error: CarDataError | null): CarState {
  if (error !== null) return { kind: "failed", problem: error.problem };
  return speedKmh === null ? { kind: "silent" } : { kind: "speed", kmh: speedKmh, at };
}
