import { finiteNumber, nonEmptyText, type JsonObject } from "../../support/json.js";
import {
  byKey,
  clampedNumber,
  storedList,
  needed,
  object,
  oneOf,
  then,
  objectOrDefaults,
  type StoredReader,
} from "../../support/stored-schema.js";
import type { ChargingMethod } from "../../vehicle/vehicle-event.js";
import { plausibleOdometer } from "../../vehicle/odometer-filter.js";
import type { Reading } from "../../vehicle/reading.js";
import { SOC_SOURCES } from "../../vehicle/source-priority.js";
import type { SocEstimate } from "../estimate.js";
import {
  capacityOf,
  CLOCK_BACK_MS,
  isRecent,
  LEAST_CAPACITY_KWH,
  MOST_CAPACITY_KWH,
  type SocSettings,
} from "../settings.js";
import { concernsBattery } from "./observation-reader.js";
import {
  dated,
  decodeLevelObservation,
  isPossible,
  LEVEL_SOURCES,
  type LevelObservation,
  type Observation,
  type OdometerObservation,
} from "./observation.js";

/** A value with BMW's time of it, ms. */
export interface MeasuredSoc {
  readonly value: number;
  readonly at: number;
}

/** Alternating current, volts and amps as told; `phases` is `null` if no count describes this charge. */
export interface AlternatingCurrent {
  readonly volts: number;
  readonly amps: number;
  readonly phases: number | null;
  readonly at: number;
}

/** A reading of the user's meter, kW; `now` is when it came, ms. */
export interface Metered {
  readonly kw: number;
  readonly auxKw: number;
  readonly now: number;
}

/**
 * Lists what the store holds of a charge, with the lowest and highest believable value: percent, kWh, V, A, kW, minutes.
 */
const BOUNDS = {
  target: [0, 100],
  maxEnergy: [LEAST_CAPACITY_KWH, MOST_CAPACITY_KWH],
  batterySizeMax: [LEAST_CAPACITY_KWH, MOST_CAPACITY_KWH],
  volts: [0, 1000],
  amps: [0, 1000],
  phases: [0, 9],
  /** Below 0 where the car gives power. */
  power: [-1000, 1000],
  minutesLeft: [0, 6000],
  plugged: [1, 1],
} as const;
type ValueKind = keyof typeof BOUNDS;

const SOURCE_OF: ReadonlyMap<string, LevelObservation["source"]> = new Map(
  LEVEL_SOURCES.flatMap((source, index) => {
    const descriptor = SOC_SOURCES[index];
    return descriptor === undefined ? [] : [[descriptor, source] as const];
  }),
);

/** A level of a better source goes so long before one that counts less. */
const PRECEDENCE_MS = 3_600_000;
/** Values of a charge are told a little before its status. */
const AHEAD_MS = 10_000;
const MOST_PHASES = 3;
/** A car that shows so many whole percents in a row shows nothing else any more. */
const WHOLE_IN_A_ROW = 10;
/** A trip that was noticed late has gone so far at most. */
const MOST_UNNOTICED_KM = 100;
/** A trip is noticed so long after the reading that tells of it at the latest. */
const NOTICED_MS = 60_000;

/**
 * Holds what one car and the user's meter said last of battery, charge and odometer, each with BMW's time and the time of
 * receipt. Decides once which value counts beside which, and puts clocks right; filter, ledger and drive model read here.
 */
export class BatteryObservations {
  readonly #values = new Map<ValueKind, MeasuredSoc>();
  #level: LevelObservation | null = null;
  #levelBefore: LevelObservation | null = null;
  #forecast: LevelObservation | null = null;
  /** Which measured levels the car tells by now. Of a car that tells none, BMW's forecast is the level. */
  readonly #measured = new Set<LevelObservation["source"]>();
  /** How many whole values came in a row from each source that has shown decimals. */
  readonly #wholeInARow = new Map<string, number>();
  /** Up to when each value was heard, by BMW's time, so that it is taken neither twice nor not at all. */
  readonly #heardUntil = new Map<string, number>();
  #method: ChargingMethod | null = null;
  /** Method by the car's last word; one that it names no more holds until the next charge. */
  #namedMethod: ChargingMethod | null = null;
  #meter: Metered | null = null;
  #odometer: OdometerObservation | null = null;
  #odometerBefore: OdometerObservation | null = null;
  #odometerStepKm: number | null = null;
  #now = -Infinity;

