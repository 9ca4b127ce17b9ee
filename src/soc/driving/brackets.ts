/** Speed brackets by their names that users know; a speed belongs to the bracket whose lower bound it reaches. */
export const BRACKETS = ["traffic_jam", "city", "suburban", "highway", "fast_highway"] as const;
export type Bracket = (typeof BRACKETS)[number];

/** km/h at which the next bracket begins. */
export const BOUNDS_KMH = [20, 60, 100, 130] as const;

/** The bracket of a speed in km/h; whatever fits nowhere, a negative speed for instance, counts as the fastest. */
export function bracketOf(kmh: number): Bracket {
  if (!(kmh >= 0)) return "fast_highway";
  const index = BOUNDS_KMH.findIndex((bound) => kmh < bound);
  return BRACKETS[index === -1 ? BOUNDS_KMH.length : index] ?? "fast_highway";
}
