import { below, Gaussian, sum, type Combination, type Moments } from "../normal-distribution.js";
import { BOUNDS_KMH, BRACKETS, type Bracket } from "./driven-trip.js";

/** Places of the quantities of a drive in the joint distribution. */
export const SOC = 0;
/** Odometer with its decimals, km. */
export const ROAD = 1;
/** km/h at the moment. */
export const SPEED = 2;
/** km/h in the long run of this trip. */
export const CRUISE = 3;
/** kWh/km of the first bracket; those of the others follow. */
export const RATES = 4;
/** Load beside the motor that the car has by and large, kW, and what this trip adds. */
export const AUX = RATES + BRACKETS.length;
export const TRIP_AUX = AUX + 1;
/** By how much this trip needs more for its kilometres than others do: wind, load, temper; a share. */
export const TRIP_FACTOR = TRIP_AUX + 1;
/** Odometer at the last position. */
export const FIX_ROAD = TRIP_FACTOR + 1;
/** What the way costs more here than usual kilometres do, kWh/km: it climbs, or below 0 it falls. */
export const HILL = FIX_ROAD + 1;

/** Rates of a mid-size car for rolling and air in each bracket, kWh/km, and its load beside, kW. */
const TYPICAL_RATES = [0.13, 0.13, 0.155, 0.195, 0.25] as const;
const TYPICAL_AUX_KW = 1;
/** Shares of a hundred usual kilometres by bracket, and their average speed: how the figures of a model come about. */
const TYPICAL_SHARES = [0.03, 0.27, 0.3, 0.25, 0.15] as const;
const TYPICAL_KMH = 60;
const TYPICAL_KWH_PER_KM = usualConsumption(TYPICAL_RATES, TYPICAL_AUX_KW);

/** How far a car is from its model as a whole, and each bracket from the typical pattern; shares. */
const MODEL_DEVIATION = 0.25;
const PATTERN_DEVIATION = 0.2;
const AUX_DEVIATION_KW = 0.6;

/** Speed forgets within so long where it was around the trip's own. */
export const SPEED_FORGOTTEN_H = 5 / 60;
/** A slope lasts for so many kilometres. */
export const HILL_KM = 8;
/** What a bracket leaves open: grows with the square root of the way. */
const NOISE_KWH_AT_1_KM = 0.05;
const LEAST_AUX_KW = 0.05;
/** In the middle of each bracket. */
const MIDDLE_KMH = [10, 40, 80, 115, 145] as const;

const square = (value: number) => value * value;

/** Spread of the quantities that begin anew with each trip. */
export const TRIP_START: ReadonlyMap<number, Moments> = new Map([
  [SPEED, { mean: 30, variance: square(25) }],
  [CRUISE, { mean: 55, variance: square(25) }],
  [TRIP_AUX, { mean: 0, variance: square(0.5) }],
]);

/** Limits of each quantity, and of its uncertainty. */
const LIMITS = [
  within(SOC, 0, 101, 30),
  within(ROAD, -10, 3_000_000, 1000),
  within(SPEED, 0, 260, 100),
  within(CRUISE, 5, 160, 100),
  ...BRACKETS.map((_, bracket) => within(RATES + bracket, 0.04, 0.7, 0.2)),
  within(AUX, 0.05, 6, 3),
  within(TRIP_AUX, -4, 8, 3),
  within(TRIP_FACTOR, -0.5, 1, 0.5),
  within(HILL, -0.6, 0.8, 0.4),
];

function within(index: number, low: number, high: number, deviation: number) {
  return { index, low, high, variance: square(deviation) };
}

/** Takes back what noise or nonsense made of a quantity. */
export function limit(joint: Gaussian): void {
  for (const { index, low, high, variance } of LIMITS) {
    const mean = joint.mean(index);
    if (mean < low || mean > high) joint.setMean(index, Math.min(high, Math.max(low, mean)));
    if (joint.covariance(index, index) > variance) joint.replace(index, { mean: joint.mean(index), variance });
  }
}

/** How much trips scatter of a car of which nothing is known, a share: see `DriveScatter`. */
const USUAL_TRIP_SCATTER = 0.1;
const UNKNOWN_ROAD = { mean: 0, variance: 1 };
const UNKNOWN_SOC = { mean: 50, variance: square(30) };

