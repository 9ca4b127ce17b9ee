import type { Tally } from "../support/counters.js";
import { finite, type JsonObject } from "../support/json.js";
import { Activity, type ActivityContext } from "./activity.js";
import { decodeActivity } from "./activity-codec.js";
import { CableAndLocks } from "./cable-and-locks.js";
import type { ChargeEstimate } from "./charge-end.js";
import { chargeOutlook, type ChargeOutlook } from "./charge-outlook.js";
import { CHARGING_METHOD, methodOf } from "./charging.js";
import { derivedFuelRange, derivedMotion, IS_MOVING } from "./derived.js";
import { driveTypeOf, type DriveType } from "./drive-type.js";
import type { VehicleEvent } from "./events.js";
import { evidenceIn, type Evidence } from "./evidence.js";
import { Judge, notAhead, type Delivery, type DeskRejection, type Taken } from "./judge.js";
import { CAPACITIES, Memory } from "./memory.js";
import type { OdometerDoubt } from "./odometer.js";
import { isPositional, Positions, type Position, type Sample } from "./position.js";
import type { Reading } from "./reading.js";
import {
  FUEL_LEVEL,
  FUEL_LITRES,
  SOC_SOURCES,
  VALUE_NAMES,
  VALUE_OF_SOURCE,
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
  /**
   * BMW's time at which a charge has stopped, in milliseconds: perhaps for a pause only. Its end is told as an event once
   * it is known to be one. `null`: none has.
   */
  readonly chargeStoppedAt: number | null;
}

/** Whom a car asks and tells. */
export interface VehicleDoors {
  /** What the estimator knows of the battery by now; `null` if nothing. */
  readonly estimate: () => ChargeEstimate | null;
  /** The odometer tells what cannot be, again and again; once. */
  readonly onDoubt: (doubt: OdometerDoubt) => void;
}

/** What the user and BMW say of the car besides its readings. */
export interface VehicleFacts {
  readonly basicData: JsonObject | null;
  /** The user's word. */
  readonly driveType: DriveType | null;
  readonly batteryKwh: number | null;
}

const TARGET = "vehicle.powertrain.electric.battery.stateOfCharge.target";
/** No car has such a battery. */
const ABSURD_KWH = 1000;
const NOTHING_TAKEN: Taken = { accepted: [], changed: [] };
const NOTHING: Outcome = { readings: [], positions: [], events: [], values: [], chargeStoppedAt: null };
const ALONE: VehicleDoors = { estimate: () => null, onDoubt: () => undefined };
const NO_FACTS: VehicleFacts = { basicData: null, driveType: null, batteryKwh: null };

/** What is kept of a car's state over a restart, beside its readings. */
export type SavedState = JsonObject;

/** One car: the desk that every value passes once, and everything that is known from it. */
export class Vehicle {
  readonly #memory = new Memory();
  readonly #judge: Judge;
  readonly #positions: Positions;
  readonly #activity: Activity;
  readonly #cableAndLocks = new CableAndLocks();
  /** The values with a source as they were when they changed last. */
  readonly #values = new Map<ValueName, SourcedValue>();
  #dueAt: number | null = null;
  #facts = NO_FACTS;

