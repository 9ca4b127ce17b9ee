/** A point through which a line is laid. */
export interface Sample {
  readonly x: number;
  readonly y: number;
}

/** A line through samples of which some may be far off. */
export interface Line {
  readonly at: (x: number) => number;
  readonly slope: number;
  /** Within which the slope lies nine times of ten. */
  readonly slopeBand: readonly [low: number, high: number];
  /** Half the width of the band of 90 % of the line at its end. */
  readonly band: number;
}

/** More samples make the line no better, but their pairs are many. */
const MOST_SAMPLES = 300;
/** Half the width of a band of 90 %, in deviations. */
export const BAND_SIGMAS = 1.645;
/** Deviation of a normal distribution in median absolute deviations. */
export const SIGMAS_PER_MAD = 1.4826;

/**
 * Lays a line through samples by the median of the slopes of all pairs (Theil and Sen): up to a quarter of them may be far
 * off. The band of the slope is that of its rank (Kendall).
 */
export function lineThrough(samples: readonly Sample[]): Line {
  const used = evenly(samples, MOST_SAMPLES);
  const slopes = slopesOf(used).sort();
  const slope = slopes.length === 0 ? 0 : middleOf(slopes);
  const offset = medianOf(used.map(({ x, y }) => y - slope * x));
  const scatter = medianOf(used.map(({ x, y }) => Math.abs(y - slope * x - offset))) * SIGMAS_PER_MAD;
  const slopeBand = bandOf(slopes, used.length);
  const middle = medianOf(used.map(({ x }) => x));
  const lever = Math.max(0, ...used.map(({ x }) => x - middle));
  const ofSlope = ((slopeBand[1] - slopeBand[0]) / 2) * lever;
  const band = Math.hypot((BAND_SIGMAS * scatter) / Math.sqrt(used.length), ofSlope);
  return { at: (x) => offset + slope * x, slope, slopeBand, band };
}

/** Returns the median; NaN of nothing. */
export function medianOf(values: readonly number[]): number {
  return middleOf(Float64Array.from(values).sort());
}

function middleOf(sorted: Float64Array): number {
  const middle = sorted.length >> 1;
  const [high = NaN, low = NaN] = [sorted[middle], sorted[middle - 1]];
  return sorted.length % 2 === 1 ? high : (low + high) / 2;
}

/** Returns the slopes of all pairs: of ten years they are so many that a list of lists would take longer than all else. */
function slopesOf(samples: readonly Sample[]): Float64Array {
  const slopes = new Float64Array((samples.length * (samples.length - 1)) / 2);
  let count = 0;
  for (const [index, one] of samples.entries())
    for (const other of samples.slice(index + 1))
      if (other.x !== one.x) slopes[count++] = (other.y - one.y) / (other.x - one.x);
  return slopes.subarray(0, count);
}

function bandOf(slopes: Float64Array, count: number): [low: number, high: number] {
  const half = (BAND_SIGMAS * Math.sqrt((count * (count - 1) * (2 * count + 5)) / 18)) / 2;
  const middle = (slopes.length - 1) / 2;
  const rank = (index: number) => slopes[Math.min(slopes.length - 1, Math.max(0, Math.round(index)))] ?? 0;
  return [rank(middle - half), rank(middle + half)];
}

/** Returns so many of the samples at most, evenly chosen. */
export function evenly(samples: readonly Sample[], most: number): readonly Sample[] {
  if (samples.length <= most) return samples;
  return Array.from({ length: most }, (_, index) => samples[Math.floor((index * samples.length) / most)]).filter(
    (sample) => sample !== undefined,
  );
}
