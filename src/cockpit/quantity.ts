import { usualUnit } from "../homeassistant/quantity-unit.js";
import type { DistanceUnit } from "../support/distances.js";
import { isoTime } from "../support/iso-time.js";
import type { Reading } from "../vehicle/reading.js";
import type { SourcedValue } from "../vehicle/source-priority.js";
import type { CockpitQuantity } from "./contract.js";

/** Returns a number of the car with its unit; `null` if there is none, or the car says that it does not know. */
export function quantityOf(
  told: Pick<Reading, "descriptor" | "value" | "unit" | "timestamp"> | undefined,
  distanceUnit: DistanceUnit | undefined,
): CockpitQuantity | null {
  if (typeof told?.value !== "number" || !Number.isFinite(told.value)) return null;
  const { descriptor, value, unit, timestamp } = told;
  return { value, unit: unit ?? usualUnit(descriptor, distanceUnit), at: isoTime(timestamp) };
}

/** Returns a quantity that cannot be below 0; by such a one cars say that they do not know. */
export function amountOf(
  sourced: SourcedValue | undefined,
  distanceUnit: DistanceUnit | undefined,
): CockpitQuantity | null {
  const quantity = quantityOf(sourced && { ...sourced, descriptor: sourced.from }, distanceUnit);
  return quantity === null || quantity.value < 0 ? null : quantity;
}

/** Returns a number in the unit of the page, with as many digits as the car told. */
export function rounded(value: number, decimals = 2): number {
  return Number(value.toFixed(decimals));
}
