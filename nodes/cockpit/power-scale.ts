/** Power takes the lowest part of the picture, below most levels. */
const SHARE = 0.3;
/** Ends of the axis [kW], so that it keeps while a power moves. */
const LIMITS = [4, 8, 12, 24, 50, 100, 150, 200, 400];

/**
 * Returns the lower and the upper end of the power in the picture [kW]; below 0 a car gives power.
 * @param min the least power, `null` without any, as `max`
 */
export function powerRange(min: number | null, max: number | null): [number, number] {
  if (min === null || min >= 0) return [0, limitOf(max ?? 0) / SHARE];
  const limit = limitOf(Math.max(-min, max ?? 0));
  return [-limit, (2 * limit) / SHARE - limit];
}

/** Returns where the axis of such a range names a power [kW]. */
export function powerTicks([lower, upper]: readonly [number, number]): number[] {
  const limit = lower + (upper - lower) * SHARE;
  return lower < 0 ? [lower, 0, limit] : [0, limit / 2, limit];
}

function limitOf(most: number): number {
  return LIMITS.find((kw) => kw >= most) ?? most;
}
