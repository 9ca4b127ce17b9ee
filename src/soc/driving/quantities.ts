import { BRACKETS } from "./brackets.js";
import { Gaussian } from "./gaussian.js";
import type { Moments } from "../normal.js";

/** What is believed of a drive, by its place in the joint distribution. */
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

/** What rolling and air cost a mid-size car in each bracket, kWh/km, and what it needs beside, kW. */
const TYPICAL_RATES = [0.13, 0.13, 0.155, 0.195, 0.25] as const;
const TYPICAL_AUX_KW = 1;
/** Of a hundred kilometres of such a car, and its average speed: how the figures of a model come about. */
const TYPICAL_SHARES = [0.03, 0.27, 0.3, 0.25, 0.15] as const;
const TYPICAL_KMH = 60;
const TYPICAL_KWH_PER_KM =
  TYPICAL_RATES.reduce((sum, rate, index) => sum + rate * (TYPICAL_SHARES[index] ?? 0), 0) +
  TYPICAL_AUX_KW / TYPICAL_KMH;

/** How far a car is from its model as a whole, and each bracket from the typical pattern; shares. */
const MODEL_DEVIATION = 0.12;
const PATTERN_DEVIATION = 0.1;
const AUX_DEVIATION_KW = 0.6;

const square = (value: number) => value * value;

/** What a new trip may differ by. */
export const TRIP_START: ReadonlyMap<number, Moments> = new Map([
  [SPEED, { mean: 30, variance: square(25) }],
  [CRUISE, { mean: 55, variance: square(25) }],
  [TRIP_AUX, { mean: 0, variance: square(0.5) }],
  [TRIP_FACTOR, { mean: 0, variance: square(0.06) }],
]);

/** What a quantity may be at all, and how uncertain. */
const LIMITS = [
  within(SOC, 0, 101, 30),
  within(ROAD, -10, 3_000_000, 1000),
  within(SPEED, 0, 260, 100),
  within(CRUISE, 5, 160, 100),
  ...BRACKETS.map((_, bracket) => within(RATES + bracket, 0.04, 0.7, 0.2)),
  within(AUX, 0.05, 6, 3),
  within(TRIP_AUX, -4, 8, 3),
  within(TRIP_FACTOR, -0.5, 1, 0.5),
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

/** How many times that of a typical car. */
function scaleOf(kwhPerKm: number): number {
  return Math.min(2, Math.max(0.5, kwhPerKm / TYPICAL_KWH_PER_KM)) || 1;
}

/** What is believed of a car of which only the model is known. */
export function modelBelief(modelKwhPerKm: number): Gaussian {
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
    trip(TRIP_FACTOR),
    UNKNOWN_ROAD,
  ]);
  rates.forEach(({ mean }, one) => {
    gaussian.widen(RATES + one, square(mean * MODEL_DEVIATION));
    for (const [other, { mean: otherMean }] of rates.slice(0, one).entries())
      gaussian.widenTogether(RATES + one, RATES + other, mean * otherMean * square(MODEL_DEVIATION));
  });
  return gaussian;
}
