/** Power takes the lowest part of the picture, below most levels. */
const SHARE = 0.3;
/** Ends of the axis [kW], so that it keeps while a power moves. */
const LIMITS = [4, 8, 12, 24, 50, 100, 150, 200, 400];
/** Less is the noise of a measurement [kW], which needs no part of the picture. */
const NOISE = 0.1;

/**
 * Returns the lower and the upper end of the power in the picture [kW]; below 0 a car gives power.
 * @param min the least power, `null` without any, as `max`
 */
export function powerRange(min: number | null, max: number | null): [number, number] {
  const lower = min === null || min > -NOISE ? 0 : limitOf(-min);
  return [0 - lower, (lower + limitOf(max ?? 0)) / SHARE - lower];
}

/** Returns where the axis of such a range names a power [kW]. */
export function powerTicks([lower, upper]: readonly [number, number]): number[] {
  const limit = lower + (upper - lower) * SHARE;
  return lower < 0 ? [lower, 0, limit] : [0, limit / 2, limit];
}

function limitOf(most: number): number {
  return LIMITS.find((kw) => kw >= most) ?? most;
}
