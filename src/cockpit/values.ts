import { nameFromId } from "../messages/descriptor-message.js";
import { usualUnit } from "../homeassistant/quantity-unit.js";
import { isoTime } from "../support/iso-time.js";
import { cleanText } from "../support/clean-text.js";
import { localisedNameOf } from "../vehicle/localised-names.js";
import type { Reading } from "../vehicle/reading.js";
import type { Vehicle } from "../vehicle/vehicle.js";
import type { CockpitValue } from "./contract.js";

/** Bounds a text that a car may send [characters]: a line of the table shows less. */
const LONGEST_TEXT = 500;

/** Describes everything that is known of a car, by descriptor. */
export function valuesView({ readings, distanceUnit }: Vehicle, language: string): CockpitValue[] {
  return [...readings.values()].map((reading) => valueView(reading, language, distanceUnit));
}

/** @param language such as `de` or `de-AT` */
export function valueView(
  { descriptor, value, unit, source, timestamp }: Reading,
  language: string,
  distanceUnit: Vehicle["distanceUnit"],
): CockpitValue {
  return {
    descriptor,
    name: localisedNameOf(descriptor, language) ?? nameFromId(descriptor),
    value: typeof value === "string" ? cleanText(value, LONGEST_TEXT) : value,
    unit: unit ?? (typeof value === "number" ? usualUnit(descriptor, distanceUnit) : null),
    source,
    at: isoTime(timestamp),
  };
}
