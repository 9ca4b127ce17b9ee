import { finite, isObject } from "../../support/json.js";
import { Track } from "./kalman.js";
import type { Branch } from "./supply.js";

/** One explanation of all that was seen. */
export interface Explanation {
  readonly track: Track;
  /** The car cuts off the part of a percent; otherwise it rounds. */
  readonly floors: boolean;
  /** Which branch of the supply. */
  branch: number;
  log: number;
}

/** Of the gain, where another way of charging goes on in the same charge. */
const CARRIED_GAIN_VARIANCE = 0.02 ** 2;

/** Either is the same way of charging. */
export function isLike(was: Branch | undefined, branch: Branch): boolean {
  return (
    was !== undefined && (was.condition === branch.condition || (was.phases !== null && was.phases === branch.phases))
  );
}

/** The likeliest explanation that rounds so; one that matches, if there is any. */
export function best(all: readonly Explanation[], floors: boolean | null, matches: (index: number) => boolean) {
  let top: { readonly one: Explanation; readonly matches: boolean } | null = null;
  for (const [index, one] of all.entries()) {
    if (floors !== null && one.floors !== floors) continue;
    const entry = { one, matches: matches(index) };
    const isBetter = top?.matches === entry.matches ? one.log > top.one.log : entry.matches;
    if (top === null || isBetter) top = entry;
  }
  return top;
}

/** What `from` becomes where the branch charges the battery from now on; it was another before. */
export function split(from: Explanation, was: Branch | undefined, branch: Branch, index: number): Explanation {
  const track = from.track.clone();
  if (was?.condition !== branch.condition) {
    const goesOn = was !== undefined && !branch.isKnown;
    track.regain(goesOn ? { mean: track.gain, variance: track.varGain + CARRIED_GAIN_VARIANCE } : branch.gain);
  }
  const log = from.log + (was === undefined ? Math.log(branch.weight) : 0);
  return { track, floors: from.floors, branch: index, log };
}

/** `null` if that is none. */
export function restoredExplanation(saved: unknown, branches: number): Explanation | null {
  if (!isObject(saved)) return null;
  const track = Track.restored(saved["track"]);
  const [branch, log] = [finite(saved["branch"]), finite(saved["log"])];
  if (track === null || branch === null || log === null || typeof saved["floors"] !== "boolean") return null;
  if (!Number.isInteger(branch) || branch < 0 || branch >= branches || log > 0) return null;
  return { track, floors: saved["floors"], branch, log };
}
