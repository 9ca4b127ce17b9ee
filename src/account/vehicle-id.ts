import { isObject } from "../support/json.js";
import { parseVin } from "../support/vin.js";
import type { VehicleSettings } from "./settings.js";

type Aliases = readonly Pick<VehicleSettings, "vin" | "alias">[];

/**
 * What stands for a car in topics of Home Assistant: its alias with letters, digits, `_` and `-` alone, else its VIN. An
 * alias that another car has as well, or that reads like a VIN, stands for none but the first.
 */
export function vehicleIdOf(vehicles: Aliases, vin: string): string {
  const own = vehicles.find((car) => car.vin === vin)?.alias ?? "";
  const key = aliasKeyOf(own);
  const first = vehicles.find(({ alias }) => aliasKeyOf(alias) === key);
  return key === null || first?.vin !== vin ? vin : idOf(own);
}

/** What no two cars may have in common; `null` if the alias stands for no car. */
export function aliasKeyOf(alias: string): string | null {
  // Home Assistant's ids are in lower case.
  const key = idOf(alias.trim()).toLowerCase();
  return key === "" || parseVin(key) !== null ? null : key;
}

/** The VIN of the car that `value` names by VIN or alias; `null` if it does neither. */
export function vinOf(vehicles: Aliases, value: unknown): string | null {
  if (typeof value !== "string") return null;
  const name = value.trim();
  const key = aliasKeyOf(name);
  const named = () => vehicles.find(({ alias }) => aliasKeyOf(alias) === key)?.vin ?? null;
  return parseVin(name) ?? (key === null ? null : named());
}

/** The message with the car's VIN in `msg.vin` where its alias stands; the message itself stays as it is. */
export function withVin(message: unknown, vehicles: Aliases): unknown {
  if (!isObject(message) || parseVin(message["vin"]) !== null) return message;
  const vin = vinOf(vehicles, message["vin"]);
  return vin === null ? message : { ...message, vin };
}

function idOf(alias: string): string {
  return alias.replace(/[^A-Za-z0-9_-]/g, "_");
}
