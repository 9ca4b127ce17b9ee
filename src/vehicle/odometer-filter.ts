import { validTime } from "../support/iso-time.js";
import { finiteNumber, isObject, type JsonObject } from "../support/json.js";
import type { Reading } from "./reading.js";
import { FASTEST_KMH } from "./speed.js";
import { inKnownUnit, stepOfReading } from "./twin-units.js";
import { KM_PER_MILE } from "../support/distances.js";
import { canonicalUnit, convert, twinOf } from "./units.js";

export const ODOMETER = "vehicle.vehicle.travelledDistance";

/** Limits the increase that is accepted at once [km or mi]; a larger one needs time or confirmation. */
const LARGEST_STEP = 2000;
const MOST_PER_DAY = 100;
const TOLERATED_DECREASE = 1;
/** Reports to the user after this many rejected readings in a row. */
const TOLD_AFTER = 3;
const MOST_KM = 3_000_000;
const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;

/**
 * Holds an odometer value as BMW sent it: `unit` in canonical spelling, `null` if BMW omitted it, as REST always does.
 */
interface SentOdometer {
  readonly value: number;
  readonly unit: string | null;
  readonly timestamp: number;
}

/** Holds a rejected reading and the value that is kept instead. */
export interface OdometerConflict {
  readonly reported: number;
  readonly expected: number;
  readonly unit: string | null;
}

/**
 * Filters odometer readings: BMW omits the unit, and sometimes computes the number in the other system. Accepts an
 * implausible value only when a later one agrees with it: the same number, or as much more as the time between them
 * explains.
 */
export class OdometerFilter {
  #pending: SentOdometer | null = null;
  /** Number of consecutive rejected readings of different times. */
  #refused = 0;

  /** @param onOdometerConflict called once per series of implausible readings */
  constructor(private readonly onOdometerConflict: (conflict: OdometerConflict) => void) {}

  /**
   * Decides on a reading.
   * @param reading the new reading, already in the unit known so far where BMW named one
   * @param sent the same reading in BMW's own number and unit
   * @returns the reading to take, perhaps in the known unit; `null` if it is not plausible
   */
  filter(reading: Reading, sent: SentOdometer, stored: Reading | undefined): Reading | null {
    const { value, timestamp } = reading;
    const basis = basisOf(stored);
    if (typeof value !== "number" || stored === undefined || basis === null) return this.#accept(reading);
    const most = mostIn(timestamp - stored.timestamp);
    const plausible = plausibleOf(basis, most, meanings(value, sent, stored));
    if (plausible !== null) return this.#accept(plausible === value ? reading : { ...reading, value: plausible });
    if (wasInOtherUnit(basis, most, sent, stored) || this.#corroborates(sent, basis)) return this.#accept(reading);
    this.#refuse(sent, { reported: sent.value, expected: basis, unit: stored.unit });
    return null;
  }

  save(): JsonObject {
    return { pending: this.#pending, refused: this.#refused };
  }

  restore(saved: unknown): void {
    if (!isObject(saved)) return;
    const { pending, refused } = saved;
    this.#refused = finiteNumber(refused) ?? 0;
    if (!isObject(pending)) return;
    const [value, timestamp] = [finiteNumber(pending["value"]), validTime(pending["timestamp"])];
    const unit = typeof pending["unit"] === "string" ? pending["unit"] : null;
    if (value !== null && timestamp !== null) this.#pending = { value, unit, timestamp };
  }

  #accept(reading: Reading): Reading {
    this.#pending = null;
    this.#refused = 0;
    return reading;
  }

  #refuse(sent: SentOdometer, conflict: OdometerConflict): void {
    const isOther = this.#pending === null || sent.timestamp > this.#pending.timestamp;
    this.#pending = sent;
    if (!isOther) return;
    this.#refused++;
    if (this.#refused === TOLD_AFTER) this.onOdometerConflict(conflict);
  }

  /** Returns whether a later reading confirms the one before in unit, direction and rate. */
  #corroborates({ value, unit, timestamp }: SentOdometer, basis: number): boolean {
    const pending = this.#pending;
    if (pending?.unit !== unit || timestamp <= pending.timestamp) return false;
    if (value > basis !== pending.value > basis) return false;
    const ms = timestamp - pending.timestamp;
    const step = value - pending.value;
    return step > -TOLERATED_DECREASE && step <= Math.max(1, Math.min(mostIn(ms), (ms / HOUR_MS) * FASTEST_KMH));
  }
}

function basisOf(stored: Reading | undefined): number | null {
  return finiteNumber(stored?.value ?? stored?.last?.value);
}

/** Returns the largest plausible increase in this time, in either unit. */
function mostIn(ms: number): number {
  return LARGEST_STEP + MOST_PER_DAY * Math.max(0, ms / DAY_MS);
}

/** Returns the plausible successor of `from` that is nearest to it. */
function plausibleOf(from: number, most: number, numbers: readonly number[]): number | null {
  let nearest: number | null = null;
  for (const to of numbers) {
    const isPlausible = to - from >= -TOLERATED_DECREASE && to - from <= most;
    if (isPlausible && (nearest === null || Math.abs(to - from) < Math.abs(nearest - from))) nearest = to;
  }
  return nearest;
}

/** Returns the possible meanings of a number: without a unit, of the known system or of the other one. */
function meanings(reading: number, { value, unit }: SentOdometer, stored: Reading): number[] {
  const other = stored.unit === null ? null : twinOf(stored.unit);
  if (unit !== null || stored.unit === null || other === null) return [reading];
  return [stored.unit, other].map((meant) => inKnownUnit({ value, unit: meant }, stored));
}

/** Returns whether the stored number belonged to the other system, which shows only now that BMW names the unit. */
function wasInOtherUnit(basis: number, most: number, { value, unit }: SentOdometer, stored: Reading): boolean {
  if (unit === null || stored.unit !== unit || canonicalUnit(stored.raw?.unit) !== null) return false;
  const other = twinOf(unit);
  const from = other === null ? null : convert(basis, other, unit);
  return from !== null && plausibleOf(from, most, [value]) !== null;
}

/** Returns an odometer reading [km]; `null` if no car can show it. */
export function kilometres({ value, unit }: Pick<Reading, "value" | "unit">): number | null {
  const shown = plausibleOdometer(value);
  return shown !== null && unit === "mi" ? plausibleOdometer(convert(shown, "mi", "km")) : shown;
}

/** Returns a plausible odometer number; `null` for what no car has driven. */
export function plausibleOdometer(value: unknown): number | null {
  const km = finiteNumber(value);
  return km !== null && km >= 0 && km <= MOST_KM ? km : null;
}

/** Returns the resolution of an odometer reading [km]. */
export function stepKmOf(reading: Reading): number {
  return stepOfReading(reading) * (reading.unit === "mi" ? KM_PER_MILE : 1);
}
