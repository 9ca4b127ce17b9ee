import type { VehicleEvent } from "./events.js";
import type { Position } from "./position.js";
import type { Reading } from "./reading.js";
import type { SourcedValue } from "./values.js";

/** Holds what a batch of entries changed about a car, each change once. */
export interface Outcome {
  /** Accepted and derived readings. */
  readonly readings: readonly Reading[];
  readonly positions: readonly Position[];
  readonly events: readonly VehicleEvent[];
  /** Sourced values of which value or source has changed. */
  readonly values: readonly SourcedValue[];
  /**
   * BMW's time at which a charge stopped, perhaps for a pause only [ms]; its end is emitted as an event once it is
   * certain. `null`: none stopped.
   */
  readonly chargeStoppedAt: number | null;
}

/** What came out of the desk of one car. */
export interface VehicleOutcome extends Outcome {
  readonly vin: string;
}

export const NOTHING: Outcome = { readings: [], positions: [], events: [], values: [], chargeStoppedAt: null };

/** Returns whether nothing changed. */
export function isEmpty({ readings, positions, events, values }: Outcome): boolean {
  return readings.length + positions.length + events.length + values.length === 0;
}

/** Merges two sets of changes, in this order. */
export function joined(one: Outcome, other: Outcome): Outcome {
  return {
    readings: [...one.readings, ...other.readings],
    positions: [...one.positions, ...other.positions],
    events: [...one.events, ...other.events],
    values: [...one.values, ...other.values],
    chargeStoppedAt: other.chargeStoppedAt ?? one.chargeStoppedAt,
  };
}
