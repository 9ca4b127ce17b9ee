import { isObject, numberList, type JsonObject } from "../support/json.js";

/** Mean and variance of a distribution of one quantity. */
export interface Moments {
  readonly mean: number;
  readonly variance: number;
}

const LEAST_VARIANCE = 1e-12;
/** Tolerance for what rounding does. */
const SLACK = 1e-6;
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

/** Product of two normal distributions of the same quantity. */
export function combined(one: Moments, other: Moments): Moments {
  const gain = one.variance / (one.variance + other.variance);
  return { mean: one.mean + gain * (other.mean - one.mean), variance: one.variance * (1 - gain) };
}

/** Joins two explanations into one distribution; `weight` belongs to the first, 0 to 1. */
export function mixed(one: Moments, other: Moments, weight: number): Moments {
  const mean = weight * one.mean + (1 - weight) * other.mean;
  const spread = ({ mean: own, variance }: Moments) => variance + (own - mean) ** 2;
  return { mean, variance: weight * spread(one) + (1 - weight) * spread(other) };
}

/** Adds up values; 0 without any. */
export function sum(values: readonly number[]): number {
  return values.reduce((all, value) => all + value, 0);
}

/** Tells the mean of values; 0 for none. */
export function mean(values: readonly number[]): number {
  return values.length === 0 ? 0 : sum(values) / values.length;
}

/** Tells the standard deviation of the values as a whole; 0 for none or one. */
export function standardDeviation(values: readonly number[]): number {
  const middle = mean(values);
  return values.length < 2 ? 0 : Math.sqrt(mean(values.map((value) => (value - middle) ** 2)));
}

/** A linear combination of variables: pairs of index and factor. */
export type Combination = readonly (readonly [index: number, factor: number])[];

/**
 * Holds what is believed of several quantities: a joint normal distribution of means and covariances, changed in place.
 */
export class Gaussian {
  readonly #mean: Float64Array;
  /** Row by row, symmetric. */
  readonly #covariance: Float64Array;
  /** What `learn` and `measure` reckon with, kept because a list of numbers takes longer to make than to fill. */
  readonly #gains: Float64Array;

  /** Independent quantities. */
  constructor(readonly quantities: readonly Moments[]) {
    const size = quantities.length;
    this.#mean = new Float64Array(size);
    this.#covariance = new Float64Array(size * size);
    this.#gains = new Float64Array(size);
    quantities.forEach(({ mean, variance }, index) => {
      this.#mean[index] = mean;
      this.#covariance[index * size + index] = variance;
    });
  }

  get size(): number {
    return this.#mean.length;
  }

  mean(index: number): number {
    return this.#mean[index] ?? 0;
  }

  covariance(row: number, column: number): number {
    return this.#covariance[row * this.size + column] ?? 0;
  }

  of(index: number): Moments {
    return { mean: this.mean(index), variance: Math.max(LEAST_VARIANCE, this.covariance(index, index)) };
  }

  setMean(index: number, mean: number): void {
    this.#mean[index] = mean;
  }

  /** Makes a quantity more uncertain. */
  widen(index: number, variance: number): void {
    this.#set(index, index, this.covariance(index, index) + variance);
  }

  /** Two quantities become more uncertain in the same way. */
  widenTogether(one: number, other: number, covariance: number): void {
    const sum = this.covariance(one, other) + covariance;
    this.#set(one, other, sum);
    this.#set(other, one, sum);
  }

  /** Forgets a quantity: it is what `moments` say, whatever the others are. */
  replace(index: number, { mean, variance }: Moments): void {
    this.#mean[index] = mean;
    for (let other = 0; other < this.size; other++) {
      this.#set(index, other, 0);
      this.#set(other, index, 0);
    }
    this.#set(index, index, variance);
  }

