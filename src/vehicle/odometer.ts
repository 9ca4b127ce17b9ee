import { timeIn } from "../support/iso-time.js";
import { finite, isObject, type JsonObject } from "../support/json.js";
import type { Reading } from "./reading.js";
import { FASTEST_KMH } from "./speed.js";
import { inKnownUnit, stepOfReading } from "./twin-units.js";
import { canonicalUnit, convert, KM_PER_MILE, twinOf } from "./units.js";

export const ODOMETER = "vehicle.vehicle.travelledDistance";

/** Larger steps need time, or a second reading that says the same. */
const LARGEST_STEP = 2000;
const MOST_PER_DAY = 100;
const TOLERATED_DECREASE = 1;
/** So many readings in a row that are not believed are told to the user. */
const TOLD_AFTER = 3;
const MOST_KM = 3_000_000;
const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;

/** A reading as BMW sent it: `unit` in canonical spelling, `null` if BMW left it out, which REST always does. */
interface Sent {
  readonly value: number;
  readonly unit: string | null;
  readonly timestamp: number;
}

/** A reading that was refused, and what is believed instead. */
export interface OdometerDoubt {
  readonly told: number;
  readonly known: number;
  readonly unit: string | null;
}

/**
 * Guards the odometer: BMW leaves the unit out, and sometimes computes the number in the other system.
 * A wild value is believed only when a later one agrees with it: the same number, or as much more as the time between
 * them explains.
 */
export class OdometerGuard {
  #pending: Sent | null = null;
  /** Readings of different times that were refused in a row. */
  #refused = 0;

  /** @param onDoubt hears once of a series of readings that are not believed */
  constructor(private readonly onDoubt: (doubt: OdometerDoubt) => void) {}

  /**
   * @param reading the new reading, already in the unit known so far where BMW named one
   * @param sent the same reading in BMW's own number and unit
   * @returns the reading to take, perhaps in the known unit; `null` if it is not plausible
   */
  judge(reading: Reading, sent: Sent, stored: Reading | undefined): Reading | null {
    const { value, timestamp } = reading;
    const basis = basisOf(stored);
    if (typeof value !== "number" || stored === undefined || basis === null) return this.#accept(reading);
    const most = mostIn(timestamp - stored.timestamp);
    const plausible = plausibleOf(basis, most, meanings(value, sent, stored));
    if (plausible !== null) return this.#accept({ ...reading, value: plausible });
    if (wasInOtherUnit(basis, most, sent, stored) || this.#corroborates(sent, basis)) return this.#accept(reading);
    this.#refuse(sent, { told: sent.value, known: basis, unit: stored.unit });
    return null;
  }

  save(): JsonObject {
    return { pending: this.#pending, refused: this.#refused };
  }

  restore(saved: unknown): void {
    if (!isObject(saved)) return;
    const { pending, refused } = saved;
    this.#refused = finite(refused) ?? 0;
    if (!isObject(pending)) return;
    const [value, timestamp] = [finite(pending["value"]), timeIn(pending["timestamp"])];
    const unit = typeof pending["unit"] === "string" ? pending["unit"] : null;
    if (value !== null && timestamp !== null) this.#pending = { value, unit, timestamp };
  }

  #accept(reading: Reading): Reading {
    this.#pending = null;
    this.#refused = 0;
    return reading;
  }

  #refuse(sent: Sent, doubt: OdometerDoubt): void {
    const isOther = this.#pending === null || sent.timestamp > this.#pending.timestamp;
    this.#pending = sent;
    if (!isOther) return;
    this.#refused++;
    if (this.#refused === TOLD_AFTER) this.onDoubt(doubt);
  }

  /** A later reading agrees with the one before: in its unit, its direction from what is known, and its pace. */
  #corroborates({ value, unit, timestamp }: Sent, basis: number): boolean {
    const pending = this.#pending;
    if (pending?.unit !== unit || timestamp <= pending.timestamp) return false;
    if (value > basis !== pending.value > basis) return false;
    const ms = timestamp - pending.timestamp;
    const step = value - pending.value;
    return step > -TOLERATED_DECREASE && step <= Math.max(1, Math.min(mostIn(ms), (ms / HOUR_MS) * FASTEST_KMH));
  }
}

function basisOf(stored: Reading | undefined): number | null {
  return finite(stored?.value ?? stored?.last?.value);
}

/** So much an odometer may go on in this time, whatever its unit. */
function mostIn(ms: number): number {
  return LARGEST_STEP + MOST_PER_DAY * Math.max(0, ms / DAY_MS);
}

/** Of the numbers that may follow `from`, the one that is nearest to it. */
function plausibleOf(from: number, most: number, numbers: readonly number[]): number | null {
  const following = numbers.filter((to) => to - from >= -TOLERATED_DECREASE && to - from <= most);
  const [nearest] = following.sort((one, other) => Math.abs(one - from) - Math.abs(other - from));
  return nearest ?? null;
}

/** What the number may be: where BMW did not say its unit, one of the known system or of the other. */
function meanings(reading: number, { value, unit }: Sent, stored: Reading): number[] {
  const other = stored.unit === null ? null : twinOf(stored.unit);
  if (unit !== null || stored.unit === null || other === null) return [reading];
  return [stored.unit, other].map((meant) => inKnownUnit({ value, unit: meant }, stored));
}

/** Whether what is known was a number of the other system, taken for one of this: BMW names the unit only now. */
function wasInOtherUnit(basis: number, most: number, { value, unit }: Sent, stored: Reading): boolean {
  if (unit === null || stored.unit !== unit || canonicalUnit(stored.raw?.unit) !== null) return false;
  const other = twinOf(unit);
  const from = other === null ? null : convert(basis, other, unit);
  return from !== null && plausibleOf(from, most, [value]) !== null;
}

/** An odometer reading in kilometres; `null` if it is none that a car may show. */
export function kilometres({ value, unit }: Pick<Reading, "value" | "unit">): number | null {
  const shown = odometerOf(value);
  return shown !== null && unit === "mi" ? odometerOf(convert(shown, "mi", "km")) : shown;
}

/** Kilometres, or the number that is shown of them; `null` for what no car has driven. */
export function odometerOf(value: unknown): number | null {
  const km = finite(value);
  return km !== null && km >= 0 && km <= MOST_KM ? km : null;
}

/** What the last digit of an odometer reading counts, in kilometres. */
export function stepKmOf(reading: Reading): number {
  return stepOfReading(reading) * (reading.unit === "mi" ? KM_PER_MILE : 1);
}
