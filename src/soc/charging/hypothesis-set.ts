import { finiteNumber, isObject, type JsonObject } from "../../support/json.js";
import { below, combined, density, mixed, type Moments } from "../normal-distribution.js";
import { percentOf } from "../settings.js";
import { BLIND } from "./charging-efficiency.js";
import { best, FULL, Hypothesis, isLike } from "./hypothesis.js";
import { HABITS, logPriorOf, logStepsOf, offsetOf, ROUNDINGS } from "./level-habit.js";
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
/** A branch that is so likely is the one that charges the battery. */
export const SURE_SHARE = 0.8;
/** No way of rounding is ever quite excluded, and neither way of telling: a charge shows the latter again and again. */
const LEAST_ROUNDING_LOG = Math.log(0.02);
const LEAST_TELLING_LOG = Math.log(0.001);
/** How far the level may be off under a habit that comes in again, pp². */
const HABIT_VARIANCE = 0.25;
const TARGET_NOISE = 0.15;
/** A charge that does not end at its target ends anywhere within so many pp. */
const ELSEWHERE_PP = 20;
/** So near to the level at which a car stops it has stopped, pp. */
const FILLED_PP = 0.1;
/** Share of a change of power that may have happened beside the car, and less than which no change is told, kW. */
const ELSEWHERE_SHARE = 0.5;
const LEAST_KW = 0.5;
/** How far a car's own forecast of its charge is off, as a share. */
const FORECAST_SD = 0.3;