  /** Moves each mean by what the quantity has in common with a combination. */
  lean(combination: Combination, change: number): void {
    for (const [index, shared] of this.#sharedWith(combination).entries())
      this.#mean[index] = this.mean(index) + change * shared;
  }

  /** Makes one quantity the same as another. */
  copy(from: number, to: number): void {
    this.#mean[to] = this.mean(from);
    for (let other = 0; other < this.size; other++) this.#setBoth(to, other, this.covariance(from, other));
    this.#set(to, to, this.covariance(from, from));
  }

  /** New covariances where some quantities become combinations of the present ones; the means are the caller's. */
  linear(rows: ReadonlyMap<number, Combination>): void {
    const shared = Array.from(rows.values(), (combination) => this.#sharedWith(combination));
    const indexes = [...rows.keys()];
    // The changed ones among each other: once more the combination of what they share with all.
    const among = shared.map((all) => Array.from(rows.values(), (combination) => valueOf(combination, all)));
    indexes.forEach((index, row) => {
      const all = shared[row] ?? this.#mean;
      for (let other = 0; other < this.size; other++) this.#setBoth(index, other, all[other] ?? 0);
    });
    among.forEach((line, row) => {
      line.forEach((value, column) => {
        this.#setBoth(indexes[row] ?? 0, indexes[column] ?? 0, value);
      });
    });
  }

  /** Learns that one quantity is `posterior`; all that depend on it follow. */
  learn(index: number, posterior: Moments): void {
    const { mean, variance } = this.of(index);
    const gains = this.#gains;
    for (let other = 0; other < this.size; other++) gains[other] = this.covariance(index, other) / variance;
    this.#follow(gains, posterior.mean - mean, posterior.variance - variance);
  }

  /** Measures a combination: its value and the variance of the measurement. */
  measure(combination: Combination, { mean: value, variance }: Moments): void {
    const shared = this.#sharedWith(combination, this.#gains.fill(0));
    const total = Math.max(LEAST_VARIANCE, valueOf(combination, shared) + variance);
    for (let index = 0; index < this.size; index++) shared[index] = (shared[index] ?? 0) / total;
    this.#follow(shared, value - valueOf(combination, this.#mean), -total);
  }

  clone(): Gaussian {
    const clone = new Gaussian(this.quantities);
    clone.#mean.set(this.#mean);
    clone.#covariance.set(this.#covariance);
    return clone;
  }

  save(): JsonObject {
    return { mean: [...this.#mean], covariance: [...this.#covariance] };
  }

  /**
   * Goes on with what `save` gave, also of the first quantities alone; leaves everything as it is if that cannot be used.
   */
  restore(saved: unknown): boolean {
    if (!isObject(saved)) return false;
    const size = Array.isArray(saved["mean"]) ? Math.min(this.size, saved["mean"].length) : 0;
    const mean = numbers(saved["mean"], size);
    const covariance = numbers(saved["covariance"], size ** 2);
    if (size === 0 || mean === null || covariance === null || !isPossible(covariance, size)) return false;
    this.#mean.set(mean);
    for (let row = 0; row < size; row++)
      for (let other = 0; other < this.size; other++)
        this.#setBoth(row, other, other < size ? (covariance[row * size + other] ?? 0) : 0);
    return true;
  }

  /** Covariance of a combination with each quantity, added to what is in `shared`. */
  #sharedWith(combination: Combination, shared: Float64Array = new Float64Array(this.size)): Float64Array {
    const size = this.size;
    for (const [index, factor] of combination) {
      const start = index * size;
      for (let other = 0; other < size; other++)
        shared[other] = (shared[other] ?? 0) + factor * (this.#covariance[start + other] ?? 0);
    }
    return shared;
  }

  #follow(gains: Float64Array, surprise: number, change: number): void {
    const size = this.size;
    const covariance = this.#covariance;
    for (let row = 0; row < size; row++) {
      const gain = gains[row] ?? 0;
      if (gain === 0) continue;
      this.#mean[row] = this.mean(row) + gain * surprise;
      const start = row * size;
      for (let column = 0; column < size; column++)
        covariance[start + column] = (covariance[start + column] ?? 0) + gain * (gains[column] ?? 0) * change;
      this.#set(row, row, Math.max(LEAST_VARIANCE, this.covariance(row, row)));
    }
  }

  #setBoth(one: number, other: number, value: number): void {
    this.#set(one, other, value);
    this.#set(other, one, value);
  }

  #set(row: number, column: number, value: number): void {
    this.#covariance[row * this.size + column] = value;
  }
}

/** The combination of given values. */
function valueOf(combination: Combination, values: Float64Array): number {
  let sum = 0;
  for (const [index, factor] of combination) sum += factor * (values[index] ?? 0);
  return sum;
}

function numbers(value: unknown, length: number): number[] | null {
  const all = numberList(value);
  return Array.isArray(value) && value.length === length && all.length === length ? all : null;
}

/** Nothing can vary with another more than each does by itself. */
function isPossible(covariance: readonly number[], size: number): boolean {
  const variance = (index: number) => covariance[index * size + index] ?? -1;
  return covariance.every((value, cell) => {
    const [row, column] = [Math.floor(cell / size), cell % size];
    const most = Math.sqrt(variance(row)) * Math.sqrt(variance(column));
    const mirrored = covariance[column * size + row] ?? NaN;
    return Math.abs(value) <= most * (1 + SLACK) + SLACK && Math.abs(value - mirrored) <= SLACK * (1 + most);
  });
}
