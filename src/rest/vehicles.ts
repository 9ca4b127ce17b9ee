import type { JsonObject } from "../support/json.js";
import type { VehicleChanges } from "../vehicle/vehicle-changes.js";
import type { Vehicle } from "../vehicle/vehicle.js";
import type { Mapping, MappingRole } from "./requests.js";

/** One car of the account, with BMW's description. */
export interface RegisteredVehicle {
  readonly vehicle: Vehicle;
  role: MappingRole | "unknown";
  basicData: JsonObject | null;
}

/** The cars of an account as the REST side needs them: to choose them, and to hand answers over. */
export interface Vehicles {
  readonly cars: ReadonlyMap<string, RegisteredVehicle>;
  /**
   * Processes BMW's REST answer of telematic data; returns what was new, `null` for a car that is not this account's.
   */
  answered(vin: string, data: JsonObject, receivedAt: number): VehicleChanges | null;
  /** Sets the role of a car that BMW lists for the account. */
  mapped(vin: string, role: MappingRole): void;
  /** Sets BMW's basic data of a car. */
  described(vin: string, basicData: JsonObject): void;
}

/** Decides whether BMW lets this account read a car over REST, and why not (docs/bmw.md, "Who may read a car"). */
export type Access = "ok" | "not_primary" | "no_permission" | "not_telematics_capable";

/** A car as BMW lists it, and whether it can be read. */
export type ListedVehicle = Mapping & { readonly access: Access };

/** A car with fewer descriptors was only mentioned by somebody and is not read. */
const FEWEST_DESCRIPTORS = 5;

export function isLimited({ vehicle }: Pick<RegisteredVehicle, "vehicle">): boolean {
  return vehicle.readings.size < FEWEST_DESCRIPTORS;
}

/** @param isRefused returns whether BMW has refused to let the car be read */
export function accessOf(
  { role, basicData }: Pick<RegisteredVehicle, "role" | "basicData">,
  isRefused: boolean,
): Access {
  if (role === "secondary") return "not_primary";
  if (basicData?.["isTelematicsCapable"] === false) return "not_telematics_capable";
  return isRefused ? "no_permission" : "ok";
}

/** Applies BMW's list of cars, and returns for each whether it can be read. */
export function takeMappings(
  mappings: readonly Mapping[],
  vehicles: Vehicles,
  isRefused: (vin: string) => boolean,
): ListedVehicle[] {
  for (const { vin, role } of mappings) vehicles.mapped(vin, role);
  return mappings.map((mapping) => {
    // A car that is ignored, or that another account has, is not among the account's.
    const car = vehicles.cars.get(mapping.vin) ?? { role: mapping.role, basicData: null };
    return { ...mapping, access: accessOf(car, isRefused(mapping.vin)) };
  });
}
