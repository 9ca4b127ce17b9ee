import { finiteNumber, isObject } from "../support/json.js";
import { rounded } from "./entry.js";

/** Holds what a meter of all charged energy has shown. */
export interface EnergyMeter {
  /** The last reading [kWh]. */
  readonly shownKwh: number;
  /** Energy of entries that the user has deleted, which the meter has shown all the same [kWh]. */
  readonly deletedKwh: number;
}

export const NEW_METER: EnergyMeter = { shownKwh: 0, deletedKwh: 0 };

/**
 * Returns the meter after the sum of all charges has changed. A meter never falls, because Home Assistant takes that for a
 * new meter and counts everything again. After a correction downwards it stands still until the charges have caught up, so
 * that it comes out at the sum again. After a deletion it counts on from where it stands: nobody has put the energy back.
 * @param sumKwh energy of all charges of the journal
 */
export function advancedMeter(meter: EnergyMeter, sumKwh: number, isDeletion: boolean): EnergyMeter {
  const { shownKwh, deletedKwh } = meter;
  const deleted = isDeletion ? Math.max(deletedKwh, rounded(shownKwh - sumKwh)) : deletedKwh;
  return { shownKwh: Math.max(shownKwh, rounded(sumKwh + deleted)), deletedKwh: deleted };
}

/** Reads a saved meter; a new one where it is none. */
export function readMeter(saved: unknown): EnergyMeter {
  if (!isObject(saved)) return NEW_METER;
  const [shown, deleted] = [finiteNumber(saved["shownKwh"]), finiteNumber(saved["deletedKwh"])];
  return { shownKwh: Math.max(0, shown ?? 0), deletedKwh: Math.max(0, deleted ?? 0) };
}
