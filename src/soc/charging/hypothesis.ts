import { finiteNumber, numberList, type JsonObject } from "../../support/json.js";
import { isTrue, needed, object, then } from "../../support/stored-schema.js";
import type { Moments } from "../normal-distribution.js";
import { HABITS, habitOf, type LevelHabit } from "./level-habit.js";
import type { Branch } from "./power-supply.js";

/** Power that charges the battery during a step. */
export interface Flow {
  /** Before losses, kW. */
  readonly kw: number;
  /** Load beside the battery, kW. */
  readonly auxKw: number;
  /** How `kw` changes with the state of charge, kW/pp: 0, or below it where power tapers. */
  readonly kwPerSoc: number;
  /** How far `kw` may be off, as a share, and how long it stays so. */
  readonly errorSd: number;
  readonly errorMs: number;
}

const HOUR_MS = 3_600_000;
/** Level of a full battery, percent. */
export const FULL = 100;
const LEAST_VARIANCE = 1e-4;
const MOST_VARIANCE = 900;
const LEAST_EFFICIENCY_VARIANCE = 1e-6;
const MOST_EFFICIENCY_VARIANCE = 0.1;
const EFFICIENCY_BOUNDS = [0.3, 1.2] as const;
const ERROR_BOUNDS = [-0.8, 1.5] as const;
/** Efficiency changes a little during a charge, as share per square root of an hour. */
const EFFICIENCY_DRIFT = 0.015;

/** Kept of the efficiency, where another way of charging goes on in the same charge. */
const CARRIED_EFFICIENCY_VARIANCE = 0.02 ** 2;
const [FIRST_HABIT = { rounding: "floor", pushes: true }] = HABITS;
/** Power that is told again differs by less than that while it stays the same, as a share. */
const SAME_POWER_SD = 0.02;
/** Numbers of a saved state. */
const SIZE = 9;
const readHypothesis = object({
  state: needed((saved) => {
    const state = numberList(saved);
    const [soc = NaN] = state;
    return state.length === SIZE && soc >= -50 && soc <= 150 ? state : null;
  }),
  rounding: (saved) => saved ?? null,
  pushes: (saved) => saved ?? null,
  /** Written before there were habits. */
  floors: isTrue,
  branch: needed(then(finiteNumber, (branch: number) => (Number.isInteger(branch) && branch >= 0 ? branch : null))),
  logWeight: needed(then(finiteNumber, (weight: number) => (weight <= 0 ? weight : null))),
});

/**
 * One explanation of a charge, by an extended Kalman filter: a normal distribution of the state of charge (`soc`, pp),
 * of the share of the net energy that arrives in the battery (`efficiency`) and of the error of the power that goes in
 * (`error`, a share), with their covariances. It supposes a habit of telling the level and a branch of the supply.
 */
export class Hypothesis {
  constructor(
    public soc: number,
    public efficiency: number,
    public error = 0,
    public varSoc = 0.1,
    public varEfficiency = 0.001,
    public varError = 0,
    public socEfficiency = 0,
    public socError = 0,
    public efficiencyError = 0,
    /** How the car tells its level. */
    public habit: LevelHabit = FIRST_HABIT,
    /** Which branch of the supply charges the battery. */
    public branch = 0,
    /** Logarithm of its weight; 0 for the likeliest. */
    public logWeight = 0,
  ) {}

  clone(): Hypothesis {
    return new Hypothesis(
      this.soc,
      this.efficiency,
      this.error,
      this.varSoc,
      this.varEfficiency,
      this.varError,
      this.socEfficiency,
      this.socError,
      this.efficiencyError,
      this.habit,
      this.branch,
      this.logWeight,
    );
  }

  /** Net energy before losses, in pp per hour; below 0 where the car gives power, which has losses on its way out. */
  rate({ kw, auxKw }: Flow, capacityKwh: number): number {
    const net = kw * (1 + this.error) - auxKw;
    return ((kw < 0 ? net / this.efficiency ** 2 : Math.max(0, net)) * 100) / capacityKwh;
  }

