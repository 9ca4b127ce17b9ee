import { metresBetween } from "./geography.js";
import type { Fix } from "./motion-state.js";

/** No car that sends CarData drives faster for long: what would need more is a mistake. */
export const FASTEST_KMH = 250;

const HOUR_MS = 3_600_000;
/** Fixes are off by some metres, and stamped with whole seconds. */
const FIX_NOISE_KM = 0.05;
const FIX_ROUNDING_MS = 1000;

/** Whether a car can go so far in this time; `ms` of 0 or less is too short for any way. */
export function isDrivable(km: number, ms: number): boolean {
  return km <= 0 || km * HOUR_MS <= FASTEST_KMH * ms;
}

/** Whether a car can have been at one place and then at the other. */
export function isWay(from: Fix, to: Fix): boolean {
  return isDrivable(metresBetween(from, to) / 1000 - FIX_NOISE_KM, to.timestamp - from.timestamp + FIX_ROUNDING_MS);
}
