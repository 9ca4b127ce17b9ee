import { combined, density, mixed, shareWithin, truncated, type Moments } from "../normal-distribution.js";
import type { Hypothesis } from "./hypothesis.js";
import { offsetOf, type LevelHabit } from "./level-habit.js";

/** A state of charge that the car told. */
export interface LevelMeasurement {
  readonly soc: number;
  /** Step of its last digit, pp. */
  readonly step: number;
  /** Standard deviation of what else may be wrong with it. */
  readonly noise: number;
  /** How many steps it is above the last one, if it came by itself; `null` if it says nothing of a moment. */
  readonly steps: number | null;
  /** Charge that may have come in between the step and the moment that it was noticed, pp. */
  readonly unnoticed?: number;
  /** Charge that may have come in since, where the value is from before, pp. */
  readonly gained: number;
  /** More does not come in, since the value says that the car has reached its target; percent. */
  readonly most: number;
}

const CROSSING_NOISE = 0.085;
/** Share of the values of a car that tells each step which say nothing of the moment of the step. */
const OUT_OF_TURN = 0.1;
const FORCED_VARIANCE = 0.1;
/** From there on a battery takes less than it is offered, percent. */
export const FULL_FROM = 96;
/** Likelihood of a hypothesis that is next to excluded. */
export const LEAST_LIKELIHOOD = 1e-5;

/** Between which the state of charge lies when the car tells this. */
export function bounds(
  { soc, step, gained }: LevelMeasurement,
  habit: LevelHabit,
): readonly [low: number, high: number] {
  const low = soc + offsetOf(habit.rounding) * step;
  return [low, low + step + gained];
}

export function uniform([low, high]: readonly [number, number], noise: number): Moments {
  return { mean: (low + high) / 2, variance: (high - low) ** 2 / 12 + noise * noise };
}

function blurred({ soc, varSoc }: Hypothesis, noise: number): Moments {
  return { mean: soc, variance: varSoc + noise * noise };
}

/** Fit of a hypothesis to a value: as one that had just been reached, and as any other. Per step of the value. */
interface Fit {
  readonly stepped: number;
  readonly sampled: number;
  /** Share of the hypothesis that lies within the bounds of the value. */
  readonly within: number;
}

export function fitOf(hypothesis: Hypothesis, level: LevelMeasurement): Fit {
  const [low, high] = bounds(level, hypothesis.habit);
  const within = shareWithin(blurred(hypothesis, level.noise), low, high);
  const isCrossing = hypothesis.habit.pushes && (level.steps ?? 0) > 0;
  if (!isCrossing) return { stepped: 0, sampled: within, within };
  const stepped = (1 - OUT_OF_TURN) * crossingLikelihood(hypothesis, low, level);
  return { stepped, sampled: OUT_OF_TURN * within, within };
}

export function likelihood({ stepped, sampled }: Fit): number {
  return stepped + sampled;
}

/** Tells the state of charge at the moment when the car notices that it has passed `edge`. */
function crossed(edge: number, { unnoticed = 0 }: LevelMeasurement): Moments {
  return { mean: edge + unnoticed / 2, variance: CROSSING_NOISE ** 2 + unnoticed ** 2 / 12 };
}

function crossingLikelihood(hypothesis: Hypothesis, low: number, level: LevelMeasurement): number {
  const { mean, variance } = crossed(low, level);
  const deviation = Math.sqrt(hypothesis.varSoc + variance);
  return (level.step * density((mean - hypothesis.soc) / deviation)) / deviation;
}

/** `fit` is what `fitOf` says of the same. */
export function learnFrom(hypothesis: Hypothesis, level: LevelMeasurement, fit: Fit): void {
  const [low, high] = bounds(level, hypothesis.habit);
  const prior = blurred(hypothesis, level.noise);
  const inside = truncated(prior, low, high, fit.within);
  const { stepped } = fit;
  const sampled = inside === null ? 0 : fit.sampled;
  if (stepped + sampled < LEAST_LIKELIHOOD) {
    // This hypothesis is next to excluded, but may be the only one of its rounding.
    hypothesis.learn(
      combined(prior, { mean: Math.min(high, Math.max(low, prior.mean)), variance: FORCED_VARIANCE }),
      level.noise ** 2,
    );
    return;
  }
  const edge = stepped === 0 ? null : combined(prior, crossed(low, level));
  hypothesis.learn(together(edge, inside, stepped / (stepped + sampled)) ?? prior, level.noise ** 2);
}

/** Either alone, or both; `share` belongs to the first. */
function together(edge: Moments | null, inside: Moments | null, share: number): Moments | null {
  return edge === null || inside === null ? (edge ?? inside) : mixed(edge, inside, share);
}
