import type { DistanceUnit } from "../support/distances.js";

const DISTANCE = /distance|odometer|mileage|remaining\w*range$|^range$|\.range\.target$/i;

const known = new Map<string, boolean>();
const LARGEST_CACHE = 2000;

/** Returns whether a number under this name is a distance. */
export function isDistance(descriptor: string): boolean {
  let is = known.get(descriptor);
  if (is === undefined) {
    is = DISTANCE.test(descriptor);
    if (known.size < LARGEST_CACHE) known.set(descriptor, is);
  }
  return is;
}

/**
 * Returns the unit in which a car tells its distances; `undefined` while it has named none. Miles come from the car
 * only, kilometres from BMW's list as well.
 */
export function distanceUnitOf(
  values: Iterable<{ readonly descriptor: string; readonly unit: string | null }>,
): DistanceUnit | undefined {
  let found: "km" | undefined;
  for (const { descriptor, unit } of values) {
    if ((unit !== "km" && unit !== "mi") || !isDistance(descriptor)) continue;
    if (unit === "mi") return unit;
    found = unit;
  }
  return found;
}
