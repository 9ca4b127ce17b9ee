import { metresBetween } from "./geography.js";
import type { Fix } from "./motion-state.js";

/** Limits the sustained speed of a car [km/h]; a higher one is an error. */
export const FASTEST_KMH = 250;

const HOUR_MS = 3_600_000;
/** Tolerates the noise of fixes, which are off by some metres and stamped with whole seconds. */
const FIX_NOISE_KM = 0.05;
const FIX_ROUNDING_MS = 1000;

/** Returns whether a car can drive this far in this time; `ms` of 0 or less is too short for any distance. */
export function isDrivable(km: number, ms: number): boolean {
  return km <= 0 || km * HOUR_MS <= FASTEST_KMH * ms;
}

/** Returns whether a car can have driven from one fix to the other. */
export function isReachable(from: Fix, to: Fix): boolean {
  return isDrivable(metresBetween(from, to) / 1000 - FIX_NOISE_KM, to.timestamp - from.timestamp + FIX_ROUNDING_MS);
}
