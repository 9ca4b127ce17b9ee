import type { Clock } from "../../src/support/clock.js";
import type { HttpSend } from "../../src/support/http.js";
import type { Truth } from "./cars/car.js";
import { HttpFaults } from "./http-faults.js";
import type { Answer, Incoming, Outcome } from "./http.js";
import { sendInProcess } from "./send-in-process.js";

/** A car with a tracker in it. */
export interface TrackedCar {
  readonly vin: string;
  readonly model: string;
  truth(): Pick<Truth, "speedKmh" | "position">;
}

interface Device {
  readonly id: number;
  readonly name: string;
  readonly uniqueId: string;
  readonly car: TrackedCar;
}

const TRACKER_FAULTS = ["stale", "invalid", "empty"] as const;

/** What a tracker does wrong: its fixes stay old, are not trusted, or never came. */
export type TrackerFault = (typeof TRACKER_FAULTS)[number];

export function isTrackerFault(value: unknown): value is TrackerFault {
  return TRACKER_FAULTS.some((fault) => fault === value);
}

const KMH_PER_KNOT = 1.852;
/** Invented. */
const TOKEN = "RzBFAiEA-simulated-traccar-token";

/** A small Traccar: a device in each car, named like the model, that knows how the car really moves. */
export class TraccarServer {
  readonly token = TOKEN;
  readonly faults = new HttpFaults();
  /** Every request that reached it, the oldest first. */
  readonly requests: { readonly at: number; readonly path: string; readonly deviceId: number | null }[] = [];
  readonly handle: (request: Incoming) => Outcome;
  /** Without sockets. */
  readonly send: HttpSend;
  #devices: Device[];
  #isRefusing = false;
  readonly #wrong = new Map<
    string,
    { readonly fault: TrackerFault; readonly since: number; readonly position: object }
  >();

  constructor(
    private readonly clock: Clock,
    cars: readonly TrackedCar[],
  ) {
    this.#devices = cars.map((car, index) => ({ id: index + 3, name: car.model, uniqueId: uniqueIdOf(index), car }));
    const note = (request: Incoming) => {
      this.#note(request);
    };
    const answer = this.faults.before((request) => this.#answer(request), note);
    this.handle = (request) => withDate(answer(request), this.clock.now());
    this.send = sendInProcess(clock, () => ({ handle: this.handle, faults: this.faults }));
  }

  /** The devices that it shows. */
  get devices(): readonly {
    readonly id: number;
    readonly name: string;
    readonly uniqueId: string;
    readonly vin: string;
  }[] {
    return this.#devices.map(({ id, name, uniqueId, car }) => ({ id, name, uniqueId, vin: car.vin }));
  }

  /** 401 for every request, as after the token has expired. */
  refuse(refused = true): void {
    this.#isRefusing = refused;
  }

  /** What the tracker in this car does wrong from now on; `null`: nothing more. */
  spoil(vin: string, fault: TrackerFault | null): void {
    const car = this.#devices.find((device) => device.car.vin === vin)?.car;
    if (fault === null || car === undefined) this.#wrong.delete(vin);
    else this.#wrong.set(vin, { fault, since: this.clock.now(), position: placeOf(car) });
  }

  /** Somebody deletes the device of this car. */
  remove(vin: string): void {
    this.#devices = this.#devices.filter(({ car }) => car.vin !== vin);
  }

  /** Somebody adds a device for a car: a new one has a new id. */
  add(car: TrackedCar, name = car.model): void {
    const id = Math.max(2, ...this.#devices.map((device) => device.id)) + 100;
    this.#devices = [...this.#devices, { id, name, uniqueId: uniqueIdOf(id), car }];
  }

  #note({ path, query }: Incoming): void {
    const id = query.get("deviceId");
    this.requests.push({ at: this.clock.now(), path, deviceId: id === null ? null : Number(id) });
  }

  #answer(request: Incoming): Answer {
    this.#note(request);
    const { method, path, query, headers } = request;
    if (this.#isRefusing || headers["authorization"] !== `Bearer ${TOKEN}`)
      return { status: 401, body: "HTTP 401 Unauthorized - WebApplicationException" };
    if (method === "GET" && path === "/api/devices") return { status: 200, body: this.#devices.map(shownOf) };
    if (method === "GET" && path === "/api/positions") return this.#positionsOf(Number(query.get("deviceId")));
    return { status: 404, body: "HTTP 404 Not Found" };
  }

  #positionsOf(id: number): Answer {
    const device = this.#devices.find((one) => one.id === id);
    if (device === undefined) return { status: 400, body: "Device access denied - SecurityException" };
    const wrong = this.#wrong.get(device.car.vin);
    if (wrong?.fault === "empty") return { status: 200, body: [] };
    const time = new Date(wrong?.fault === "stale" ? wrong.since : this.clock.now()).toISOString();
    const times = { serverTime: time, deviceTime: time, fixTime: time };
    const place = wrong?.fault === "stale" ? wrong.position : placeOf(device.car);
    const position = { id: 1, deviceId: id, ...times, outdated: false, valid: wrong?.fault !== "invalid", ...place };
    return { status: 200, body: [position] };
  }
}

function placeOf(car: TrackedCar): object {
  const { speedKmh, position } = car.truth();
  const { latitude, longitude, altitude, heading } = position;
  return { latitude, longitude, altitude, speed: speedKmh / KMH_PER_KNOT, course: ((heading % 360) + 360) % 360 };
}

function shownOf({ id, name, uniqueId }: Device): object {
  return { id, name, uniqueId, status: "online", disabled: false, attributes: {} };
}

function uniqueIdOf(number: number): string {
  return String(864_893_030_000_000 + number);
}

function withDate(outcome: Outcome, now: number): Outcome {
  if (typeof outcome === "string") return outcome;
  return { ...outcome, headers: { date: new Date(now).toUTCString(), ...outcome.headers } };
}
