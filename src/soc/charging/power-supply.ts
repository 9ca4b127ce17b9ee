import { finiteNumber, isObject, nonEmptyText, type JsonObject } from "../../support/json.js";
import {
  isTrue,
  clampedNumber,
  storedList,
  needed,
  object,
  then,
  type StoredReader,
} from "../../support/stored-schema.js";
import type { ChargingMethod } from "../../vehicle/vehicle-event.js";
import type { Moments } from "../normal-distribution.js";
import type {
  AlternatingCurrent,
  BatteryObservations,
  MeasuredSoc,
  Metered,
} from "../observations/battery-observations.js";
import type { SocSettings } from "../settings.js";
import { BLIND, conditionOf, DC_KEY, OPEN, usualCurrent, type ChargingEfficiency } from "./charging-efficiency.js";
import { LINE_TO_LINE_FROM_V, multiplierOf } from "./energy-meter.js";

/** One way in which a supply may charge the battery. */
export interface Branch {
  /** `null` where phases play no part. */
  readonly phases: number | null;
  /** Factor of the supply's power. */
  readonly factor: number;
  /** Condition under which the efficiency is remembered. */
  readonly condition: string;
  /** How likely it is beforehand. */
  readonly weight: number;
  readonly efficiency: Moments;
  /** The efficiency was seen in this condition before, rather than guessed. */
  readonly isKnown: boolean;
}

/** Describes the power that flows from `at` on. Power in kW before losses. */
export interface Supply {
  readonly at: number;
  /** Supplies with the same key differ in power only. */
  readonly key: string;
  readonly kw: number;
  readonly auxKw: number;
  /** How far the power may be off when it is told, and while it is held, as shares; how long that lasts. */
  readonly toldSd: number;
  readonly heldSd: number;
  readonly heldMs: number;
  /** Power follows the car's curve of fast charging, of which `kw` is one point; `null` if no point is known. */
  readonly follows: boolean;
  /** A point of the curve that was measured before full power is reached tells little. */
  readonly ramps: boolean;
  readonly branches: readonly Branch[];
}

/** Number of readings that count. */
const READINGS = 20;
/** Share of the change between two readings that one may be wrong by in between. */
const MEANWHILE = 0.9;
/** How long power that changes all the time stays what it is. */
const UNSTEADY_MS = 240_000;
const MOST_SD = 0.8;
/** A reading of next to nothing says little about by how much the others differ. */
const LEAST_KW = 0.5;

/** kW at which cars charge where nothing tells: sockets, one phase, two and three phases. */
const USUAL_POWERS: readonly number[] = [1.8, 2.3, 3.6, 7.2, 11, 22];
const USUAL_WEIGHT = 0.3;
const USUAL_SD = 0.22;
const SEEN_SD = 0.1;
const FOREVER_MS = 30 * 86_400_000;
/** Readings below full power, at the start of a fast charge. */
const RAMP_MS = 90_000;
const FAST_UNKNOWN_SD = 0.4;
const HELD_SD = 0.04;
const HELD_MS = 1_800_000;
const FAST_HELD_SD = 0.26;
const FAST_HELD_MS = 900_000;
/** Where power is only guessed, the efficiency adds nothing to that. */
const FIXED_EFFICIENCY = { mean: 0.9, variance: 0.001 ** 2 };
const STEADY = { toldSd: 0.01, heldSd: HELD_SD, heldMs: HELD_MS, follows: false, ramps: false };

export const STOPPED = "stopped";
export const METER = "meter";
/** Condition of a meter whose fixed loss is known apart from the efficiency. */
const APART = "meter, loss apart";
export const UNKNOWN = "unknown";
export const UNKNOWN_FAST = `${UNKNOWN}, fast`;
/** Nothing tells of the power. */
export function isGuess({ key }: Supply): boolean {
  return key.startsWith(UNKNOWN);
}

/** The power before a pause, after it; `null` if it follows the level. */
export function resumed(supply: Supply, at: number): Supply | null {
  if (supply.follows || supply.branches.length === 0) return null;
  if (isGuess(supply)) return { ...supply, at };
  return {
    ...supply,
    at,
    toldSd: Math.max(supply.heldSd, RESUMED_SD),
    heldSd: Math.max(supply.heldSd, RESUMED_SD),
  };
}

/** After a pause power is seldom quite the same. */
const RESUMED_SD = 0.15;

/** Nothing charges from `at` on. */
export function withoutPower(at: number): Supply {
  const rest = { kw: 0, auxKw: 0, toldSd: 0, heldSd: 0, heldMs: 60_000, follows: false, ramps: false };
  return { ...rest, at, key: STOPPED, branches: [] };
}

const MOST_BRANCHES = 24;

