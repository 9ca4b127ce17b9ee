import { isDeepStrictEqual } from "node:util";
import type { MappingRole } from "../rest/requests.js";
import type { RegisteredVehicle, Vehicles } from "../rest/vehicles.js";
import type { Document } from "../store/document.js";
import { decodeMessage, type StreamRejection } from "../stream/decode-message.js";
import type { Cancel, Clock } from "../support/clock.js";
import { ReasonCounters } from "../support/reason-counters.js";
import type { JsonObject } from "../support/json.js";
import type { EstimatedLevel } from "../vehicle/charge-end.js";
import { parseEntries } from "../vehicle/descriptor-entries.js";
import type { OdometerConflict } from "../vehicle/odometer-filter.js";
import { hasNoChanges, type VehicleChanges } from "../vehicle/vehicle-changes.js";
import { Vehicle, type ReadingRejection, type VehicleDescription } from "../vehicle/vehicle.js";
import type { Update } from "./account-events.js";
import type { SavedVehicle, SavedVehicles } from "./vehicle-registry-codec.js";

/** Why a well-formed message for a car was rejected. */
export type OwnershipRejection = "vehicle-ignored" | "vehicle-of-other-account" | "too-many-vehicles";

export interface VehicleRegistryOptions {
  readonly document: Document<SavedVehicles>;
  readonly clock: Clock;
  /** Returns the user's settings of a car. */
  readonly descriptionOf: (vin: string) => Omit<VehicleDescription, "basicData">;
  /** Claims a car for this account; returns false if another account has it. */
  readonly claim: (vin: string) => boolean;
  readonly ignored: ReadonlySet<string>;
  /** Counters to continue with. */
  readonly rejected?: VehicleRegistry["rejected"];
  readonly onUpdate: (update: Update) => void;
  /** Returns the present estimate of a car's battery level; default: none. */
  readonly estimateOf?: (vin: string) => EstimatedLevel | null;
  /** Called when saved cars have come back after `load`, because they could be read only late. */
  readonly onLate?: () => void;
  /** Called when a car is seen for the first time ever. */
  readonly onFound: (vin: string) => void;
  /** Called once when the odometer of a car keeps sending impossible values. */
  readonly onOdometerConflict?: (vin: string, conflict: OdometerConflict) => void;
  /** Called once when there is no room for a car. */
  readonly onFull?: (most: number) => void;
}

/** Limits the cars: more than anybody drives; each takes a fifth of a megabyte if it sends every descriptor. */
const MOST_VEHICLES = 500;
/**
 * Bounds a timer [ms], so that a changed clock is noticed: one that was years behind puts the next check years ahead.
 */
const LONGEST_TIMER_MS = 15 * 60_000;

/** Holds the cars of one account; everything that arrives for them passes through here. */
export class VehicleRegistry implements Vehicles {
  /** Counts the rejected messages and values, by reason. */
  readonly rejected: ReasonCounters<StreamRejection | ReadingRejection | OwnershipRejection>;
  readonly #cars = new Map<string, RegisteredVehicle>();
  /** Cars that are not this account's at present, with all their data: they are another one's, or ignored. */
  readonly #dormant = new Map<string, SavedVehicle>();
  #isSaidFull = false;
  /** When each car may have an event by the mere passing of time. */
  readonly #timers = new Map<string, { readonly at: number; readonly cancel: Cancel }>();
  /** A live view: read when the document is written, not on every message. */
  readonly #state: SavedVehicles = { [Symbol.iterator]: () => this.#saved() };

  constructor(private readonly options: VehicleRegistryOptions) {
    this.rejected = options.rejected ?? new ReasonCounters();
  }

  get cars(): ReadonlyMap<string, RegisteredVehicle> {
    return this.#cars;
  }

