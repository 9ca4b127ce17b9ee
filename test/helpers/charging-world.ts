import { ChargingEfficiency } from "../../src/soc/charging/charging-efficiency.js";
import { ChargingFilter } from "../../src/soc/charging/charging-filter.js";
import { EfficiencyLearner } from "../../src/soc/charging/efficiency-learner.js";
import type { LearningDecision } from "../../src/soc/estimate.js";
import { DisplayedSoc } from "../../src/soc/soc-display.js";
import { BatteryObservations } from "../../src/soc/observations/battery-observations.js";
import type { Observation } from "../../src/soc/observations/observation.js";
import type { SocSettings } from "../../src/soc/settings.js";
import type { JsonObject } from "../../src/support/json.js";
import type { ChargingMethod } from "../../src/vehicle/vehicle-event.js";
import { Naive } from "./charging-naive.js";

/** Simulates a battery and the reports of its car. kW, kWh, pp, shares, minutes of the charge. */
export interface ChargingWorld {
  readonly method: ChargingMethod;
  /** Charging power at a state of charge, before losses. */
  readonly kw: (soc: number, minute: number) => number;
  readonly auxKw: number;
  readonly capacityKwh: number;
  /** `null`: the car does not report it. */
  readonly toldCapacityKwh: number | null;
  readonly efficiency: number;
  readonly floors: boolean;
  /** Last digit of the state of charge. */
  readonly step: number;
  readonly source: "header" | "displayed";
  /** Each step at once; otherwise a sample every so many minutes. */
  readonly sampleMinutes: number | null;
  readonly telemetry: "none" | "amps" | "ampsAndPhases" | "power" | "meter";
  readonly telemetryMinutes: number;
  readonly phases: (minute: number) => number;
  /** Factor by which amps are reported too high. */
  readonly overstated: number;
  /** Shares of the messages that get lost and that come twice, and the longest delay of the others, s. */
  readonly lost: number;
  readonly doubled: number;
  readonly delaySeconds: number;
  readonly target: number;
  /** The car reports nothing for a while. */
  readonly silent: readonly [from: number, to: number];
  /** Charges so long, then pauses so long, again and again; `null`: without pauses. */
  readonly pauses: { readonly on: number; readonly off: number } | null;
  /** No level was reported before. */
  readonly levelFrom: number;
  /** The program starts anew at this minute. */
  readonly restartAt: number | null;
}

/** Eleven kW at home, with every value reported. */
export const HOME: ChargingWorld = {
  method: "AC",
  kw: () => 11,
  auxKw: 0.3,
  capacityKwh: 80,
  toldCapacityKwh: 80,
  efficiency: 0.9,
  floors: true,
  step: 1,
  source: "header",
  sampleMinutes: null,
  telemetry: "ampsAndPhases",
  telemetryMinutes: 3,
  phases: () => 3,
  overstated: 0,
  lost: 0,
  doubled: 0,
  delaySeconds: 20,
  target: 80,
  silent: [0, 0],
  pauses: null,
  levelFrom: 0,
  restartAt: null,
};

export const SETTINGS: SocSettings = {
  magic: false,
  minEfficiency: 0.82,
  auxKw: 0.3,
  meterPriorityMs: 120_000,
  driveType: "bev",
  capacityKwh: null,
  modelCapacityKwh: null,
  modelKwhPerKm: 0.18,
};

export const BEGIN = Date.parse("2026-03-01T06:00:00Z");
const MINUTE = 60_000;
const STEP_MS = 10_000;
const VOLTS = 230;
const METERED_AUX_KW = 0.3;

export interface EstimateSample {
  readonly at: number;
  readonly truth: number;
  readonly soc: number;
  readonly band90: readonly [number, number];
  readonly phases: number | null;
  /** Level shown without a model. */
  readonly held: number;
  readonly counted: number;
}

export interface ChargingPlan {
  readonly world: ChargingWorld;
  readonly seed?: number;
  readonly settings?: Partial<SocSettings>;
  /** State of charge at the start of each charge, and how long it goes at most, minutes. */
  readonly charges: readonly { readonly from: number; readonly minutes?: number }[];
  /** Between two charges. */
  readonly pauseMinutes?: number;
}

/** A filter with the store and the memory that it reads, as the estimator of a car has them. */
export class WatchedFilter {
  readonly learned = new ChargingEfficiency();
  readonly observations = new BatteryObservations();
  readonly #filter: ChargingFilter;

  constructor(settings: SocSettings) {
    this.#filter = new ChargingFilter(() => settings, this.observations, this.learned);
  }

  get active(): boolean {
    return this.#filter.active;
  }

  take(reported: Observation): void {
    this.#filter.tick(reported.now);
    const observation = this.observations.take(reported);
    if (observation !== null) this.#filter.take(observation);
  }

  tick(now: number): void {
    this.observations.tick(now);
    this.#filter.tick(now);
  }

  estimate(at: number) {
    return this.#filter.estimate(at);
  }