/** Makes of what was told what may charge the battery. `since` is when the charge began. */
export class SupplyModel {
  constructor(
    private readonly observations: BatteryObservations,
    private readonly learned: ChargingEfficiency,
    private readonly settings: () => SocSettings,
  ) {}

  /** Finds the supply that is known by now; `null` if none is. */
  current(since: number, now: number): Supply | null {
    const isFast = this.observations.method === "DC";
    const meter = this.observations.metered(now, this.settings());
    // The meter at home stands still while the car charges fast elsewhere.
    if (meter !== null && !(isFast && meter.kw === 0)) return this.#metered(meter, Math.max(since, meter.now));
    const power = this.observations.powerSince(since);
    // Volts and amps do not tell that power flows out, and that follows no curve.
    if (power !== null && power.value < 0) return this.#direct("power", power.value, this.settings().auxKw, power.at);
    return isFast ? this.#fast(since) : this.#alternating(since, power);
  }

  /** A meter that is off by as much at any power is put right, once charges of different powers have shown that. */
  #metered({ kw, auxKw }: Pick<Metered, "kw" | "auxKw">, at: number): Supply {
    const known = this.learned.losses.known("meter");
    const told = this.#direct(METER, kw, auxKw, at);
    if (known === null) return told;
    const branch = this.#branch(APART, { factor: 1, phases: null, weight: 1 });
    const efficiency = branch.isKnown ? branch.efficiency : known.efficiency;
    return { ...told, auxKw: kw > 0 ? auxKw + known.lossKw : auxKw, branches: [{ ...branch, efficiency }] };
  }

  #alternating(since: number, power: MeasuredSoc | null): Supply | null {
    const current = this.observations.currentSince(since);
    const usable = current !== null && current.amps > 0;
    if (usable && current.phases !== null) return this.#known(current, current.phases);
    if (power !== null && power.value > 0) return this.#direct("power", power.value, this.settings().auxKw, power.at);
    if (usable) return this.#open(current);
    return current === null ? null : this.#direct("power", 0, this.settings().auxKw, current.at);
  }

  /** Where nothing tells of power: any usual one, and those that this car was charged with before. */
  unknown(since: number): Supply {
    if (this.observations.method === "DC") return this.#fastUnknown(since);
    const seen = this.learned.powers;
    const total = seen.reduce((sum, _, index) => sum + index + 1, 0);
    const branches = [
      ...seen.map((kw, index) => blind(kw, ((1 - USUAL_WEIGHT) * (index + 1)) / total)),
      ...USUAL_POWERS.map((kw) => blind(kw, (seen.length > 0 ? USUAL_WEIGHT : 1) / USUAL_POWERS.length)),
    ];
    const sd = seen.length > 0 ? SEEN_SD : USUAL_SD;
    const power = { kw: 1, auxKw: 0, toldSd: sd, heldSd: sd, heldMs: FOREVER_MS };
    return { ...power, at: since, key: UNKNOWN, follows: false, ramps: false, branches };
  }

  #fast(since: number): Supply | null {
    const power = this.observations.powerSince(since);
    if (power === null) return null;
    const at = Math.max(since, power.at);
    const ramps = at - since < RAMP_MS;
    return {
      at,
      key: "DC",
      kw: power.value,
      auxKw: this.settings().auxKw,
      toldSd: 0.03,
      heldSd: FAST_HELD_SD,
      heldMs: FAST_HELD_MS,
      follows: true,
      ramps,
      branches: [this.#fastBranch()],
    };
  }

  #fastUnknown(since: number): Supply {
    return {
      at: since,
      key: UNKNOWN_FAST,
      kw: 0,
      auxKw: this.settings().auxKw,
      toldSd: FAST_UNKNOWN_SD,
      heldSd: FAST_UNKNOWN_SD,
      heldMs: FAST_HELD_MS,
      follows: true,
      ramps: true,
      branches: [this.#fastBranch()],
    };
  }

  #fastBranch(): Branch {
    return this.#branch(DC_KEY, { factor: 1, phases: null, weight: 1 });
  }

  /** Power as it is told. */
  #direct(source: "meter" | "power", kw: number, auxKw: number, at: number): Supply {
    const branches = [this.#branch(source, { factor: 1, phases: null, weight: 1 }, conditionOf("AC", 1, null, null))];
    return heldSupply({ at, key: source, kw, auxKw, branches });
  }

  #known({ volts, amps, at }: AlternatingCurrent, phases: number): Supply {
    const key = conditionOf("AC", phases, volts, amps);
    const branches = [this.#branch(key, { factor: multiplierOf(volts, phases), phases, weight: 1 })];
    return heldSupply({ at, key, kw: (volts * amps) / 1000, auxKw: this.settings().auxKw, branches });
  }

  /** Nobody tells how many phases there are. */
  #open({ volts, amps, at }: AlternatingCurrent): Supply {
    const near = String(usualCurrent(amps));
    const likely = this.learned.phases(near);
    const counts = volts >= LINE_TO_LINE_FROM_V ? [1, 3] : [1, 2, 3];
    const branches = counts.map((phases) =>
      this.#branch(conditionOf("AC", phases, volts, amps), {
        factor: multiplierOf(volts, phases),
        phases,
        weight: likely[phases - 1] ?? 0.01,
      }),
    );
    const kw = (volts * amps) / 1000;
    return heldSupply({ at, key: `open phases/${near}`, kw, auxKw: this.settings().auxKw, branches });
  }

  /** @param measuredKey condition under which such charges are measured */
  #branch(key: string, branch: Pick<Branch, "factor" | "phases" | "weight">, measuredKey = key): Branch {
    const isOpen = this.observations.capacity(this.settings()) === null;
    const condition = isOpen ? `${OPEN}${key}` : key;
    const method: ChargingMethod = key === DC_KEY ? "DC" : "AC";
    const { factor, phases, weight } = branch;
    const { efficiency, isKnown } = this.learned.prior(condition, method, measuredKey);
    return { phases, factor, condition, weight, efficiency, isKnown };
  }
}

