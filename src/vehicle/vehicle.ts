import type { Tally } from "../support/counters.js";
import { finite, type JsonObject } from "../support/json.js";
import { Activity, type ActivityContext } from "./activity.js";
import { decodeActivity } from "./activity-codec.js";
import { CableAndLocks } from "./cable-and-locks.js";
import type { ChargeEstimate } from "./charge-end.js";
import { chargeOutlook, type ChargeOutlook } from "./charge-outlook.js";
import { CHARGING_METHOD, methodOf } from "./charging.js";
import { derivedFuelRange, derivedMotion, IS_MOVING } from "./derived.js";
import { DriveSignBook } from "./drive-signs.js";
import { driveTypeOf, type DriveType } from "./drive-type.js";
import { evidenceIn, type Evidence } from "./evidence.js";
import { Judge, notAhead, type Delivery, type DeskRejection, type Taken } from "./judge.js";
import { CAPACITIES, Memory } from "./memory.js";
import type { OdometerDoubt } from "./odometer.js";
import { isOfThePast } from "./old-news.js";
import { joined, NOTHING, type Outcome } from "./outcome.js";
import { isPositional, Positions, type Position, type Sample } from "./position.js";
import type { Entry, Reading } from "./reading.js";
import { ValueBook } from "./value-book.js";
import { VALUE_NAMES, VALUE_OF_SOURCE, levelOf, valueOf, type SourcedValue, type ValueName } from "./values.js";

export type { Delivery, DeskRejection };

/** Lists what a vehicle needs from its owner. */
export interface VehicleDoors {
  /** Returns the present estimate of the battery level; `null` if there is none. */
  readonly estimate: () => ChargeEstimate | null;
  /** Called once per series of implausible odometer readings. */
  readonly onDoubt: (doubt: OdometerDoubt) => void;
}

/** Holds what the user and BMW state about the car besides its readings. */
export interface VehicleFacts {
  readonly basicData: JsonObject | null;
  /** The user's setting. */
  readonly driveType: DriveType | null;
  readonly batteryKwh: number | null;
}

const TARGET = "vehicle.powertrain.electric.battery.stateOfCharge.target";
/** Limits a plausible battery capacity [kWh]. */
const ABSURD_KWH = 1000;
const NOTHING_TAKEN: Taken = { accepted: [], changed: [] };
const ALL_VALUES: ReadonlySet<ValueName> = new Set(VALUE_NAMES);
const ALONE: VehicleDoors = { estimate: () => null, onDoubt: () => undefined };
const NO_FACTS: VehicleFacts = { basicData: null, driveType: null, batteryKwh: null };

/** Holds the saved state of a car besides its readings. */
export type SavedState = JsonObject;

/** Represents one car: filters every value once and holds everything that is derived from it. */
export class Vehicle {
  readonly #memory = new Memory();
  readonly #judge: Judge;
  readonly #positions: Positions;
  readonly #activity: Activity;
  readonly #cableAndLocks = new CableAndLocks();
  readonly #signs = new DriveSignBook();
  readonly #values = new ValueBook(this.#memory);
  #dueAt: number | null = null;
  #facts = NO_FACTS;
  /** Whether the car has reported anything live since the start. */
  #hasTold = false;
  /** Whether the state was restored from an earlier run. */
  #isRestored = false;
  #driveType: DriveType | null = null;

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

  /** Returns the newest reading of each descriptor. */
  get readings(): ReadonlyMap<string, Reading> {
    return this.#memory.readings;
  }

  /** The newest fix. */
  get position(): Position | null {
    return this.#positions.last;
  }

  /** Returns the current sourced values. */
  get values(): SourcedValue[] {
    return VALUE_NAMES.flatMap((name) => valueOf(name, this.readings, this.driveType) ?? []);
  }

  /** Returns whether a trip is open. */
  get underWay(): boolean {
    return this.#activity.underWay;
  }

