import type { ChargingEstimate } from "./charging/filter.js";
import type { ChargeView } from "./charging/ledger.js";
import type { ChargeFigures, DriveFigures } from "./estimate.js";
import type { DrivingEstimate } from "./driving/estimator.js";
import type { Estimate } from "./types.js";

/** What is shown of a charge: what was told of it, and what follows from its course where nothing was. */
export function chargeFigures(
  told: ChargeView,
  { powerKw, phases, efficiency, minutesToTarget }: ChargingEstimate,
  targetSoc: number | null,
): ChargeFigures {
  const { method, energyKwh, startedAt, phasesSource } = told;
  // One step of the level derives a power; all of its course derives a better one.
  const follows = told.powerSource === "derived" && powerKw !== null;
  return {
    method,
    powerKw: follows ? powerKw : told.powerKw,
    powerSource: told.powerSource,
    phases: method === "DC" ? null : (told.phases ?? phases),
    phasesSource,
    efficiency: told.efficiency ?? efficiency,
    targetSoc,
    minutesToTarget,
    energyKwh,
    startedAt,
  };
}

export function driveFigures(estimate: DrivingEstimate): DriveFigures {
  const { consumptionKwhPerKm, tripKm, speedBracket, speedKmh, buckets } = estimate;
  return { consumptionKwhPerKm, tripKm, speedBracket, speedKmh, buckets };
}

/** What is known of a level, around another one that is shown. */
export function shownAt(soc: number | null, level: Estimate): Estimate {
  if (soc === null) return level;
  const { sigma, band90 } = level;
  const [low, high] = band90;
  return { soc, sigma: Math.hypot(sigma, soc - level.soc), band90: [Math.min(low, soc), Math.max(high, soc)] };
}

/** What a drive uses without a word of the car makes its level less certain. */
export function widened(level: Estimate, drive: Estimate | null): Estimate {
  const { soc, sigma, band90 } = level;
  if (drive === null || drive.band90[0] >= band90[0]) return level;
  return { soc, sigma: Math.hypot(sigma, soc - drive.soc), band90: [drive.band90[0], band90[1]] };
}
