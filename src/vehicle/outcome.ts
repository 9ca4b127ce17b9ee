import type { VehicleEvent } from "./events.js";
import type { Position } from "./position.js";
import type { Reading } from "./reading.js";
import type { SourcedValue } from "./values.js";

/** What came out of the desk, each once. */
export interface Outcome {
  /** Accepted and derived readings. */
  readonly readings: readonly Reading[];
  readonly positions: readonly Position[];
  readonly events: readonly VehicleEvent[];
  /** Values with a source, where value or source has changed. */
  readonly values: readonly SourcedValue[];
  /**
   * BMW's time at which a charge has stopped, in milliseconds: perhaps for a pause only. Its end is told as an event once
   * it is known to be one. `null`: none has.
   */
  readonly chargeStoppedAt: number | null;
}

/** What came out of the desk of one car. */
export interface VehicleOutcome extends Outcome {
  readonly vin: string;
}

export const NOTHING: Outcome = { readings: [], positions: [], events: [], values: [], chargeStoppedAt: null };

/** Whether nothing came out. */
export function isEmpty({ readings, positions, events, values }: Outcome): boolean {
  return readings.length + positions.length + events.length + values.length === 0;
}

/** What came out first, then the other. */
export function joined(one: Outcome, other: Outcome): Outcome {
  return {
    readings: [...one.readings, ...other.readings],
    positions: [...one.positions, ...other.positions],
    events: [...one.events, ...other.events],
    values: [...one.values, ...other.values],
    chargeStoppedAt: other.chargeStoppedAt ?? one.chargeStoppedAt,
  };
}
