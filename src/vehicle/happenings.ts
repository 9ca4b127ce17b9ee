import { timeIn } from "../support/iso-time.js";
import { isObject } from "../support/json.js";
import { chargingFacts, decodeSession, followCharge, type ChargingSession } from "./charging.js";
import type { VehicleEvent } from "./events.js";
import type { Evidence } from "./evidence.js";
import type { Reading } from "./reading.js";
import type { SourcedValue, ValueName } from "./values.js";

type Readings = ReadonlyMap<string, Reading>;
type Values = ReadonlyMap<ValueName, SourcedValue>;

interface SavedHappenings {
  readonly session: ChargingSession | null;
  readonly lastEnd: number;
}

/** Charges, the cable and the doors of one car: what becomes an event when it changes. */
export class Happenings {
  #session: ChargingSession | null = null;
  #lastEnd = 0;
  #plugged: SourcedValue | null = null;
  #locked: SourcedValue | null = null;

  /**
   * Compares with before; call when one of the values has new readings.
   * @param values the present values with a source
   */
  follow(readings: Readings, values: Values, capacityKwh: () => number | null): VehicleEvent[] {
    const events: VehicleEvent[] = [];
    const plugged = values.get("plugged") ?? null;
    if (hasChanged(this.#plugged, plugged))
      events.push({ name: plugged.value === true ? "pluggedIn" : "unplugged", at: plugged.timestamp });
    const locked = values.get("locked") ?? null;
    if (hasChanged(this.#locked, locked))
      events.push({ name: locked.value === true ? "locked" : "unlocked", at: locked.timestamp });
    this.#remember(plugged, locked);
    events.push(...this.#charge(readings, values, capacityKwh));
    return events;
  }

  /** What the events of a charge mean for motion. */
  static evidenceIn(events: readonly VehicleEvent[]): Evidence[] {
    return events.flatMap(({ name, at }): Evidence[] =>
      name === "chargingStarted" || name === "chargingEnded"
        ? [{ kind: "charging", charging: name === "chargingStarted", at }]
        : [],
    );
  }

  get session(): ChargingSession | null {
    return this.#session;
  }

  save(): SavedHappenings {
    return { session: this.#session, lastEnd: this.#lastEnd };
  }

  /** @param values the restored ones: what is known already is no event */
  restore(saved: unknown, values: Values): void {
    this.#remember(values.get("plugged") ?? null, values.get("locked") ?? null);
    if (!isObject(saved)) return;
    this.#session = decodeSession(saved["session"]);
    this.#lastEnd = timeIn(saved["lastEnd"]) ?? 0;
  }

  /** Unknown in between is no change. */
  #remember(plugged: SourcedValue | null, locked: SourcedValue | null): void {
    this.#plugged = newer(this.#plugged, plugged);
    this.#locked = newer(this.#locked, locked);
  }

  #charge(readings: Readings, values: Values, capacityKwh: () => number | null): readonly VehicleEvent[] {
    const { session, events } = followCharge(
      this.#session,
      chargingFacts(readings, values),
      this.#lastEnd,
      capacityKwh,
    );
    this.#session = session;
    for (const { name, at } of events) if (name === "chargingEnded") this.#lastEnd = at;
    return events;
  }
}

function hasChanged(before: SourcedValue | null, now: SourcedValue | null): now is SourcedValue {
  return before !== null && now !== null && now.value !== before.value && now.timestamp >= before.timestamp;
}

function newer(before: SourcedValue | null, now: SourcedValue | null): SourcedValue | null {
  if (now === null) return before;
  return before !== null && before.timestamp > now.timestamp ? before : now;
}
