import type { RegisteredVehicle } from "../rest/vehicles.js";
import { isObject, nonEmptyText } from "../support/json.js";
import { maskVin, parseVin } from "../support/vin.js";
import type { DriveType } from "../vehicle/drive-type.js";
import type { VehicleSettings } from "./settings.js";

type AliasByVin = readonly Pick<VehicleSettings, "vin" | "alias">[];

/**
 * Returns the id of a car in topics of Home Assistant: its alias with letters, digits, `_` and `-` alone, else its VIN.
 * An alias that another car has as well, or that reads like a VIN, counts for the first car only.
 */
export function vehicleIdOf(vehicles: AliasByVin, vin: string): string {
  const own = vehicles.find((car) => car.vin === vin)?.alias ?? "";
  const key = aliasKeyOf(own);
  const first = vehicles.find(({ alias }) => aliasKeyOf(alias) === key);
  return key === null || first?.vin !== vin ? vin : idOf(own);
}

/** Normalises an alias to the form that no two cars may share; `null` if the alias stands for no car. */
export function aliasKeyOf(alias: string): string | null {
  // Home Assistant's ids are in lower case.
  const key = idOf(alias.trim()).toLowerCase();
  return key === "" || parseVin(key) !== null ? null : key;
}

/** Returns the VIN of the car that `value` names by VIN or alias; `null` if it does neither. */
export function vinOf(vehicles: AliasByVin, value: unknown): string | null {
  if (typeof value !== "string") return null;
  const name = value.trim();
  const key = aliasKeyOf(name);
  const named = () => vehicles.find(({ alias }) => aliasKeyOf(alias) === key)?.vin ?? null;
  return parseVin(name) ?? (key === null ? null : named());
}

/** Returns the message with the car's VIN in `msg.vin` in place of its alias; does not change the message itself. */
export function withVin(message: unknown, vehicles: AliasByVin): unknown {
  if (!isObject(message) || parseVin(message["vin"]) !== null) return message;
  const vin = vinOf(vehicles, message["vin"]);
  return vin === null ? message : { ...message, vin };
}

function idOf(alias: string): string {
  return alias.replace(/[^A-Za-z0-9_-]/g, "_");
}

/** The names and traits under which Home Assistant knows a car. */
export interface CarIdentity {
  /** Id in topics: its alias, else its VIN. */
  readonly id: string;
  readonly name: string;
  readonly manufacturer: string;
  readonly model: string | null;
  /** Its VIN; `null` where an alias hides it. */
  readonly serialNumber: string | null;
  /** Version of the software of the car; `null` where BMW names none. */
  readonly softwareVersion: string | null;
  /** `null` while unknown. */
  readonly driveType: DriveType | null;
}

/** Names the cars that an account knows, by its settings and by its data. */
interface KnownCars {
  readonly vehicles: readonly VehicleSettings[];
  readonly registry: { readonly cars: ReadonlyMap<string, RegisteredVehicle> };
}

/** `null`: the account does not know the car, or has to ignore it. */
export function carIdentity({ vehicles, registry }: KnownCars, vin: string) {
  const own = vehicles.find((car) => car.vin === vin);
  const known = registry.cars.get(vin);
  if (own?.ignore === true || (own ?? known) === undefined) return null;
  const alias = own?.alias ?? "";
  const { manufacturer, model, softwareVersion, driveType } = kindOf(known);
  const identity: CarIdentity = {
    id: vehicleIdOf(vehicles, vin),
    name: own?.name || alias || `${manufacturer} ${model ?? maskVin(vin)}`,
    manufacturer,
    model,
    serialNumber: alias === "" ? vin : null,
    softwareVersion,
    driveType,
  };
  return identity;
}

type Kind = Pick<CarIdentity, "manufacturer" | "model" | "softwareVersion" | "driveType">;

function kindOf(car: RegisteredVehicle | undefined): Kind {
  const first = (...names: string[]) => {
    return names.map((name) => nonEmptyText(car?.basicData?.[name])).find((name) => name !== null) ?? null;
  };
  const driveType = car?.vehicle.driveType ?? null;
  return {
    manufacturer: first("brand") ?? "BMW",
    model: first("modelName", "series", "modelRange"),
    softwareVersion: first("puStep"),
    driveType,
  };
}
