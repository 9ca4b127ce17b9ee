import { isObject } from "../support/json.js";
import { parseVin } from "../support/vin.js";
import type { VehicleSettings } from "./settings.js";

type Aliases = readonly Pick<VehicleSettings, "vin" | "alias">[];

/**
 * What stands for a car in topics of Home Assistant: its alias with letters, digits, `_` and `-` alone, else its VIN. An
 * alias that another car has as well, or that reads like a VIN, stands for none but the first.
 */
export function vehicleIdOf(vehicles: Aliases, vin: string): string {
  const id = idOf(vehicles.find((car) => car.vin === vin)?.alias ?? "");
  if (id === "" || parseVin(id) !== null) return vin;
  const first = vehicles.find(({ alias }) => isSame(idOf(alias), id));
  return first?.vin === vin ? id : vin;
}

/** The VIN of the car that `value` names by VIN or alias; `null` if it does neither. */
export function vinOf(vehicles: Aliases, value: unknown): string | null {
  if (typeof value !== "string") return null;
  const name = value.trim();
  const named = () => vehicles.find(({ vin }) => isSame(vehicleIdOf(vehicles, vin), idOf(name)))?.vin;
  return parseVin(name) ?? (name === "" ? null : (named() ?? null));
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

/** Home Assistant's ids are in lower case. */
function isSame(one: string, other: string): boolean {
  return one.toLowerCase() === other.toLowerCase();
}
