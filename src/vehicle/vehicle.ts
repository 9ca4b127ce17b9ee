import type { Tally } from "../support/reason-counters.js";
import type { DistanceUnit } from "../support/distances.js";
import { finiteNumber, type JsonObject } from "../support/json.js";
import { VehicleEventTracker, type ActivityContext } from "./vehicle-event-tracker.js";
import { decodeActivity } from "./activity-codec.js";
import { Backlog } from "./backlog.js";
import { CableAndLocks } from "./cable-and-locks.js";
import { CarWarnings } from "./car-warnings.js";
import type { EstimatedLevel } from "./charge-end.js";
import { interruptionOf } from "./charge-interruption.js";
import { chargeProgress, type ChargeProgress } from "./charge-progress.js";
import { CHARGING_METHOD, methodObservation } from "./charge.js";
import { restsByPlan } from "./charging-plan.js";
import { derivedFuelRange, derivedMotion, IS_MOVING } from "./derived-readings.js";
import { distanceUnitOf } from "./distance-unit.js";
import { PowertrainHintTracker } from "./powertrain-hint-tracker.js";
import { driveTypeOf, type DriveType } from "./drive-type.js";
import { activityObservations, CHARGING_POWER, type ActivityObservation } from "./activity-observation.js";
import {
  ReadingFilter,
  notAhead,
  type EntryBatch,
  type ReadingRejection,
  type AcceptedReadings,
} from "./reading-filter.js";
import { CAPACITIES, ReadingStore } from "./reading-store.js";
import type { OdometerConflict } from "./odometer-filter.js";
import { isBacklog } from "./outdated.js";
import { PluggedWatch, type PluggedCar } from "./plugged-watch.js";
import { mergedChanges, NO_CHANGES, type VehicleChanges } from "./vehicle-changes.js";
import { isPositional, PositionAssembler, type Position, type PositionSample } from "./position.js";
import type { DescriptorEntry, Reading } from "./reading.js";
import type { VehicleEvent } from "./vehicle-event.js";
import { SourcedValueStore } from "./sourced-value-store.js";
import {
  VALUE_NAMES,
  VALUES_OF_SOURCE,
  levelOf,
  sourcedValue,
  type SourcedValue,
  type ValueName,
} from "./source-priority.js";

export type { EntryBatch, ReadingRejection };

/** Lists what a vehicle needs from its owner. */
export interface VehicleDependencies {
  /** Returns the present estimate of the battery level; `null` if there is none. */
  readonly estimate: () => EstimatedLevel | null;
  /** Called once per series of implausible odometer readings. */
  readonly onOdometerConflict: (conflict: OdometerConflict) => void;
}

/** Holds what the user and BMW state about the car besides its readings. */
export interface VehicleDescription {
  readonly basicData: JsonObject | null;
  /** The user's setting. */
  readonly driveType: DriveType | null;
  readonly batteryKwh: number | null;
}

const TARGET = "vehicle.powertrain.electric.battery.stateOfCharge.target";
/** Limits a plausible battery capacity [kWh]. */
const ABSURD_KWH = 1000;
const NOTHING_ACCEPTED: AcceptedReadings = { accepted: [], changed: [] };
const ALL_VALUES: ReadonlySet<ValueName> = new Set(VALUE_NAMES);
const NO_VALUES: ReadonlySet<ValueName> = new Set();
const NO_NAMES: readonly ValueName[] = [];
const NO_DEPENDENCIES: VehicleDependencies = { estimate: () => null, onOdometerConflict: () => undefined };
const NO_DESCRIPTION: VehicleDescription = { basicData: null, driveType: null, batteryKwh: null };

/** Holds the saved state of a car besides its readings. */
export type SavedState = JsonObject;

/** Represents one car: filters every value once and holds everything that is derived from it. */
export class Vehicle {
  readonly #store = new ReadingStore();
  readonly #filter: ReadingFilter;
  readonly #positions: PositionAssembler;
  readonly #events: VehicleEventTracker;
  readonly #cableAndLocks = new CableAndLocks();
  readonly #pluggedWatch = new PluggedWatch();
  readonly #warnings = new CarWarnings();
  readonly #backlog = new Backlog();
  readonly #hints = new PowertrainHintTracker();
  readonly #values = new SourcedValueStore(this.#store);
  #dueAt: number | null = null;
  #description = NO_DESCRIPTION;
  /** Whether the car has reported anything live since the start. */
  #hasReported = false;
  /** Whether the state was restored from an earlier run. */
  #isRestored = false;
  #driveType: DriveType | null = null;

