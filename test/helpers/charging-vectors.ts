import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { LearnedCondition, LearningDecision, SocEstimate } from "../../src/soc/estimate.js";
import type { Observation } from "../../src/soc/observations/observation.js";
import type { SocSettings } from "../../src/soc/settings.js";
import { SocEstimator } from "../../src/soc/soc-estimator.js";
import type { ReadingValue } from "../../src/vehicle/reading.js";
import { SETTINGS } from "./charging-world.js";
import { readingOf } from "./soc-life.js";

interface Detail {
  readonly charging: boolean;
  readonly session?: {
    readonly lastPowerKw: number;
    readonly phases: number;
    readonly phasesSource: string;
    readonly sessionNetKwh: number;
  };
}

/** An event of a vector and the state that is expected after it; `t` in seconds. */
interface ChargingStep {
  readonly t: number;
  readonly event: string;
  readonly result?: boolean;
  readonly detail?: Detail;
  readonly [field: string]: unknown;
}

interface ExpectedRow {
  readonly efficiency: number;
  readonly sampleCount: number;
  readonly history: readonly number[];
}

export interface ChargingVector {
  readonly id: string;
  readonly title: string;
  readonly epoch: number;
  readonly config: { readonly minValidEfficiency?: number };
  readonly steps: readonly ChargingStep[];
  readonly final: { readonly learnedEfficiency: Readonly<Record<string, ExpectedRow>> | null };
}

/** Names what may differ from a vector. */
export type Aspect = "life" | "energy" | "power" | "phases" | "learned";

export interface PlayedCharge {
  /** Aspects that differ, in alphabetical order, with the first moment. */
  readonly apart: ReadonlyMap<Aspect, string>;
  /** Largest difference of a learned efficiency, a share; 1 for a condition that only one has learned. */
  readonly learnedApart: number;
  readonly decisions: readonly LearningDecision[];
}

const FOLDER = "test/fixtures/soc-vectors";
const EXACT = 1e-6;
const ACTIVE = /^CHARGING(_?ACTIVE|_IN_PROGRESS)?$/i;
const LEAST_OF_VECTORS = 0.4;
const LONG_AGO_MS = 3_600_000;

export function chargingVectors(): ChargingVector[] {
  const names = readdirSync(FOLDER).filter((name) => /^C.*\.json$/.test(name));
  return names.sort().map((name) => JSON.parse(readFileSync(join(FOLDER, name), "utf8")) as ChargingVector);
}

/** Plays a vector of level `predictor` of a charge to the estimator of a car, and compares what is shown and learned. */
export function playedCharge(vector: ChargingVector): PlayedCharge {
  const player = new ChargingPlayer(vector.epoch, vector.config.minValidEfficiency ?? LEAST_OF_VECTORS);
  const apart = new Map<Aspect, string>();
  const note = (aspects: readonly Aspect[], where: string) => {
    for (const aspect of aspects) if (!apart.has(aspect)) apart.set(aspect, where);
  };
  vector.steps.forEach((step, index) => {
    player.play(step, (vector.epoch + step.t) * 1000, vector.steps[index + 1]);
    if (step.event !== "chargingStatus" && step.detail !== undefined)
      note(differences(player.shown((vector.epoch + step.t) * 1000), step.detail), `${String(step.t)} s ${step.event}`);
    if (player.unlike(step)) note(["life"], `${String(step.t)} s ${step.event}`);
  });
  if (!isAlike(player.conditions, vector.final.learnedEfficiency ?? {})) note(["learned"], "at the end");
  const learnedApart = apartOf(player.conditions, vector.final.learnedEfficiency ?? {});
  return { apart: new Map([...apart].sort()), learnedApart, decisions: player.decisions };
}

function differences(shown: SocEstimate | null, { charging, session: expected }: Detail): Aspect[] {
  const charge = shown?.charge ?? null;
  if ((charge === null) === (charging && expected !== undefined)) return ["life"];
  if (charge === null || expected === undefined) return [];
  const isSameCount = charge.method === "DC" || charge.phases === expected.phases;
  const checks: readonly (readonly [Aspect, boolean])[] = [
    ["energy", near(charge.energyKwh, expected.sessionNetKwh)],
    ["power", near(charge.powerKw ?? 0, expected.lastPowerKw)],
    ["phases", isSameCount && charge.phasesSource === expected.phasesSource],
  ];
  return checks.filter(([, isSame]) => !isSame).map(([aspect]) => aspect);
}

function isAlike(conditions: readonly LearnedCondition[], expected: Readonly<Record<string, ExpectedRow>>): boolean {
  const keys = conditions.map(({ key }) => key);
  if (keys.sort().join() !== Object.keys(expected).sort().join()) return false;
  return conditions.every(({ key, efficiency, samples, deviationPp }) => {
    const { sampleCount = NaN, efficiency: mean = NaN, history = [] } = expected[key] ?? {};
    const middle = history.reduce((sum, one) => sum + one, 0) / history.length;
    const variance = history.reduce((sum, one) => sum + (one - middle) ** 2, 0) / history.length;
    const deviation = history.length < 2 ? 0 : Math.sqrt(variance) * 100;
    return samples === sampleCount && near(efficiency, mean) && near(deviationPp ?? 0, deviation);
  });
}