  save(): JsonObject {
    const parts = { observations: this.observations.save(), learned: this.learned.save() };
    return { ...parts, ...this.#filter.save() };
  }

  restore(saved: unknown): void {
    const parts = typeof saved === "object" && saved !== null ? { ...(saved as JsonObject) } : {};
    this.observations.restore(parts["observations"]);
    this.learned.restore(parts["learned"]);
    this.#filter.restore(saved);
  }
}

/** A ledger with filter, store, memory and the level that is shown, as the estimator of a car has them. */
export class WatchedLedger {
  readonly efficiency = new ChargingEfficiency();
  readonly observations = new BatteryObservations();
  readonly ledger: EfficiencyLearner;
  readonly #filter: ChargingFilter;
  readonly #standing = new DisplayedSoc();

  constructor(settings: () => SocSettings) {
    this.ledger = new EfficiencyLearner(settings, this.observations, this.efficiency);
    this.#filter = new ChargingFilter(settings, this.observations, this.efficiency);
  }

  take(reported: Observation): readonly LearningDecision[] {
    this.#filter.tick(reported.now);
    const observation = this.observations.take(reported);
    if (observation === null) return [];
    const shown = this.#shownSoc(reported.now);
    const wasCharging = this.#filter.active;
    this.#filter.take(observation);
    if (observation.kind === "soc" && !this.#filter.active) this.#standing.take(observation.soc, false);
    if (wasCharging && !this.#filter.active && shown !== null) this.#standing.keep(shown);
    return this.ledger.take(observation, shown ?? this.#filter.soc(reported.now));
  }

  #shownSoc(now: number): number | null {
    const level = this.#filter.soc(now);
    return this.#filter.active ? level : (this.#standing.soc ?? level);
  }

  tick(now: number): readonly LearningDecision[] {
    this.observations.tick(now);
    this.#filter.tick(now);
    return this.ledger.tick(now, this.#shownSoc(now));
  }

  save(): JsonObject {
    const [observations, efficiency] = [this.observations.save(), this.efficiency.save()];
    return { observations, efficiency, ledger: this.ledger.save(), filter: this.#filter.save() };
  }

  restore(saved: unknown): void {
    const parts = typeof saved === "object" && saved !== null ? { ...(saved as JsonObject) } : {};
    this.observations.restore(parts["observations"]);
    this.efficiency.restore(parts["efficiency"]);
    this.ledger.restore(parts["ledger"]);
    this.#filter.restore(parts["filter"]);
  }
}

export function filterFor(settings: Partial<SocSettings> = {}): WatchedFilter {
  return new WatchedFilter({ ...SETTINGS, ...settings });
}

/** Charges a battery again and again; what was shown each minute of each charge, beside the truth. */
export function charged({ world, seed = 1, settings, charges, pauseMinutes = 600 }: ChargingPlan): EstimateSample[][] {
  const run: ChargingRun = {
    world,
    filter: filterFor(settings),
    renew: () => filterFor(settings),
    naive: new Naive(world.toldCapacityKwh ?? world.capacityKwh),
    random: randomFrom(seed),
    post: [],
  };
  let at = BEGIN;
  return charges.map(({ from, minutes = 3000 }) => {
    const { looks, endAt } = charge(run, at, from, minutes);
    at = endAt + pauseMinutes * MINUTE;
    return looks;
  });
}

export function chargingMeanError(looks: readonly EstimateSample[]): number {
  return looks.reduce((sum, { soc, truth }) => sum + Math.abs(soc - truth), 0) / looks.length;
}

/** Returns what a car shows for a true state of charge. */
export function reportedLevel(truth: number, { floors, step }: ChargingWorld): number {
  const steps = floors ? Math.floor(truth / step + 1e-9) : Math.round(truth / step);
  return Math.round(steps * step * 10) / 10;
}

interface SentReading {
  readonly due: number;
  readonly observations: (now: number) => Observation[];
}

/** Simulates one battery and its observers. */
interface ChargingRun {
  readonly world: ChargingWorld;
  filter: WatchedFilter;
  readonly renew: () => WatchedFilter;
  readonly naive: Naive;
  readonly random: () => number;
  readonly post: SentReading[];
}

function charge(run: ChargingRun, start: number, from: number, minutes: number) {
  const { world } = run;
  const looks: EstimateSample[] = [];
  const car: WorldCar = { truth: from, shown: reportedLevel(from, world), active: true };
  give(run, before(world, start));
  if (world.levelFrom === 0) give(run, [level(world, car.shown, start - MINUTE, start)]);
  give(run, [{ kind: "status", active: true, at: start, now: start }]);
  let at = start;
  for (; at < start + minutes * MINUTE && car.truth < world.target; at += STEP_MS) {
    const minute = Math.round((at - start) / 1000) / 60;
    if (minute === world.restartAt) restart(run);
    if (minute > 0 && Number.isInteger(minute)) look(run, at, car.truth, looks);
    tell(run, car, at, minute);
    deliver(run, at);
    if (car.active) car.truth = Math.min(world.target, car.truth + gained(world, car.truth, minute));
  }
  deliver(run, at);
  give(run, [{ kind: "status", active: false, at, now: at }]);
  const lastDelivery = at + MINUTE + world.delaySeconds * 1000;
  deliver(run, lastDelivery);
  give(run, [level(world, reportedLevel(car.truth, world), at + 5000, lastDelivery + MINUTE)]);
  return { looks, endAt: at };
}

interface WorldCar {
  truth: number;
  shown: number;
  active: boolean;
}

/** Returns what the car reports at a moment. */
function tell(run: ChargingRun, car: WorldCar, at: number, minute: number): void {
  const { world } = run;
  const send = (observations: SentReading["observations"]) => {
    dispatch(run, minute, at, observations);
  };
  const { truth } = car;
  const active = isOn(world, minute);
  if (active !== car.active) send((now) => [{ kind: "status", active, at, now }]);
  car.active = active;
  if (active && Math.round(minute * 60) % (world.telemetryMinutes * 60) === 10)
    send((now) => telemetry(world, truth, minute, at, now));
  const value = reportedLevel(truth, world);
  if (isDue(world, minute, value !== car.shown)) send((now) => [level(world, value, at, now)]);
  car.shown = value;
}

function isDue({ sampleMinutes, levelFrom }: ChargingWorld, minute: number, isNew: boolean): boolean {
  if (minute < levelFrom) return false;
  if (levelFrom > 0 && minute === levelFrom) return true;
  return sampleMinutes === null ? isNew : minute > 0 && minute % sampleMinutes === 0;
}

function level({ source }: ChargingWorld, soc: number, at: number, now: number): Observation {
  return { kind: "soc", source, soc, at, now, pushed: true };
}

function before(world: ChargingWorld, now: number): Observation[] {
  const kwh = world.toldCapacityKwh;
  return [
    ...(kwh === null ? [] : [{ kind: "capacity", source: "maxEnergy", kwh, at: now, now } as const]),
    { kind: "target", soc: world.target, at: now, now },
    { kind: "method", method: world.method, at: now, now },
  ];
}

function isOn({ pauses }: ChargingWorld, minute: number): boolean {
  return pauses === null || minute % (pauses.on + pauses.off) < pauses.on;
}

/** During one step, pp. */
function gained(world: ChargingWorld, truth: number, minute: number): number {
  const net = Math.max(0, world.kw(truth, minute) - world.auxKw) * world.efficiency;
  return ((net * 100) / world.capacityKwh) * (STEP_MS / 3_600_000);
}

function look({ filter, naive }: ChargingRun, at: number, truth: number, looks: EstimateSample[]): void {
  filter.tick(at);
  naive.pass(at);
  const estimate = filter.estimate(at);
  if (estimate === null || naive.held === null || naive.counted === null) return;
  const { soc, band90, phases } = estimate;
  looks.push({ at, truth, soc, band90, phases, held: naive.held, counted: naive.counted });
}

function restart(run: ChargingRun): void {
  const saved: unknown = JSON.parse(JSON.stringify(run.filter.save()));
  run.filter = run.renew();
  run.filter.restore(saved);
}

function telemetry(world: ChargingWorld, truth: number, minute: number, at: number, now: number): Observation[] {
  const kw = world.kw(truth, minute);
  const phases = world.phases(minute);
  const amps = ((kw * 1000) / VOLTS / phases) * (1 + world.overstated);
  const current: Observation[] = [
    { kind: "volts", volts: VOLTS, at, now },
    { kind: "amps", amps, at, now },
  ];
  switch (world.telemetry) {
    case "none":
      return [];
    case "amps":
      return current;
    case "ampsAndPhases":
      return [{ kind: "phases", phases, at, now }, ...current];
    case "power":
      return [{ kind: "power", kw, at, now }];
    case "meter":
      return [{ kind: "meter", kw, auxKw: METERED_AUX_KW, now }];
  }
}

function dispatch(
  { world, random, post }: ChargingRun,
  minute: number,
  at: number,
  observations: SentReading["observations"],
): void {
  const [from, to] = world.silent;
  const copies = random() < world.lost || (minute >= from && minute < to) ? 0 : random() < world.doubled ? 2 : 1;
  for (let copy = 0; copy < copies; copy++) post.push({ due: at + random() * world.delaySeconds * 1000, observations });
}

/** In the order of arrival, which is not that of sending. */
function deliver(run: ChargingRun, now: number): void {
  const { post } = run;
  const due = post.filter((one) => one.due <= now).sort((one, other) => one.due - other.due);
  post.splice(0, post.length, ...post.filter((one) => one.due > now));
  for (const { due: then, observations } of due) give(run, observations(then));
}

function give({ filter, naive }: ChargingRun, observations: readonly Observation[]): void {
  for (const observation of observations) {
    filter.take(observation);
    naive.take(observation);
  }
}

/** Numbers of 0 to 1 (mulberry32). */
function randomFrom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}
