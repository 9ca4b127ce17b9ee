import type { Tally } from "../support/counters.js";
import { finite, type JsonObject } from "../support/json.js";
import { chargeOutlook, type ChargeOutlook } from "./charge-outlook.js";
import { derivedFuelRange, derivedMotion, IS_MOVING } from "./derived.js";
import { driveTypeOf, type DriveType } from "./drive-type.js";
import type { VehicleEvent } from "./events.js";
import { evidenceIn } from "./evidence.js";
import { Happenings } from "./happenings.js";
import { Judge, notAhead, type Delivery, type DeskRejection, type Taken } from "./judge.js";
import { CAPACITIES, Memory } from "./memory.js";
import { kilometres, ODOMETER } from "./odometer.js";
import { isPositional, Positions, type Position, type Sample } from "./position.js";
import type { Reading } from "./reading.js";
import { Trips, type TripContext } from "./trips.js";
import {
  FUEL_LEVEL,
  FUEL_LITRES,
  SOC_SOURCES,
  VALUE_NAMES,
  VALUE_OF_SOURCE,
  levelOf,
  valueOf,
  type SourcedValue,
  type ValueName,
} from "./values.js";

export type { Delivery, DeskRejection };

/** What came out of the desk, each once. */
export interface Outcome {
  /** Accepted and derived readings. */
  readonly readings: readonly Reading[];
  readonly positions: readonly Position[];
  readonly events: readonly VehicleEvent[];
  /** Values with a source, where value or source has changed. */
  readonly values: readonly SourcedValue[];
}

/** What the user and BMW say of the car besides its readings. */
export interface VehicleFacts {
  readonly basicData: JsonObject | null;
  /** The user's word. */
  readonly driveType: DriveType | null;
  readonly batteryKwh: number | null;
}

/** No car has such a battery. */
const ABSURD_KWH = 1000;
const NOTHING_TAKEN: Taken = { accepted: [], changed: [] };
const NOTHING: Outcome = { readings: [], positions: [], events: [], values: [] };
const NO_FACTS: VehicleFacts = { basicData: null, driveType: null, batteryKwh: null };

/** What is kept of a car's state over a restart, beside its readings. */
export type SavedState = JsonObject;

/** One car: the desk that every value passes once, and everything that is known from it. */
export class Vehicle {
  readonly #memory = new Memory();
  readonly #judge: Judge;
  readonly #positions = new Positions();
  readonly #trips = new Trips();
  readonly #happenings = new Happenings();
  /** The values with a source as they were when they changed last. */
  readonly #values = new Map<ValueName, SourcedValue>();
  #dueAt: number | null = null;
  #hasTold = false;
  #facts = NO_FACTS;

  constructor(
    readonly vin: string,
    rejected: Tally<DeskRejection>,
  ) {
    this.#judge = new Judge(this.#memory, rejected);
  }

  /** The newest reading of each descriptor. */
  get readings(): ReadonlyMap<string, Reading> {
    return this.#memory.readings;
  }

  /** The newest fix. */
  get position(): Position | null {
    return this.#positions.last;
  }

  /** The present values with a source. */
  get values(): SourcedValue[] {
    return VALUE_NAMES.flatMap((name) => valueOf(name, this.readings, this.driveType) ?? []);
  }

  /** A trip has begun and not ended. */
  get underWay(): boolean {
    return this.#trips.underWay;
  }

