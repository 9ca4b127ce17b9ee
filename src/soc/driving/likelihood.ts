import { combined, density, mixed, shareWithin, truncated, type Moments } from "../normal.js";

/** A state of charge as the car shows it. */
export interface ShownSoc {
  readonly value: number;
  /** Measured at, ms. */
  readonly at: number;
  /** 1 where the car shows whole percents, else 0.1. */
  readonly step: number;
  /** How likely it was sent because it had just fallen to this value; 0 to 1. */
  readonly crossing: number;
}

const CROSSING_DEVIATION = 0.08;
const SOC_NOISE = 0.1;

/** Between a sample, which lies anywhere in the step, and a crossing, which has just come into it from above. */
export function socGiven(prior: Moments, low: number, { step: stepSize, crossing }: ShownSoc): Moments {
  const sample = softly(prior, low, low + stepSize, SOC_NOISE * stepSize);
  if (crossing <= 0) return sample;
  const edge = { mean: low + stepSize - CROSSING_DEVIATION / 2, variance: CROSSING_DEVIATION ** 2 };
  const deviation = Math.sqrt(prior.variance + edge.variance);
  const forEdge = crossing * (density((edge.mean - prior.mean) / deviation) / deviation);
  const forSample = (1 - crossing) * (shareWithin(prior, low, low + stepSize) / stepSize);
  const weight = forEdge + forSample > 0 ? forEdge / (forEdge + forSample) : 0;
  return mixed(combined(prior, edge), sample, weight);
}

/** Within an interval whose ends are not sharp: clocks, sampling, a model that is not perfect. */
export function softly(prior: Moments, low: number, high: number, noise: number): Moments {
  const blurred = { mean: prior.mean, variance: prior.variance + noise ** 2 };
  const inside = truncated(blurred, low, high);
  if (inside === null)
    return combined(prior, { mean: (low + high) / 2, variance: (high - low) ** 2 / 12 + noise ** 2 });
  const gain = prior.variance / blurred.variance;
  return {
    mean: prior.mean + gain * (inside.mean - prior.mean),
    variance: prior.variance - gain ** 2 * (blurred.variance - inside.variance),
  };
}
