import type { CarDesign, CarTruth } from "./car.js";
import { restUnit, restValues } from "./rest-values.js";

/** A finished charge. */
export interface LoggedCharge {
  /** Milliseconds. */
  readonly startedAt: number;
  readonly endedAt: number;
  /** Percent, exact. */
  readonly startSoc: number;
  readonly endSoc: number;
  /** Energy at the plug [kWh]. */
  readonly gridKwh: number;
  readonly method: "AC" | "DC";
  readonly odometerKm: number;
  readonly latitude: number;
  readonly longitude: number;
}

/** An entry of `telematicData`: always text over REST. */
export interface RestEntry {
  readonly value: string | null;
  readonly unit: string | null;
  readonly timestamp: string | null;
}

/** While something goes on, the car sends its state so often. */
const UPLOAD_EVERY_MS = 5 * 60_000;

/** Records what BMW's backend gets from a car whatever it streams: its state at intervals, and its charges. */
export class Logbook {
  readonly sessions: LoggedCharge[] = [];
  /** States on their way to the backend, oldest first. */
  readonly #uploads: CarTruth[] = [];
  readonly #entries = new Map<string, RestEntry>();
  #chargeStart: CarTruth | null = null;

  /** @param first known to the backend from the beginning */
  constructor(
    private readonly design: CarDesign,
    first: CarTruth,
  ) {
    this.#enter(first);
  }

  look(before: CarTruth, now: CarTruth): void {
    if (hasTurned(before, now) || isRoutine(before, now)) this.#uploads.push(now);
    if (before.charging === null && now.charging !== null) this.#chargeStart = before;
    if (before.charging !== null && now.charging === null) this.#closeSession(before, now);
  }

  /** Returns what the backend knows of a descriptor at `time`, from everything the car sent until then. */
  entryAt(time: number, descriptor: string): RestEntry {
    for (let next = this.#uploads[0]; next !== undefined && next.time <= time; next = this.#uploads[0]) {
      this.#uploads.shift();
      this.#enter(next);
    }
    return this.#entries.get(descriptor) ?? { value: null, unit: restUnit(descriptor), timestamp: null };
  }

  #enter(truth: CarTruth): void {
    const timestamp = new Date(truth.time).toISOString();
    const { measured, states } = restValues(this.design, truth);
    for (const [descriptor, value] of measured)
      this.#entries.set(descriptor, { value, unit: restUnit(descriptor), timestamp });
    for (const [descriptor, value] of states)
      if (this.#entries.get(descriptor)?.value !== value)
        this.#entries.set(descriptor, { value, unit: restUnit(descriptor), timestamp });
  }

  #closeSession(last: CarTruth, end: CarTruth): void {
    // Without a beginning it was under way when the simulation began.
    const start = this.#chargeStart ?? last;
    this.sessions.push({
      startedAt: start.time,
      endedAt: end.time,
      startSoc: start.soc,
      endSoc: end.soc,
      gridKwh: end.gridKwh - start.gridKwh,
      method: last.charging?.method ?? "AC",
      odometerKm: end.odometerKm,
      latitude: end.position.latitude,
      longitude: end.position.longitude,
    });
    this.#chargeStart = null;
  }
}

function hasTurned(before: CarTruth, now: CarTruth): boolean {
  return (
    before.moving !== now.moving ||
    (before.charging === null) !== (now.charging === null) ||
    before.plugged !== now.plugged ||
    before.locked !== now.locked ||
    before.driverDoorOpen !== now.driverDoorOpen
  );
}

function isRoutine(before: CarTruth, now: CarTruth): boolean {
  if (!now.moving && now.charging === null) return false;
  return Math.floor(before.time / UPLOAD_EVERY_MS) !== Math.floor(now.time / UPLOAD_EVERY_MS);
}