function apartOf(conditions: readonly LearnedCondition[], expected: Readonly<Record<string, ExpectedRow>>): number {
  const own = new Map(conditions.map(({ key, efficiency }) => [key, efficiency]));
  const keys = [...new Set([...own.keys(), ...Object.keys(expected)])];
  return Math.max(0, ...keys.map((key) => Math.abs((own.get(key) ?? 2) - (expected[key]?.efficiency ?? 1))));
}

function near(one: number, other: number): boolean {
  return Math.abs(one - other) <= EXACT;
}

/** Turns the vocabulary of the vectors into readings and calls. */
class ChargingPlayer {
  car: SocEstimator;
  readonly decisions: LearningDecision[] = [];
  #settings: SocSettings;
  #saved: unknown = null;
  #level: number | null = null;
  #isDc = false;
  #isFirst = true;
  #isBegun = false;
  #result: boolean | null = null;

  constructor(
    private readonly epoch: number,
    minEfficiency: number,
  ) {
    this.#settings = { ...SETTINGS, minEfficiency };
    this.car = this.#fresh();
  }

  get conditions(): readonly LearnedCondition[] {
    return this.car.report().charging.conditions;
  }

  shown(at: number): SocEstimate | null {
    return this.car.predicted(at);
  }

  play(step: ChargingStep, now: number, next: ChargingStep | undefined): void {
    this.#result = null;
    const number = (name: string) => (typeof step[name] === "number" ? step[name] : null);
    const aux = number("auxKw");
    if (aux !== null && step["source"] !== "meter") this.#settings = { ...this.#settings, auxKw: aux };
    this.#charge(step, now, next, number);
    this.#tell(step, now, number);
    this.#keep(step, now);
  }

  /** The result of a step is not the expected one. */
  unlike({ event, result }: ChargingStep): boolean {
    return (event === "reset" || event === "finalize") && this.#result !== result;
  }