  /** Takes note of accepted readings: which levels the car tells, and up to when it was heard. */
  note(readings: readonly Reading[]): void {
    for (const reading of readings) {
      const { descriptor, value, timestamp } = reading;
      if (!concernsBattery(descriptor)) continue;
      const source = SOURCE_OF.get(descriptor);
      if (source === "header" || source === "displayed")
        this.#measured[typeof value === "number" ? "add" : "delete"](source);
      if (reading.source !== "derived" && timestamp > (this.#heardUntil.get(descriptor) ?? -Infinity))
        this.#heardUntil.set(descriptor, timestamp);
    }
  }

  /** Finds those of the readings that are newer than what was heard. */
  newerOf(readings: readonly Reading[]): Reading[] {
    return readings.filter((one) => isTold(one) && one.timestamp > (this.#heardUntil.get(one.descriptor) ?? -Infinity));
  }

  /**
   * Takes an observation; returns it as it counts for this car, or `null` if it is impossible, old or of a lesser
   * source.
   */
  take(told: Observation): Observation | null {
    if (!isPossible(told)) return null;
    this.tick(told.now);
    const observation = dated(told);
    if (observation.kind !== "soc") return this.#accepts(observation) ? observation : null;
    return this.#measured.size === 0 ? this.#takeOnlyForecast(observation) : this.#takeLevel(observation);
  }

  /** Lets time pass: after a clock was set back nothing was measured later than now. */
  tick(now: number): void {
    if (now < this.#now - CLOCK_BACK_MS) this.#turnBack(now);
    this.#now = now;
  }

  /** The measured level that counts; BMW's forecast of a charge never does beside one. */
  get level(): LevelObservation | null {
    return this.#level;
  }

  /** The level that counted before. */
  get levelBefore(): LevelObservation | null {
    return this.#levelBefore;
  }

  /** Tells BMW's last word on the level, forecasts too. */
  get reported(): NonNullable<SocEstimate["bmw"]> | null {
    const [level, forecast] = [this.#level, this.#forecast];
    const last = forecast !== null && forecast.at >= (level?.at ?? -Infinity) ? forecast : level;
    if (last === null) return null;
    return { soc: last.soc, at: last.at, descriptor: SOC_SOURCES[LEVEL_SOURCES.indexOf(last.source)] ?? "" };
  }

  /** Tells the step of the last digit of a level of this source, pp. */
  stepOf(source: LevelObservation["source"] | undefined): number {
    return (this.#wholeInARow.get(source ?? "") ?? WHOLE_IN_A_ROW) < WHOLE_IN_A_ROW ? 0.1 : 1;
  }

  /** Percent; `null` if the car has told none. */
  get target(): number | null {
    const target = this.#values.get("target")?.value ?? 0;
    return target > 0 ? target : null;
  }

  /** How the car charges; `null` if nothing tells. */
  get method(): ChargingMethod | null {
    return this.#method;
  }

  /** The user's word, then the car's, then the model's; `null` if nobody knows. */
  capacity({ capacityKwh, modelCapacityKwh }: SocSettings): SocEstimate["capacity"] {
    const user = capacityOf(capacityKwh);
    if (user !== null) return { kwh: user, source: "user" };
    const model = capacityOf(modelCapacityKwh);
    return this.capacityOfCar ?? (model === null ? null : { kwh: model, source: "model" });
  }

  /** Tells the capacity by the car itself, kWh. */
  get capacityOfCar(): SocEstimate["capacity"] {
    for (const source of ["maxEnergy", "batterySizeMax"] as const) {
      const told = this.#values.get(source);
      if (told !== undefined) return { kwh: told.value, source };
    }
    return null;
  }

  /** The meter counts more than the car while its readings are no older than the user says. */
  metered(now: number, { meterPriorityMs }: SocSettings): Metered | null {
    return this.#meter !== null && isRecent(this.#meter.now, now, meterPriorityMs) ? this.#meter : null;
  }

  /** kW that the car tells of a charge that began at `since`; not of an earlier plug-in. */
  powerSince(since: number): MeasuredSoc | null {
    const power = this.#values.get("power");
    const from = Math.min(since, this.#values.get("plugged")?.at ?? since);
    return power !== undefined && power.at >= from - AHEAD_MS ? power : null;
  }

  /** Alternating current of a charge that began at `since`; `null` if the car has not told it yet. */
  currentSince(since: number): AlternatingCurrent | null {
    const [volts, amps] = [this.#values.get("volts"), this.#values.get("amps")];
    if (volts === undefined || amps === undefined || !(volts.value > 0)) return null;
    if (volts.at < since - AHEAD_MS || amps.at < since - AHEAD_MS) return null;
    const phases = this.phasesSince(since);
    return {
      volts: volts.value,
      amps: amps.value,
      phases: phases?.isCurrent === true ? Math.min(MOST_PHASES, phases.count) : null,
      at: Math.max(volts.at, amps.at),
    };
  }

  /**
   * Tells the count of phases, and whether it is one of the charge that began at `since`: cars stamp a count above one a
   * little before the status, and write a count of one also when a charge ends.
   */
  phasesSince(since: number | null): { readonly count: number; readonly isCurrent: boolean } | null {
    const phases = this.#values.get("phases");
    if (phases === undefined || phases.value < 1) return null;
    const count = Math.floor(phases.value);
    const from = since ?? this.#values.get("plugged")?.at ?? -Infinity;
    return { count, isCurrent: phases.at >= from - (count > 1 ? AHEAD_MS : 0) };
  }

  /** Minutes that the car expects until its target, told in the charge that began at `since`. */
  minutesLeftSince(since: number): MeasuredSoc | null {
    const left = this.#values.get("minutesLeft");
    return left !== undefined && left.value > 0 && left.at >= since ? left : null;
  }

  get odometer(): OdometerObservation | null {
    return this.#odometer;
  }

  /** The odometer before the last reading. */
  get odometerBefore(): OdometerObservation | null {
    return this.#odometerBefore;
  }

  /** Tells the step of the last digit of the odometer, km. */
  get odometerStepKm(): number {
    return this.#odometerStepKm ?? 1;
  }

  /**
   * Finds where a trip that is noticed at `now` has begun, km: before the reading that told of it. What a car tells in
   * the minutes after a trip is still of that one.
   */
  tripStartKm(now: number, justEnded: boolean): number | null {
    const [odometer, before] = [this.#odometer, this.#odometerBefore];
    if (odometer === null || before === null) return odometer?.km ?? null;
    const rise = odometer.km - before.km;
    const isNews = Math.abs(now - odometer.now) <= (justEnded ? 0 : NOTICED_MS);
    return isNews && rise > 0 && rise <= MOST_UNNOTICED_KM ? before.km : odometer.km;
  }

  save(): JsonObject {
    return {
      values: Object.fromEntries(this.#values),
      level: this.#level,
      levelBefore: this.#levelBefore,
      forecast: this.#forecast,
      measured: [...this.#measured],
      wholeInARow: Object.fromEntries(this.#wholeInARow),
      heardUntil: Object.fromEntries(this.#heardUntil),
      method: this.#method,
      namedMethod: this.#namedMethod,
      meter: this.#meter,
      odometer: this.#odometer,
      odometerBefore: this.#odometerBefore,
      odometerStepKm: this.#odometerStepKm,
    };
  }

  /** Goes on with what `save` gave, part by part; what cannot be used is left out. */
  restore(saved: unknown): void {
    const known = readStore(saved);
    for (const [kind, one] of Object.entries(known.values))
      if (isKind(kind) && isBelievable(kind, one.value)) this.#values.set(kind, one);
    this.#level = known.level;
    this.#levelBefore = known.levelBefore;
    this.#forecast = known.forecast;
    for (const source of known.measured) this.#measured.add(source);
    for (const [source, count] of Object.entries(known.wholeInARow)) this.#wholeInARow.set(source, count);
    for (const [descriptor, until] of Object.entries(known.heardUntil)) this.#heardUntil.set(descriptor, until);
    this.#method = known.method;
    this.#namedMethod = known.namedMethod;
    this.#meter = known.meter;
    this.#odometer = known.odometer;
    this.#odometerBefore = known.odometerBefore;
    this.#odometerStepKm = known.odometerStepKm;
  }

  #accepts(observation: Exclude<Observation, LevelObservation>): boolean {
    switch (observation.kind) {
      case "odometer":
        return this.#takeOdometer(observation);
      case "meter":
        return this.#takeMeter(observation);
      case "method":
        return this.#takeMethod(observation.method);
      case "status":
        if (observation.active) this.#method = this.#namedMethod;
        return true;
      default:
        return this.#takeValue(observation);
    }
  }

  #takeMeter({ kw, auxKw, now }: Metered): boolean {
    if (auxKw < 0) return false;
    this.#meter = { kw, auxKw, now };
    return true;
  }

  /** A charge goes on as it was when the car names no method any more. */
  #takeMethod(method: ChargingMethod | null): boolean {
    this.#namedMethod = method;
    this.#method = method ?? this.#method;
    return method !== null;
  }

  #takeLevel(level: LevelObservation): LevelObservation | null {
    if (level.source === "level") return this.#takeForecast(level);
    if (this.#isBehind(level)) return null;
    const { source, soc } = level;
    const inARow = this.#wholeInARow.get(source);
    if (!Number.isInteger(soc)) this.#wholeInARow.set(source, 0);
    else if (inARow !== undefined) this.#wholeInARow.set(source, inARow + 1);
    this.#levelBefore = this.#level;
    this.#level = level;
    return level;
  }

  /** Takes the forecast for the level of a car that tells no other. */
  #takeOnlyForecast(level: LevelObservation): LevelObservation | null {
    if (level.source !== "level") return this.#takeLevel(level);
    const accepted = this.#takeLevel({ ...level, source: "displayed" });
    if (accepted !== null) this.#forecast = level;
    return accepted;
  }

  #takeForecast(level: LevelObservation): LevelObservation | null {
    if (level.at < (this.#forecast?.at ?? -Infinity)) return null;
    this.#forecast = level;
    return this.#level === null || level.at >= this.#level.at + PRECEDENCE_MS ? level : null;
  }

  /**
   * Older than what is known, or of a source that counts less: a car that tells two means the same, rounded otherwise.
   */
  #isBehind({ source, at }: LevelObservation): boolean {
    const known = this.#level;
    if (known === null) return false;
    if (source === "tripEnd") return known.source !== "tripEnd" || at < known.at;
    if (source === known.source || known.source === "tripEnd") return at < known.at;
    return source === "displayed" ? at < known.at + PRECEDENCE_MS : at + PRECEDENCE_MS < known.at;
  }

  #takeOdometer({ kind, km, at, now, stepKm = Number.isInteger(km) ? 1 : 0.1 }: OdometerObservation): boolean {
    if (plausibleOdometer(km) === null) return false;
    this.#odometerStepKm = Math.min(stepKm, this.#odometerStepKm ?? stepKm);
    const last = this.#odometer;
    if (last !== null && km < last.km && last.km - km < 1) return false;
    this.#odometerBefore = last;
    this.#odometer = { kind, km, at, now };
    return true;
  }

  /** Whether a value is believable and no older than what is known; what holds no value is taken as it is. */
  #takeValue(observation: Observation): boolean {
    const [kind, value] = valueIn(observation) ?? [];
    if (kind === undefined || value === undefined || !("at" in observation)) return true;
    if (!isBelievable(kind, value) || observation.at < (this.#values.get(kind)?.at ?? -Infinity)) return false;
    this.#values.set(kind, { value, at: observation.at });
    return true;
  }

  #turnBack(now: number): void {
    for (const [kind, { value, at }] of this.#values) if (at > now) this.#values.set(kind, { value, at: now });
    const before = <One extends LevelObservation | null>(one: One) =>
      one === null ? one : { ...one, at: Math.min(one.at, now) };
    this.#level = before(this.#level);
    this.#levelBefore = before(this.#levelBefore);
    this.#forecast = before(this.#forecast);
  }
}

function valueIn(observation: Observation): readonly [ValueKind, number] | null {
  switch (observation.kind) {
    case "capacity":
      return [observation.source, observation.kwh];
    case "target":
      return ["target", observation.soc];
    case "volts":
      return ["volts", observation.volts];
    case "amps":
      return ["amps", observation.amps];
    case "phases":
      return ["phases", observation.phases ?? 0];
    case "power":
      return ["power", observation.kw];
    case "minutesLeft":
      return ["minutesLeft", observation.minutes];
    case "plugged":
      return ["plugged", 1];
    default:
      return null;
  }
}

/** Leaves out what the desk concludes itself: it concludes it again after a restart. */
function isTold({ descriptor, source }: Reading): boolean {
  return source !== "derived" && concernsBattery(descriptor);
}

function isKind(name: string): name is ValueKind {
  return Object.hasOwn(BOUNDS, name);
}

function isBelievable(kind: ValueKind, value: number): boolean {
  const [least, most] = BOUNDS[kind];
  return value >= least && value <= most;
}

const readLevel = then(decodeLevelObservation, (level: LevelObservation) => (level.source === "level" ? null : level));
const readMethod = oneOf<ChargingMethod>(["AC", "DC"]);
const readOdometer: StoredReader<OdometerObservation | null> = object({
  kind: (): "odometer" => "odometer",
  km: needed(plausibleOdometer),
  at: needed(finiteNumber),
  now: needed(finiteNumber),
});
const readStore = objectOrDefaults({
  values: byKey(nonEmptyText, object({ value: needed(finiteNumber), at: needed(finiteNumber) })),
  level: readLevel,
  levelBefore: readLevel,
  forecast: decodeLevelObservation,
  measured: storedList(oneOf(LEVEL_SOURCES)),
  wholeInARow: byKey(nonEmptyText, clampedNumber(0, Infinity)),
  heardUntil: byKey(nonEmptyText, finiteNumber),
  method: readMethod,
  namedMethod: readMethod,
  meter: object({ kw: needed(finiteNumber), auxKw: needed(finiteNumber), now: needed(finiteNumber) }),
  odometer: readOdometer,
  odometerBefore: readOdometer,
  odometerStepKm: then(finiteNumber, (km: number) => (km > 0 ? km : null)),
});
