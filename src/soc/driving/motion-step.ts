import { BOUNDS_KMH } from "./brackets.js";
import type { Combination, Gaussian } from "./gaussian.js";
import { below } from "../normal.js";
import { AUX, CRUISE, RATES, ROAD, SOC, SPEED, TRIP_AUX, TRIP_FACTOR } from "./quantities.js";

export interface Step {
  readonly hours: number;
  readonly capacityKwh: number;
  /** Stands with everything on. */
  readonly standing: boolean;
  /** Nothing was heard for so long that it probably stands. */
  readonly fading: boolean;
}

/** What a step costs: percentage points and kilometres. */
export interface Cost {
  readonly points: number;
  readonly km: number;
}

/** Speed wanders around the trip's own by so much, and forgets where it was within so long. */
const SPEED_WANDERS_KMH = 25;
const SPEED_FORGOTTEN_H = 3 / 60;
/** Hills, and what a bracket leaves open: grows with the square root of the way. */
const NOISE_KWH_AT_1_KM = 0.05;
const LEAST_AUX_KW = 0.05;
/** In the middle of each bracket. */
const MIDDLE_KMH = [10, 40, 80, 115, 145] as const;

/** Lets a short time pass: the car gets on, the battery gives. Means and covariances follow. */
export function step(belief: Gaussian, { hours, capacityKwh, standing, fading }: Step): Cost {
  const perKwh = 100 / capacityKwh;
  const speed = standing ? 0 : Math.max(0, belief.mean(SPEED));
  const km = speed * hours;
  const shares = standing ? [] : bracketShares(belief);
  const rate = shares.reduce((sum, share, index) => sum + share * belief.mean(RATES + index), 0);
  const factor = 1 + belief.mean(TRIP_FACTOR);
  const aux = Math.max(LEAST_AUX_KW, belief.mean(AUX) + belief.mean(TRIP_AUX));
  const points = perKwh * (rate * factor * km + aux * hours);
  const drain: Combination = [
    [SOC, 1],
    [SPEED, standing ? 0 : -perKwh * rate * factor * hours],
    ...shares.map((share, index) => [RATES + index, -perKwh * factor * share * km] as const),
    [AUX, -perKwh * hours],
    [TRIP_AUX, -perKwh * hours],
    [TRIP_FACTOR, -perKwh * rate * km],
  ];
  belief.setMean(SOC, belief.mean(SOC) - points);
  belief.setMean(ROAD, belief.mean(ROAD) + km);
  if (standing) belief.linear(new Map([[SOC, drain]]));
  else getOn(belief, hours, drain, fading);
  // Where the speed is uncertain so is the bracket, and a wrong one stays wrong for as long as a speed lasts: the less of
  // it a measurement has left open, the shorter.
  const spread = shares.reduce((sum, share, index) => sum + share * (belief.mean(RATES + index) - rate) ** 2, 0);
  const open = Math.min(1, belief.of(SPEED).variance / SPEED_WANDERS_KMH ** 2);
  const lasts = 2 * speed * SPEED_FORGOTTEN_H * open;
  belief.widen(SOC, perKwh ** 2 * (NOISE_KWH_AT_1_KM ** 2 + spread * lasts) * km);
  return { points, km };
}

function getOn(belief: Gaussian, hours: number, drain: Combination, fading: boolean): void {
  const keeps = Math.exp(-hours / SPEED_FORGOTTEN_H);
  const cruise = fading ? 0 : belief.mean(CRUISE);
  belief.setMean(SPEED, cruise + (belief.mean(SPEED) - cruise) * keeps);
  const speed: Combination = [
    [SPEED, keeps],
    [CRUISE, fading ? 0 : 1 - keeps],
  ];
  const road: Combination = [
    [ROAD, 1],
    [SPEED, hours],
  ];
  belief.linear(new Map([[SOC, drain], [ROAD, road], [SPEED, speed]])); // prettier-ignore
  belief.widen(SPEED, SPEED_WANDERS_KMH ** 2 * (1 - keeps ** 2));
}

/** Which share of the next kilometres falls into each bracket, as uncertain as the speed is. */
function bracketShares(belief: Gaussian): number[] {
  const { mean, variance } = belief.of(SPEED);
  const deviation = Math.max(1, Math.sqrt(variance));
  const limits = [0, ...BOUNDS_KMH.map((bound) => below((bound - Math.max(0, mean)) / deviation)), 1];
  const weights = MIDDLE_KMH.map((kmh, index) => kmh * ((limits[index + 1] ?? 1) - (limits[index] ?? 0)));
  const sum = weights.reduce((total, weight) => total + weight, 0);
  return weights.map((weight) => weight / sum);
}
