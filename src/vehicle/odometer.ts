import { finite } from "../support/json.js";
import type { Reading } from "./reading.js";
import { convert } from "./units.js";

export const ODOMETER = "vehicle.vehicle.travelledDistance";

/** Larger steps need a second reading that says the same. */
const LARGEST_STEP = 2000;
const TOLERATED_DECREASE = 1;
const CORROBORATION = 1;
const MOST_KM = 3_000_000;
const PENDING_FOR_MS = 7 * 24 * 3600 * 1000;
const TWINS: ReadonlyMap<string, string> = new Map([
  ["km", "mi"],
  ["mi", "km"],
]);

/** A reading as BMW sent it: `unit` in canonical spelling, `null` if BMW left it out, which REST always does. */
interface Sent {
  readonly value: number;
  readonly unit: string | null;
  readonly timestamp: number;
}

/**
 * Guards the odometer: BMW leaves the unit out, and sometimes computes the number in the other system.
 * A wild value is believed only when a later one, of another time, agrees with it.
 */
export class OdometerGuard {
  #pending: Sent | null = null;

  /**
   * @param reading the new reading, already in the unit known so far where BMW named one
   * @param sent the same reading in BMW's own number and unit
   * @returns the reading to take, perhaps in the known unit; `null` if it is not plausible
   */
  judge(reading: Reading, sent: Sent, stored: Reading | undefined): Reading | null {
    const basis = knownValue(stored);
    // What was restored may itself be wrong, and the stream is the better witness.
    const believed = stored?.source === "restored" && reading.source === "stream";
    if (typeof reading.value !== "number" || typeof basis !== "number" || believed) return this.#accept(reading);
    const plausible = plausibleOf(basis, [reading.value, inOtherUnit(sent, stored?.unit)]);
    if (plausible !== null) return this.#accept({ ...reading, value: plausible });
    if (this.#corroborates(sent)) return this.#accept(reading);
    this.#pending = sent;
    return null;
  }

  #accept(reading: Reading): Reading {
    this.#pending = null;
    return reading;
  }

  #corroborates({ value, unit, timestamp }: Sent): boolean {
    if (this.#pending?.unit !== unit) return false;
    const age = timestamp - this.#pending.timestamp;
    return Math.abs(value - this.#pending.value) < CORROBORATION && age > 0 && age <= PENDING_FOR_MS;
  }
}

function knownValue(stored: Reading | undefined): unknown {
  return stored?.value ?? stored?.last?.value;
}

/** The first of the numbers that may follow `from`. */
function plausibleOf(from: number, numbers: readonly (number | null)[]): number | null {
  const follows = (to: number | null) => to !== null && to - from >= -TOLERATED_DECREASE && to - from <= LARGEST_STEP;
  return numbers.find(follows) ?? null;
}

/** The number as the other system's, where BMW did not say which one it is. */
function inOtherUnit({ value, unit }: Sent, known: string | null | undefined): number | null {
  const other = unit === null && typeof known === "string" ? TWINS.get(known) : undefined;
  return other === undefined || typeof known !== "string" ? null : convert(value, other, known);
}

/** An odometer reading in kilometres; `null` if it is none that a car may show. */
export function kilometres({ value, unit }: Pick<Reading, "value" | "unit">): number | null {
  if (typeof value !== "number") return null;
  return odometerOf(unit === "mi" ? convert(value, "mi", "km") : value);
}

/** Kilometres; `null` for what no car has driven. */
export function odometerOf(value: unknown): number | null {
  const km = finite(value);
  return km !== null && km >= 0 && km <= MOST_KM ? km : null;
}
