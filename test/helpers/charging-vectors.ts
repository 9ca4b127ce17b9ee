import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { ChargingLedger } from "../../src/soc/charging/ledger.js";
import type { LearningDecision } from "../../src/soc/estimate.js";
import type { SocSettings, SocSignal } from "../../src/soc/types.js";
import type { JsonObject } from "../../src/support/json.js";
import { SETTINGS } from "./charging-world.js";

interface Detail {
  readonly charging: boolean;
  readonly pending: boolean;
  readonly session?: {
    readonly lastPowerKw: number;
    readonly phases: number;
    readonly phasesSource: string;
    readonly restored: boolean;
    readonly sessionStartSoc: number | null;
    readonly sessionNetKwh: number;
    readonly sessionGrossKwh: number;
  };
}

/** An event of a vector and the state that is expected after it; `t` in seconds. */
interface Step {
  readonly t: number;
  readonly event: string;
  readonly result?: boolean;
  readonly detail?: Detail;
  readonly [field: string]: unknown;
}

interface Row {
  readonly efficiency: number;
  readonly sampleCount: number;
  readonly history: readonly number[];
}

export interface ChargingVector {
  readonly id: string;
  readonly title: string;
  readonly epoch: number;
  readonly config: { readonly minValidEfficiency?: number };
  readonly steps: readonly Step[];
  readonly final: { readonly learnedEfficiency: Readonly<Record<string, Row>> | null };
}

/** What may differ from a vector. */
export type Aspect = "life" | "energy" | "power" | "phases" | "learned";

export interface Played {
  /** Aspects that differ, in alphabetical order, with the first moment. */
  readonly apart: ReadonlyMap<Aspect, string>;
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

/** Plays a vector of level `predictor` of a charge, as signals, and compares the books after each step. */
export function playedCharge(vector: ChargingVector): Played {
  const player = new Player(vector.epoch, vector.config.minValidEfficiency ?? LEAST_OF_VECTORS);
  const apart = new Map<Aspect, string>();
  const note = (aspects: readonly Aspect[], where: string) => {
    for (const aspect of aspects) if (!apart.has(aspect)) apart.set(aspect, where);
  };
  vector.steps.forEach((step, index) => {
    player.play(step, (vector.epoch + step.t) * 1000, vector.steps[index + 1]);
    if (step.event !== "chargingStatus" && step.detail !== undefined)
      note(differences(player.ledger.save(), step.detail), `${String(step.t)} s ${step.event}`);
    if (player.unlike(step)) note(["life"], `${String(step.t)} s ${step.event}`);
  });
  if (!isAlike(player.ledger.save()["matrix"], vector.final.learnedEfficiency ?? {})) note(["learned"], "at the end");
  return { apart: new Map([...apart].sort()), decisions: player.decisions };
}

interface Books {
  readonly charging: boolean;
  readonly pending: unknown;
  readonly session:
    | (Readonly<Record<string, unknown>> & {
        readonly energy: Readonly<Record<"netKwh" | "grossKwh" | "powerKw", number>>;
      })
    | null;
}

function differences(saved: JsonObject, { charging, pending, session: expected }: Detail): Aspect[] {
  const { session, ...books } = saved as unknown as Books;
  const isLife =
    books.charging === charging &&
    (books.pending !== null) === pending &&
    (session === null) === (expected === undefined);
  if (!isLife) return ["life"];
  if (session === null || expected === undefined) return [];
  const { energy } = session;
  const checks: readonly (readonly [Aspect, boolean])[] = [
    ["life", session["isRestored"] === expected.restored && session["startSoc"] === expected.sessionStartSoc],
    ["energy", near(energy.netKwh, expected.sessionNetKwh) && near(energy.grossKwh, expected.sessionGrossKwh)],
    ["power", near(energy.powerKw, expected.lastPowerKw)],
    ["phases", session["phases"] === expected.phases && session["phasesSource"] === expected.phasesSource],
  ];
  return checks.filter(([, isSame]) => !isSame).map(([aspect]) => aspect);
}

function isAlike(matrix: unknown, expected: Readonly<Record<string, Row>>): boolean {
  const rows = matrix as Readonly<Record<string, { efficiency: number; samples: number; history: number[] }>>;
  if (Object.keys(rows).sort().join() !== Object.keys(expected).sort().join()) return false;
  return Object.entries(rows).every(([key, { efficiency, samples, history }]) => {
    const row = expected[key];
    if (row?.sampleCount !== samples || !near(efficiency, row.efficiency)) return false;
    return history.length === row.history.length && history.every((value, at) => near(value, row.history[at] ?? NaN));
  });
}

function near(one: number, other: number): boolean {
  return Math.abs(one - other) <= EXACT;
}

/** Turns the vocabulary of the vectors into signals and calls. */
class Player {
  ledger: ChargingLedger;
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
    this.ledger = this.#fresh();
  }

