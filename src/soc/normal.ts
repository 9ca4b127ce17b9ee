/** Mean and variance of a distribution of one quantity. */
export interface Moments {
  readonly mean: number;
  readonly variance: number;
}

const SQRT_2 = Math.SQRT2;
const INV_SQRT_2PI = 1 / Math.sqrt(2 * Math.PI);

/** Density of the standard normal distribution. */
export function density(x: number): number {
  return INV_SQRT_2PI * Math.exp((-x * x) / 2);
}

/** Share of the standard normal distribution below `x` (Abramowitz and Stegun 7.1.26, error below 2e-7). */
export function below(x: number): number {
  const z = Math.abs(x) / SQRT_2;
  const t = 1 / (1 + 0.3275911 * z);
  const poly = t * (0.254829592 + t * (-0.284496736 + t * (1.421413741 + t * (-1.453152027 + t * 1.061405429))));
  const tail = (poly * Math.exp(-z * z)) / 2;
  return x > 0 ? 1 - tail : tail;
}

/** Share of a normal distribution within an interval. */
export function shareWithin({ mean, variance }: Moments, low: number, high: number): number {
  const deviation = Math.sqrt(variance);
  return Math.max(0, below((high - mean) / deviation) - below((low - mean) / deviation));
}

/** Too little of the distribution lies inside to say where. */
const LEAST_SHARE = 1e-4;

/** A normal distribution of which only the part between `low` and `high` is left; `null` if that is next to nothing. */
export function truncated(
  prior: Moments,
  low: number,
  high: number,
  share = shareWithin(prior, low, high),
): Moments | null {
  if (share < LEAST_SHARE) return null;
  const deviation = Math.sqrt(prior.variance);
  const a = (low - prior.mean) / deviation;
  const b = (high - prior.mean) / deviation;
  const [atA, atB] = [density(a), density(b)];
  const shift = (atA - atB) / share;
  const narrowing = 1 + (a * atA - b * atB) / share - shift * shift;
  const mean = Math.min(high, Math.max(low, prior.mean + deviation * shift));
  return { mean, variance: prior.variance * Math.min(1, Math.max(1e-4, narrowing)) };
}

/** Product of two normal distributions of the same quantity. */
export function combined(one: Moments, other: Moments): Moments {
  const gain = one.variance / (one.variance + other.variance);
  return { mean: one.mean + gain * (other.mean - one.mean), variance: one.variance * (1 - gain) };
}

/** What two explanations say together; `weight` belongs to the first, 0 to 1. */
export function mixed(one: Moments, other: Moments, weight: number): Moments {
  const mean = weight * one.mean + (1 - weight) * other.mean;
  const spread = ({ mean: own, variance }: Moments) => variance + (own - mean) ** 2;
  return { mean, variance: weight * spread(one) + (1 - weight) * spread(other) };
}
