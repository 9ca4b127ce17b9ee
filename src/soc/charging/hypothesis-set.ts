import { finiteNumber, isObject, type JsonObject } from "../../support/json.js";
import { below, combined, density, mixed, type Moments } from "../normal.js";
import { BLIND } from "./charging-efficiency.js";
import { best, Hypothesis, isLike } from "./hypothesis.js";
import {
  bounds,
  fitOf,
  FULL_FROM,
  learnFrom,
  LEAST_LIKELIHOOD,
  likelihood,
  uniform,
  type LevelMeasurement,
} from "./level-likelihood.js";
import { decodeSupply, type Branch, type Supply } from "./power-supply.js";

/** Less likely than this the value contradicts all hypotheses: the car is right. */
const CONTRADICTION = 1e-4;
/** Less likely than this another branch charges the battery by now: a phase went, or the sun. */
const SWITCHED = 0.01;
/** Error of power that nothing tells, once it has been seen to change, as a share. */
const UNSTEADY_SD = 0.4;
const PRUNED_LOG = -7;
/** Neither way of rounding is ever quite excluded. */
const LEAST_ROUNDING_LOG = Math.log(0.02);
/** A car that rounds shows half a step more than one that cuts off. */
const ROUNDS_UP = 0.5;
const TARGET_NOISE = 0.15;
/** A charge that is over ended because the target was reached so often; otherwise anywhere within so many pp. */
const ENDS_AT_TARGET = 0.5;
const ELSEWHERE_PP = 20;
/** How far a car's own forecast of its charge is off, as a share. */
const FORECAST_SD = 0.3;

/** Holds all hypotheses side by side, with what charges the battery now; changed in place. */
export class HypothesisSet {
  /** Share of the learned curve of fast charging. */
  curveScale = 1;
  supply: Supply | null = null;
  /** Supply that charged the battery last, if nothing does by now. */
  #charged: Supply | null = null;
  #all: Hypothesis[] = [];

  get all(): readonly Hypothesis[] {
    return this.#all;
  }

  get isKnown(): boolean {
    return this.#all.length > 0;
  }

  clone(): HypothesisSet {
    const copy = new HypothesisSet();
    copy.curveScale = this.curveScale;
    copy.supply = this.supply;
    copy.#charged = this.#charged;
    copy.#all = this.#all.map((one) => one.clone());
    return copy;
  }

