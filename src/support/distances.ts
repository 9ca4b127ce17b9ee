/** Names what a car counts its distances in: people with miles on the dashboard pay, tax and compare by miles. */
export type DistanceUnit = "km" | "mi";

/** Names the figures that are told otherwise where people count in miles. */
export type DistanceFigure = "distance" | "odometer" | "speed" | "consumption";

export const KM_PER_MILE = 1.609344;

const UNITS: Readonly<Record<DistanceUnit, Readonly<Record<DistanceFigure, string>>>> = {
  km: { distance: "km", odometer: "km", speed: "km/h", consumption: "kWh/100 km" },
  mi: { distance: "mi", odometer: "mi", speed: "mph", consumption: "mi/kWh" },
};
/** More than any figure has. */
const DECIMALS = 2;

/** Returns the unit of a figure. */
export function unitOf(figure: DistanceFigure, distanceUnit: DistanceUnit): string {
  return UNITS[distanceUnit][figure];
}

/**
 * Converts a figure for people; an odometer is whole, as cars show it. Miles of a kWh cannot say that a way took no energy.
 * @param value in km, km/h or kWh/100 km
 * @returns in the unit of `unitOf`; `null` for what is unknown or has no figure in it
 */
export function toDistanceUnit(
  value: number | null,
  figure: DistanceFigure,
  distanceUnit: DistanceUnit,
): number | null {
  if (value === null) return null;
  if (figure === "odometer") return Math.round(distanceUnit === "km" ? value : value / KM_PER_MILE);
  if (distanceUnit === "km") return value;
  if (figure !== "consumption") return shortened(value / KM_PER_MILE);
  return value > 0 ? shortened(100 / KM_PER_MILE / value) : null;
}

/** Cuts off what only the conversion brought: floats end in rubbish otherwise. */
function shortened(value: number): number {
  return Number(value.toFixed(DECIMALS));
}