  constructor(
    readonly vin: string,
    rejected: Tally<ReadingRejection>,
    private readonly dependencies: VehicleDependencies = NO_DEPENDENCIES,
  ) {
    this.#filter = new ReadingFilter(this.#store, rejected, dependencies.onOdometerConflict);
    this.#positions = new PositionAssembler(() => {
      rejected.add("position-implausible");
    });
    this.#events = new VehicleEventTracker(() => this.#context());
  }

  /** Returns the newest reading of each descriptor. */
  get readings(): ReadonlyMap<string, Reading> {
    return this.#store.readings;
  }

  /** Returns the unit of its distances; `undefined` while it has named none. */
  get distanceUnit(): DistanceUnit | undefined {
    return distanceUnitOf(this.readings.values());
  }

  /** The newest fix. */
  get position(): Position | null {
    return this.#positions.last;
  }

  /** Time of the newest value from the car itself [ms]; 0 for none. */
  get updatedAt(): number {
    let newest = 0;
    for (const { source, timestamp } of this.readings.values())
      if (source !== "derived" && timestamp > newest) newest = timestamp;
    return newest;
  }

  /** Returns the current sourced values. */
  get values(): SourcedValue[] {
    return VALUE_NAMES.flatMap((name) => sourcedValue(name, this.readings, this.driveType) ?? []);
  }

  /** Returns whether a trip is open. */
  get isOnTrip(): boolean {
    return this.#events.isOnTrip;
  }

  /** Returns whether the car charges, by its own words; `null` if they do not say, as while it gives power. */
  get isCharging(): boolean | null {
    const { values } = this.#values;
    if (values.get("plugged")?.value === false) return false;
    const charging = values.get("charging")?.value;
    if (charging === false && this.#givesPower) return null;
    return typeof charging === "boolean" ? charging : null;
  }

  /** Returns whether power flows out of the battery (V2H, V2L), for which the status of a charge has no word. */
  get #givesPower(): boolean {
    const power = this.readings.get(CHARGING_POWER)?.value;
    return typeof power === "number" && power < 0;
  }

  /** Returns the charge that runs or pauses. */
  get charge(): ChargeProgress | null {
    return chargeProgress(this.#events.charge, this.#events.method, this.readings);
  }

  /** Returns the drive type as known now; a later answer of BMW or value of the car may change it. */
  get driveType(): DriveType | null {
    return this.#driveType;
  }

  /** Applies a description of the car; returns what that changes. */
  describe(description: VehicleDescription): VehicleChanges {
    this.#description = description;
    if (!this.#settleType()) return NO_CHANGES;
    const values = this.#values.update(ALL_VALUES, this.driveType);
    return { ...NO_CHANGES, readings: this.#deriveRange(), values };
  }

  /** Applies a batch of entries; all values pass here. */
  apply(batch: EntryBatch): VehicleChanges {
    const { receivedAt: now } = batch;
    const isDue = this.#backlog.take(batch) || (this.#dueAt !== null && this.#dueAt <= now);
    const due = isDue ? this.tick(now) : NO_CHANGES;
    return mergedChanges(due, isBacklog(batch) ? this.#takeBacklog(batch) : this.#take(batch));
  }

  /** Lets time pass: a trip or a charge may be over, or a position complete. */
  tick(now: number): VehicleChanges {
    // What became due while nobody listened may be told otherwise by what a broker has kept since.
    if (this.#dueAt === -Infinity && (this.#events.dueAt(now) ?? Infinity) <= now)
      this.#backlog.expect(this.updatedAt, now);
    return this.#follow(NOTHING_ACCEPTED, this.#positions.tick(now, this.isOnTrip), now);
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
    for (const reading of readings) if (this.#isMissing(reading)) this.#store.set({ ...reading, source: "restored" });
    this.#isRestored = true;
    this.#store.restore(state["memory"]);
    this.#hints.restore(state["signs"]);
    this.#hints.observe(this.readings.values());
    this.#settleType();
    // Derived readings are not saved.
    this.#deriveRange();
    this.#positions.restore(state["positions"]);
    this.#values.update(ALL_VALUES, this.driveType);
    this.#warnings.restore(state["warnings"], this.readings);
    if (!this.#hasReported) this.#restoreActivity(state);
    // Due at once: an activity from before may be over by now.
    this.#dueAt = -Infinity;
  }

  save(): SavedState {
    return {
      memory: this.#store.save(),
      signs: this.#hints.save(),
      odometer: this.#filter.save(),
      activity: this.#events.save(),
      positions: this.#positions.save(),
      cableAndLocks: this.#cableAndLocks.save(),
      pluggedWatch: this.#pluggedWatch.save(),
      warnings: this.#warnings.save(),
      backlog: this.#backlog.save(),
    };
  }

  #restoreActivity(state: SavedState): void {
    this.#filter.restore(state["odometer"]);
    this.#events.restore(decodeActivity(state["activity"]));
    this.#cableAndLocks.restore(state["cableAndLocks"], this.#values.values);
    this.#pluggedWatch.restore(state["pluggedWatch"]);
    this.#backlog.restore(state["backlog"]);
  }

  #isMissing({ descriptor, timestamp }: Reading): boolean {
    const known = this.#store.get(descriptor);
    return known === undefined ? !this.#store.isFull : known.timestamp < timestamp;
  }

  /** Processes what a broker has kept: what was unknown so far is no news. */
  #takeBacklog(batch: EntryBatch): VehicleChanges {
    const { entries, source } = batch;
    const isKept = source === "restored" && !this.#hasReported && !this.#isRestored;
    const isFirstWord = ({ descriptor }: DescriptorEntry) =>
      (this.#store.get(descriptor)?.source ?? "derived") === "derived";
    const old = entries.filter((entry) => isKept || isFirstWord(entry));
    if (old.length === 0) return this.#take(batch);
    const adopted = this.#seed({ ...batch, entries: old });
    const rest = entries.filter((entry) => !old.includes(entry));
    return rest.length === 0 ? adopted : mergedChanges(adopted, this.#take({ ...batch, entries: rest }));
  }

  /** Processes a live batch. */
  #take(batch: EntryBatch): VehicleChanges {
    const { receivedAt: now, entries } = batch;
    this.#hasReported = true;
    const readings = this.#filter.accept(batch);
    const samples = samplesOf(batch);
    const fixes = samples.length > 0 ? this.#positions.add(samples, now, this.isOnTrip) : [];
    this.#store.markSeen(entries, now);
    return this.#follow(readings, fixes, now);
  }

  /** Seeds the state with values from before the first live report; emits no events. */
  #seed(batch: EntryBatch): VehicleChanges {
    const { receivedAt: now, entries, source } = batch;
    const { accepted } = this.#filter.accept({ ...batch, source: "restored" });
    const positions = this.#positions.add(samplesOf(batch), now);
    this.#store.markSeen(entries, now);
    this.#hints.observe(accepted);
    this.#settleType();
    const values = this.#values.update(ALL_VALUES, this.driveType);
    this.#cableAndLocks.seed(this.#values.values);
    this.#events.seed(this.#observationsIn(accepted, positions), now);
    this.#warnings.follow(accepted, this.readings, now, false);
    this.#dueAt = earlier(this.#positions.dueAt, this.#dueAt);
    const readings = [...accepted.map((reading) => ({ ...reading, source })), ...this.#deriveRange()];
    return { ...NO_CHANGES, readings, positions, values: values.map((value) => ({ ...value, source })) };
  }

  /** Derives events and values from new readings and fixes. */
  #follow({ accepted, changed }: AcceptedReadings, fixes: readonly Position[], now: number): VehicleChanges {
    const touched = this.#hints.observe(accepted) && this.#settleType() ? ALL_VALUES : valuesOf(changed);
    const values = this.#values.update(touched, this.driveType);
    const cableBefore = this.#cableAndLocks.cable;
    const events = touched.size > 0 ? this.#cableAndLocks.update(this.#values.values) : [];
    const { cable } = this.#cableAndLocks;
    const observations = this.#observationsIn(accepted, fixes);
    if (cable !== null && cable !== cableBefore)
      observations.push({ kind: "cable", plugged: cable.value, at: cable.at });
    const heard = this.#backlog.heardUntil(now);
    const done = this.#events.process(observations, now, heard);
    for (const event of done.events) events.push(...this.#withInterruption(event));
    events.push(...this.#pluggedWatch.follow(events, () => this.#pluggedCar(), heard));
    events.push(...this.#warnings.follow(accepted, this.readings, now));
    if (events.length > 1) events.sort((one, other) => one.at - other.at);
    const derived = this.#derive(touched.has("range"), now);
    const readings = derived.length > 0 ? [...accepted, ...derived] : accepted;
    const due = earlier(this.#events.dueAt(now), this.#pluggedWatch.dueAt);
    this.#dueAt = earlier(this.#positions.dueAt, due === null ? null : this.#backlog.dueAfter(due, now));
    return { readings, positions: fixes, events, values, chargeStoppedAt: done.stoppedAt };
  }

  #withInterruption(event: VehicleEvent): VehicleEvent[] {
    if (event.name !== "chargingEnded") return [event];
    const { cable } = this.#cableAndLocks;
    const interrupted = interruptionOf(event, { cable, target: this.#target, readings: this.readings });
    return interrupted === null ? [event] : [event, interrupted];
  }

  #pluggedCar(): PluggedCar {
    const soc = levelOf(this.#values.values.get("soc")?.value);
    const { isCharging } = this;
    return { isCharging, restsByPlan: restsByPlan(this.readings), soc, target: this.#target };
  }

  get #target(): number | null {
    return levelOf(this.#store.get(TARGET)?.value);
  }

  /** Collects observations; a car without a high-voltage battery has no levels. */
  #observationsIn(accepted: readonly Reading[], fixes: readonly Position[]): ActivityObservation[] {
    const observations = activityObservations(accepted, fixes);
    return this.driveType === "combustion" ? observations.filter(({ kind }) => kind !== "level") : observations;
  }

  #derive(rangeMayChange: boolean, now: number): Reading[] {
    const derived: Reading[] = [];
    const reported = this.#store.get(IS_MOVING);
    if (this.#events.needsDerivedMotion && (reported === undefined || reported.source === "derived")) {
      const motion = derivedMotion(this.#events.isMoving(now), reported, now);
      if (motion !== null) derived.push(motion);
    }
    for (const reading of derived) this.#store.set(reading);
    return rangeMayChange ? [...derived, ...this.#deriveRange()] : derived;
  }

  #deriveRange(): Reading[] {
    const range = derivedFuelRange(this.readings, this.driveType);
    if (range === null) return [];
    this.#store.set(range);
    return [range];
  }

  /** Updates the drive type; returns whether it has changed. */
  #settleType(): boolean {
    const { driveType, basicData } = this.#description;
    const before = this.#driveType;
    this.#driveType = driveTypeOf(driveType, basicData, this.#hints.hints);
    return this.#driveType !== before;
  }

  #context(): ActivityContext {
    return {
      cable: this.#cableAndLocks.cable,
      target: this.#target,
      method: methodObservation(this.#store.get(CHARGING_METHOD)),
      capacityKwh: this.#capacityKwh(),
      estimate: this.dependencies.estimate,
    };
  }

  /** Returns the usable capacity [kWh]: the user's, then the car's, then BMW's. */
  #capacityKwh(): number | null {
    const { batteryKwh, basicData } = this.#description;
    const reported = CAPACITIES.map((descriptor) => this.#store.get(descriptor)?.value);
    const known = [batteryKwh, ...reported, finiteNumber(basicData?.["hvsMaxEnergyAbsolute"])];
    return known.find((kwh): kwh is number => typeof kwh === "number" && kwh > 0 && kwh < ABSURD_KWH) ?? null;
  }
}

/** Returns the names of the values that these readings may change. */
function valuesOf(readings: readonly Reading[]): ReadonlySet<ValueName> {
  let names: Set<ValueName> | null = null;
  for (const { descriptor } of readings) {
    for (const name of VALUES_OF_SOURCE.get(descriptor) ?? NO_NAMES) (names ??= new Set()).add(name);
  }
  return names ?? NO_VALUES;
}

function samplesOf({ entries, receivedAt, source }: EntryBatch): PositionSample[] {
  const samples: PositionSample[] = [];
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