  #charge(
    step: ChargingStep,
    now: number,
    next: ChargingStep | undefined,
    number: (name: string) => number | null,
  ): void {
    if (step.event === "chargingStatus") {
      const active = ACTIVE.test(String(step["value"]));
      const isAnchored = next?.t === step.t && (next.event === "anchor" || next.event === "endSession");
      // An anchor and an end say more of the same moment.
      if (!isAnchored) this.#send({ kind: "status", active, ...times(now) });
      this.#isBegun = active;
    } else if (step.event === "anchor") this.#anchor(step, now, number);
    else if (step.event === "endSession") {
      this.#send({ kind: "target", soc: number("targetSoc") ?? 0, ...times(now) });
      this.#send({ kind: "status", active: false, ...times(now) });
      this.#header(number("soc"), now - 1000, now);
    }
  }

  #anchor(step: ChargingStep, now: number, number: (name: string) => number | null): void {
    this.#isDc = step["method"] === "DC";
    if (number("soc") !== this.#level) this.#header(number("soc"), now, now);
    if (!this.#isFirst) this.#forget(now);
    this.#send({ kind: "power", kw: 0, at: now - LONG_AGO_MS, now });
    this.#isFirst = false;
    this.#send({ kind: "method", method: this.#isDc ? "DC" : "AC", ...times(now) });
    this.#send({ kind: "target", soc: number("targetSoc") ?? 0, ...times(now) });
    this.#send({ kind: "capacity", source: "maxEnergy", kwh: number("capacityKwh") ?? 0, ...times(now) });
    if (this.#isBegun) this.#send({ kind: "status", active: true, ...times(now) });
  }

  /** Vectors seed no power of an earlier charge. */
  #forget(now: number): void {
    this.#send({ kind: "volts", volts: 0, ...times(now) });
    this.#send({ kind: "amps", amps: 0, ...times(now) });
    this.#send({ kind: "phases", phases: null, ...times(now) });
  }

  #tell(step: ChargingStep, now: number, number: (name: string) => number | null): void {
    if (step.event === "soc") this.#soc(step, now);
    else if (step.event === "finalize") this.#header(number("soc"), now, now, number("socTime"));
    else if (step.event === "carriedPhases")
      this.#send({ kind: "phases", phases: number("phases"), at: now - LONG_AGO_MS, now });
    else if (step.event === "chargingMethod") this.#method(String(step["value"]), now);
    else if (["acReading", "power", "reportedPower"].includes(step.event)) this.#measure(step, now, number);
  }

  #measure(step: ChargingStep, now: number, number: (name: string) => number | null): void {
    const [volts, amps, phases, kw] = [number("volts"), number("amps"), number("phases"), number("kw")];
    const auxKw = number("auxKw") ?? 0;
    if (phases !== null) this.#send({ kind: "phases", phases, ...times(now) });
    if (volts !== null) this.#send({ kind: "volts", volts, ...times(now) });
    if (amps !== null) this.#send({ kind: "amps", amps, ...times(now) });
    if (kw === null) return;
    if (step["source"] === "meter") this.#send({ kind: "meter", kw, auxKw, now });
    else this.#send({ kind: "power", kw, ...times(now) });
  }

  #keep(step: ChargingStep, now: number): void {
    if (step.event === "tick" || (step.event === "read" && this.#isDc)) this.#tick(now);
    else if (step.event === "vehicle")
      this.#settings = { ...this.#settings, driveType: step["isPhev"] === true ? "phev" : "bev" };
    else if (step.event === "reset") this.#result = this.car.reset(lessonsOf(step["method"]));
    else this.#store(step);
  }

  #store({ event, load }: ChargingStep): void {
    if (event === "save") this.#saved = JSON.parse(JSON.stringify(this.car.save()));
    if (event !== "restart") return;
    this.car = this.#fresh();
    if (load !== false) this.car.restore(this.#saved);
  }

  #fresh(): SocEstimator {
    return new SocEstimator(() => this.#settings);
  }

  #tick(now: number): void {
    this.car.tick(now);
    this.decisions.push(...this.car.decisions());
  }

  #method(value: string, now: number): void {
    if (value === "NOCHARGING") return;
    this.#isDc = /dc/i.test(value);
    this.#send({ kind: "method", method: this.#isDc ? "DC" : "AC", ...times(now) });
  }

  #soc(step: ChargingStep, now: number): void {
    const source = (["header", "displayed", "level"] as const).find((one) => one === step["source"]) ?? "header";
    if (typeof step["value"] !== "number") return;
    if (source !== "level") this.#level = step["value"];
    this.#send({ kind: "soc", source, soc: step["value"], ...times(now), pushed: true });
  }

  #header(soc: number | null, at: number, now: number, socTime: number | null = null): void {
    if (soc === null) return;
    this.#level = soc;
    const moment = socTime === null ? at : this.epoch * 1000 + socTime * 1000;
    const before = this.decisions.length;
    this.#send({ kind: "soc", source: "header", soc, at: moment, now, pushed: true });
    this.#result = this.decisions.length > before;
  }

  #send(observation: Observation): void {
    const { now } = observation;
    if (observation.kind === "meter") this.car.meter(observation.kw, observation.auxKw, now);
    else {
      const [descriptor, value] = told(observation);
      const at = "at" in observation ? observation.at : now;
      this.car.take([readingOf(descriptor, value, at, observation.kind === "power" ? "kW" : null)], [], now);
    }
    this.decisions.push(...this.car.decisions());
  }
}

function times(now: number): { readonly at: number; readonly now: number } {
  return { at: now, now };
}

function lessonsOf(method: unknown): "ac" | "dc" | "all" {
  if (method === "AC") return "ac";
  return method === "DC" ? "dc" : "all";
}

const BATTERY = "vehicle.drivetrain.batteryManagement";
const CHARGING = "vehicle.drivetrain.electricEngine.charging";
const LEVEL = "vehicle.powertrain.electric.battery.stateOfCharge";
const LEVELS = {
  header: `${BATTERY}.header`,
  displayed: `${LEVEL}.displayed`,
  level: `${CHARGING}.level`,
  tripEnd: "vehicle.trip.segment.end.drivetrain.batteryManagement.hvSoc",
} as const;

/** An observation in BMW's words. */
function told(observation: Observation): readonly [descriptor: string, value: ReadingValue] {
  switch (observation.kind) {
    case "soc":
      return [LEVELS[observation.source], observation.soc];
    case "status":
      return [`${CHARGING}.status`, observation.active ? "CHARGINGACTIVE" : "CHARGINGENDED"];
    case "method":
      return [`${CHARGING}.method`, observation.method === "DC" ? "DC_TYP2COMBO" : "AC_TYPE2PLUG"];
    case "target":
      return [`${LEVEL}.target`, observation.soc];
    case "capacity":
      return [`${BATTERY}.${observation.source}`, observation.kwh];
    default:
      return electric(observation);
  }
}

function electric(observation: Observation): readonly [descriptor: string, value: ReadingValue] {
  switch (observation.kind) {
    case "power":
      return ["vehicle.powertrain.electric.battery.charging.power", observation.kw];
    case "volts":
      return [`${CHARGING}.acVoltage`, observation.volts];
    case "amps":
      return [`${CHARGING}.acAmpere`, observation.amps];
    case "phases":
      return [`${CHARGING}.phaseNumber`, observation.phases ?? "INVALID"];
    default:
      throw new Error(`no vector tells ${observation.kind}`);
  }
}
