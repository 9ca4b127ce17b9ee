import { entriesOf, finiteNumber, isObject, numberList, numbersIn, type JsonObject } from "../../support/json.js";
import type { ChargingMethod } from "../../vehicle/vehicle-event.js";
import type { LearnedCondition } from "../estimate.js";
import { mean, standardDeviation, sum, type Moments } from "../normal-distribution.js";
import { FastChargingCurve } from "./fast-charging-curve.js";
import { FixedLosses } from "./fixed-loss.js";
import { ChargeTaper } from "./taper.js";

/**
 * Result of charges that were measured from end to end in one condition; `history` holds also values that were rejected.
 */
interface MeasuredEfficiency {
  readonly efficiency: number;
  readonly samples: number;
  readonly history: readonly number[];
}

/** One condition: how much of the net energy arrives in the battery, a share. */
interface Condition {
  /** Running mean of measured charges, as users see it. */
  readonly measured: MeasuredEfficiency | null;
  /** Efficiency as the filter found it in its charges, measured or not: the better prior for the next one. */
  readonly belief: Moments | null;
}

/** An efficiency to begin a charge with. */
export interface Prior {
  readonly efficiency: Moments;
  /** It was seen in this condition before, rather than guessed. */
  readonly isKnown: boolean;
}

/** Result of one charge by the filter. */
export interface FilteredCharge {
  /** The way in which the battery was charged; `phases` is `null` where they play no part. */
  readonly branch: { readonly phases: number | null; readonly condition: string };
  /** How likely it was this branch. */
  readonly share: number;
  readonly efficiency: Moments;
  readonly kw: number;
  /** pp. */
  readonly gained: number;
  /** Shares of the curve, if it was a fast charge. */
  readonly curveScales: readonly number[];
}

/** Highest efficiency that is learned, a share. */
export const MOST_EFFICIENCY = 0.98;
/** Conditions of which the power is only guessed begin so. */
export const BLIND = "blind/";
/** Begins the conditions of a battery of which nobody tells the capacity: their efficiencies mean another one. */
export const OPEN = "open/";
/** Fast charging is one condition. */
export const DC_KEY = "0_410_0";
const VOLTAGES = [250, 410, 810] as const;
/** At which cars charge, A. */
const USUAL_CURRENTS = [6, 11, 16, 32, 64] as const;
const [USUAL_VOLTS, USUAL_AMPS] = [230, 16];
const MEASURED_KEY = /^[0-9]_[0-9]{1,4}_[0-9]{1,4}$/;

/** The published rule of the running mean. */
const HISTORY = 10;
const OUTLIERS_FROM = 5;
const OUTLIER_SIGMAS = 2;
/** Equal values would otherwise reject every other. */
const LEAST_SIGMA = 0.01;
const LEAST_RATE = 0.2;

const DEFAULT: Readonly<Record<ChargingMethod, Moments>> = {
  AC: { mean: 0.9, variance: 0.04 ** 2 },
  DC: { mean: 0.93, variance: 0.03 ** 2 },
};
/** Efficiency beside a supposed capacity, which stands for small and large batteries. */
const OPEN_EFFICIENCY: Moments = { mean: 0.5, variance: 0.2 ** 2 };
/** Change from one charge to the next. */
const BETWEEN_CHARGES = 0.012 ** 2;
const LEAST_SPREAD = 0.02;
const OTHER_CONDITION_VARIANCE = 0.03 ** 2;
/** An efficiency that is less certain than that has not been learned. */
const LEARNED_VARIANCE = 0.03 ** 2;
/** A charge without telemetry tells its power only after so many pp. */
const LEAST_GAINED_PP = 3;
const MOST_CONDITIONS = 60;
const MOST_POWERS = 8;
const SAME_POWER = 0.06;
/** So many ends of charges are looked at, and so many of them at the same level make a target that nobody tells. */
const ENDS = 5;
const ENDS_ALIKE = 2;
const SAME_END_PP = 1;
const END_LEARNS = 0.15;
const SCALE_LEARNS = 0.3;
const MOST_SCALE = 20;
/** How often each count of phases was found, before any charge. */
const PHASES_BEFORE: readonly number[] = [0.9, 0.15, 1];
const PHASES_LEARN = 3;
const MOST_COUNTED = 30;