  /** Lets `ms` pass. What flows at `most`, percent, runs what is beside the battery. */
  advance(flow: Flow, ms: number, capacityKwh: number, most = FULL): void {
    const hours = ms / HOUR_MS;
    const flowing = this.rate(flow, capacityKwh);
    const rate = this.soc < most || most === FULL ? flowing : Math.min(0, flowing);
    const pp = rate * hours;
    const arrives = rate < 0 ? 1 / this.efficiency : this.efficiency;
    const perKw = rate === 0 ? 0 : (arrives * hours * 100) / capacityKwh;
    const keeps = Math.exp(-ms / flow.errorMs);
    const taper = Math.min(1.1, Math.max(0.5, 1 + perKw * flow.kwPerSoc * (1 + this.error)));
    this.#propagate(taper, Math.abs(pp), perKw * flow.kw, keeps);
    this.soc = Math.min(FULL, Math.max(most, this.soc), this.soc + this.efficiency * pp);
    this.error *= keeps;
    this.varError += (1 - keeps * keeps) * flow.errorSd ** 2;
    if (rate !== 0) this.varEfficiency += EFFICIENCY_DRIFT ** 2 * hours;
    this.#keepSane();
  }

  /** Time passes in which nothing is known to happen; `variance` in pp². */
  rest(variance: number): void {
    this.varSoc += variance;
    this.#keepSane();
  }

  /** Any part of `pp` more has come in than was counted; less, if it is negative. */
  blur(pp: number): void {
    this.soc += pp / 2;
    this.varSoc += pp ** 2 / 12;
    this.#keepSane();
  }

  /** The power is known anew. */
  trustPower(sd: number): void {
    this.error = 0;
    this.varError = sd * sd;
    this.socError = 0;
    this.efficiencyError = 0;
  }

  /** The power is told again, and may be off by so much more than before. */
  retell(sd: number): void {
    if (sd > SAME_POWER_SD) this.varError += sd * sd;
    this.#keepSane();
  }

  /** Another way of charging, of which `efficiency` is known. */
  resetEfficiency(efficiency: Moments): void {
    this.efficiency = efficiency.mean;
    this.varEfficiency = efficiency.variance;
    this.socEfficiency = 0;
    this.efficiencyError = 0;
  }

  /** The state of charge is something else than what was believed, and nothing follows from that. */
  replaceSoc({ mean, variance }: Moments): void {
    this.soc = mean;
    this.varSoc = variance;
    this.socEfficiency = 0;
    this.socError = 0;
  }

  /** Learns that the state of charge, seen with `noise` (variance), is `seen`; efficiency and error follow. */
  learn(seen: Moments, noise: number): void {
    const before = this.varSoc;
    const trust = before / (before + noise);
    const shift = trust * (seen.mean - this.soc);
    const after = Math.max(LEAST_VARIANCE, before + trust * trust * (seen.variance - before - noise));
    this.#follow(shift, after, before);
    this.#keepSane();
  }

  /** Learns that the power is `share` of what was believed; `sd` of that. */
  learnPower(share: number, sd: number): void {
    const scale = 1 + this.error;
    const trust = this.varError / (this.varError + (sd * scale) ** 2);
    this.error += trust * scale * (share - 1);
    this.varError *= 1 - trust;
    this.socError *= 1 - trust;
    this.efficiencyError *= 1 - trust;
    this.#keepSane();
  }

  save(): JsonObject {
    const { soc, efficiency, error, varSoc, varEfficiency, varError, socEfficiency, socError, efficiencyError } = this;
    const state = [soc, efficiency, error, varSoc, varEfficiency, varError, socEfficiency, socError, efficiencyError];
    return { state, ...this.habit, branch: this.branch, logWeight: this.logWeight };
  }

  /** Reads what `save` gave, one of so many branches; `null` if that is none. */
  static restored(saved: unknown, branches: number): Hypothesis | null {
    const known = readHypothesis(saved);
    if (known === null || known.branch >= branches) return null;
    const [soc = NaN, efficiency = NaN, error, varSoc, varEfficiency, varError, ...covariances] = known.state;
    const [socEfficiency, socError, efficiencyError] = covariances;
    const habit =
      habitOf(known.rounding, known.pushes) ?? habitOf(known.floors ? "floor" : "round", true) ?? FIRST_HABIT;
    const hypothesis = new Hypothesis(
      ...([soc, efficiency, error, varSoc, varEfficiency, varError] as const),
      ...([socEfficiency, socError, efficiencyError, habit, known.branch, known.logWeight] as const),
    );
    if (hypothesis.varSoc <= 0 || hypothesis.varEfficiency < 0 || hypothesis.varError < 0) return null;
    hypothesis.#keepSane();
    return hypothesis;
  }

