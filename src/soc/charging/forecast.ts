import type { Mixture } from "./mixture.js";
import { flow, type Circumstances } from "./tape.js";

const STEP_PP = 2;
const MINUTES_PER_HOUR = 60;
const LONGEST_MINUTES = 2880;
/** Slower than that nothing charges, pp per hour. */
const LEAST_RATE = 0.05;

/** How long the likeliest explanation takes for `missing` pp more; `null` if it does not get there within two days. */
export function minutesUntil(mixture: Mixture, at: number, missing: number, world: Circumstances): number | null {
  const { supply, likeliest: top } = mixture;
  if (supply === null || top === null) return null;
  const factor = mixture.branchOf(top)?.factor ?? 1;
  const track = top.track.clone();
  let minutes = 0;
  for (let left = missing; left > 0; left -= STEP_PP) {
    const step = Math.min(STEP_PP, left);
    track.soc += step / 2;
    const rate = track.gain * track.rate(flow(mixture, supply, track, factor, at, world, null), world.capacityKwh);
    track.soc += step / 2;
    if (rate < LEAST_RATE) return null;
    minutes += (step / rate) * MINUTES_PER_HOUR;
  }
  return minutes <= LONGEST_MINUTES ? minutes : null;
}
