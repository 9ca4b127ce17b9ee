import type { Reading } from "./reading.js";
import { canonicalUnit, convert, lastDigitOf, roundedToStep, stepIn, twinOf } from "./units.js";

/** Holds a number as BMW sent it, its unit in canonical spelling. */
interface SentNumber {
  readonly value: number;
  readonly unit: string;
}

/**
 * Converts a number to the unit of the stored reading, with the digits that its original unit supports. Where a car
 * alternates between units, a difference below the coarser resolution is no change.
 */
export function inKnownUnit(sent: SentNumber, stored: Reading): number {
  const { unit: known, value: before } = stored;
  const exact = known === null || sent.unit === known ? sent.value : convert(sent.value, sent.unit, known);
  if (known === null || exact === null) return sent.value;
  const step = stepIn(sent.value, sent.unit, known);
  const value = sent.unit === known ? exact : roundedToStep(exact, step);
  const former = sentOf(stored);
  if (typeof before !== "number" || former === null) return value;
  if (former.unit === sent.unit) return former.value === sent.value ? before : value;
  const coarser = Math.max(step, stepIn(former.value, former.unit, known));
  return Math.abs(exact - before) < coarser ? before : value;
}

/** Returns the resolution of a reading in its own unit, although it may have been sent in the counterpart unit. */
export function stepOfReading(reading: Reading): number {
  const { value, unit } = reading;
  const sent = sentOf(reading);
  if (sent !== null && unit !== null) return stepIn(sent.value, sent.unit, unit);
  return typeof value === "number" ? lastDigitOf(value) : 1;
}

/** Returns a reading as BMW sent it; without a unit it may have been in the counterpart unit. */
function sentOf({ raw, value, unit }: Reading): SentNumber | null {
  if (unit === null || raw === undefined || typeof value !== "number") return null;
  const number = Number(raw.value);
  if (raw.value === null || raw.value === "" || !Number.isFinite(number)) return null;
  return { value: number, unit: canonicalUnit(raw.unit) ?? meantUnit(number, value, unit) };
}

function meantUnit(sent: number, value: number, unit: string): string {
  const twin = twinOf(unit);
  const inTwin = twin === null ? null : convert(sent, twin, unit);
  if (twin === null || inTwin === null) return unit;
  return Math.abs(inTwin - value) < Math.abs(sent - value) ? twin : unit;
}