  /** The first value of all. */
  begin(level: LevelMeasurement, efficiency: Moments): void {
    this.#all = [true, false].map((floors) => {
      const { mean, variance } = uniform(bounds(level, floors), level.noise);
      return new Hypothesis(mean, efficiency.mean, 0, variance, efficiency.variance, 0, 0, 0, 0, floors);
    });
  }

  branchOf({ branch }: Hypothesis): Branch | undefined {
    return this.supply?.branches[branch];
  }

  /** From now on this charges the battery. */
  adopt(supply: Supply): void {
    const before = this.supply;
    this.supply = supply;
    if (supply.branches.length === 0) return;
    this.#charged = supply;
    if (before?.key === supply.key) {
      this.#trustPower(supply);
      return;
    }
    const old = this.#all;
    const were = old.map(({ branch }) => before?.branches[branch]);
    const goesOn = supply.branches.some((branch) => were.some((was) => isLike(was, branch)));
    this.#all = [true, false].flatMap((floors) =>
      supply.branches.flatMap((branch, index) => {
        const from = best(old, floors, (at) => isLike(were[at], branch));
        // An excluded hypothesis stays so while the charge goes on in another way.
        return from === null || (goesOn && !from.matches)
          ? []
          : [from.one.split(from.matches ? were[old.indexOf(from.one)] : undefined, branch, index)];
      }),
    );
    this.#trustPower(supply);
    this.#settle();
  }

  /** Weighs and moves all hypotheses by what the car told. Returns whether it contradicted all of them. */
  observe(level: LevelMeasurement): boolean {
    const all = this.#all.map((one) => ({ one, fit: fitOf(one, level, one.floors) }));
    let most = -Infinity;
    for (const { fit } of all) most = Math.max(most, likelihood(fit));
    if (most < SWITCHED && (this.supply?.branches.length ?? 0) > 1) {
      this.#reopen(level);
      return true;
    }
    if (most < CONTRADICTION) {
      for (const one of this.#all) one.replaceSoc(uniform(bounds(level, one.floors), level.noise));
      return true;
    }
    const weight = level.soc < FULL_FROM ? 1 : 0;
    for (const { one, fit } of all) {
      one.logWeight += weight * Math.log(Math.max(LEAST_LIKELIHOOD, likelihood(fit)));
      learnFrom(one, level, one.floors, fit);
    }
    this.#settle();
    return false;
  }

  /** The car itself expects to charge at `ppPerHour`; that counts where nothing tells of power. */
  expect(ppPerHour: number, capacityKwh: number): void {
    for (const one of this.#all) {
      const branch = this.branchOf(one);
      if (branch?.condition.startsWith(BLIND) !== true || this.supply === null) continue;
      const { kw, auxKw } = this.supply;
      const rate = (one.efficiency * Math.max(0.1, kw * branch.factor * (1 + one.error) - auxKw) * 100) / capacityKwh;
      const deviation = Math.sqrt(one.varError + FORECAST_SD ** 2);
      one.logWeight += Math.log(
        Math.max(LEAST_LIKELIHOOD, density(Math.log(ppPerHour / rate) / deviation) / deviation),
      );
      one.learnPower(Math.min(2, Math.max(0.5, ppPerHour / rate)), FORECAST_SD);
    }
    this.#settle();
  }

  /** The charge is over; it may be over because `target` was reached, give or take what comes in `unnoticed`, pp. */
  end(target: number, unnoticed: number): void {
    const noise = TARGET_NOISE ** 2 + unnoticed ** 2 / 3;
    for (const one of this.#all) {
      const prior = { mean: one.soc, variance: one.varSoc };
      const deviation = Math.sqrt(prior.variance + noise);
      const reached = (ENDS_AT_TARGET * density((target - prior.mean) / deviation)) / deviation;
      const elsewhere = (1 - ENDS_AT_TARGET) / ELSEWHERE_PP;
      // Near full the power is too little known to tell half a percent.
      if (target < FULL_FROM) one.logWeight += Math.log(reached + elsewhere);
      const there = combined(prior, { mean: target, variance: noise });
      one.learn(mixed(there, prior, reached / (reached + elsewhere)), 0);
    }
    this.#settle();
  }

  get likeliest(): Hypothesis | null {
    return best(this.#all, null, () => true)?.one ?? null;
  }

  /** Shares of the hypotheses, in their order. */
  shares(): number[] {
    const weights = this.#all.map(({ logWeight }) => Math.exp(logWeight));
    let sum = 0;
    for (const weight of weights) sum += weight;
    return weights.map((one) => one / sum);
  }

  /** Tells what charges the battery, or charged it last. */
  get charged(): Supply | null {
    return this.#charged;
  }

  /** Tells what the hypotheses say together of the state of charge. */
  get soc(): Moments {
    return momentsOf(this.#all, this.shares());
  }

  /** Tells how far the car shows more than it would if it cut off the part of a percent, in steps of its last digit. */
  get rounding(): Moments {
    const shares = this.shares();
    const rounds = this.#all.reduce((sum, { floors }, index) => sum + (floors ? 0 : (shares[index] ?? 0)), 0);
    return { mean: rounds * ROUNDS_UP, variance: rounds * (1 - rounds) * ROUNDS_UP ** 2 };
  }

  /** Below which the state of charge lies with this probability. */
  quantile(probability: number): number {
    const shares = this.shares();
    const { mean, variance } = momentsOf(this.#all, shares);
    const deviations = this.#all.map(({ varSoc }) => Math.sqrt(varSoc));
    let low = mean - 6 * Math.sqrt(variance);
    let high = mean + 6 * Math.sqrt(variance);
    for (let step = 0; step < 24; step++) {
      const middle = (low + high) / 2;
      let share = 0;
      let index = 0;
      for (const { soc } of this.#all) {
        share += (shares[index] ?? 0) * below((middle - soc) / (deviations[index] ?? 1));
        index++;
      }
      if (share < probability) low = middle;
      else high = middle;
    }
    return (low + high) / 2;
  }

  /** The likeliest branch of what charges or charged last, with its share and the efficiency it speaks for; kW. */
  leading(): {
    readonly branch: Branch;
    readonly share: number;
    readonly efficiency: Moments;
    readonly kw: number;
  } | null {
    const supply = this.#charged;
    if (supply === null) return null;
    const shares = this.shares();
    const sums = supply.branches.map((_, index) =>
      this.#all.reduce((sum, one, at) => sum + (one.branch === index ? (shares[at] ?? 0) : 0), 0),
    );
    const share = Math.max(...sums);
    const index = sums.indexOf(share);
    const branch = supply.branches[index];
    const top = best(this.#all, null, (at) => this.#all[at]?.branch === index)?.one;
    if (branch === undefined || top === undefined) return null;
    const kw = supply.kw * branch.factor * (1 + top.error);
    return { branch, share, efficiency: { mean: top.efficiency, variance: top.varEfficiency }, kw };
  }

  save(): JsonObject {
    const all = this.#all.map((one) => one.save());
    return { all, curveScale: this.curveScale, supply: this.supply, charged: this.#charged };
  }

  /** `null` if that is none. */
  static restored(saved: unknown): HypothesisSet | null {
    if (!isObject(saved) || !Array.isArray(saved["all"])) return null;
    const set = new HypothesisSet();
    set.supply = decodeSupply(saved["supply"]);
    set.#charged = decodeSupply(saved["charged"]);
    const curveScale = finiteNumber(saved["curveScale"]);
    set.curveScale = curveScale !== null && curveScale > 0 && curveScale < 20 ? curveScale : 1;
    const most = Math.max(1, set.#charged?.branches.length ?? 1);
    const all = (saved["all"] as unknown[]).slice(0, 2 * most).map((one) => Hypothesis.restored(one, most));
    set.#all = all.filter((one) => one !== null);
    const floors = new Set(set.#all.map((one) => one.floors));
    return floors.size === 2 ? set : null;
  }

  /** Another branch than before may charge the battery now. */
  #reopen(level: LevelMeasurement): void {
    const branches = this.supply?.branches ?? [];
    const old = this.#all;
    this.#all = [true, false].flatMap((floors) => {
      const from = best(old, floors, () => true)?.one;
      if (from === undefined) return [];
      return branches.map((branch, index) => {
        const one = from.split(from.branch === index ? branch : undefined, branch, index);
        one.logWeight = from.logWeight + Math.log(branch.weight);
        one.replaceSoc(uniform(bounds(level, floors), level.noise));
        if (branch.condition.startsWith(BLIND)) one.trustPower(UNSTEADY_SD);
        return one;
      });
    });
    this.#settle();
  }

  #trustPower({ toldSd }: Supply): void {
    for (const one of this.#all) one.trustPower(toldSd);
  }

  /** Sets the likeliest to 0, leaves out what is next to impossible, and keeps both ways of rounding. */
  #settle(): void {
    const top = mostOf(this.#all);
    for (const one of this.#all) one.logWeight -= top;
    for (const floors of [true, false]) {
      const own = this.#all.filter((one) => one.floors === floors);
      const most = mostOf(own);
      const isLeft = ({ logWeight }: Hypothesis) => logWeight - most > PRUNED_LOG;
      if (!own.every(isLeft)) this.#all = this.#all.filter((one) => one.floors !== floors || isLeft(one));
      const lift = LEAST_ROUNDING_LOG - most;
      if (lift > 0) for (const one of own) one.logWeight += lift;
    }
  }
}

/** Tells the weight of the likeliest. */
function mostOf(all: readonly Hypothesis[]): number {
  return all.reduce((most, { logWeight }) => Math.max(most, logWeight), -Infinity);
}

/** Tells mean and variance of the state of charge under hypotheses with these shares. */
function momentsOf(all: readonly Hypothesis[], shares: readonly number[]): Moments {
  // Loops without functions: this is asked for again and again, and what functions share lies on the heap.
  let [mean, variance] = [0, 0];
  let index = 0;
  for (const { soc } of all) mean += (shares[index++] ?? 0) * soc;
  index = 0;
  for (const { soc, varSoc } of all) variance += (shares[index++] ?? 0) * (varSoc + (soc - mean) ** 2);
  return { mean, variance };
}