/** The usual consumption of a car, kWh/km: what its belief was made with, and what counts by now. */
export interface Usual {
  readonly first: number;
  readonly now: number;
}

/**
 * The usual consumption of a car has become known otherwise: what is believed becomes what it would be if that had been
 * known from the beginning. What trips have taught hardly moves: it has little in common any more with the beginning.
 */
export function correctUsual(joint: Gaussian, { first, now }: Usual, kwhPerKm: number): void {
  const scale = scaleOf(first);
  const change = scaleOf(kwhPerKm) - scaleOf(now);
  // The first covariance of the rates, inverted, times their typical pattern.
  const common = square(PATTERN_DEVIATION) + TYPICAL_RATES.length * square(MODEL_DEVIATION);
  const weights = TYPICAL_RATES.map((rate, bracket) => [RATES + bracket, 1 / (rate * square(scale) * common)] as const);
  if (change !== 0) joint.lean(weights, change);
}

/** Tells how many times that of a typical car it is. */
function scaleOf(kwhPerKm: number): number {
  return Math.min(2, Math.max(0.5, kwhPerKm / TYPICAL_KWH_PER_KM)) || 1;
}

/** Makes the prior of a car of which only the model is known. */
export function modelPrior(modelKwhPerKm: number): Gaussian {
  const scale = scaleOf(modelKwhPerKm);
  const rates = TYPICAL_RATES.map((rate) => ({
    mean: rate * scale,
    variance: square(rate * scale * PATTERN_DEVIATION),
  }));
  const trip = (index: number) => TRIP_START.get(index) ?? UNKNOWN_ROAD;
  const aux = { mean: TYPICAL_AUX_KW, variance: square(AUX_DEVIATION_KW) };
  const gaussian = new Gaussian([
    UNKNOWN_SOC,
    UNKNOWN_ROAD,
    trip(SPEED),
    trip(CRUISE),
    ...rates,
    aux,
    trip(TRIP_AUX),
    { mean: 0, variance: square(USUAL_TRIP_SCATTER) },
    UNKNOWN_ROAD,
    { mean: 0, variance: 0 },
  ]);
  rates.forEach(({ mean }, one) => {
    gaussian.widen(RATES + one, square(mean * MODEL_DEVIATION));
    for (const [other, { mean: otherMean }] of rates.slice(0, one).entries())
      gaussian.widenTogether(RATES + one, RATES + other, mean * otherMean * square(MODEL_DEVIATION));
  });
  return gaussian;
}

export interface MotionStep {
  readonly hours: number;
  readonly capacityKwh: number;
  /** Stands with everything on. */
  readonly standing: boolean;
  /** Nothing was heard for so long that it probably stands. */
  readonly fading: boolean;
  /** How much slopes scatter where this car drives, kWh/km. */
  readonly hills: number;
  /** How much the speed of this driver wanders around that of the trip, km/h. */
  readonly wanders: number;
}

/** Cost of a step: percentage points and kilometres. */
export interface Cost {
  readonly points: number;
  readonly km: number;
}

/** Lets a short time pass: the car gets on, the battery gives. Means and covariances follow. */
export function step(belief: Gaussian, motion: MotionStep): Cost {
  const { hours, capacityKwh, standing, wanders } = motion;
  const perKwh = 100 / capacityKwh;
  const speed = standing ? 0 : Math.max(0, belief.mean(SPEED));
  const km = speed * hours;
  const shares = standing ? [] : bracketShares(belief);
  const rate = shares.reduce((sum, share, index) => sum + share * belief.mean(RATES + index), 0);
  const factor = 1 + belief.mean(TRIP_FACTOR);
  const aux = Math.max(LEAST_AUX_KW, belief.mean(AUX) + belief.mean(TRIP_AUX));
  const perKm = rate * factor + belief.mean(HILL);
  const points = perKwh * (perKm * km + aux * hours);
  const drain: Combination = [
    [SOC, 1],
    [SPEED, standing ? 0 : -perKwh * (perKm + factor * speed * rateSlope(belief, speed)) * hours],
    ...shares.map((share, index) => [RATES + index, -perKwh * factor * share * km] as const),
    [AUX, -perKwh * hours],
    [TRIP_AUX, -perKwh * hours],
    [TRIP_FACTOR, -perKwh * rate * km],
    [HILL, -perKwh * km],
  ];
  belief.setMean(SOC, belief.mean(SOC) - points);
  belief.setMean(ROAD, belief.mean(ROAD) + km);
  if (standing) belief.linear(new Map([[SOC, drain]]));
  else getOn(belief, drain, motion, km);
  // Where the speed is uncertain so is the bracket, and a wrong one stays wrong for as long as a speed lasts: the less of
  // it a measurement has left open, the shorter.
  const spread = shares.reduce((sum, share, index) => sum + share * (belief.mean(RATES + index) - rate) ** 2, 0);
  const open = Math.min(1, belief.of(SPEED).variance / wanders ** 2);
  const lasts = 2 * speed * SPEED_FORGOTTEN_H * open;
  belief.widen(SOC, perKwh ** 2 * (NOISE_KWH_AT_1_KM ** 2 + spread * lasts) * km);
  return { points, km };
}