/** Holds all hypotheses side by side, with what charges the battery now; changed in place. */
export class HypothesisSet {
  /** Share of the learned curve of fast charging. */
  curveScale = 1;
  supply: Supply | null = null;
  /** The charge goes on after a pause: what is known of its supply still holds. */
  resumes = false;
  /** Where the car stops charging, whatever it draws, once it has told that it is there; percent. */
  most = FULL;
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
    copy.resumes = this.resumes;
    copy.most = this.most;
    copy.#charged = this.#charged;
    copy.#all = this.#all.map((one) => one.clone());
    return copy;
  }

  /** The first value of all. */
  begin(level: LevelMeasurement, efficiency: Moments): void {
    this.#all = HABITS.map((habit) => {
      const { mean, variance } = uniform(bounds(level, habit), level.noise);
      const one = new Hypothesis(mean, efficiency.mean, 0, variance, efficiency.variance, 0, 0, 0, 0, habit);
      one.logWeight = logPriorOf(habit);
      return one;
    });
    this.#settle();
  }

  branchOf({ branch }: Hypothesis): Branch | undefined {
    return this.supply?.branches[branch];
  }

  /** From now on this charges the battery. */
  adopt(supply: Supply): void {
    const before = this.resumes ? this.#charged : this.supply;
    this.supply = supply;
    if (supply.branches.length === 0) return;
    this.resumes = false;
    this.#charged = supply;
    if (before?.key === supply.key) {
      if (supply.follows) this.#trustPower(supply);
      else this.#retell(before.kw, supply);
      return;
    }
    if ((before?.branches.length ?? 0) === 0) this.#complete();
    const old = this.#all;
    const were = old.map(({ branch }) => before?.branches[branch]);
    const goesOn = supply.branches.some((branch) => were.some((was) => isLike(was, branch)));
    this.#all = HABITS.flatMap((habit) =>
      supply.branches.flatMap((branch, index) => {
        const from = best(old, habit, (at) => isLike(were[at], branch));
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
    this.most = level.most;
    const all = this.#all.map((one) => ({ one, fit: fitOf(one, level) }));
    let most = -Infinity;
    for (const { fit } of all) most = Math.max(most, likelihood(fit));
    if (most < SWITCHED && (this.supply?.branches.length ?? 0) > 1) {
      this.#reopen(level);
      return true;
    }
    if (most < CONTRADICTION) {
      for (const one of this.#all) one.replaceSoc(uniform(bounds(level, one.habit), level.noise));
      return true;
    }
    const weight = level.soc < FULL_FROM ? 1 : 0;
    for (const { one, fit } of all) {
      const bySteps = level.steps === null ? 0 : logStepsOf(one.habit, level.steps);
      one.logWeight += weight * (bySteps + Math.log(Math.max(LEAST_LIKELIHOOD, likelihood(fit))));
      learnFrom(one, level, fit);
    }
    this.#settle();
    return false;
  }

  /** Something tells how the car rounds: how well each way fits, as logarithm. */
  weighRounding(logs: readonly number[]): void {
    for (const one of this.#all) one.logWeight += logs[ROUNDINGS.indexOf(one.habit.rounding)] ?? 0;
    this.#settle();
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

  /**
   * The charge is over; it may be over because `target` was reached, as often as `share` says, give or take what comes in
   * `unnoticed`, pp.
   */
  end(target: number, share: number, unnoticed: number): void {
    const noise = TARGET_NOISE ** 2 + unnoticed ** 2 / 3;
    // It went on at the target for what runs beside the battery: when it ended says nothing of what came in.
    const isFilled = this.most < FULL && this.soc.mean > this.most - FILLED_PP;
    for (const one of this.#all) {
      if (isFilled) {
        one.replaceSoc({ mean: target, variance: noise });
        continue;
      }
      const prior = { mean: one.soc, variance: one.varSoc };
      const deviation = Math.sqrt(prior.variance + noise);
      const reached = (share * density((target - prior.mean) / deviation)) / deviation;
      const elsewhere = (1 - share) / ELSEWHERE_PP;
      // Near full the power is too little known to tell half a percent.
      if (target < FULL_FROM) one.logWeight += Math.log(reached + elsewhere);
      const there = combined(prior, { mean: target, variance: noise });
      one.learn(mixed(there, prior, reached / (reached + elsewhere)), 0);
    }
    this.#settle();
  }

  get likeliest(): Hypothesis | null {
    return likeliestOf(this.#all);
  }

  /** Shares of the hypotheses, in their order. */
  shares(): number[] {
    const shares: number[] = [];
    let sum = 0;
    for (const { logWeight } of this.#all) {
      const weight = Math.exp(logWeight);
      shares.push(weight);
      sum += weight;
    }
    // In place: this is asked for again and again.
    for (let index = 0; index < shares.length; index++) shares[index] = (shares[index] ?? 0) / sum;
    return shares;
  }

  /** Tells what charges the battery, or charged it last. */
  get charged(): Supply | null {
    return this.#charged;
  }

  /** The car tells each step when it is passed, as far as is known. */
  get tellsSteps(): boolean {
    return this.likeliest?.habit.pushes ?? false;
  }

  /** Tells what the hypotheses say together of the state of charge. */
  get soc(): Moments {
    return momentsOf(this.#all, this.shares());
  }

  /** Tells how far the car shows more than it would if it cut off the part of a percent, in steps of its last digit. */
  get rounding(): Moments {
    const shares = this.shares();
    const shown = this.#all.map(({ habit }) => -offsetOf(habit.rounding));
    const mean = shown.reduce((sum, more, index) => sum + more * (shares[index] ?? 0), 0);
    return { mean, variance: shown.reduce((sum, more, index) => sum + (more - mean) ** 2 * (shares[index] ?? 0), 0) };
  }

  /** Below which the state of charge lies with each of two probabilities. */
  quantiles(one: number, other: number): readonly [number, number] {
    const shares = this.shares();
    const moments = momentsOf(this.#all, shares);
    const deviations = this.#all.map(({ varSoc }) => Math.sqrt(varSoc));
    return [this.#quantile(one, shares, moments, deviations), this.#quantile(other, shares, moments, deviations)];
  }

  #quantile(
    probability: number,
    shares: readonly number[],
    { mean, variance }: Moments,
    deviations: readonly number[],
  ): number {
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

  /**
   * The likeliest branch of what charges or charged last, with its share and the efficiency it speaks for; kW.
   * @param supposed phases that are supposed until levels show another count
   */
  leading(supposed: number | null = null): {
    readonly branch: Branch;
    readonly share: number;
    readonly efficiency: Moments;
    readonly kw: number;
    /** The likeliest hypothesis of that branch. */
    readonly one: Hypothesis;
  } | null {
    const supply = this.#charged;
    if (supply === null) return null;
    const shares = this.shares();
    const sums = supply.branches.map((_, index) =>
      this.#all.reduce((sum, one, at) => sum + (one.branch === index ? (shares[at] ?? 0) : 0), 0),
    );
    const most = Math.max(...sums);
    const alike = supposed === null ? -1 : supply.branches.findIndex(({ phases }) => phases === supposed);
    const index = alike < 0 || most >= SURE_SHARE ? sums.indexOf(most) : alike;
    const share = sums[index] ?? 0;
    const branch = supply.branches[index];
    const top = best(this.#all, null, (at) => this.#all[at]?.branch === index)?.one;
    if (branch === undefined || top === undefined) return null;
    const kw = supply.kw * branch.factor * (1 + top.error);
    return { branch, share, efficiency: { mean: top.efficiency, variance: top.varEfficiency }, kw, one: top };
  }

  save(): JsonObject {
    const all = this.#all.map((one) => one.save());
    const { curveScale, supply, resumes, most } = this;
    return { all, curveScale, supply, charged: this.#charged, resumes, most };
  }

  /** `null` if that is none. */
  static restored(saved: unknown): HypothesisSet | null {
    if (!isObject(saved) || !Array.isArray(saved["all"])) return null;
    const set = new HypothesisSet();
    set.supply = decodeSupply(saved["supply"]);
    set.#charged = decodeSupply(saved["charged"]);
    set.resumes = saved["resumes"] === true;
    set.most = percentOf(saved["most"]) ?? FULL;
    const curveScale = finiteNumber(saved["curveScale"]);
    set.curveScale = curveScale !== null && curveScale > 0 && curveScale < 20 ? curveScale : 1;
    const most = Math.max(1, set.#charged?.branches.length ?? 1);
    const all = (saved["all"] as unknown[]).slice(0, HABITS.length * most).map((one) => Hypothesis.restored(one, most));
    set.#all = all.filter((one) => one !== null);
    if (!set.isKnown) return null;
    if (!set.#hasAllKinds) set.#complete();
    return set;
  }

  /** None of the kinds that are kept for good is missing, as one that an older version did not know. */
  get #hasAllKinds(): boolean {
    const isThere = (isOfKind: (one: Hypothesis) => boolean) => this.#all.some(isOfKind);
    return (
      ROUNDINGS.every((rounding) => isThere(({ habit }) => habit.rounding === rounding)) &&
      [true, false].every((pushes) => isThere(({ habit }) => habit.pushes === pushes))
    );
  }

  /** Another branch than before may charge the battery now. */
  #reopen(level: LevelMeasurement): void {
    const branches = this.supply?.branches ?? [];
    const old = this.#all;
    this.#all = HABITS.flatMap((habit) => {
      const from = best(old, habit, () => true)?.one;
      if (from === undefined) return [];
      return branches.map((branch, index) => {
        const one = from.split(from.branch === index ? branch : undefined, branch, index);
        one.logWeight = from.logWeight + Math.log(branch.weight);
        one.replaceSoc(uniform(bounds(level, habit), level.noise));
        if (branch.condition.startsWith(BLIND)) one.trustPower(UNSTEADY_SD);
        return one;
      });
    });
    this.#settle();
  }

  /** What levels have taught of the power stays true while it stays; of a change, some may not concern the car. */
  #retell(before: number, { kw, toldSd }: Supply): void {
    const change = (kw - before) / Math.max(Math.abs(kw), Math.abs(before), LEAST_KW);
    for (const one of this.#all) one.retell(Math.hypot(toldSd, ELSEWHERE_SHARE * change));
  }

  #trustPower({ toldSd }: Supply): void {
    for (const one of this.#all) one.trustPower(toldSd);
  }

  /** Puts in again, as likely as its parts are, each habit that has been left out. */
  #complete(): void {
    const missing = HABITS.filter((habit) => this.#all.every((one) => one.habit !== habit));
    const added = missing.flatMap((habit) => {
      const alike = likeliestOf(this.#all, (one) => one.habit.rounding === habit.rounding);
      const from = alike ?? this.likeliest;
      if (from === null) return [];
      const one = from.clone();
      one.habit = habit;
      one.rest(HABIT_VARIANCE);
      const byPushes = likeliestOf(this.#all, ({ habit: { pushes } }) => pushes === habit.pushes);
      one.logWeight = (alike?.logWeight ?? LEAST_ROUNDING_LOG) + (byPushes?.logWeight ?? LEAST_TELLING_LOG);
      return [one];
    });
    this.#all = [...this.#all, ...added];
    this.#settle();
  }

  /** Sets the likeliest to 0 and leaves out what is next to impossible, but nothing that a car may do for good. */
  #settle(): void {
    const most = this.likeliest?.logWeight ?? 0;
    for (const one of this.#all) one.logWeight -= most;
    const kept = new Set<Hypothesis>();
    for (const rounding of ROUNDINGS) this.#keep(kept, LEAST_ROUNDING_LOG, (one) => one.habit.rounding === rounding);
    for (const pushes of [true, false]) this.#keep(kept, LEAST_TELLING_LOG, (one) => one.habit.pushes === pushes);
    if (this.#all.some((one) => one.logWeight <= PRUNED_LOG && !kept.has(one)))
      this.#all = this.#all.filter((one) => one.logWeight > PRUNED_LOG || kept.has(one));
  }

  /** Keeps the likeliest of a kind, which is as likely as `least` at least. */
  #keep(kept: Set<Hypothesis>, least: number, isOfKind: (one: Hypothesis) => boolean): void {
    const top = likeliestOf(this.#all, isOfKind);
    if (top === null) return;
    top.logWeight = Math.max(top.logWeight, least);
    kept.add(top);
  }
}

/** Finds the likeliest of a kind; the first of equals, `null` if there is none. */
function likeliestOf(
  all: readonly Hypothesis[],
  isOfKind: (one: Hypothesis) => boolean = () => true,
): Hypothesis | null {
  let top: Hypothesis | null = null;
  for (const one of all) if (isOfKind(one) && (top === null || one.logWeight > top.logWeight)) top = one;
  return top;
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
