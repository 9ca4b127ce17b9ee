import type { Tally } from "../support/counters.js";
import { finite, type JsonObject } from "../support/json.js";
import { derivedFuelRange, derivedMotion, FUEL_RANGE_INPUTS, IS_MOVING } from "./derived.js";
import { driveTypeOf, type DriveType } from "./drive-type.js";
import type { VehicleEvent } from "./events.js";
import { Happenings } from "./happenings.js";
import { Judge, notAhead, type Delivery, type DeskRejection } from "./judge.js";
import { CAPACITIES, Memory } from "./memory.js";
import { kilometres, ODOMETER } from "./odometer.js";
import { isPositional, Positions, type Position, type Sample } from "./position.js";
import type { Reading } from "./reading.js";
import { Trips, type Evidence, type TripContext } from "./trips.js";
import {
  affectedBy,
  DOOR_STATUS,
  FUEL_LEVEL,
  FUEL_LITRES,
  SOC_SOURCES,
  VALUE_NAMES,
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

const NO_FACTS: VehicleFacts = { basicData: null, driveType: null, batteryKwh: null };

/** What is kept of a car's state over a restart, beside its readings. */
export type SavedState = JsonObject;

/** One car: the desk that every value passes once, and everything that is known from it. */
export class Vehicle {
  readonly #memory = new Memory();
  readonly #judge = new Judge(this.#memory);
  readonly #positions = new Positions();
  readonly #trips = new Trips();
  readonly #happenings = new Happenings();
  readonly #told = new Map<ValueName, SourcedValue>();
  #facts = NO_FACTS;

  constructor(
    readonly vin: string,
    private readonly rejected: Tally<DeskRejection>,
  ) {}

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
    const due = this.tick(now);
    const accepted = this.#accept(delivery);
    const fixes = this.#positions.take(samplesOf(delivery), now);
    this.#memory.seen(
      entries.map(({ descriptor }) => descriptor),
      now,
    );
    return joined(due, this.#follow(accepted, fixes, now));
  }

  /** Lets the time pass: a trip may be over, or a position complete. */
  tick(now: number): Outcome {
    const late = this.#positions.tick(now);
    const timed = this.#trips.tick(now, this.#context);
    const outcome = this.#follow([], late, now);
    return { ...outcome, events: [...timed, ...outcome.events] };
  }

  /** When `tick` may have something to tell, in milliseconds; `null`: not before the next delivery. */
  dueAt(now: number): number | null {
    const times = [this.#positions.dueAt, this.#trips.dueAt(now)].filter((time) => time !== null);
    return times.length === 0 ? null : Math.min(...times);
  }

  /** Takes over what was saved; it never replaces what has come meanwhile, and nothing of it is news. */
  restore(readings: Iterable<Reading>, state: SavedState = {}): void {
    for (const reading of readings)
      if (this.#memory.get(reading.descriptor) === undefined && !this.#memory.isFull)
        this.#memory.set({ ...reading, source: "restored" });
    this.#memory.restore(state["memory"]);
    this.#trips.restore(state["trips"]);
    this.#positions.restore(state["position"]);
    this.#happenings.restore(state["happenings"], this.readings);
    for (const value of this.values) this.#told.set(value.name, value);
  }

  save(): SavedState {
    return {
      memory: this.#memory.save(),
      trips: this.#trips.save(),
      position: this.position,
      happenings: this.#happenings.save(),
    };
  }

  #accept(delivery: Delivery): Reading[] {
    const accepted: Reading[] = [];
    for (const entry of delivery.entries) {
      const verdict = this.#judge.judge(entry, delivery);
      if (typeof verdict === "string") this.rejected.add(verdict);
      else {
        this.#memory.set(verdict);
        accepted.push(verdict);
      }
    }
    return accepted;
  }

  /** Draws the conclusions from what is new. */
  #follow(accepted: readonly Reading[], fixes: readonly Position[], now: number): Outcome {
    const touched = affectedBy(accepted);
    const happened = touched.size > 0 ? this.#happenings.follow(this.readings, this.#capacityKwh()) : [];
    const evidence = [...evidenceOf(accepted, fixes), ...Happenings.evidenceIn(happened)];
    const events = evidence.flatMap((one) => this.#trips.take(one, now, this.#context));
    const derived = this.#derive(accepted, now);
    return {
      readings: derived.length > 0 ? [...accepted, ...derived] : accepted,
      positions: fixes,
      events: [...happened, ...events].sort((one, other) => one.at - other.at),
      values: this.#changedValues(touched),
    };
  }

  #derive(accepted: readonly Reading[], now: number): Reading[] {
    const derived: Reading[] = [];
    if (this.#trips.mustBeDerived) {
      const motion = derivedMotion(this.#trips.moving(now), this.#memory.get(IS_MOVING), now);
      if (motion !== null) derived.push(motion);
    }
    if (accepted.some(({ descriptor }) => FUEL_RANGE_INPUTS.has(descriptor))) {
      const range = derivedFuelRange(this.readings, this.driveType);
      if (range !== null) derived.push(range);
    }
    for (const reading of derived) this.#memory.set(reading);
    return derived;
  }

  #changedValues(touched: ReadonlySet<ValueName>): SourcedValue[] {
    const changed: SourcedValue[] = [];
    for (const name of touched) {
      const value = valueOf(name, this.readings, this.driveType);
      const told = this.#told.get(name);
      if (value === null || (told?.value === value.value && told.from === value.from)) continue;
      this.#told.set(name, value);
      changed.push(value);
    }
    return changed;
  }

  readonly #context = (): TripContext => {
    const soc = valueOf("soc", this.readings, null);
    const odometer = this.#memory.get(ODOMETER);
    const km = odometer === undefined ? null : kilometres(odometer);
    return {
      soc: soc === null ? null : { value: Number(soc.value), timestamp: soc.timestamp },
      odometer:
        odometer === undefined || km === null
          ? null
          : { km, shown: Number(odometer.value), timestamp: odometer.timestamp },
    };
  };

  /** Usable capacity: the user's word, then the car's, then BMW's. */
  #capacityKwh(): number | null {
    const { batteryKwh, basicData } = this.#facts;
    const told = CAPACITIES.map((descriptor) => this.#memory.get(descriptor)?.value);
    const known = [batteryKwh, ...told, finite(basicData?.["hvsMaxEnergyAbsolute"])];
    return known.find((kwh): kwh is number => typeof kwh === "number" && kwh > 0) ?? null;
  }
}

/** What tells about motion, in the order of BMW's time. */
function evidenceOf(accepted: readonly Reading[], fixes: readonly Position[]): Evidence[] {
  const told: Evidence[] = accepted.flatMap((reading) => evidenceIn(reading) ?? []);
  const evidence = [...fixes.map((fix): Evidence => ({ kind: "fix", fix })), ...told];
  return evidence.length < 2 ? evidence : evidence.sort((one, other) => timeOf(one) - timeOf(other));
}

function evidenceIn(reading: Reading): Evidence | null {
  const { descriptor, value, timestamp: at } = reading;
  if (descriptor === ODOMETER) {
    const km = kilometres(reading);
    return km === null ? null : { kind: "odometer", km, at };
  }
  if (descriptor === IS_MOVING) return typeof value === "boolean" ? { kind: "report", moving: value, at } : null;
  return descriptor === DOOR_STATUS && typeof value === "string" ? { kind: "lock", status: value, at } : null;
}

function timeOf(evidence: Evidence): number {
  return evidence.kind === "fix" ? evidence.fix.timestamp : evidence.at;
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
