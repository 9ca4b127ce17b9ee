import type { Clock } from "../../src/support/clock.js";
import type { HttpSend } from "../../src/support/http.js";
import { metresBetween, type GeoPoint } from "../../src/vehicle/geography.js";
import type { CarTruth } from "./cars/car.js";
import { HttpFaults } from "./http-faults.js";
import type { ServerAnswer, Incoming, ServerOutcome } from "./http.js";
import { sendInProcess } from "./send-in-process.js";
import { traccarToken, UNAUTHORISED, verdictOn } from "./traccar-tokens.js";

/** A car with a tracker in it. */
export interface TrackedCar {
  readonly vin: string;
  readonly model: string;
  truth(): Pick<CarTruth, "speedKmh" | "position"> & Partial<Pick<CarTruth, "odometerKm">>;
}

interface Device {
  readonly id: number;
  readonly name: string;
  readonly uniqueId: string;
  readonly car: TrackedCar;
}

const SPEED_FAULTS = ["no-speed", "metres-per-second", "kilometres-per-hour"] as const;
const TRACKER_FAULTS = ["stale", "ahead", "invalid", "empty", "drift", ...SPEED_FAULTS] as const;

/**
 * Names the faults of a tracker: old, invalid or missing fixes, or one that is an hour ahead and so stays the newest;
 * drift at rest, a kilometre per hour; no speed, which Traccar shows as 0, or one in m/s or km/h, which it takes for knots.
 */
export type TrackerFault = (typeof TRACKER_FAULTS)[number];

export function isTrackerFault(value: unknown): value is TrackerFault {
  return TRACKER_FAULTS.some((fault) => fault === value);
}

const HOUR_MS = 3_600_000;
const KMH_PER_KNOT = 1.852;
/** Knots that Traccar shows for 1 km/h. */
const KNOTS_BY_FAULT: Readonly<Record<string, number>> = {
  "no-speed": 0,
  "metres-per-second": 1 / 3.6,
  "kilometres-per-hour": 1,
};
/** Time by which the fix that stays the newest is ahead of its sending, by fault [ms]. */
const KEPT_AHEAD_MS: Readonly<Partial<Record<TrackerFault, number>>> = { stale: 0, ahead: HOUR_MS };
const METRES_PER_DEGREE = 111_195;
const DRIFT_RADIUS_M = 20;
const YEAR_MS = 365 * 24 * HOUR_MS;
/** The page of the web app. */
export const WEB_APP =
  '<!doctype html><html><head><title>Traccar</title></head><body><div id="root"></div></body></html>';

/**
 * A small Traccar: a device in each car, named like the model, that knows how the car really moves. It answers as
 * Traccar 6.14.5 was seen to (docs/observed-behaviour.md).
 */
export class TraccarServer {
  /** Good for a year. */
  readonly token: string;
  readonly faults = new HttpFaults();
  /** Requests that reached it, oldest first. */
  readonly requests: { readonly at: number; readonly path: string; readonly deviceId: number | null }[] = [];
  readonly handle: (request: Incoming) => ServerOutcome;
  /** Without sockets. */
  readonly send: HttpSend;
  #devices: Device[];
  #isRefusing = false;
  /** Cars of which the user may not see the device. */
  readonly #withheld = new Set<string>();
  readonly #counters = new Map<string, { readonly metres: number; readonly position: GeoPoint }>();
  readonly #wrong = new Map<
    string,
    { readonly fault: TrackerFault; readonly since: number; readonly position: object }
  >();

  constructor(
    private readonly clock: Clock,
    cars: readonly TrackedCar[],
  ) {
    this.token = traccarToken(clock.now() + YEAR_MS);
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
    return this.#shown.map(({ id, name, uniqueId, car }) => ({ id, name, uniqueId, vin: car.vin }));
  }

  /** 401 for every request, as after the token has expired. */
  refuse(refused = true): void {
    this.#isRefusing = refused;
  }

  /** Sets the fault of this car's tracker; `null`: none. */
  spoil(vin: string, fault: TrackerFault | null): void {
    const car = this.#devices.find((device) => device.car.vin === vin)?.car;
    if (fault === null || car === undefined) this.#wrong.delete(vin);
    else this.#wrong.set(vin, { fault, since: this.clock.now(), position: this.#placeOf(car, null, 0) });
  }

  /** Deletes the device of this car. */
  remove(vin: string): void {
    this.#devices = this.#devices.filter(({ car }) => car.vin !== vin);
  }

  /** Takes the right to see the device of this car from the user, and gives it back. */
  withhold(vin: string, isWithheld = true): void {
    if (isWithheld) this.#withheld.add(vin);
    else this.#withheld.delete(vin);
  }

  /** Gives the device of this car another name. */
  rename(vin: string, name: string): void {
    this.#devices = this.#devices.map((device) => (device.car.vin === vin ? { ...device, name } : device));
  }

  /** Adds a device for a car, with a new id. */
  add(car: TrackedCar, name = car.model): void {
    const id = Math.max(2, ...this.#devices.map((device) => device.id)) + 100;
    this.#devices = [...this.#devices, { id, name, uniqueId: uniqueIdOf(id), car }];
  }

  get #shown(): Device[] {
    return this.#devices.filter(({ car }) => !this.#withheld.has(car.vin));
  }