  /** The charge that runs or pauses. */
  get charge(): ChargeOutlook | null {
    return chargeOutlook(this.#happenings.session, this.readings);
  }

  get driveType(): DriveType | null {
    const { driveType, basicData } = this.#facts;
    const has = (descriptor: string) => Number(this.#memory.get(descriptor)?.value ?? 0) > 0;
    const signs = { battery: SOC_SOURCES.some(has), tank: [FUEL_LITRES, FUEL_LEVEL].some(has) };
    return driveTypeOf(driveType, basicData, signs);
  }

  describe(facts: VehicleFacts): void {
    this.#facts = facts;
  }

  /** The only way in. */
  apply(delivery: Delivery): Outcome {
    const { receivedAt: now, entries } = delivery;
    this.#hasTold = true;
    const late = this.#dueAt !== null && this.#dueAt <= now ? this.tick(now) : NOTHING;
    const taken = this.#judge.take(delivery);
    const samples = samplesOf(delivery);
    const fixes = samples.length > 0 ? this.#positions.take(samples, now) : [];
    this.#memory.seen(entries, now);
    return joined(late, this.#follow(taken, fixes, now));
  }

  /** Lets the time pass: a trip may be over, or a position complete. */
  tick(now: number): Outcome {
    const late = this.#positions.tick(now);
    const timed = this.#trips.tick(now, this.#context);
    const outcome = this.#follow(NOTHING_TAKEN, late, now);
    return timed.length > 0 ? { ...outcome, events: [...timed, ...outcome.events] } : outcome;
  }

  /** When `tick` may have something to tell, in milliseconds; `null`: not before the next delivery. */
  get dueAt(): number | null {
    return this.#dueAt;
  }

  /**
   * Takes over what was saved, of each descriptor what is newer; nothing of it is news. What the car does is not taken over
   * if it has told of itself meanwhile.
   */
  restore(readings: Iterable<Reading>, state: SavedState = {}): void {
    for (const reading of readings) if (this.#isMissing(reading)) this.#memory.set({ ...reading, source: "restored" });
    this.#memory.restore(state["memory"]);
    this.#positions.restore(state["position"]);
    if (!this.#hasTold) this.#trips.restore(state["trips"]);
    this.#changeValues(new Set(VALUE_NAMES));
    if (!this.#hasTold) this.#happenings.restore(state["happenings"], this.#values);
    // At once: what was running before may be over by now.
    this.#dueAt = -Infinity;
  }

  save(): SavedState {
    return {
      memory: this.#memory.save(),
      trips: this.#trips.save(),
      position: this.position,
      happenings: this.#happenings.save(),
    };
  }

  #isMissing({ descriptor, timestamp }: Reading): boolean {
    const known = this.#memory.get(descriptor);
    return known === undefined ? !this.#memory.isFull : known.timestamp < timestamp;
  }

  /** Draws the conclusions from what is new. */
  #follow({ accepted, changed }: Taken, fixes: readonly Position[], now: number): Outcome {
    const evidence = evidenceIn(accepted, fixes);
    const touched = valuesOf(changed);
    const values = this.#changeValues(touched);
    const events: VehicleEvent[] = [];
    if (touched.size > 0) events.push(...this.#happenings.follow(this.readings, this.#values, this.#capacityKwh));
    evidence.push(...Happenings.evidenceIn(events));
    if (evidence.length > 0) events.push(...this.#trips.take(evidence, now, this.#context));
    if (events.length > 1) events.sort((one, other) => one.at - other.at);
    const derived = this.#derive(touched.has("range"), now);
    const readings = derived.length > 0 ? [...accepted, ...derived] : accepted;
    this.#dueAt = earlier(this.#positions.dueAt, this.#trips.dueAt(now));
    return { readings, positions: fixes, events, values };
  }

  #derive(rangeMayChange: boolean, now: number): Reading[] {
    const derived: Reading[] = [];
    if (this.#trips.mustBeDerived) {
      const motion = derivedMotion(this.#trips.moving(now), this.#memory.get(IS_MOVING), now);
      if (motion !== null) derived.push(motion);
    }
    const range = rangeMayChange ? derivedFuelRange(this.readings, this.driveType) : null;
    if (range !== null) derived.push(range);
    for (const reading of derived) this.#memory.set(reading);
    return derived;
  }

  /** Takes the values anew that have new readings; returns those of which value or source has changed. */
  #changeValues(touched: ReadonlySet<ValueName>): SourcedValue[] {
    const changed: SourcedValue[] = [];
    for (const name of touched) {
      const value = valueOf(name, this.readings, name === "range" ? this.driveType : null);
      const before = this.#values.get(name);
      if (value !== null) {
        this.#values.set(name, value);
        if (before?.value !== value.value || before.from !== value.from) changed.push(value);
      } else if (before !== undefined) {
        this.#values.delete(name);
        changed.push(this.#unknown(before));
      }
    }
    return changed;
  }

  #unknown(before: SourcedValue): SourcedValue {
    const { value, timestamp } = before;
    const now = this.#memory.get(before.from) ?? before;
    const last = value === null ? {} : { last: { value, timestamp } };
    return { ...before, value: null, timestamp: now.timestamp, source: now.source, ...last };
  }

  readonly #context = (): TripContext => {
    const soc = valueOf("soc", this.readings, null);
    const level = levelOf(soc?.value);
    const odometer = this.#memory.get(ODOMETER);
    const km = odometer === undefined ? null : kilometres(odometer);
    return {
      soc: soc === null || level === null ? null : { value: level, timestamp: soc.timestamp },
      odometer:
        odometer === undefined || km === null
          ? null
          : { km, shown: Number(odometer.value), timestamp: odometer.timestamp },
    };
  };

  /** Usable capacity: the user's word, then the car's, then BMW's. */
  readonly #capacityKwh = (): number | null => {
    const { batteryKwh, basicData } = this.#facts;
    const told = CAPACITIES.map((descriptor) => this.#memory.get(descriptor)?.value);
    const known = [batteryKwh, ...told, finite(basicData?.["hvsMaxEnergyAbsolute"])];
    return known.find((kwh): kwh is number => typeof kwh === "number" && kwh > 0 && kwh < ABSURD_KWH) ?? null;
  };
}

/** The values that readings may change. */
function valuesOf(readings: readonly Reading[]): Set<ValueName> {
  const names = new Set<ValueName>();
  for (const { descriptor } of readings) {
    const name = VALUE_OF_SOURCE.get(descriptor);
    if (name !== undefined) names.add(name);
  }
  return names;
}

function samplesOf({ entries, receivedAt, source }: Delivery): Sample[] {
  const samples: Sample[] = [];
  for (const { descriptor, raw, timestamp } of entries) {
    if (!isPositional(descriptor)) continue;
    const time = timestamp === null ? null : notAhead(timestamp, receivedAt);
    samples.push({ descriptor, value: raw.value, time, arrivedAt: receivedAt, source });
  }
  return samples;
}

function earlier(one: number | null, other: number | null): number | null {
  return one === null || other === null ? (one ?? other) : Math.min(one, other);
}

function joined(one: Outcome, other: Outcome): Outcome {
  if (isEmpty(one)) return other;
  return {
    readings: [...one.readings, ...other.readings],
    positions: [...one.positions, ...other.positions],
    events: [...one.events, ...other.events],
    values: [...one.values, ...other.values],
  };
}

/** Whether nothing came out. */
export function isEmpty({ readings, positions, events, values }: Outcome): boolean {
  return readings.length + positions.length + events.length + values.length === 0;
}
