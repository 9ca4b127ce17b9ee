import type { Charge } from "./charging.js";
import type { ChargingMethod } from "./events.js";
import type { Reading } from "./reading.js";

/** What is known and missing of a charge that runs, for those who may ask the car. Times in milliseconds. */
export interface ChargeOutlook {
  readonly startedAt: number;
  /** It is an AC charge, as far as is known, and no count of phases belongs to it. */
  readonly phasesMissing: boolean;
  /** When the car itself expects to be done. */
  readonly expectedEndAt: number | null;
}

const PHASES = "vehicle.drivetrain.electricEngine.charging.phaseNumber";
const MINUTES_LEFT = "vehicle.drivetrain.electricEngine.charging.timeRemaining";
const MINUTE_MS = 60_000;
/** A charge of a week: longer ones are no forecast. */
const MOST_MINUTES = 7 * 24 * 60;
/** Cars stamp a count above one a little before the status; a count of one is also written when a charge ends. */
const COUNT_AHEAD_OF_STATUS_MS = 10_000;

/** @param method how it charges, as far as is known */
export function chargeOutlook(
  charge: Charge | null,
  method: ChargingMethod | null,
  readings: ReadonlyMap<string, Reading>,
): ChargeOutlook | null {
  if (charge === null) return null;
  const { startedAt } = charge;
  return {
    startedAt,
    phasesMissing: method !== "DC" && !knowsPhases(readings, startedAt),
    expectedEndAt: expectedEnd(readings.get(MINUTES_LEFT), startedAt),
  };
}

function expectedEnd(left: Reading | undefined, startedAt: number): number | null {
  if (typeof left?.value !== "number" || left.timestamp < startedAt) return null;
  if (Math.abs(left.value) > MOST_MINUTES) return null;
  return left.timestamp + left.value * MINUTE_MS;
}

function knowsPhases(readings: ReadonlyMap<string, Reading>, startedAt: number): boolean {
  const reading = readings.get(PHASES);
  const count = Number(/^[1-3](?=$|-)/.exec(String(reading?.value))?.[0] ?? 0);
  if (reading === undefined || count === 0) return false;
  return reading.timestamp >= startedAt - (count > 1 ? COUNT_AHEAD_OF_STATUS_MS : 0);
}
