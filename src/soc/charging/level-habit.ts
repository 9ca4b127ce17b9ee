/** How a car makes the shown level of the true one: it cuts off the part of a step, takes the nearest, or the next one. */
export type Rounding = "floor" | "round" | "ceil";

/** How a car tells its level. */
export interface LevelHabit {
  readonly rounding: Rounding;
  /** It tells each step when it is passed; otherwise the level of any moment. */
  readonly pushes: boolean;
}

const OFFSETS: Readonly<Record<Rounding, number>> = { floor: 0, round: -0.5, ceil: -1 };
/** Before anything is known of a car. */
const ROUNDING_PRIOR: Readonly<Record<Rounding, number>> = { floor: 0.45, round: 0.45, ceil: 0.1 };
export const ROUNDINGS: readonly Rounding[] = ["floor", "round", "ceil"];
export const HABITS: readonly LevelHabit[] = ROUNDINGS.flatMap((rounding) =>
  [true, false].map((pushes) => ({ rounding, pushes })),
);

/**
 * How likely a value is so many steps above the last: of a car that tells each step, where messages get lost, and of one
 * that tells its level at any moment. The last counts for all above.
 */
const STEPS_PUSHED: readonly number[] = [0.02, 0.7, 0.2, 0.06, 0.03];
const STEPS_SAMPLED: readonly number[] = [0.12, 0.3, 0.2, 0.12, 0.1];

/** Tells where the interval of a shown level begins, in steps. */
export function offsetOf(rounding: Rounding): number {
  return OFFSETS[rounding];
}

/** Tells how likely a car has this habit, as logarithm. */
export function logPriorOf({ rounding }: LevelHabit): number {
  return Math.log(ROUNDING_PRIOR[rounding]);
}

/** Tells how likely a value of that habit is so many steps above the last, as logarithm. */
export function logStepsOf({ pushes }: LevelHabit, steps: number): number {
  const shares = pushes ? STEPS_PUSHED : STEPS_SAMPLED;
  return Math.log(shares[Math.min(steps, shares.length - 1)] ?? 1);
}

/** Finds a habit by its parts; `null` if that is none. */
export function habitOf(rounding: unknown, pushes: unknown): LevelHabit | null {
  return HABITS.find((one) => one.rounding === rounding && one.pushes === pushes) ?? null;
}
