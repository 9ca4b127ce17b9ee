import { definitionOf } from "../vehicle/catalogue.js";
import { isDistance } from "../vehicle/distance-unit.js";
import { convert, roundedToStep, stepIn } from "../vehicle/units.js";

/*
 * What a number is measured in. An entity whose unit comes late, or changes, loses its long-term statistics in Home
 * Assistant, and is not converted to the units of the house until its next start: so its unit is known before it is
 * announced, and stays.
 */

/** Units of quantities for which the catalogue names none, because BMW sends several or omits it. */
const USUAL_UNITS: readonly (readonly [RegExp, string])[] = [
  [/\.remainingFuel$|^fuel$/, "L"],
  [/\.charging\.power$/, "W"],
  [/\.altitude$/, "m"],
  [/\.avgElectricRangeConsumption$/, "kWh/100km"],
  [/\.(latitude|longitude)$/, "°"],
  [/^soc$/, "%"],
];
/** No car charges with more [kW], and none with less [W]. */
const POWER_LIMIT = 500;

/**
 * Returns the unit of a number that came without one; `null` for a number without a unit.
 * @param distanceUnit that of the car's other distances
 */
export function usualUnit(descriptor: string, distanceUnit = "km"): string | null {
  const known = definitionOf(descriptor)?.unit;
  if (known !== undefined && known !== null) return known;
  if (isDistance(descriptor)) return distanceUnit;
  return USUAL_UNITS.find(([pattern]) => pattern.test(descriptor))?.[1] ?? null;
}

/** Returns the unit that a number came in; BMW omits that of the power now and then. */
export function sentUnit(descriptor: string, value: unknown, unit: string | null): string | null {
  if (unit !== null || typeof value !== "number" || !descriptor.endsWith(".charging.power")) return unit;
  return Math.abs(value) < POWER_LIMIT ? "kW" : "W";
}

/** Returns whether numbers in these units are the same quantity. */
export function isConvertible(from: string, to: string): boolean {
  return from === to || convert(0, from, to) !== null;
}

/** Converts a number with the digits that its own unit supports; one that cannot be converted stays as it is. */
export function inUnit<T>(value: T, from: string | null, to: string | null): T | number {
  if (typeof value !== "number" || from === null || to === null || from === to) return value;
  const exact = convert(value, from, to);
  return exact === null ? value : roundedToStep(exact, stepIn(value, from, to));
}
