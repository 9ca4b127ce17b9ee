import { isObject, nonEmptyText, type JsonObject } from "../support/json.js";
import { maskVin, parseVin } from "../support/vin.js";
import { scalar, type Scalar } from "./summary-parts.js";
import type { Summary } from "./types.js";

/** Maps BMW's names, documented or live, to one member, the better name first (docs/bmw.md, "Basic data"). */
const ATTRIBUTES: readonly (readonly [string, ...string[]])[] = [
  ["model_name", "modelName"],
  ["model_key", "modelKey"],
  ["series", "series"],
  ["series_development", "seriesDevt"],
  ["body_type", "bodyType"],
  ["color", "colourDescription", "colourCodeRaw", "colourCode"],
  ["country", "countryCode", "countryCodeISO"],
  ["drive_train", "driveTrain"],
  ["propulsion_type", "propulsionType"],
  ["engine_code", "engine"],
  ["navigation_installed", "hasNavi"],
  ["sunroof", "hasSunRoof"],
  ["head_unit", "headUnit"],
  ["sim_status", "simStatus"],
  ["construction_date", "constructionDate"],
  ["special_equipment_codes", "fullSAList"],
  ["doors", "numberOfDoors"],
  ["steering", "steering"],
  ["hvs_max_energy", "hvsMaxEnergyAbsolute"],
];

/**
 * Returns `{text, name, manufacturer, model, serialNumber, softwareVersion, hardwareVersion, attributes}`; omits
 * members that BMW does not send. Attribute names are those of bmw-cardata-ha.
 */
export function basicDataSummary(payload: unknown, vin: string | null): Summary {
  if (!isObject(payload)) return { text: "no data" };
  const first = (...names: string[]) => firstOf(payload, names);
  const manufacturer = first("brand") ?? "BMW";
  const known = first("modelName", "modelRange", "series");
  const serialNumber = parseVin(nonEmptyText(payload["vin"])?.trim()) ?? vin;
  // The full VIN is no name: it would show wherever the car is named.
  const unnamed = serialNumber === null ? String(manufacturer) : `${manufacturer} ${maskVin(serialNumber)}`;
  const details = {
    model: first("modelName", "series", "modelRange"),
    serialNumber,
    softwareVersion: first("puStep"),
    hardwareVersion: first("seriesDevt"),
  };
  return {
    text: known === null ? unnamed : `${manufacturer} ${known}`,
    name: known ?? unnamed,
    manufacturer,
    ...knownAttributes(Object.entries(details)),
    attributes: attributesOf(payload, serialNumber),
  };
}

function attributesOf(payload: JsonObject, vin: string | null): Record<string, Scalar> {
  const attributes = ATTRIBUTES.map(([name, ...members]): [string, Scalar | null] => [name, firstOf(payload, members)]);
  const modes = payload["chargingModes"];
  return knownAttributes([["vin", vin], ...attributes, ["charging_modes", Array.isArray(modes) ? joined(modes) : ""]]);
}

function knownAttributes(entries: readonly (readonly [string, Scalar | null])[]): Record<string, Scalar> {
  return Object.fromEntries(entries.filter((entry): entry is [string, Scalar] => entry[1] !== null));
}

function firstOf(payload: JsonObject, names: readonly string[]): Scalar | null {
  for (const name of names) {
    const value = payload[name];
    const found = Array.isArray(value) ? nonEmptyText(joined(value)) : scalar(value);
    if (found !== null) return found;
  }
  return null;
}

function joined(list: readonly unknown[]): string {
  return list.flatMap((member) => scalar(member) ?? []).join(", ");
}
