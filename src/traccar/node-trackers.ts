import type { AccountContext } from "../context/account-context.js";
import { newProblem, toCarDataError, type CarDataError, type ErrorCode } from "../support/errors.js";
import { redactor } from "../support/redact.js";
import { maskVin } from "../support/vin.js";
import { CarTracker, type CarState, type SpeedFault } from "./car-tracker.js";
import { TraccarClient } from "./traccar-client.js";
import { DeviceList } from "./device-list.js";
import { TokenWatch } from "./token-watch.js";
import type { TrackedMove } from "./tracker-move.js";
import type { TrackerFix, TrackerPosition } from "./tracker-types.js";

/** Receives the results of the trackers for the account. */
export interface TrackerListener {
  /** For the car's estimate. Never for motion, trips or BMW's position. */
  readonly onMove: (vin: string, move: TrackedMove) => void;
  /** A look found this; `null`: nothing. */
  readonly onLook: (vin: string, position: TrackerPosition | null) => void;
}

/** Receives in addition what concerns the node as a whole. */
export interface NodeListener extends TrackerListener {
  /** The token expires within a week; called again and again, also after it. */
  readonly onTokenEnding: (expiresAt: number) => void;
}

/** The state of the trackers of a node, or of one of its cars. */
export type TrackerState =
  | CarState
  /** The token expires within a week, or has expired: the time that is left [ms]. */
  | { readonly kind: "tokenEnding"; readonly leftMs: number };

export type TrackerContext = Pick<AccountContext, "clock" | "send" | "reads" | "logger">;

/** The request of a cardata-traccar node: server, trackers and pace. */
export interface TrackerRequest {
  readonly url: string;
  readonly token: string;
  /** Which tracker, by name or unique id, rides in which car. */
  readonly devices: readonly { readonly vin: string; readonly device: string }[];
  readonly intervalMs: number;
  readonly mode: "trips" | "always";
  readonly onFix: (vin: string, fix: TrackerFix) => void;
  /** Called when a state has changed; not before `join` returns. */
  readonly onState: () => void;
}

const FAULT_CODES = {
  missing: "traccar_speed_missing",
  "metres-per-second": "traccar_speed_in_ms",
  "kilometres-per-hour": "traccar_speed_in_kmh",
} as const satisfies Record<SpeedFault, ErrorCode>;

/** Ranks the states of several cars: the highest is shown. */
const RANKS: Readonly<Record<CarState["kind"], number>> = {
  failed: 4,
  speed: 3,
  silent: 3,
  looking: 2,
  idle: 1,
  other: 0,
};

/** One node with its server and the cars that it wants looked at. */
export class NodeTrackers {
  /** By VIN; none while the settings cannot be used, so that another node may look for the cars. */
  readonly cars = new Map<string, CarTracker>();
  readonly #ending = new AbortController();
  /** Cars by the time at which their state changed, the latest last. */
  readonly #changed = new Set<CarTracker>();
  readonly #list: DeviceList | null = null;
  readonly #misfit: CarDataError | null = null;
  readonly #token: TokenWatch;
  #isQuiet = true;

  constructor(
    private readonly request: TrackerRequest,
    private readonly context: TrackerContext,
    private readonly listener: NodeListener,
  ) {
    redactor.know(this, [request.token]);
    this.#token = new TokenWatch(request.token, context.clock, (expiresAt) => {
      listener.onTokenEnding(expiresAt);
      this.#tellState();
    });
    try {
      this.#list = this.#connect();
    } catch (error) {
      this.#misfit = toCarDataError(error);
    }
    if (this.#list === null) return;
    for (const { vin, device } of request.devices)
      if (!this.cars.has(vin)) this.cars.set(vin, this.#carOf(vin, device, this.#list));
  }

  /** From now on changes are reported. */
  speakUp(): void {
    this.#token.check();
    this.#isQuiet = false;
  }

  async poll(): Promise<void> {
    if (this.#misfit !== null) return this.#tellMisfit(this.#misfit);
    this.#list?.invalidate();
    const errors = await Promise.all([...this.cars.values()].map((car) => car.look()));
    const error = errors.find((one) => one !== null);
    if (error !== undefined && !this.#ending.signal.aborted) throw error;
  }

  state(vin?: string): TrackerState {
    if (this.#misfit !== null) return { kind: "failed", problem: this.#misfit.problem };
    if (vin !== undefined) return this.cars.get(vin)?.state ?? { kind: "other" };
    const states = [...this.#changed].reverse().map((car) => car.state);
    const [first] = states.sort((one, other) => RANKS[other.kind] - RANKS[one.kind]);
    return this.#orTokenEnding(first ?? { kind: this.cars.size === 0 ? "idle" : "other" });
  }

  /** Returns the state to show: the end of the token, unless something is wrong already. */
  #orTokenEnding(shown: CarState): TrackerState {
    const { leftMs } = this.#token;
    if (leftMs === null || shown.kind === "failed") return shown;
    // The server still takes it: this machine's clock is ahead.
    if (leftMs <= 0 && (shown.kind === "speed" || shown.kind === "silent")) return shown;
    return { kind: "tokenEnding", leftMs };
  }

  leave(): void {
    for (const car of this.cars.values()) car.leave();
    this.#end();
  }

  close(): void {
    for (const car of this.cars.values()) car.close();
    this.#end();
  }

  #end(): void {
    this.#token.close();
    this.#ending.abort();
    redactor.know(this, []);
  }

  /** @throws CarDataError what the client finds wrong with the settings */
  #connect(): DeviceList {
    const { send, reads, clock } = this.context;
    const ending = AbortSignal.any([reads, this.#ending.signal]);
    const { url, token } = this.request;
    return new DeviceList(new TraccarClient({ send, url, token, signal: ending }), clock);
  }

  #carOf(vin: string, device: string, list: DeviceList): CarTracker {
    const { onMove, onLook } = this.listener;
    const { intervalMs, mode, onFix } = this.request;
    const car = new CarTracker(this.context.clock, {
      intervalMs,
      mode,
      ask: () => list.positionOf(device),
      onFix: (fix) => {
        onFix(vin, fix);
      },
      onState: () => {
        this.#tellChange(car);
      },
      onLook: (position) => {
        onLook(vin, position);
      },
      onMove: (move) => {
        onMove(vin, move);
      },
      onSpeedFault: (fault) => {
        this.context.logger.warn(newProblem(FAULT_CODES[fault], { device, vin: maskVin(vin) }));
      },
    });
    return car;
  }

  #tellChange(car: CarTracker): void {
    this.#changed.delete(car);
    this.#changed.add(car);
    this.#tellState();
  }

  #tellState(): void {
    if (!this.#isQuiet) this.request.onState();
  }

  #tellMisfit(error: CarDataError): never {
    const fix = { speedKmh: null, position: null, at: this.context.clock.now() };
    for (const { vin } of this.request.devices) this.request.onFix(vin, fix);
    throw error;
  }
}
