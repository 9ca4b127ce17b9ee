import type { LearningReport, SocEstimate } from "../../soc/estimate.js";
import { observationsOf } from "../../soc/observations/observation-reader.js";
import { capacityOf, MANUAL_SPEED_MS, type SocSettings } from "../../soc/settings.js";
import type { LearnedPart } from "../../soc/soc-estimator.js";
import type { Document } from "../../store/document.js";
import type { Cancel, Clock } from "../../support/clock.js";
import { nonEmptyText } from "../../support/json.js";
import type { TrackedMove } from "../../traccar/tracker-move.js";
import type { EstimatedLevel } from "../../vehicle/charge-end.js";
import { modelDefaults } from "../../vehicle/model-defaults.js";
import type { Reading } from "../../vehicle/reading.js";
import type { Update } from "../account-events.js";
import type { VehicleRegistry } from "../vehicle-registry.js";
import type { LearningState, SavedLearning } from "./learning-codec.js";
import { CarEstimator } from "./soc-car.js";
import { NodeOptions, type SocOptions } from "./soc-options.js";

/** Returns the account's settings of a car. */
export interface SocParameters {
  readonly capacityKwh: number | null;
  readonly kwhPerKm: number | null;
}

export interface SocServiceDependencies {
  readonly document: Pick<Document<LearningState>, "load" | "set" | "save" | "belongTo" | "hold">;
  readonly clock: Clock;
  readonly registry: Pick<VehicleRegistry, "cars">;
  readonly parametersOf: (vin: string) => SocParameters;
  /** Called when the shown estimate of a car has changed: value, mode or target. */
  readonly onEstimate: (vin: string) => void;
  /** Called when a car was told something by the user or a tracker, or time has passed for it: also if nothing shows of it. */
  readonly onStep: (vin: string) => void;
  /** Called when a charge or a trip was learned from, or was rejected. */
  readonly onLearned: (vin: string) => void;
}

const HEARTBEAT_MS = 30_000;

/** Keeps the estimates of all cars of an account, one estimator per car with a high-voltage battery. */
export class SocService {
  readonly #cars = new Map<string, CarEstimator>();
  /** Saved state of cars that have not appeared yet. */
  readonly #dormant = new Map<string, SavedLearning>();
  readonly #options = new NodeOptions();
  /** A live view: read when the document is written, not on every message. */
  readonly #state: LearningState = { [Symbol.iterator]: () => this.#saved() };
  #heartbeat: Cancel | null = null;
  #closed = false;

  constructor(private readonly dependencies: SocServiceDependencies) {}

  /** Returns the cars with an estimate. */
  get vins(): readonly string[] {
    const vins: string[] = [];
    for (const [vin, { hasBattery }] of this.#cars) if (hasBattery) vins.push(vin);
    return vins;
  }

  /** Restores the saved state; call after the vehicle registry has. Emits the estimates of all cars. */
  async load(): Promise<void> {
    this.#take(
      await this.dependencies.document.load((saved) => {
        this.#take(saved);
        this.save();
      }),
    );
  }

  /**
   * Adds a car of the vehicle registry that was known before, or whose battery was reported before it was estimated.
   */
  wake(vin: string): void {
    const vehicle = this.dependencies.registry.cars.get(vin)?.vehicle;
    if (this.#closed || vehicle === undefined || this.#cars.has(vin)) return;
    const now = this.dependencies.clock.now();
    const car = this.#create(vin, [...vehicle.readings.values()], now);
    if (car === null) return;
    this.#catchUp(vin, car, now);
    this.#changed(vin, car);
  }

  /** Removes a car that has left the vehicle registry; its learned data are kept. */
  rest(vin: string): void {
    const car = this.#cars.get(vin);
    if (car === undefined) return;
    this.#cars.delete(vin);
    if (car.isKept) this.#dormant.set(vin, car.save());
    this.#saveNow();
    this.dependencies.onEstimate(vin);
  }

  /** Processes an update of a car. */
  follow({ vin, readings, events, receivedAt, chargeStoppedAt }: Update): void {
    if (this.#closed) return;
    const known = this.#cars.get(vin);
    const car = known ?? this.#create(vin, readings, receivedAt);
    if (car === null) return;
    const isOther = this.#refreshIfOther(vin, car);
    if (known === undefined) this.#catchUp(vin, car, receivedAt);
    const observed = known === undefined ? [] : readings;
    const hasChanged = car.estimator.take(observed, events, receivedAt, chargeStoppedAt);
    if (hasChanged || isOther || known === undefined) this.#changed(vin, car);
  }

  /** Registers a node that wants estimates; returns a function that removes it. */
  join(node: string, options: SocOptions): () => void {
    const leave = this.#options.join(node, options);
    this.#refreshAll();
    return () => {
      leave();
      this.#refreshAll();
    };
  }

  /** Returns whether the options of this node do not apply to some car, because another node's do. */
  differs(node: string): boolean {
    return this.#options.differs(node);
  }

  /** Processes a reading of the user's meter: power before losses and the load beside the battery [kW]. */
  meter(vin: string, kw: number, auxKw: number): void {
    this.#with(vin, ({ estimator }, now) => {
      estimator.meter(kw, auxKw, now);
    });
  }

