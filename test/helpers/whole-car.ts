import { wordListOf } from "../../src/homeassistant/word-lists.js";
import { isTime } from "../../src/homeassistant/time-state.js";
import { allDefinitions, type DescriptorDefinition } from "../../src/vehicle/catalogue.js";

/** Which units BMW sends: those that the owner has chosen in the car. */
export type CarUnits = "metric" | "us";

/** What BMW's REST API tells as well, without a unit. */
export const ODOMETER_KM = 23_456;

/** A value as BMW sends it. */
export interface Told {
  readonly value: unknown;
  readonly unit: string;
}

/** What BMW calls a unit, and how many of it are one of the metric unit. */
const US: Readonly<Record<string, readonly [string, (value: number) => number]>> = {
  km: ["mi", (value) => value / 1.609344],
  "°C": ["°F", (value) => value * 1.8 + 32],
  kPa: ["psi", (value) => value / 6.894757],
  L: ["gal", (value) => value / 3.785412],
  "km/h": ["mph", (value) => value / 1.609344],
};

/** Believable numbers by unit. */
const NUMBERS: Readonly<Record<string, number>> = {
  "%": 61,
  km: 214,
  kPa: 250,
  "°C": 21.5,
  kWh: 12.3,
  L: 31,
  "km/h": 48,
};
const OTHER_NUMBER = 12;
const ODOMETER = /travell?edDistance$/;
/** Numbers for which the catalogue names no unit, because BMW sends several. */
const UNITS: readonly (readonly [RegExp, string])[] = [
  [/Consumption$/, "kWh/100km"],
  [/distance|range/i, "km"],
  [/\.remainingFuel$/, "L"],
  [/\.charging\.power$/, "W"],
  [/\.altitude$/, "m"],
];
const NUMERIC = /remainingRange$|remainingFuelRange$|destinationSet\.(latitude|longitude)$/;
/** Words of BMW where any word would not do. */
const WORDS: readonly (readonly [RegExp, string])[] = [
  [/door\.(status|lock\.status)$/, "SECURED"],
  [/window\..*status$|sunroof\..*status$/, "CLOSED"],
  [/chargingPort\.(status|combinedStatus|dcStatus)$/, "DISCONNECTED"],
  [/charging\.status$/, "NOCHARGING"],
];

export function isNumber({ id, type, unit, structured }: DescriptorDefinition): boolean {
  if (structured === true || isTime(id) || type === "boolean" || type === "string") return false;
  return type !== null || unit !== null || NUMERIC.test(id);
}

/** The value of a descriptor in a healthy, parked car. */
export function toldBy(definition: DescriptorDefinition, units: CarUnits, time: number): Told {
  const { id, type, structured, on, off } = definition;
  if (isTime(id)) return { value: new Date(time).toISOString(), unit: "" };
  if (structured === true) return { value: "[]", unit: "" };
  if (type === "boolean") return { value: off?.[0] ?? (on === undefined ? "false" : "OTHER"), unit: "" };
  if (!isNumber(definition))
    return { value: WORDS.find(([pattern]) => pattern.test(id))?.[1] ?? wordListOf(id)?.[0] ?? "SOME_WORD", unit: "" };
  return numberOf(definition, units);
}

function numberOf({ id, unit }: DescriptorDefinition, units: CarUnits): Told {
  const metric = unit ?? UNITS.find(([pattern]) => pattern.test(id))?.[1] ?? "";
  const value = ODOMETER.test(id) ? ODOMETER_KM : (NUMBERS[metric] ?? OTHER_NUMBER);
  const [name, convert] = (units === "us" ? US[metric] : undefined) ?? [metric, (same: number) => same];
  return { value: Number(convert(value).toFixed(1)), unit: name };
}

const PART = 60;

/** Stream messages with the whole catalogue of a car. */
export function catalogueMessages(
  vin: string,
  units: CarUnits,
  time: number,
  change = (_id: string, told: Told) => told,
) {
  const timestamp = `${new Date(time).toISOString().slice(0, 19)}Z`;
  const entries = [...allDefinitions()].map((definition) => {
    const { value, unit } = change(definition.id, toldBy(definition, units, time));
    return [definition.id, { value, unit, timestamp }] as const;
  });
  const parts = Array.from({ length: Math.ceil(entries.length / PART) }, (_, part) => {
    return entries.slice(part * PART, (part + 1) * PART);
  });
  return parts.map((part) => ({ vin, entityId: "entity", topic: vin, timestamp, data: Object.fromEntries(part) }));
}
