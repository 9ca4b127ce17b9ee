import { newProblem } from "../support/errors.js";
import { utcMinute } from "../support/utc-time.js";
import type { VehicleUpdate } from "../vehicle/vehicle-changes.js";
import type { CarTracker } from "./car-tracker.js";
import {
  NodeTrackers,
  type TrackerContext,
  type TrackerListener,
  type TrackerRequest,
  type TrackerState,
} from "./node-trackers.js";

export type { TrackerState };

/** The hold of a node on its trackers. */
export interface TrackerHandle {
  /**
   * Polls all trackers of the node now; `onFix` receives each result, also without a usable answer.
   * @throws CarDataError the first failure, after all results were passed on
   */
  poll(): Promise<void>;
  /** Returns the state of one car, or the most important one: a failure, then a move (the latest), then a wait. */
  state(vin?: string): TrackerState;
  leave(): void;
}

/** The trackers of an account's cars. Of several nodes with one car, the one with the lowest id looks. */
export class TrackerManager {
  readonly #users = new Map<string, NodeTrackers>();
  /** Expiries of tokens that were warned of: nodes may share a token, and join anew with each deploy. */
  readonly #saidExpiries = new Set<number>();
  #closed = false;

  /** @param moving whether the car is on a trip */
  constructor(
    private readonly context: TrackerContext,
    private readonly moving: (vin: string) => boolean,
    private readonly listener: TrackerListener,
  ) {}

  /** A node begins to look; one that is there already under this id leaves first. */
  join(node: string, request: TrackerRequest): TrackerHandle {
    this.#users.get(node)?.leave();
    const user = new NodeTrackers(request, this.context, { ...this.listener, onTokenEnding: this.#warnOfExpiry });
    this.#users.set(node, user);
    this.#settle();
    user.speakUp();
    return {
      poll: () => user.poll(),
      state: (vin) => user.state(vin),
      leave: () => {
        this.#leave(node, user);
      },
    };
  }

  /** Takes note of what a car gave. */
  follow({ vin, events }: VehicleUpdate): void {
    if (this.#users.size === 0) return;
    const cars = [...this.#users.values()].flatMap((user) => user.cars.get(vin) ?? []);
    if (cars.length === 0) return;
    for (const { name } of events)
      for (const car of cars) {
        if (name === "tripStarted") car.tripStarted();
        if (name === "tripEnded") car.tripEnded();
      }
    const moving = this.moving(vin);
    for (const car of cars) car.noteMotion(moving);
  }

  /** Ends all polling; the last reported fixes stay. */
  close(): void {
    this.#closed = true;
    for (const user of this.#users.values()) user.close();
    this.#users.clear();
  }

  #leave(node: string, user: NodeTrackers): void {
    user.leave();
    // The node may have joined again.
    if (this.#users.get(node) !== user) return;
    this.#users.delete(node);
    this.#settle();
  }

  readonly #warnOfExpiry = (expiresAt: number): void => {
    if (this.#saidExpiries.has(expiresAt)) return;
    this.#saidExpiries.add(expiresAt);
    this.context.logger.warn(newProblem("traccar_token_ending", { time: utcMinute(expiresAt) }));
  };

  /** Gives each car to its node. */
  #settle(): void {
    if (this.#closed) return;
    const leaders = new Map<string, CarTracker>();
    for (const [, user] of [...this.#users].sort(([one], [other]) => (one < other ? -1 : 1)))
      for (const [vin, car] of user.cars) {
        if (leaders.has(vin)) car.yield();
        else leaders.set(vin, car);
      }
    for (const [vin, car] of leaders) car.lead(this.moving(vin));
  }
}