/** Makes the key of a condition, `phases_volts_amps` by the nearest usual values, of two the lower. */
export function conditionOf(method: ChargingMethod, phases: number, volts: number | null, amps: number | null): string {
  if (method === "DC") return DC_KEY;
  return `${phases}_${nearest(VOLTAGES, volts ?? USUAL_VOLTS)}_${usualCurrent(amps ?? USUAL_AMPS)}`;
}

/** Finds the usual current that is nearest, A; of two the lower. */
export function usualCurrent(amps: number): number {
  return nearest(USUAL_CURRENTS, amps);
}

/**
 * Holds all that one car's charges have taught: the efficiency by condition, which is both what users see and reset
 * and the prior of the filter, and what tells the power where the car does not.
 */
export class ChargingEfficiency {
  readonly curve = new FastChargingCurve();
  readonly taper = new ChargeTaper();
  readonly losses = new FixedLosses();
  readonly #conditions = new Map<string, Condition>();
  readonly #phases = new Map<string, readonly number[]>();
  #powers: readonly number[] = [];
  #curveScale: number | null = null;
  /** Levels at which charges ended, the newest last; percent. */
  #ends: readonly number[] = [];
  #endsAtTarget = 0.5;

  /** Tells what to begin a charge with. @param measuredKey condition under which such charges are measured */
  prior(key: string, method: ChargingMethod, measuredKey: string): Prior {
    const belief = this.#conditions.get(key)?.belief ?? null;
    if (belief !== null) return { efficiency: widened(belief), isKnown: true };
    if (key.startsWith(OPEN)) return { efficiency: OPEN_EFFICIENCY, isKnown: false };
    const measured = this.#conditions.get(measuredKey)?.measured ?? null;
    if (measured === null || measured.samples === 0) return { efficiency: this.#likeOthers(method), isKnown: false };
    const spread = Math.max(LEAST_SPREAD, standardDeviation(measured.history));
    return { efficiency: widened({ mean: measured.efficiency, variance: spread ** 2 }), isKnown: true };
  }

  /** The running mean of a condition; `null` if no charge was measured in it. */
  measuredOf(key: string): number | null {
    const measured = this.#conditions.get(key)?.measured ?? null;
    return measured !== null && measured.samples > 0 ? measured.efficiency : null;
  }

  /**
   * Takes a measured efficiency; false if it is an outlier of its condition. It stays in the history, so that a lasting
   * change gets in.
   */
  learnMeasured(key: string, value: number): boolean {
    const old = this.#conditions.get(key)?.measured ?? null;
    if (old === null) {
      this.#put(key, { measured: { efficiency: value, samples: 1, history: [value] } });
      return true;
    }
    const history = [...old.history, value].slice(-HISTORY);
    const isNews = !isOutlier(value, old.history);
    const rate = isNews ? Math.max(LEAST_RATE, 1 / (old.samples + 1)) : 0;
    const efficiency = (1 - rate) * old.efficiency + rate * value;
    this.#put(key, { measured: { efficiency, samples: old.samples + (isNews ? 1 : 0), history } });
    return isNews;
  }

  /** Takes what the filter found out of a charge. */
  learnFiltered({ branch, share, efficiency, kw, gained, curveScales }: FilteredCharge): void {
    if (branch.condition.startsWith(BLIND)) {
      if (gained >= LEAST_GAINED_PP) this.#learnPower(kw);
      return;
    }
    if (efficiency.variance <= LEARNED_VARIANCE) this.#put(branch.condition, { belief: efficiency });
    const amps = branch.condition.split("_")[2];
    if (branch.phases !== null && amps !== undefined) this.#learnPhases(amps, branch.phases, share);
    if (curveScales.length > 0) this.#learnScale(mean(curveScales));
  }

  /** Takes the level at which a charge with that target has ended, percent. */
  learnEnd(soc: number, target: number): void {
    const isAtTarget = Math.abs(soc - target) <= SAME_END_PP ? 1 : 0;
    this.#endsAtTarget += END_LEARNS * (isAtTarget - this.#endsAtTarget);
    this.#ends = [...this.#ends, soc].slice(-ENDS);
  }

  /** Tells which share of the charges end because the target is reached. */
  get endsAtTarget(): number {
    return this.#endsAtTarget;
  }

  /** Where charges of a car that tells no target usually end: the highest level, if several ended there; percent. */
  get usualTarget(): number | null {
    const most = Math.max(...this.#ends);
    const alike = this.#ends.filter((soc) => soc >= most - SAME_END_PP);
    return alike.length >= ENDS_ALIKE ? most : null;
  }

  /** Tells how likely 1, 2 and 3 phases are at this current. */
  phases(amps: string): readonly number[] {
    const counts = this.#phases.get(amps) ?? PHASES_BEFORE;
    const all = sum(counts);
    return counts.map((one) => one / all);
  }

  /** Powers of charges without telemetry, the newest last; kW. */
  get powers(): readonly number[] {
    return this.#powers;
  }

  /** Share of the curve at which the fast charges run; `null` before any. */
  get curveScale(): number | null {
    return this.#curveScale;
  }

  /** Forgets what charges of a kind have taught; returns whether users saw anything of it. */
  reset(what: "ac" | "dc" | "all"): boolean {
    let had = false;
    for (const [key, { measured }] of this.#conditions) {
      if (what !== "all" && (what === "dc") !== isDc(key)) continue;
      had ||= measured !== null;
      this.#conditions.delete(key);
    }
    if (what !== "ac") {
      this.curve.forget();
      this.#curveScale = null;
    }
    if (what !== "dc") {
      this.#phases.clear();
      this.#powers = [];
      this.taper.forget();
      this.losses.forget();
    }
    if (what === "all") {
      this.#ends = [];
      this.#endsAtTarget = 0.5;
    }
    return had;
  }

  /** Lists the measured conditions, as users see them. */
  report(): LearnedCondition[] {
    return [...this.#conditions].flatMap(([key, { measured }]) => {
      if (measured === null) return [];
      const { efficiency, samples, history } = measured;
      const deviationPp = history.length < 2 ? null : standardDeviation(history) * 100;
      return { key, efficiency, samples, deviationPp, trend: trendOf(history) };
    });
  }

  save(): JsonObject {
    return {
      conditions: Object.fromEntries(this.#conditions),
      curve: this.curve.save(),
      taper: this.taper.save(),
      losses: this.losses.save(),
      phases: Object.fromEntries(this.#phases),
      powers: this.#powers,
      curveScale: this.#curveScale,
      ends: this.#ends,
      endsAtTarget: this.#endsAtTarget,
    };
  }

  /** Takes what `save` gave; leaves out what cannot be used, and conditions of which more was measured here. */
  restore(saved: unknown): void {
    if (!isObject(saved)) return;
    this.curve.restore(saved["curve"]);
    this.taper.restore(saved["taper"]);
    this.losses.restore(saved["losses"]);
    for (const [key, one] of entriesOf(saved["conditions"]).slice(0, 2 * MOST_CONDITIONS))
      this.#restoreCondition(key, one);
    for (const [amps, one] of entriesOf(saved["phases"]).slice(0, MOST_CONDITIONS)) {
      const counts = numberList(one);
      if (counts.length === PHASES_BEFORE.length && counts.every((count) => count > 0)) this.#phases.set(amps, counts);
    }
    const powers = numberList(saved["powers"]).filter((kw) => kw > 0);
    this.#powers = powers.slice(-MOST_POWERS);
    this.#ends = numberList(saved["ends"]).slice(-ENDS);
    const share = finiteNumber(saved["endsAtTarget"]);
    this.#endsAtTarget = share !== null && share > 0 && share < 1 ? share : 0.5;
    const scale = finiteNumber(saved["curveScale"]);
    this.#curveScale = scale !== null && scale > 0 && scale < MOST_SCALE ? scale : null;
  }

  /** Adds what was learned before, which is more, to what was learned here. */
  learnFrom(saved: unknown): void {
    const own = { curve: this.curve.save(), powers: this.#powers, scale: this.#curveScale };
    this.restore(saved);
    if (Object.keys(this.curve.save()).length === 0) this.curve.restore(own.curve);
    this.#powers = [...this.#powers, ...own.powers].slice(-MOST_POWERS);
    this.#curveScale ??= own.scale;
  }

  #put(key: string, part: Partial<Condition>): void {
    const old = this.#conditions.get(key) ?? { measured: null, belief: null };
    this.#conditions.set(key, { ...old, ...part });
    if (this.#conditions.size <= MOST_CONDITIONS) return;
    const [oldest] = [...this.#conditions].find(([, { measured }]) => measured === null) ?? [];
    if (oldest !== undefined) this.#conditions.delete(oldest);
  }

  #restoreCondition(key: string, saved: unknown): void {
    if (!isObject(saved)) return;
    const [belief, measured] = [decodeBelief(saved["belief"]), decodeMeasured(saved["measured"])];
    const own = this.#conditions.get(key)?.measured?.samples ?? 0;
    if (belief !== null) this.#put(key, { belief });
    if (measured !== null && measured.samples >= own && MEASURED_KEY.test(key)) this.#put(key, { measured });
  }

  #learnPower(kw: number): void {
    const others = this.#powers.filter((one) => Math.abs(one / kw - 1) > SAME_POWER);
    this.#powers = [...others, kw].slice(-MOST_POWERS);
  }

  #learnPhases(amps: string, phases: number, share: number): void {
    const before = this.#phases.get(amps) ?? PHASES_BEFORE;
    const keeps = sum(before) > MOST_COUNTED ? 0.7 : 1;
    this.#phases.set(
      amps,
      before.map((one, index) => one * keeps + (index === phases - 1 ? PHASES_LEARN * share : 0)),
    );
  }

  #learnScale(scale: number): void {
    this.#curveScale = this.#curveScale === null ? scale : this.#curveScale + SCALE_LEARNS * (scale - this.#curveScale);
  }

