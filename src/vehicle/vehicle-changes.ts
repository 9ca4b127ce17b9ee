import type { VehicleEvent } from "./vehicle-event.js";
import type { Position } from "./position.js";
import type { Reading } from "./reading.js";
import type { SourcedValue } from "./source-priority.js";

/** Holds what a batch of entries changed about a car, each change once. */
export interface VehicleChanges {
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

/** Holds the changes of one car after one batch of entries. */
export interface VehicleUpdate extends VehicleChanges {
  readonly vin: string;
}

export const NO_CHANGES: VehicleChanges = {
  readings: [],
  positions: [],
  events: [],
  values: [],
  chargeStoppedAt: null,
};

/** Returns whether nothing changed. */
export function hasNoChanges({ readings, positions, events, values }: VehicleChanges): boolean {
  return readings.length + positions.length + events.length + values.length === 0;
}

/** Merges two sets of changes, in this order. */
export function mergedChanges(one: VehicleChanges, other: VehicleChanges): VehicleChanges {
  if (one === NO_CHANGES) return other;
  return {
    readings: [...one.readings, ...other.readings],
    positions: [...one.positions, ...other.positions],
    events: [...one.events, ...other.events],
    values: [...one.values, ...other.values],
    chargeStoppedAt: other.chargeStoppedAt ?? one.chargeStoppedAt,
  };
}