/** Tells how much more each kilometre costs where the car is 1 km/h faster, kWh/km: what is driven faster costs more. */
function rateSlope(belief: Gaussian, kmh: number): number {
  const next = MIDDLE_KMH.findIndex((middle) => kmh < middle);
  const index = Math.max(1, next === -1 ? MIDDLE_KMH.length - 1 : next);
  const between = (MIDDLE_KMH[index] ?? 0) - (MIDDLE_KMH[index - 1] ?? 0);
  return (belief.mean(RATES + index) - belief.mean(RATES + index - 1)) / between;
}

function getOn(belief: Gaussian, drain: Combination, { hours, fading, hills, wanders }: MotionStep, km: number): void {
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
  const stays = Math.exp(-km / HILL_KM);
  belief.setMean(HILL, belief.mean(HILL) * stays);
  belief.linear(new Map([[SOC, drain], [ROAD, road], [SPEED, speed], [HILL, [[HILL, stays]]]])); // oxfmt-ignore
  belief.widen(SPEED, wanders ** 2 * (1 - keeps ** 2));
  belief.widen(HILL, hills ** 2 * (1 - stays ** 2));
}

/** Which share of the next kilometres falls into each bracket, as uncertain as the speed is. */
function bracketShares(belief: Gaussian): number[] {
  const { mean, variance } = belief.of(SPEED);
  const deviation = Math.max(1, Math.sqrt(variance));
  const limits = [0, ...BOUNDS_KMH.map((bound) => below((bound - Math.max(0, mean)) / deviation)), 1];
  const weights = MIDDLE_KMH.map((kmh, index) => kmh * ((limits[index + 1] ?? 1) - (limits[index] ?? 0)));
  const whole = sum(weights);
  return weights.map((weight) => weight / whole);
}

/**
 * Tells the consumption that the model expects now, kWh/km: at the speeds of this bracket and on this trip; without one
 * on usual kilometres, beside `usualKwhPerKm`, what the settings say of a car that has taught nothing.
 */
export function expectedConsumption(belief: Gaussian, bracket: Bracket | null, usualKwhPerKm: number): number {
  const aux = Math.max(LEAST_AUX_KW, belief.mean(AUX));
  const rates = BRACKETS.map((_, index) => belief.mean(RATES + index));
  if (bracket === null) {
    const scale = scaleOf(usualKwhPerKm);
    const untaught = usualConsumption(
      TYPICAL_RATES.map((rate) => rate * scale),
      TYPICAL_AUX_KW,
    );
    return (usualKwhPerKm * usualConsumption(rates, aux)) / untaught;
  }
  const index = BRACKETS.indexOf(bracket);
  const tripAux = Math.max(LEAST_AUX_KW, aux + belief.mean(TRIP_AUX));
  return (rates[index] ?? 0) * (1 + belief.mean(TRIP_FACTOR)) + tripAux / (MIDDLE_KMH[index] ?? TYPICAL_KMH);
}

/** Tells the consumption on a hundred usual kilometres, kWh/km. */
function usualConsumption(rates: readonly number[], auxKw: number): number {
  return rates.reduce((sum, rate, index) => sum + rate * (TYPICAL_SHARES[index] ?? 0), 0) + auxKw / TYPICAL_KMH;
}