  #note({ path, query }: Incoming): void {
    const id = query.get("deviceId");
    this.requests.push({ at: this.clock.now(), path, deviceId: id === null ? null : Number(id) });
  }

  #answer(request: Incoming): ServerAnswer {
    this.#note(request);
    const { method, path, query } = request;
    // Whatever is no file and not the API is a page of the web app.
    if (!path.startsWith("/api/")) return { status: 200, body: WEB_APP, type: "text/html" };
    const refusal = this.#refusalOf(request);
    if (refusal !== null) return failure(refusal.status, refusal.trace);
    if (method === "GET" && path === "/api/devices") return { status: 200, body: this.#shown.map(shownOf) };
    if (method === "GET" && path === "/api/positions") return this.#positionsOf(Number(query.get("deviceId")));
    return failure(404, "HTTP 404 Not Found - NotFoundException (...)");
  }

  #refusalOf({ headers }: Incoming): { readonly status: number; readonly trace: string } | null {
    const { authorization } = headers;
    if (this.#isRefusing || typeof authorization !== "string" || !authorization.startsWith(BEARER)) return UNAUTHORISED;
    const verdict = verdictOn(authorization.slice(BEARER.length), this.clock.now());
    return verdict === "good" ? null : verdict;
  }

  #positionsOf(id: number): ServerAnswer {
    const device = this.#shown.find((one) => one.id === id);
    if (device === undefined) return failure(400, ACCESS_DENIED);
    if (this.#wrong.get(device.car.vin)?.fault === "empty") return { status: 200, body: [] };
    return { status: 200, body: [{ id: 1, deviceId: id, outdated: false, ...this.#fixOf(device.car) }] };
  }

  #fixOf(car: TrackedCar): object {
    const now = this.clock.now();
    const wrong = this.#wrong.get(car.vin);
    if (wrong === undefined) return { ...timesOf(now), valid: true, ...this.#placeOf(car, null, 0) };
    const { fault, since, position } = wrong;
    const aheadMs = KEPT_AHEAD_MS[fault];
    if (aheadMs !== undefined) return { ...timesOf(since + aheadMs), valid: true, ...position };
    return { ...timesOf(now), valid: fault !== "invalid", ...this.#placeOf(car, fault, now - since) };
  }

  #placeOf(car: TrackedCar, fault: TrackerFault | null, forMs: number): object {
    const { position, speedKmh } = car.truth();
    const { altitude, heading } = position;
    const drift = fault === "drift" ? driftAfter(forMs) : { metres: 0, north: 0, east: 0 };
    const latitude = position.latitude + drift.north / METRES_PER_DEGREE;
    const longitude = position.longitude + drift.east / METRES_PER_DEGREE;
    const course = ((heading % 360) + 360) % 360;
    const attributes = { distance: 0, totalDistance: this.#metresOf(car) + drift.metres, motion: speedKmh > 0 };
    const sent = fault === "no-speed" ? { altitude: 0, course: 0 } : { altitude, course };
    return {
      latitude,
      longitude,
      ...sent,
      speed: speedKmh * (KNOTS_BY_FAULT[fault ?? ""] ?? 1 / KMH_PER_KNOT),
      attributes,
    };
  }

  /** All that a device has gone: by the car's odometer, else from answer to answer. */
  #metresOf(car: TrackedCar): number {
    const { odometerKm, position } = car.truth();
    if (odometerKm !== undefined) return odometerKm * 1000;
    const before = this.#counters.get(car.vin);
    const metres = (before?.metres ?? 0) + (before === undefined ? 0 : metresBetween(before.position, position));
    this.#counters.set(car.vin, { metres, position });
    return metres;
  }
}

/** Around a circle of 20 m. */
function driftAfter(ms: number) {
  const metres = (ms / HOUR_MS) * 1000;
  const angle = metres / DRIFT_RADIUS_M;
  return { metres, north: DRIFT_RADIUS_M * Math.sin(angle), east: DRIFT_RADIUS_M * (1 - Math.cos(angle)) };
}

const BEARER = "Bearer ";
const ACCESS_DENIED =
  "Device access denied - SecurityException (PermissionsService:151 < *:156 < PositionResource:76 < ...)";

/** Traccar declares the text of a stack trace as JSON. */
function failure(status: number, trace: string): ServerAnswer {
  return { status, body: trace, type: "application/json" };
}

function timesOf(fixedAt: number): object {
  const time = new Date(fixedAt).toISOString();
  return { serverTime: time, deviceTime: time, fixTime: time };
}

function shownOf({ id, name, uniqueId }: Device): object {
  return { id, name, uniqueId, status: "online", disabled: false, attributes: {} };
}

function uniqueIdOf(number: number): string {
  return String(864_893_030_000_000 + number);
}

function withDate(outcome: ServerOutcome, now: number): ServerOutcome {
  if (typeof outcome === "string") return outcome;
  return { ...outcome, headers: { date: new Date(now).toUTCString(), ...outcome.headers } };
}
