import { ReasonCounters } from "../../src/support/reason-counters.js";
import type { JsonObject } from "../../src/support/json.js";
import { parseEntries } from "../../src/vehicle/descriptor-entries.js";
import type { VehicleEvent } from "../../src/vehicle/vehicle-event.js";
import { hasNoChanges, type VehicleChanges } from "../../src/vehicle/vehicle-changes.js";
import { Vehicle } from "../../src/vehicle/vehicle.js";
import { START, VIN } from "./fakes.js";

export const SOC = "vehicle.drivetrain.batteryManagement.header";
export const ODOMETER = "vehicle.vehicle.travelledDistance";
export const STATUS = "vehicle.drivetrain.electricEngine.charging.status";
export const PORT = "vehicle.body.chargingPort.status";
export const DOORS = "vehicle.cabin.door.status";
export const TARGET = "vehicle.powertrain.electric.battery.stateOfCharge.target";

export const iso = (seconds: number) => new Date(START + seconds * 1000).toISOString();

/** Values by descriptor, all measured at one time. */
export function measured(seconds: number, values: Readonly<Record<string, unknown>>): JsonObject {
  return Object.fromEntries(
    Object.entries(values).map(([descriptor, value]) => [descriptor, { value, timestamp: iso(seconds) }]),
  );
}

/** Drives one vehicle as the account does. Seconds count from `START`. */
export class TestVehicle {
  readonly rejected = new ReasonCounters<string>();
  readonly outcomes: VehicleChanges[] = [];
  vehicle = new Vehicle(VIN, this.rejected);
  #now = START;

  get events(): VehicleEvent[] {
    return this.outcomes.flatMap(({ events }) => events);
  }

  get names(): string[] {
    return this.events.map(({ name }) => name);
  }

  value(descriptor: string): unknown {
    return this.vehicle.readings.get(descriptor)?.value;
  }

  /** Lets the time pass. */
  at(seconds: number): this {
    const end = START + seconds * 1000;
    for (let due = this.vehicle.dueAt; due !== null && due <= end; due = this.vehicle.dueAt) {
      this.#now = Math.max(this.#now, due);
      this.#note(this.vehicle.tick(this.#now));
    }
    this.#now = Math.max(this.#now, end);
    return this;
  }

  /** Something arrives at `seconds`, measured then unless `data` says otherwise. */
  stream(seconds: number, values: Readonly<Record<string, unknown>>): this {
    return this.data(seconds, measured(seconds, values));
  }

  rest(seconds: number, values: Readonly<Record<string, unknown>>): this {
    return this.data(seconds, measured(seconds, values), "rest");
  }

  data(seconds: number, data: JsonObject, source: "stream" | "rest" = "stream"): this {
    this.at(seconds);
    const entries = parseEntries(data, this.rejected);
    this.#note(this.vehicle.apply({ entries, source, receivedAt: this.#now, sentAt: null }));
    return this;
  }

  fix(seconds: number, metres: number): this {
    const location = "vehicle.cabin.infotainment.navigation.currentLocation";
    const latitude = 50 + (metres * 1e-3) / 111.2;
    return this.stream(seconds, { [`${location}.latitude`]: latitude, [`${location}.longitude`]: 8 });
  }

  /** Restarts through a file, as after a restart of Node-RED, which was off until `seconds`. */
  restart(seconds = -Infinity): this {
    this.#now = Math.max(this.#now, START + seconds * 1000);
    const readings = [...this.vehicle.readings.values()].filter(({ source }) => source !== "derived");
    const saved = JSON.parse(JSON.stringify({ readings, state: this.vehicle.save() })) as {
      readings: typeof readings;
      state: JsonObject;
    };
    this.vehicle = new Vehicle(VIN, this.rejected);
    this.vehicle.restore(saved.readings, saved.state);
    return this;
  }

  #note(changes: VehicleChanges): void {
    if (!hasNoChanges(changes)) this.outcomes.push(changes);
  }
}
