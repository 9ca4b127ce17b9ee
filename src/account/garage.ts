import type { Role } from "../rest/endpoints.js";
import type { Document } from "../store/document.js";
import { Counters } from "../support/counters.js";
import type { JsonObject } from "../support/json.js";
import { decodeMessage, type Rejection } from "../stream/decode.js";
import type { DeskRejection } from "../vehicle/vehicle.js";
import { Vehicle } from "../vehicle/vehicle.js";
import type { Update } from "./events.js";
import type { GarageState, SavedCar } from "./garage-codec.js";

/** Why a message for a car was not taken although it was well formed. */
export type OwnershipRejection = "vehicle-ignored" | "vehicle-of-other-account" | "too-many-vehicles";

/** One car of the account, with what BMW says of it. */
export interface Car {
  readonly vehicle: Vehicle;
  role: Role | "unknown";
  basicData: JsonObject | null;
}

export interface GarageDoors {
  readonly document: Document<GarageState>;
  /** Claims a car for this account; false if another account has it. */
  readonly claim: (vin: string) => boolean;
  readonly ignored: ReadonlySet<string>;
  /** Counts to go on with. */
  readonly rejected?: Garage["rejected"];
  readonly onUpdate: (update: Update) => void;
  /** A car is seen for the first time ever. */
  readonly onFound: (vin: string) => void;
}

const MOST_VEHICLES = 20;

/** The cars of one account: everything that arrives for them passes here. */
export class Garage {
  /** What was not taken, by reason. */
  readonly rejected: Counters<Rejection | DeskRejection | OwnershipRejection>;
  readonly #cars = new Map<string, Car>();
  /** A live view: read when the document is written, not on every message. */
  readonly #state: GarageState = { [Symbol.iterator]: () => this.#saved() };

  constructor(private readonly doors: GarageDoors) {
    this.rejected = doors.rejected ?? new Counters();
  }

  get cars(): ReadonlyMap<string, Car> {
    return this.#cars;
  }

  /** Loads what was saved; cars that another account owns by now stay out. */
  async load(): Promise<void> {
    for (const [vin, saved] of await this.doors.document.load()) {
      if (this.#find(vin) !== null || this.doors.ignored.has(vin) || !this.doors.claim(vin)) continue;
      this.#add(vin, saved.role, saved.basicData).vehicle.restore(saved.readings);
    }
  }

  /** One message of the stream, as it came. Never throws. */
  receive(topic: string, payload: Buffer, receivedAt: number): void {
    const message = decodeMessage(topic, payload, this.rejected);
    const car = message && this.#owned(message.vin);
    if (!message || !car) return;
    const { vin, entries, sentAt, envelope } = message;
    const readings = car.vehicle.apply({ entries, sentAt, source: "stream", receivedAt });
    if (readings.length > 0) this.save();
    this.doors.onUpdate({ vin, readings, envelope, receivedAt });
  }

  /** A car that BMW lists for the account. */
  mapped(vin: string, role: Role): void {
    const car = this.#owned(vin);
    if (!car) return;
    car.role = role;
    this.save();
  }

  /** BMW's basic data of a car. */
  described(vin: string, basicData: JsonObject): void {
    const car = this.#owned(vin);
    if (!car) return;
    car.basicData = basicData;
    this.save();
  }

  /** Forgets all cars: another BMW account has logged in. */
  clear(): void {
    this.#cars.clear();
    this.save();
  }

  /** Has the present state written within a minute. */
  save(): void {
    this.doors.document.set(this.#state);
  }

  #owned(vin: string): Car | null {
    const known = this.#find(vin);
    if (known !== null) return known;
    if (this.doors.ignored.has(vin)) this.rejected.add("vehicle-ignored");
    else if (this.#cars.size >= MOST_VEHICLES) this.rejected.add("too-many-vehicles");
    else if (!this.doors.claim(vin)) this.rejected.add("vehicle-of-other-account");
    else {
      const car = this.#add(vin, "unknown", null);
      this.doors.onFound(vin);
      return car;
    }
    return null;
  }

  #find(vin: string): Car | null {
    return this.#cars.get(vin) ?? null;
  }

  #add(vin: string, role: Car["role"], basicData: JsonObject | null): Car {
    const car = { vehicle: new Vehicle(vin, this.rejected), role, basicData };
    this.#cars.set(vin, car);
    return car;
  }

  *#saved(): Generator<readonly [string, SavedCar]> {
    for (const [vin, { vehicle, role, basicData }] of this.#cars)
      yield [vin, { role, basicData, readings: vehicle.readings.values() }];
  }
}
