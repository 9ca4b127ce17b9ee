import type { Charge } from "./charge.js";
import type { ChargingMethod } from "./vehicle-event.js";
import type { Reading } from "./reading.js";

/** Describes a running charge for the scheduler that may poll the car. Times in ms. */
export interface ChargeProgress {
  readonly startedAt: number;
  /** Whether it is an AC charge, as far as known, without a phase count of its own. */
  readonly phasesMissing: boolean;
  /** End that the car itself predicts [ms]. */
  readonly expectedEndAt: number | null;
}

const PHASES = "vehicle.drivetrain.electricEngine.charging.phaseNumber";
const MINUTES_LEFT = "vehicle.drivetrain.electricEngine.charging.timeRemaining";
const MINUTE_MS = 60_000;
/** Limits the minutes left that count as a forecast: one week. */
const MOST_MINUTES = 7 * 24 * 60;
/**
 * Tolerates a phase count above one stamped this long before the status [ms]; a count of one is also sent when a charge
 * ends.
 */
const COUNT_AHEAD_OF_STATUS_MS = 10_000;

/**
 * Describes the running charge; `null` without one.
 * @param method charging method, `null` if unknown
 */
export function chargeProgress(
  charge: Charge | null,
  method: ChargingMethod | null,
  readings: ReadonlyMap<string, Reading>,
): ChargeProgress | null {
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