  play(step: Step, now: number, next: Step | undefined): void {
    this.#result = null;
    const number = (name: string) => (typeof step[name] === "number" ? step[name] : null);
    const aux = number("auxKw");
    if (aux !== null && step["source"] !== "meter") this.#settings = { ...this.#settings, auxKw: aux };
    this.#charge(step, now, next, number);
    this.#tell(step, now, number);
    this.#keep(step, now);
  }

  /** The result of a step is not the expected one. */
  unlike({ event, result }: Step): boolean {
    return (event === "reset" || event === "finalize") && this.#result !== result;
  }

  #charge(step: Step, now: number, next: Step | undefined, number: (name: string) => number | null): void {
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

  #anchor(step: Step, now: number, number: (name: string) => number | null): void {
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

  #tell(step: Step, now: number, number: (name: string) => number | null): void {
    if (step.event === "soc") this.#soc(step, now);
    else if (step.event === "finalize") this.#header(number("soc"), now, now, number("socTime"));
    else if (step.event === "carriedPhases")
      this.#send({ kind: "phases", phases: number("phases"), at: now - LONG_AGO_MS, now });
    else if (step.event === "chargingMethod") this.#method(String(step["value"]), now);
    else if (["acReading", "power", "reportedPower"].includes(step.event)) this.#measure(step, now, number);
  }

  #measure(step: Step, now: number, number: (name: string) => number | null): void {
    const [volts, amps, phases, kw] = [number("volts"), number("amps"), number("phases"), number("kw")];
    const auxKw = number("auxKw") ?? 0;
    if (phases !== null) this.#send({ kind: "phases", phases, ...times(now) });
    if (volts !== null) this.#send({ kind: "volts", volts, ...times(now) });
    if (amps !== null) this.#send({ kind: "amps", amps, ...times(now) });
    if (kw === null) return;
    if (step["source"] === "meter") this.#send({ kind: "meter", kw, auxKw, now });
    else this.#send({ kind: "power", kw, ...times(now) });
  }

  #keep(step: Step, now: number): void {
    if (step.event === "tick" || (step.event === "read" && this.#isDc)) this.decisions.push(...this.ledger.tick(now));
    else if (step.event === "vehicle")
      this.#settings = { ...this.#settings, driveType: step["isPhev"] === true ? "phev" : "bev" };
    else if (step.event === "reset") this.#result = this.ledger.reset(lessonsOf(step["method"]));
    else this.#store(step);
  }

  #store({ event, data, load }: Step): void {
    if (event === "save") this.#saved = JSON.parse(JSON.stringify(this.ledger.save()));
    if (event === "load") this.ledger.restore(data);
    if (event !== "restart") return;
    this.ledger = this.#fresh();
    if (load !== false) this.ledger.restore(this.#saved);
  }

  #fresh(): ChargingLedger {
    return new ChargingLedger(() => this.#settings);
  }

  #method(value: string, now: number): void {
    if (value === "NOCHARGING") return;
    this.#isDc = /dc/i.test(value);
    this.#send({ kind: "method", method: this.#isDc ? "DC" : "AC", ...times(now) });
  }

  #soc(step: Step, now: number): void {
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

  #send(signal: SocSignal): void {
    this.decisions.push(...this.ledger.take(signal));
  }
}

function times(now: number): { readonly at: number; readonly now: number } {
  return { at: now, now };
}

function lessonsOf(method: unknown): "ac" | "dc" | "all" {
  if (method === "AC") return "ac";
  return method === "DC" ? "dc" : "all";
}
