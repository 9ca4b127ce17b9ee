import type { ActivityState } from "./activity-state.js";
import { isInMiles, type OdometerReading, type OdometerState } from "./motion-state.js";
import type { Trip } from "./trip.js";
import { KM_PER_MILE } from "../support/distances.js";

/**
 * Restates earlier odometer readings as miles once the car says that it counts them: BMW's REST API omits the unit, and
 * they were taken for kilometres. Otherwise the difference would be a trip of thousands of kilometres.
 */
export function withMilesKnown(state: ActivityState, reading: OdometerReading): ActivityState {
  const { motion, trip } = state;
  if (motion.odometer === null || !wasMiles(motion.odometer, reading)) return state;
  return {
    ...state,
    motion: { ...motion, odometer: allAsMiles(motion.odometer) },
    trip: trip === null ? null : tripInMiles(trip),
  };
}

/** Returns whether a number taken for kilometres fits a reading in miles better as miles. */
function wasMiles(before: OdometerReading, reading: OdometerReading): boolean {
  if (isInMiles(before) || !isInMiles(reading)) return false;
  return Math.abs(before.shown * KM_PER_MILE - reading.km) < Math.abs(before.km - reading.km);
}

function allAsMiles(odometer: OdometerState): OdometerState {
  return { ...asMiles(odometer), former: odometer.former.map(asMiles) };
}

function tripInMiles(trip: Trip): Trip {
  const { base, counted } = trip;
  return { ...trip, base: base && asMiles(base), counted: counted && asMiles(counted) };
}

function asMiles<T extends OdometerReading>(reading: T) {
  if (isInMiles(reading)) return reading;
  return { ...reading, km: reading.shown * KM_PER_MILE, stepKm: reading.stepKm * KM_PER_MILE };
}
