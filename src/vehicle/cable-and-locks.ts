import { timeIn } from "../support/iso-time.js";
import { isObject } from "../support/json.js";
import { isTrue, needed, object, type Read } from "../support/stored.js";
import type { VehicleEvent } from "./events.js";
import type { SourcedValue, ValueName } from "./values.js";

type Values = ReadonlyMap<ValueName, SourcedValue>;

/** Whether the cable is in, or the doors are locked, since BMW's time of that in milliseconds. */
export interface Known {
  readonly value: boolean;
  readonly at: number;
}

interface SavedCableAndLocks {
  readonly plugged: Known | null;
  readonly locked: Known | null;
}

/** The cable and the doors of one car: what becomes an event when it changes. Unknown in between is no change. */
export class CableAndLocks {
  #plugged: Known | null = null;
  #locked: Known | null = null;

  /**
   * Compares with before; call when one of the values has new readings.
   * @param values the present values with a source
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

  /** What is known of the cable, also while the car says that it does not know. */
  get cable(): Known | null {
    return this.#plugged;
  }

  /** Takes over what was known before anybody listened. */
  adopt(values: Values): void {
    this.#plugged = newer(this.#plugged, knownOf(values.get("plugged")));
    this.#locked = newer(this.#locked, knownOf(values.get("locked")));
  }

  save(): SavedCableAndLocks {
    return { plugged: this.#plugged, locked: this.#locked };
  }

  /** @param values the restored ones, where nothing was saved: what is known already is no event */
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

/** What is said again goes on since it was said first. */
function newer(before: Known | null, now: Known | null): Known | null {
  if (now === null || now.value === before?.value) return before;
  return before !== null && before.at > now.at ? before : now;
}

const decodeKnown: Read<Known | null> = object({ value: isTrue, at: needed(timeIn) });