  /** The car and what it says of its capacity are the same in all conditions. */
  #likeOthers(method: ChargingMethod): Moments {
    const alike = [...this.#conditions].flatMap(([key, { belief }]) =>
      belief !== null && !key.startsWith(OPEN) && isDc(key) === (method === "DC") ? belief : [],
    );
    if (alike.length === 0) return DEFAULT[method];
    const weights = alike.map(({ variance }) => 1 / (variance + OTHER_CONDITION_VARIANCE));
    const weighted = alike.reduce((all, one, index) => all + one.mean * (weights[index] ?? 0), 0);
    return { mean: weighted / sum(weights), variance: OTHER_CONDITION_VARIANCE };
  }
}

function nearest(values: readonly number[], value: number): number {
  return values.reduce((best, one) => (Math.abs(one - value) < Math.abs(best - value) ? one : best));
}

function widened({ mean, variance }: Moments): Moments {
  return { mean, variance: variance + BETWEEN_CHARGES };
}

function isDc(key: string): boolean {
  return key.replace(OPEN, "") === DC_KEY || key.startsWith("0_");
}

function isOutlier(value: number, history: readonly number[]): boolean {
  if (history.length < OUTLIERS_FROM) return false;
  const sigma = Math.max(LEAST_SIGMA, standardDeviation(history));
  return Math.abs(value - mean(history)) > OUTLIER_SIGMAS * sigma;
}

function trendOf(history: readonly number[]): LearnedCondition["trend"] {
  const [first, second, third] = history.slice(-3);
  if (first === undefined || second === undefined || third === undefined) return null;
  if (first < second && second < third) return "increasing";
  return first > second && second > third ? "decreasing" : "stable";
}

function decodeBelief(saved: unknown): Moments | null {
  const [mean, variance] = numbersIn(saved, "mean", "variance") ?? [];
  if (mean === undefined || variance === undefined) return null;
  return mean > 0.2 && mean < 1.3 && variance > 0 ? { mean, variance } : null;
}

function decodeMeasured(saved: unknown): MeasuredEfficiency | null {
  const [efficiency, samples] = numbersIn(saved, "efficiency", "samples") ?? [];
  if (!isObject(saved) || !isShare(efficiency) || samples === undefined) return null;
  if (samples < 0 || samples > Number.MAX_SAFE_INTEGER) return null;
  const history = numberList(saved["history"]).filter(isShare);
  return { efficiency, samples: Math.floor(samples), history: history.slice(-HISTORY) };
}

function isShare(value: number | undefined): value is number {
  return value !== undefined && value > 0 && value <= 1;
}
