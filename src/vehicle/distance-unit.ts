import type { DistanceUnit } from "../support/distances.js";
import { canonicalUnit } from "./units.js";

const DISTANCE = /distance|odometer|mileage|remaining\w*range$|^range$|\.range\.target$/i;

/** What a dashboard shows; others, such as the distance to a destination, may be in the unit of whoever sent it. */
const ON_DASHBOARD = /travell?edDistance$|odometer|mileage|remaining\w*range$|^range$/i;

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

/** Holds a value with its unit; `raw` as BMW sent it, where that is known. */
interface ToldUnit {
  readonly descriptor: string;
  readonly unit: string | null;
  readonly raw?: { readonly unit?: unknown };
}

/**
 * Returns the unit in which a car tells its distances; `undefined` while it has named none. Miles come from the car
 * only, kilometres from BMW's list as well, so that miles win; but not those of another distance than the dashboard's
 * against kilometres that the car itself has named.
 */
export function distanceUnitOf(values: Iterable<ToldUnit>): DistanceUnit | undefined {
  let found: DistanceUnit | undefined;
  let isNamedKm = false;
  for (const { descriptor, unit, raw } of values) {
    if ((unit !== "km" && unit !== "mi") || !isDistance(descriptor)) continue;
    const isOnDashboard = ON_DASHBOARD.test(descriptor);
    if (unit === "mi" && isOnDashboard) return unit;
    if (isOnDashboard && canonicalUnit(raw?.unit) === "km") isNamedKm = true;
    if (found !== "mi") found = unit;
  }
  return isNamedKm ? "km" : found;
}