  /** Loads the saved state. Cars that may not appear are kept until `wake`. */
  async load(): Promise<void> {
    this.#take(
      await this.options.document.load((saved) => {
        this.#take(saved);
        this.save();
        this.options.onLate?.();
      }),
    );
    this.wakeAll();
  }

  /** Adds all cars that are this account's by now, with their stored values. Returns them. */
  wakeAll(): string[] {
    return [...this.#dormant.keys()].flatMap((vin) => this.wake(vin));
  }

  /** Adds a car that has become this account's, with its stored values if there are any. Returns it if so. */
  wake(vin: string): string[] {
    if (this.#find(vin) !== null || this.#rejection(vin) !== null) return [];
    const saved = this.#dormant.get(vin);
    this.#dormant.delete(vin);
    const { vehicle } = this.#add(vin, saved?.role ?? "unknown", saved?.basicData ?? null);
    if (saved === undefined) this.options.onFound(vin);
    else vehicle.restore(saved.readings, saved.state);
    this.#planTick(vin, vehicle);
    return [vin];
  }

  /** Removes a car that has become another account's; its data are kept. */
  rest(vin: string): void {
    const car = this.#find(vin);
    if (car === null) return;
    this.#dormant.set(vin, savedCar(car));
    this.#cars.delete(vin);
    this.#timers.get(vin)?.cancel();
    this.#timers.delete(vin);
    this.save();
  }

  /**
   * Processes one message of the stream. Never throws.
   * @param retained whether a broker has retained it
   */
  receive(topic: string, payload: Buffer, receivedAt: number, retained = false): void {
    const message = decodeMessage(topic, payload, this.rejected);
    const car = message && this.#owned(message.vin);
    if (!message || !car) return;
    const { vin, entries, sentAt, envelope, basicData } = message;
    if (basicData !== null) this.described(vin, basicData);
    const changes = car.vehicle.apply({ entries, sentAt, source: retained ? "restored" : "stream", receivedAt });
    this.#emit(vin, car.vehicle, changes, receivedAt, envelope);
  }

  /** Processes BMW's REST answer of telematic data. Returns what was new. */
  answered(vin: string, data: JsonObject, receivedAt: number): VehicleChanges | null {
    const car = this.#owned(vin);
    if (!car) return null;
    const entries = parseEntries(data, this.rejected);
    const changes = car.vehicle.apply({ entries, sentAt: null, source: "rest", receivedAt });
    this.#emit(vin, car.vehicle, changes, receivedAt);
    return changes;
  }

  /** Returns whether a car is this account's; adds it if it may appear. */
  owns(vin: string): boolean {
    return this.#owned(vin) !== null;
  }

  /** Adds a car that BMW lists for the account. */
  mapped(vin: string, role: MappingRole): void {
    const car = this.#owned(vin);
    if (!car) return;
    car.role = role;
    this.save();
  }

  /** Applies BMW's basic data of a car. */
  described(vin: string, basicData: JsonObject): void {
    const car = this.#owned(vin);
    if (!car || isDeepStrictEqual(car.basicData, basicData)) return;
    car.basicData = basicData;
    this.#describe(vin, car, true);
    this.save();
  }

  /** Applies the present result of `descriptionOf`. */
  describeAgain(): void {
    for (const [vin, car] of this.#cars) this.#describe(vin, car);
  }

  /**
   * Takes the login as this customer's. Sets aside all cars of another one until that one logs in again.
   * @param formerly their owner if the file does not name one
   */
  belongTo(owner: string, formerly: string): void {
    if (!this.options.document.belongTo(owner, this.#state, formerly)) return;
    this.close();
    this.#cars.clear();
    this.#dormant.clear();
  }

  /** Ends all timers. */
  close(): void {
    for (const { cancel } of this.#timers.values()) cancel();
    this.#timers.clear();
  }

  /** Schedules a write of the present state within a minute. */
  save(): void {
    this.options.document.set(this.#state);
  }

  /** Resolves when all that is known by now is on the disk, or is known not to get there for now. */
  async saved(): Promise<void> {
    await this.options.document.flush();
  }

  /** Joins a saved state that could be read only late with the values since. */
  #take(saved: SavedVehicles): void {
    for (const [vin, one] of saved) {
      const car = this.#find(vin);
      if (car === null) this.#dormant.set(vin, one);
      else this.#join(vin, car, one);
    }
  }

  #join(vin: string, car: RegisteredVehicle, { role, basicData, readings, state }: SavedVehicle): void {
    if (car.role === "unknown") car.role = role;
    car.basicData ??= basicData;
    this.#describe(vin, car);
    car.vehicle.restore(readings, state);
    this.#planTick(vin, car.vehicle);
  }

  #owned(vin: string): RegisteredVehicle | null {
    const known = this.#find(vin);
    if (known !== null) return known;
    const rejection = this.#rejection(vin);
    if (rejection !== null) {
      this.#refuse(rejection);
      return null;
    }
    this.wake(vin);
    return this.#find(vin);
  }

  /** Returns why a car may not appear; `null` if it may. */
  #rejection(vin: string): OwnershipRejection | null {
    if (this.options.ignored.has(vin)) return "vehicle-ignored";
    if (this.#cars.size >= MOST_VEHICLES) return "too-many-vehicles";
    return this.options.claim(vin) ? null : "vehicle-of-other-account";
  }

  #refuse(rejection: OwnershipRejection): void {
    this.rejected.add(rejection);
    if (rejection !== "too-many-vehicles" || this.#isSaidFull) return;
    this.#isSaidFull = true;
    this.options.onFull?.(MOST_VEHICLES);
  }

  #find(vin: string): RegisteredVehicle | null {
    return this.#cars.get(vin) ?? null;
  }

  #add(vin: string, role: RegisteredVehicle["role"], basicData: JsonObject | null): RegisteredVehicle {
    const vehicle = new Vehicle(vin, this.rejected, {
      estimate: () => this.options.estimateOf?.(vin) ?? null,
      onOdometerConflict: (conflict) => this.options.onOdometerConflict?.(vin, conflict),
    });
    const car = { vehicle, role, basicData };
    this.#cars.set(vin, car);
    vehicle.describe({ basicData, ...this.options.descriptionOf(vin) });
    return car;
  }

  /** Applies the settings of the car again, which may change how its values are read. */
  #describe(vin: string, { vehicle, basicData }: RegisteredVehicle, isNew = false): void {
    const before = vehicle.driveType;
    const changes = vehicle.describe({ basicData, ...this.options.descriptionOf(vin) });
    if (isNew || vehicle.driveType !== before) this.#emit(vin, vehicle, changes, this.options.clock.now());
  }

  #emit(vin: string, vehicle: Vehicle, changes: VehicleChanges, receivedAt: number, envelope?: JsonObject): void {
    if (!hasNoChanges(changes)) this.save();
    this.#planTick(vin, vehicle);
    const { readings, positions, events, values, chargeStoppedAt } = changes;
    const update = { vin, readings, positions, events, values, chargeStoppedAt, receivedAt };
    this.options.onUpdate(envelope === undefined ? update : Object.assign(update, { envelope }));
  }

  /** A timer that fires too early only checks again, so only an earlier one replaces it. */
  #planTick(vin: string, vehicle: Vehicle): void {
    const at = vehicle.dueAt;
    const planned = this.#timers.get(vin);
    if (at === null || (planned !== undefined && planned.at <= at)) return;
    planned?.cancel();
    const { clock } = this.options;
    const run = () => {
      this.#tick(vin, vehicle);
    };
    const wait = Math.min(LONGEST_TIMER_MS, Math.max(0, at - clock.now()));
    this.#timers.set(vin, { at, cancel: clock.after(wait, run) });
  }

  #tick(vin: string, vehicle: Vehicle): void {
    this.#timers.delete(vin);
    const now = this.options.clock.now();
    const changes = vehicle.tick(now);
    if (hasNoChanges(changes)) this.#planTick(vin, vehicle);
    else this.#emit(vin, vehicle, changes, now);
  }

  *#saved(): Generator<readonly [string, SavedVehicle]> {
    for (const [vin, car] of this.#cars) yield [vin, savedCar(car)];
    yield* this.#dormant;
  }
}

function savedCar({ vehicle, role, basicData }: RegisteredVehicle): SavedVehicle {
  // Derived readings are derived again.
  const readings = [...vehicle.readings.values()].filter(({ source }) => source !== "derived");
  return { role, basicData, readings, state: vehicle.save() };
}