/** Makes a supply of alternating current; names all members, because each observation makes one and spreads are dear. */
function heldSupply({ at, key, kw, auxKw, branches }: Omit<Supply, keyof typeof STEADY>): Supply {
  const { toldSd, heldSd, heldMs, follows, ramps } = STEADY;
  return { at, key, kw, auxKw, toldSd, heldSd, heldMs, follows, ramps, branches };
}

function blind(kw: number, weight: number): Branch {
  return {
    phases: null,
    factor: kw,
    condition: `${BLIND}${kw.toFixed(2)}`,
    weight,
    efficiency: FIXED_EFFICIENCY,
    isKnown: true,
  };
}

const positive = needed(then(finiteNumber, (number: number) => (number > 0 ? number : null)));
const readMoments = object({ mean: needed(finiteNumber), variance: positive });
const readBranch: StoredReader<Branch | null> = object({
  phases: finiteNumber,
  factor: needed(clampedNumber(0, Infinity)),
  condition: needed(nonEmptyText),
  weight: positive,
  efficiency: needed(readMoments),
  isKnown: isTrue,
});

/** Reads a supply out of what was saved; `null` if that is none. */
export const decodeSupply: StoredReader<Supply | null> = object({
  at: needed(finiteNumber),
  key: needed(nonEmptyText),
  kw: needed(finiteNumber),
  auxKw: needed(finiteNumber),
  toldSd: needed(finiteNumber),
  heldSd: needed(finiteNumber),
  heldMs: positive,
  follows: isTrue,
  ramps: isTrue,
  branches: needed((saved) => {
    const branches = storedList(readBranch, MOST_BRANCHES)(saved);
    return Array.isArray(saved) && branches.length === Math.min(saved.length, MOST_BRANCHES) ? branches : null;
  }),
});

/** How much the power of a charge changes from one reading to the next: evenly from the grid, wildly from the sun. */
export class SupplySteadiness {
  #last: number | null = null;
  #variance = 0;

  /** One more reading, kW before losses. */
  take(kw: number): void {
    const before = this.#last;
    this.#last = Math.max(LEAST_KW, kw);
    if (before === null) return;
    const change = (this.#last - before) / ((this.#last + before) / 2);
    this.#variance += (change * change - this.#variance) / READINGS;
  }

  /** A charge begins; by how much it differs from the last says nothing. */
  begin(): void {
    this.#last = null;
  }

  /** The supply with as little trust in what it holds as the power has deserved; new if it is from after `before`, ms. */
  trusted(supply: Supply, before: number): Supply {
    if (supply.follows) return supply;
    if (supply.at > before) this.take(supply.kw * (supply.branches[0]?.factor ?? 1));
    const { sd } = this;
    return sd <= supply.heldSd ? supply : { ...supply, heldSd: sd, heldMs: UNSTEADY_MS };
  }

  /** Standard deviation of what the power may be off while a reading is held, as a share. */
  get sd(): number {
    return Math.min(MOST_SD, MEANWHILE * Math.sqrt(this.#variance));
  }

  save(): JsonObject {
    return { last: this.#last, variance: this.#variance };
  }

  restore(saved: unknown): void {
    if (!isObject(saved)) return;
    const [last, variance] = [finiteNumber(saved["last"]), finiteNumber(saved["variance"])];
    this.#last = last !== null && last >= LEAST_KW ? last : null;
    this.#variance = variance !== null && variance >= 0 && variance <= 4 ? variance : 0;
  }
}