  /** Returns the charge that runs or pauses. */
  get charge(): ChargeOutlook | null {
    return chargeOutlook(this.#activity.charge, this.#activity.method, this.readings);
  }

  /** Returns the drive type as known now; a later answer of BMW or value of the car may change it. */
  get driveType(): DriveType | null {
    return this.#driveType;
  }

  /** Applies a description of the car; returns what that changes. */
  describe(facts: VehicleFacts): Outcome {
    this.#facts = facts;
    if (!this.#settleType()) return NOTHING;
    const values = this.#values.change(ALL_VALUES, this.driveType);
    return { ...NOTHING, readings: this.#deriveRange(), values };
  }

  /** Applies a batch of entries; all values pass here. */
  apply(delivery: Delivery): Outcome {
    const { entries, source } = delivery;
    const isKept = source === "restored" && !this.#hasTold && !this.#isRestored;
    const isFirstWord = ({ descriptor }: Entry) => (this.#memory.get(descriptor)?.source ?? "derived") === "derived";
    const old = isOfThePast(delivery) ? entries.filter((entry) => isKept || isFirstWord(entry)) : [];
    if (old.length === 0) return this.#take(delivery);
    const adopted = this.#adopt({ ...delivery, entries: old });
    const rest = entries.filter((entry) => !old.includes(entry));
    return rest.length === 0 ? adopted : joined(adopted, this.#take({ ...delivery, entries: rest }));
  }

  /** Lets time pass: a trip or a charge may be over, or a position complete. */
  tick(now: number): Outcome {
    return this.#follow(NOTHING_TAKEN, this.#positions.tick(now, this.underWay), now);
  }

  /** Returns when `tick` may change something [ms]; `null`: not before the next batch. */
  get dueAt(): number | null {
    return this.#dueAt;
  }

  /**
   * Restores what was saved, the newer reading of each descriptor; emits nothing for it. Does not restore the activity
   * if the car has reported meanwhile.
   */
  restore(readings: Iterable<Reading>, state: SavedState = {}): void {
    for (const reading of readings) if (this.#isMissing(reading)) this.#memory.set({ ...reading, source: "restored" });
    this.#isRestored = true;
    this.#memory.restore(state["memory"]);
    this.#signs.restore(state["signs"]);
    this.#signs.take(this.readings.values());
    this.#settleType();
    this.#positions.restore(state["positions"]);
    this.#values.change(ALL_VALUES, this.driveType);
    if (!this.#hasTold) this.#restoreDeeds(state);
    // Due at once: an activity from before may be over by now.
    this.#dueAt = -Infinity;
  }

  save(): SavedState {
    return {
      memory: this.#memory.save(),
      signs: this.#signs.save(),
      odometer: this.#judge.save(),
      activity: this.#activity.save(),
      positions: this.#positions.save(),
      cableAndLocks: this.#cableAndLocks.save(),
    };
  }

  #restoreDeeds(state: SavedState): void {
    this.#judge.restore(state["odometer"]);
    this.#activity.restore(decodeActivity(state["activity"]));
    this.#cableAndLocks.restore(state["cableAndLocks"], this.#values.values);
  }

  #isMissing({ descriptor, timestamp }: Reading): boolean {
    const known = this.#memory.get(descriptor);
    return known === undefined ? !this.#memory.isFull : known.timestamp < timestamp;
  }

  /** Processes a live batch. */
  #take(delivery: Delivery): Outcome {
    const { receivedAt: now, entries } = delivery;
    this.#hasTold = true;
    const late = this.#dueAt !== null && this.#dueAt <= now ? this.tick(now) : NOTHING;
    const taken = this.#judge.take(delivery);
    const samples = samplesOf(delivery);
    const fixes = samples.length > 0 ? this.#positions.take(samples, now, this.underWay) : [];
    this.#memory.seen(entries, now);
    return joined(late, this.#follow(taken, fixes, now));
  }

  /** Seeds the state with values from before the first live report; emits no events. */
  #adopt(delivery: Delivery): Outcome {
    const { receivedAt: now, entries, source } = delivery;
    const { accepted } = this.#judge.take({ ...delivery, source: "restored" });
    const positions = this.#positions.take(samplesOf(delivery), now);
    this.#memory.seen(entries, now);
    this.#signs.take(accepted);
    this.#settleType();
    const values = this.#values.change(ALL_VALUES, this.driveType);
    this.#cableAndLocks.adopt(this.#values.values);
    this.#activity.adopt(this.#evidenceIn(accepted, positions), now);
    this.#dueAt = earlier(this.#positions.dueAt, this.#dueAt);
    const readings = [...accepted.map((reading) => ({ ...reading, source })), ...this.#deriveRange()];
    return { ...NOTHING, readings, positions, values: values.map((value) => ({ ...value, source })) };
  }

  /** Derives events and values from new readings and fixes. */
  #follow({ accepted, changed }: Taken, fixes: readonly Position[], now: number): Outcome {
    const touched = this.#signs.take(accepted) && this.#settleType() ? ALL_VALUES : valuesOf(changed);
    const values = this.#values.change(touched, this.driveType);
    const cableBefore = this.#cableAndLocks.cable;
    const events = touched.size > 0 ? this.#cableAndLocks.follow(this.#values.values) : [];
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

  /** Collects observations; a car without a high-voltage battery has no levels. */
  #evidenceIn(accepted: readonly Reading[], fixes: readonly Position[]): Evidence[] {
    const evidence = evidenceIn(accepted, fixes);
    return this.driveType === "combustion" ? evidence.filter(({ kind }) => kind !== "level") : evidence;
  }

  #derive(rangeMayChange: boolean, now: number): Reading[] {
    const derived: Reading[] = [];
    const told = this.#memory.get(IS_MOVING);
    if (this.#activity.mustBeDerived && (told === undefined || told.source === "derived")) {
      const motion = derivedMotion(this.#activity.moving(now), told, now);
      if (motion !== null) derived.push(motion);
    }
    for (const reading of derived) this.#memory.set(reading);
    return rangeMayChange ? [...derived, ...this.#deriveRange()] : derived;
  }

  #deriveRange(): Reading[] {
    const range = derivedFuelRange(this.readings, this.driveType);
    if (range === null) return [];
    this.#memory.set(range);
    return [range];
  }

  /** Updates the drive type; returns whether it has changed. */
  #settleType(): boolean {
    const { driveType, basicData } = this.#facts;
    const before = this.#driveType;
    this.#driveType = driveTypeOf(driveType, basicData, this.#signs.signs);
    return this.#driveType !== before;
  }

  #context(): ActivityContext {
    return {
      cable: this.#cableAndLocks.cable,
      target: levelOf(this.#memory.get(TARGET)?.value),
      method: methodOf(this.#memory.get(CHARGING_METHOD)),
      capacityKwh: this.#capacityKwh(),
      estimate: this.doors.estimate,
    };
  }

  /** Returns the usable capacity [kWh]: the user's, then the car's, then BMW's. */
  #capacityKwh(): number | null {
    const { batteryKwh, basicData } = this.#facts;
    const told = CAPACITIES.map((descriptor) => this.#memory.get(descriptor)?.value);
    const known = [batteryKwh, ...told, finite(basicData?.["hvsMaxEnergyAbsolute"])];
    return known.find((kwh): kwh is number => typeof kwh === "number" && kwh > 0 && kwh < ABSURD_KWH) ?? null;
  }
}

/** Returns the names of the values that these readings may change. */
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
