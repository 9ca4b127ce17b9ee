import { timeIn } from "../support/iso-time.js";
import { isObject } from "../support/json.js";
import { isTrue, needed, object, type Read } from "../support/stored.js";
import type { VehicleEvent } from "./events.js";
import type { SourcedValue, ValueName } from "./values.js";

type Values = ReadonlyMap<ValueName, SourcedValue>;

/** Holds a flag (cable plugged in, doors locked) with BMW's time since which it holds [ms]. */
export interface Known {
  readonly value: boolean;
  readonly at: number;
}

interface SavedCableAndLocks {
  readonly plugged: Known | null;
  readonly locked: Known | null;
}

/**
 * Tracks the cable and the door lock of one car and emits an event when one changes. An unknown value in between is no
 * change.
 */
export class CableAndLocks {
  #plugged: Known | null = null;
  #locked: Known | null = null;

  /**
   * Compares with the state before; call when one of the values has new readings.
   * @param values current sourced values
   */
  follow(values: Values): VehicleEvent[] {
    const events: VehicleEvent[] = [];
    const plugged = knownOf(values.get("plugged"));
    if (hasChanged(this.#plugged, plugged))
      events.push({ name: plugged.value ? "pluggedIn" : "unplugged", at: plugged.at });
    const locked = knownOf(values.get("locked"));
    if (hasChanged(this.#locked, locked)) events.push({ name: locked.value ? "locked" : "unlocked", at: locked.at });
    this.#plugged = newer(this.#plugged, plugged);
    this.#locked = newer(this.#locked, locked);
    return events;
  }

  /** Returns the last known state of the cable, also while the car reports it as unknown. */
  get cable(): Known | null {
    return this.#plugged;
  }

  /** Seeds the state with values from before the start; emits no event. */
  adopt(values: Values): void {
    this.#plugged = newer(this.#plugged, knownOf(values.get("plugged")));
    this.#locked = newer(this.#locked, knownOf(values.get("locked")));
  }

  save(): SavedCableAndLocks {
    return { plugged: this.#plugged, locked: this.#locked };
  }

  /** @param values restored values, used where nothing was saved: a known value is no event */
  restore(saved: unknown, values: Values): void {
    const known = isObject(saved) ? saved : {};
    this.#plugged = decodeKnown(known["plugged"]) ?? knownOf(values.get("plugged"));
    this.#locked = decodeKnown(known["locked"]) ?? knownOf(values.get("locked"));
  }
}

function knownOf(value: SourcedValue | undefined): Known | null {
  return value === undefined ? null : { value: value.value === true, at: value.timestamp };
}

function hasChanged(before: Known | null, now: Known | null): now is Known {
  return before !== null && now !== null && now.value !== before.value && now.at >= before.at;
}

/** Returns the newer flag; a repeated value keeps the time at which it was first reported. */
function newer(before: Known | null, now: Known | null): Known | null {
  if (now === null || now.value === before?.value) return before;
  return before !== null && before.at > now.at ? before : now;
}

const decodeKnown: Read<Known | null> = object({ value: isTrue, at: needed(timeIn) });
