import type { JsonObject } from "../support/json.js";
import type { Outcome } from "../vehicle/outcome.js";
import type { Vehicle } from "../vehicle/vehicle.js";
import type { Role } from "./endpoints.js";

/** One car of the account, with what BMW says of it. */
export interface Car {
  readonly vehicle: Vehicle;
  role: Role | "unknown";
  basicData: JsonObject | null;
}

/** The cars of an account as REST sees them: what it asks for, and where its answers go. */
export interface Vehicles {
  readonly cars: ReadonlyMap<string, Car>;
  /** Takes BMW's REST answer of telematic data; returns what was new, `null` for a car that is not this account's. */
  answered(vin: string, data: JsonObject, receivedAt: number): Outcome | null;
  /** Takes the role of a car that BMW lists for the account. */
  mapped(vin: string, role: Role): void;
  /** Takes BMW's basic data of a car. */
  described(vin: string, basicData: JsonObject): void;
}

/** A car with fewer has told next to nothing: it is one that somebody mentioned, not one that is read. */
const FEWEST_DESCRIPTORS = 5;

export function isLimited({ vehicle }: Pick<Car, "vehicle">): boolean {
  return vehicle.readings.size < FEWEST_DESCRIPTORS;
}
