import { validTime } from "../support/iso-time.js";
import { isObject } from "../support/json.js";
import { isTrue, needed, object, type StoredReader } from "../support/stored-schema.js";
import type { VehicleEvent } from "./vehicle-event.js";
import type { SourcedValue, ValueName } from "./source-priority.js";

type SourcedValuesByName = ReadonlyMap<ValueName, SourcedValue>;

/** Holds a flag (cable plugged in, doors locked) with BMW's time since which it holds [ms]. */
export interface TimedFlag {
  readonly value: boolean;
  readonly at: number;
}

interface SavedCableAndLocks {
  readonly plugged: TimedFlag | null;
  readonly locked: TimedFlag | null;
}

/**
 * Tracks the cable and the door lock of one car and emits an event when one changes. An unknown value in between is no
 * change.
 */
export class CableAndLocks {
  #plugged: TimedFlag | null = null;
  #locked: TimedFlag | null = null;

  /**
   * Compares with the state before; call when one of the values has new readings.
   * @param values current sourced values
   */
  update(values: SourcedValuesByName): VehicleEvent[] {
    const events: VehicleEvent[] = [];
    const plugged = flagOf(values.get("plugged"));
    if (hasChanged(this.#plugged, plugged))
      events.push({ name: plugged.value ? "pluggedIn" : "unplugged", at: plugged.at });
    const locked = flagOf(values.get("locked"));
    if (hasChanged(this.#locked, locked)) events.push({ name: locked.value ? "locked" : "unlocked", at: locked.at });
    this.#plugged = newer(this.#plugged, plugged);
    this.#locked = newer(this.#locked, locked);
    return events;
  }

  /** Returns the last known state of the cable, also while the car reports it as unknown. */
  get cable(): TimedFlag | null {
    return this.#plugged;
  }

  /** Seeds the state with values from before the start; emits no event. */
  seed(values: SourcedValuesByName): void {
    this.#plugged = newer(this.#plugged, flagOf(values.get("plugged")));
    this.#locked = newer(this.#locked, flagOf(values.get("locked")));
  }

  save(): SavedCableAndLocks {
    return { plugged: this.#plugged, locked: this.#locked };
  }

  /** @param values restored values, used where nothing was saved: a known value is no event */
  restore(saved: unknown, values: SourcedValuesByName): void {
    const known = isObject(saved) ? saved : {};
    this.#plugged = decodeFlag(known["plugged"]) ?? flagOf(values.get("plugged"));
    this.#locked = decodeFlag(known["locked"]) ?? flagOf(values.get("locked"));
  }
}

function flagOf(value: SourcedValue | undefined): TimedFlag | null {
  return value === undefined ? null : { value: value.value === true, at: value.timestamp };
}

function hasChanged(before: TimedFlag | null, now: TimedFlag | null): now is TimedFlag {
  return before !== null && now !== null && now.value !== before.value && now.at >= before.at;
}

/** Returns the newer flag; a repeated value keeps the time at which it was first reported. */
function newer(before: TimedFlag | null, now: TimedFlag | null): TimedFlag | null {
  if (now === null || now.value === before?.value) return before;
  return before !== null && before.at > now.at ? before : now;
}

const decodeFlag: StoredReader<TimedFlag | null> = object({ value: isTrue, at: needed(validTime) });
