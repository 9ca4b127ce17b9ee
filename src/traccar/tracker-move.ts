import type { GeoPoint } from "../vehicle/geography.js";
import type { FixWithSpeed } from "./tracker-speed-estimator.js";

/** The move of a car by one look at the user's tracker, for the estimate of the car. */
export interface TrackedMove {
  /** km/h; `null` when unknown from now on. */
  readonly kmh: number | null;
  /** The speed is that of the way. */
  readonly isMean: boolean;
  /** With the time of the fix, ms; `null` if there is none of now. */
  readonly place: (GeoPoint & { readonly at: number }) | null;
  /** To that place since the look before; km, ms. */
  readonly way: { readonly km: number; readonly since: number } | null;
}

/** The state of the tracker is unknown from now on. */
export const NO_MOVE: TrackedMove = { kmh: null, isMean: false, place: null, way: null };

/** Makes of a look at a tracker what the estimate of the car needs. */
export function moveOf({ fix, isOfMoment, waypoint, leg }: FixWithSpeed): TrackedMove {
  const place = waypoint === null ? null : { ...placeOf(waypoint.position), at: waypoint.at };
  const way = leg?.isCounted === true ? { km: leg.km, since: leg.since } : null;
  return { kmh: fix.speedKmh, isMean: !isOfMoment, place, way };
}

function placeOf({ latitude, longitude }: { readonly latitude: number; readonly longitude: number }) {
  return { latitude, longitude };
}