  /** Processes the speed and position of the user's tracker. */
  tracked(vin: string, { kmh, isMean, place, way }: TrackedMove): void {
    this.#with(vin, ({ estimator }, now) => {
      estimator.speed(kmh, now, isMean ? { isMean } : {});
      if (place !== null) estimator.place(place, place.at, way, now);
    });
  }

  /** Sets the user's speed [km/h], before or during a trip; `null` clears it. */
  say(vin: string, kmh: number | null): void {
    this.#with(vin, ({ estimator }, now) => {
      estimator.speed(kmh, now, { holdsMs: MANUAL_SPEED_MS });
    });
  }

  /** Sets the user's usable capacity [kWh]; `null` clears it. */
  capacity(vin: string, kwh: number | null): void {
    this.#with(vin, (car) => {
      car.capacityKwh = capacityOf(kwh);
      car.refresh();
    });
    this.#saveNow();
  }

  /** Forgets learned data of a car; returns whether there were any. */
  reset(vin: string, what: LearnedPart): boolean {
    let had = false;
    this.#with(vin, (car) => {
      had = car.reset(what, this.dependencies.document.hold !== null);
    });
    this.#saveNow();
    return had;
  }

  /** Returns "Predicted SOC" now. */
  predicted(vin: string): SocEstimate | null {
    return this.#cars.get(vin)?.shown(this.dependencies.clock.now()).predicted ?? null;
  }

  /** Returns "Magic SOC" now; `null` while it is not wanted. */
  magic(vin: string): SocEstimate | null {
    return this.#cars.get(vin)?.shown(this.dependencies.clock.now()).magic ?? null;
  }

  report(vin: string): LearningReport | null {
    const car = this.#cars.get(vin);
    return car?.hasBattery === true ? car.estimator.report() : null;
  }

  /** Returns the present level of a car, measured or not; `null` if nothing is known. */
  levelOf(vin: string): EstimatedLevel | null {
    const estimate = this.predicted(vin);
    return estimate === null ? null : { soc: estimate.soc, band90: estimate.band90 };
  }

  /** Returns when a running charge is expected to reach its target [ms]; `null` if none runs, or that is unknown. */
  chargeEndOf(vin: string): number | null {
    const estimate = this.predicted(vin);
    const minutes = estimate?.charge?.minutesToTarget ?? null;
    return minutes === null ? null : this.dependencies.clock.now() + minutes * 60_000;
  }

  /** Schedules a write of the present state within a minute. */
  save(): void {
    this.dependencies.document.set(this.#state);
  }

  /**
   * Takes the login as this customer's. Sets the data of another one's cars aside until that one logs in again; emits
   * that their estimates are gone.
   * @param formerly their owner if the file does not name one
   */
  belongTo(owner: string, formerly: string): void {
    const { vins } = this;
    if (this.#closed || !this.dependencies.document.belongTo(owner, this.#state, formerly)) return;
    this.#cars.clear();
    this.#dormant.clear();
    this.#stopHeartbeat();
    for (const vin of vins) this.dependencies.onEstimate(vin);
  }

  /** Ends the heartbeat; the store writes what is not written yet. */
  close(): void {
    this.#closed = true;
    this.#stopHeartbeat();
    if (this.#cars.size > 0) this.save();
  }

  /** Joins a saved state that could be read only late with the observations since. */
  #take(saved: LearningState): void {
    if (this.#closed) return;
    for (const [vin, one] of saved) {
      const car = this.#cars.get(vin);
      if (car === undefined) this.#dormant.set(vin, one);
      else {
        car.join(one);
        this.#changed(vin, car);
      }
    }
    for (const vin of this.dependencies.registry.cars.keys()) this.wake(vin);
    this.#planHeartbeat();
  }

  #create(vin: string, readings: readonly Reading[], now: number): CarEstimator | null {
    const saved = this.#dormant.get(vin) ?? null;
    if (saved === null && !tellsOfBattery(readings, now)) return null;
    const car = new CarEstimator(saved, () => this.#settingsOf(vin));
    this.#dormant.delete(vin);
    this.#cars.set(vin, car);
    return car;
  }

  /**
   * A battery may be reported first in the middle of a trip, after other values. After a crash the vehicle registry may
   * have been saved later.
   */
  #catchUp(vin: string, { estimator }: CarEstimator, now: number): void {
    const vehicle = this.dependencies.registry.cars.get(vin)?.vehicle;
    if (vehicle === undefined) return;
    estimator.catchUp([...vehicle.readings.values()], vehicle.isOnTrip, now);
  }

  #with(vin: string, act: (car: CarEstimator, now: number) => void): void {
    const car = this.#cars.get(vin);
    if (car === undefined || this.#closed) return;
    act(car, this.dependencies.clock.now());
    this.#changed(vin, car);
    this.dependencies.onStep(vin);
  }

  /** Applies the consequences of what an estimator has just processed. */
  #changed(vin: string, car: CarEstimator): void {
    car.touched();
    const { estimator } = car;
    const hasLearned = estimator.decisions().length > 0;
    const hasEnded = car.busy && !estimator.busy;
    car.busy = estimator.busy;
    if (hasLearned || hasEnded) this.#saveNow();
    else this.save();
    if (estimator.open) this.#planHeartbeat();
    if (car.changed(this.dependencies.clock.now())) this.dependencies.onEstimate(vin);
    if (hasLearned && car.hasBattery) this.dependencies.onLearned(vin);
  }

  #refreshAll(): void {
    const now = this.dependencies.clock.now();
    for (const [vin, car] of this.#cars) {
      car.refresh();
      if (car.changed(now)) this.dependencies.onEstimate(vin);
    }
  }

  /** Updates drive type and model, if they have become known. Returns whether they have. */
  #refreshIfOther(vin: string, car: CarEstimator): boolean {
    const known = this.dependencies.registry.cars.get(vin);
    if (known === undefined) return false;
    const { vehicle, basicData } = known;
    if (vehicle.driveType === car.driveType && basicData === car.basicData) return false;
    car.basicData = basicData;
    car.refresh();
    return true;
  }

  #settingsOf(vin: string): SocSettings {
    const { magic, minEfficiency, auxKw, meterPriorityMs } = this.#options.optionsOf(vin);
    const { capacityKwh, kwhPerKm } = this.dependencies.parametersOf(vin);
    const car = this.dependencies.registry.cars.get(vin);
    const model = nonEmptyText(car?.basicData?.["modelName"]) ?? nonEmptyText(car?.basicData?.["series"]) ?? "";
    const defaults = modelDefaults(model);
    return {
      magic,
      minEfficiency,
      auxKw,
      meterPriorityMs,
      driveType: car?.vehicle.driveType ?? null,
      capacityKwh,
      modelCapacityKwh: defaults.capacityKwh,
      modelKwhPerKm: kwhPerKm ?? defaults.kwhPerKm,
    };
  }

  #saveNow(): void {
    if (!this.#closed) void this.dependencies.document.save(this.#state);
  }

  /** Runs while an estimate changes by the mere passing of time: by the clock, so that a restart changes nothing of it. */
  #planHeartbeat(): void {
    if (this.#heartbeat !== null || this.#closed || !this.#isOpen) return;
    const { clock } = this.dependencies;
    this.#heartbeat = clock.after(HEARTBEAT_MS - (clock.now() % HEARTBEAT_MS), () => {
      this.#heartbeat = null;
      this.#beat();
    });
  }

  #stopHeartbeat(): void {
    this.#heartbeat?.();
    this.#heartbeat = null;
  }

  get #isOpen(): boolean {
    for (const { estimator } of this.#cars.values()) if (estimator.open) return true;
    return false;
  }

  #beat(): void {
    const now = this.dependencies.clock.now();
    for (const [vin, car] of this.#cars) {
      if (!car.estimator.open) continue;
      car.estimator.tick(now);
      this.#changed(vin, car);
      this.dependencies.onStep(vin);
    }
    this.#planHeartbeat();
  }

  *#saved(): Generator<readonly [string, SavedLearning]> {
    for (const [vin, car] of this.#cars) if (car.isKept) yield [vin, car.save()];
    yield* this.#dormant;
  }
}

const OF_BATTERY = new Set(["soc", "status", "capacity", "power", "target", "method", "plugged"]);

function tellsOfBattery(readings: readonly Reading[], now: number): boolean {
  return observationsOf(readings, now).some(({ kind }) => OF_BATTERY.has(kind));
}
