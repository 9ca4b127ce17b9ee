import type { PacedFix } from "../traccar/pace.js";
import type { TrackedMove } from "./soc/soc-desk.js";

/** Nobody knows any more what the tracker does. */
export const NO_MOVE: TrackedMove = { kmh: null, isMean: false, place: null, way: null };

/** What a look at a tracker says to the estimate of the car. */
export function moveOf({ fix, isOfMoment, waypoint, stretch }: PacedFix): TrackedMove {
  const place = waypoint === null ? null : { ...placeOf(waypoint.position), at: waypoint.at };
  const way = stretch?.isCounted === true ? { km: stretch.km, since: stretch.since } : null;
  return { kmh: fix.speedKmh, isMean: !isOfMoment, place, way };
}

function placeOf({ latitude, longitude }: { readonly latitude: number; readonly longitude: number }) {
  return { latitude, longitude };
}