  constructor(
    readonly vin: string,
    rejected: Tally<DeskRejection>,
    private readonly doors: VehicleDoors = ALONE,
  ) {
    this.#judge = new Judge(this.#memory, rejected, doors.onDoubt);
    this.#positions = new Positions(() => {
      rejected.add("position-implausible");
    });
    this.#activity = new Activity(() => this.#context());
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
    return this.#activity.underWay;
  }

  /** The charge that runs or pauses. */
  get charge(): ChargeOutlook | null {
    return chargeOutlook(this.#activity.charge, this.#activity.method, this.readings);
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
    const late = this.#dueAt !== null && this.#dueAt <= now ? this.tick(now) : NOTHING;
    const taken = this.#judge.take(delivery);
    const samples = samplesOf(delivery);
    const fixes = samples.length > 0 ? this.#positions.take(samples, now, this.underWay) : [];
    this.#memory.seen(entries, now);
    return joined(late, this.#follow(taken, fixes, now));
  }

  /** Lets the time pass: a trip or a charge may be over, or a position complete. */
  tick(now: number): Outcome {
    return this.#follow(NOTHING_TAKEN, this.#positions.tick(now, this.underWay), now);
  }

  /** When `tick` may have something to tell, in milliseconds; `null`: not before the next delivery. */
  get dueAt(): number | null {
    return this.#dueAt;
  }

  /** Takes over what was saved; it never replaces what has come meanwhile, and nothing of it is news. */
  restore(readings: Iterable<Reading>, state: SavedState = {}): void {
    for (const reading of readings)
      if (this.#memory.get(reading.descriptor) === undefined && !this.#memory.isFull)
        this.#memory.set({ ...reading, source: "restored" });
    this.#memory.restore(state["memory"]);
    this.#judge.restore(state["odometer"]);
    this.#activity.restore(decodeActivity(state["activity"]));
    this.#positions.restore(state["positions"]);
    this.#changeValues(new Set(VALUE_NAMES));
    this.#cableAndLocks.restore(state["cableAndLocks"], this.#values);
    // At once: what was running before may be over by now.
    this.#dueAt = -Infinity;
  }

  save(): SavedState {
    return {
      memory: this.#memory.save(),
      odometer: this.#judge.save(),
      activity: this.#activity.save(),
      positions: this.#positions.save(),
      cableAndLocks: this.#cableAndLocks.save(),
    };
  }

  /** Draws the conclusions from what is new. */
  #follow({ accepted, changed }: Taken, fixes: readonly Position[], now: number): Outcome {
    const touched = valuesOf(changed);
    const values = this.#changeValues(touched);
    const cableBefore = this.#cableAndLocks.cable;
    const events = touched.size > 0 ? this.#cableAndLocks.follow(this.#values) : [];
    const { cable } = this.#cableAndLocks;
    const evidence = this.#evidenceIn(accepted, fixes);
    if (cable !== null && cable !== cableBefore) evidence.push({ kind: "cable", plugged: cable.value, at: cable.at });
    const done = this.#activity.take(evidence, now);
    events.push(...done.events);
    if (events.length > 1) events.sort((one, other) => one.at - other.at);
    const derived = this.#derive(touched.has("range"), now);
    const readings = derived.length > 0 ? [...accepted, ...derived] : accepted;
    this.#dueAt = earlier(this.#positions.dueAt, this.#activity.dueAt(now));
    return { readings, positions: fixes, events, values, chargeStoppedAt: done.stoppedAt };
  }

  /** What a car without a high-voltage battery tells of one is no level. */
  #evidenceIn(accepted: readonly Reading[], fixes: readonly Position[]): Evidence[] {
    const evidence = evidenceIn(accepted, fixes);
    return this.driveType === "combustion" ? evidence.filter(({ kind }) => kind !== "level") : evidence;
  }

  #derive(rangeMayChange: boolean, now: number): Reading[] {
    const derived: Reading[] = [];
    if (this.#activity.mustBeDerived) {
      const motion = derivedMotion(this.#activity.moving(now), this.#memory.get(IS_MOVING), now);
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

  #context(): ActivityContext {
    const target = this.#memory.get(TARGET)?.value;
    return {
      cable: this.#cableAndLocks.cable,
      target: typeof target === "number" ? target : null,
      method: methodOf(this.#memory.get(CHARGING_METHOD)),
      capacityKwh: this.#capacityKwh(),
      estimate: this.doors.estimate,
    };
  }

  /** Usable capacity: the user's word, then the car's, then BMW's. */
  #capacityKwh(): number | null {
    const { batteryKwh, basicData } = this.#facts;
    const told = CAPACITIES.map((descriptor) => this.#memory.get(descriptor)?.value);
    const known = [batteryKwh, ...told, finite(basicData?.["hvsMaxEnergyAbsolute"])];
    return known.find((kwh): kwh is number => typeof kwh === "number" && kwh > 0 && kwh < ABSURD_KWH) ?? null;
  }
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
    chargeStoppedAt: other.chargeStoppedAt ?? one.chargeStoppedAt,
  };
}

/** Whether nothing came out. */
export function isEmpty({ readings, positions, events, values }: Outcome): boolean {
  return readings.length + positions.length + events.length + values.length === 0;
}