  /**
   * Makes what this becomes where the branch charges the battery from now on; `was` charged it before, if the same
   * charge goes on.
   */
  split(was: Branch | undefined, branch: Branch, index: number): Hypothesis {
    const one = this.clone();
    if (was?.condition !== branch.condition) {
      const goesOn = was !== undefined && !branch.isKnown;
      const carried = { mean: one.efficiency, variance: one.varEfficiency + CARRIED_EFFICIENCY_VARIANCE };
      one.resetEfficiency(goesOn ? carried : branch.efficiency);
    }
    one.branch = index;
    if (was === undefined) one.logWeight += Math.log(branch.weight);
    return one;
  }

  #propagate(taper: number, perEfficiency: number, perError: number, keeps: number): void {
    const { varSoc, varEfficiency, varError, socEfficiency, socError, efficiencyError } = this;
    const withSoc = taper * varSoc + perEfficiency * socEfficiency + perError * socError;
    const withEfficiency = taper * socEfficiency + perEfficiency * varEfficiency + perError * efficiencyError;
    const withError = taper * socError + perEfficiency * efficiencyError + perError * varError;
    this.varSoc = taper * withSoc + perEfficiency * withEfficiency + perError * withError;
    this.socEfficiency = withEfficiency;
    this.socError = withError * keeps;
    this.efficiencyError = efficiencyError * keeps;
    this.varError = varError * keeps * keeps;
  }

  #follow(shift: number, after: number, before: number): void {
    const efficiency = this.socEfficiency / before;
    const error = this.socError / before;
    const change = after - before;
    this.soc += shift;
    this.efficiency += efficiency * shift;
    this.error += error * shift;
    this.varEfficiency += efficiency * efficiency * change;
    this.varError += error * error * change;
    this.efficiencyError += efficiency * error * change;
    this.socEfficiency *= after / before;
    this.socError *= after / before;
    this.varSoc = after;
  }

  #keepSane(): void {
    this.efficiency = within(this.efficiency, EFFICIENCY_BOUNDS);
    this.error = within(this.error, ERROR_BOUNDS);
    const tooWide = Math.sqrt(Math.max(1, this.varSoc / MOST_VARIANCE));
    // Exactly the limit, so that what is sane stays as it is when it is loaded.
    this.varSoc = Math.min(MOST_VARIANCE, Math.max(LEAST_VARIANCE, this.varSoc));
    this.socEfficiency /= tooWide;
    this.socError /= tooWide;
    this.varEfficiency = Math.min(MOST_EFFICIENCY_VARIANCE, Math.max(LEAST_EFFICIENCY_VARIANCE, this.varEfficiency));
    this.varError = Math.max(0, this.varError);
  }
}

function within(value: number, [low, high]: readonly [number, number]): number {
  return Math.min(high, Math.max(low, value));
}

/** Tells whether either is the same way of charging. */
export function isLike(was: Branch | undefined, branch: Branch): boolean {
  return (
    was !== undefined && (was.condition === branch.condition || (was.phases !== null && was.phases === branch.phases))
  );
}

/** Finds the likeliest with that habit; one that matches, if there is any. */
export function best(all: readonly Hypothesis[], habit: LevelHabit | null, matches: (index: number) => boolean) {
  let top: Hypothesis | null = null;
  let isMatch = false;
  let index = 0;
  for (const one of all) {
    const isOne = habit === null || one.habit === habit ? matches(index) : null;
    index++;
    if (isOne === null) continue;
    const isBetter = top !== null && isMatch === isOne ? one.logWeight > top.logWeight : isOne;
    if (top === null || isBetter) [top, isMatch] = [one, isOne];
  }
  return top === null ? null : { one: top, matches: isMatch };
}
