import type { DriveType } from "./drive-type.js";
import type { Reading } from "./reading.js";
import { convert } from "./units.js";
import { ELECTRIC_RANGE, TOTAL_RANGE } from "./source-priority.js";

export const IS_MOVING = "vehicle.isMoving";
const FUEL_RANGE = "vehicle.drivetrain.fuelSystem.remainingFuelRange";

/** Derives the motion reading of a car that never sends one; `null` if nothing changed. */
export function derivedMotion(moving: boolean | null, stored: Reading | undefined, now: number): Reading | null {
  if ((stored?.value ?? null) === moving) return null;
  return derivedReading(IS_MOVING, moving, null, now, stored);
}

/**
 * Derives the fuel range of a car that does not tell it: the total range minus the electric one. Withdraws an earlier value
 * of a car that turns out to have no tank.
 */
export function derivedFuelRange(readings: ReadonlyMap<string, Reading>, driveType: DriveType | null): Reading | null {
  const stored = readings.get(FUEL_RANGE);
  // Two sources of one value would take turns with each message.
  if (stored !== undefined && stored.source !== "derived" && stored.value !== null) return null;
  if (driveType === "bev") return stored?.source === "derived" ? withoutValue(stored) : null;
  const left = withoutElectric(readings.get(TOTAL_RANGE), readings.get(ELECTRIC_RANGE));
  if (left === null || (stored?.value === left.range && stored.unit === left.unit)) return null;
  return derivedReading(FUEL_RANGE, left.range, left.unit, left.timestamp, stored);
}

/** Returns the total range without the electric one, in the unit of the total; `null` if one of them is unknown. */
function withoutElectric(total: Reading | undefined, electric: Reading | undefined) {
  if (typeof total?.value !== "number" || typeof electric?.value !== "number") return null;
  const deducted = inUnitOf(total, electric.value, electric.unit);
  const range = Math.max(0, Math.round((total.value - deducted) * 10) / 10);
  if (!Number.isFinite(range)) return null;
  return { range, unit: total.unit, timestamp: Math.max(total.timestamp, electric.timestamp) };
}

function withoutValue(stored: Reading): Reading | null {
  return stored.value === null ? null : derivedReading(stored.descriptor, null, stored.unit, stored.timestamp, stored);
}

/**
 * Converts to the unit of another reading; a missing unit counts as the same one, because BMW omits that of the
 * electric range.
 */
function inUnitOf({ unit: wanted }: Reading, value: number, unit: string | null): number {
  if (unit === null || wanted === null || unit === wanted) return value;
  return convert(value, unit, wanted) ?? value;
}

function derivedReading(
  descriptor: string,
  value: Reading["value"],
  unit: string | null,
  timestamp: number,
  stored: Reading | undefined,
): Reading {
  const reading = { descriptor, value, unit, timestamp, source: "derived" as const };
  if (value !== null || stored === undefined) return reading;
  const { value: former, timestamp: at } = stored;
  return former === null ? reading : { ...reading, last: { value: former, timestamp: at } };
}
