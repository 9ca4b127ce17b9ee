import { finite, isObject, type JsonObject } from "../../support/json.js";
import type { LearnedCondition } from "../estimate.js";
import type { Method } from "../types.js";
import { nearest, usualCurrent } from "./mains.js";
import { mean, standardDeviation } from "./spread.js";

/** What was learned of one condition; `history` holds the last measured values, also those that were rejected. */
export interface Learned {
  readonly efficiency: number;
  readonly samples: number;
  readonly history: readonly number[];
}

/** Efficiency to reckon with. */
export interface Efficiency {
  readonly value: number;
  /** Charges behind it; 0 if this condition was never seen. */
  readonly samples: number;
  /** Standard deviation of the last values; 0 if unknown. */
  readonly spread: number;
}

const VOLTAGES = [250, 410, 810] as const;
export const MOST_EFFICIENCY = 0.98;
/** Fast charging is one condition. */
export const DC_KEY = "0_410_0";
const USUAL: Readonly<Record<Method, number>> = { AC: 0.9, DC: 0.93 };
const USUAL_VOLTS = 230;
const USUAL_AMPS = 16;
const HISTORY = 10;
const OUTLIERS_FROM = 5;
const OUTLIER_SIGMAS = 2;
/** Equal values would otherwise reject every other. */
const LEAST_SIGMA = 0.01;
const LEAST_RATE = 0.2;
const KEY = /^[0-9]_[0-9]{1,4}_[0-9]{1,4}$/;

/** Key of a condition, `phases_volts_amps` by the nearest usual values, of two the lower. */
export function conditionOf(method: Method, phases: number, volts: number | null, amps: number | null): string {
  if (method === "DC") return DC_KEY;
  return `${String(phases)}_${String(nearest(VOLTAGES, volts ?? USUAL_VOLTS))}_${String(usualCurrent(amps ?? USUAL_AMPS))}`;
}

/** The visible learned matrix: how much of the net energy of a charge arrives in the battery, by condition. */
export class Matrix {
  readonly #learned = new Map<string, Learned>();

  /** What to reckon with: the condition's own value, else for AC the average of all, else the usual one. */
  efficiencyOf(method: Method, phases: number, volts: number | null, amps: number | null): Efficiency {
    const own = this.#learned.get(conditionOf(method, phases, volts, amps));
    if (own !== undefined && own.samples > 0)
      return { value: own.efficiency, samples: own.samples, spread: standardDeviation(own.history) };
    return { value: (method === "AC" ? this.#average() : null) ?? USUAL[method], samples: 0, spread: 0 };
  }

  /** Takes a measured value; false if it is an outlier of its condition. It stays in the history, so that a lasting change gets in. */
  learn(key: string, value: number): boolean {
    const old = this.#learned.get(key);
    if (old === undefined) {
      this.#learned.set(key, { efficiency: value, samples: 1, history: [value] });
      return true;
    }
    const history = [...old.history, value].slice(-HISTORY);
    if (isOutlier(value, old.history)) {
      this.#learned.set(key, { ...old, history });
      return false;
    }
    const rate = Math.max(LEAST_RATE, 1 / (old.samples + 1));
    const efficiency = (1 - rate) * old.efficiency + rate * value;
    this.#learned.set(key, { efficiency, samples: old.samples + 1, history });
    return true;
  }

  /** Puts in what was learned elsewhere. */
  put(key: string, learned: Learned): void {
    if (KEY.test(key)) this.#learned.set(key, learned);
  }

  reset(what: "ac" | "dc" | "all"): boolean {
    const gone = [...this.#learned.keys()].filter((key) => what === "all" || (what === "dc") === isDc(key));
    for (const key of gone) this.#learned.delete(key);
    return gone.length > 0;
  }

  report(): LearnedCondition[] {
    return [...this.#learned].map(([key, { efficiency, samples, history }]) => ({
      key,
      efficiency,
      samples,
      deviationPp: history.length < 2 ? null : standardDeviation(history) * 100,
      trend: trendOf(history),
    }));
  }

  save(): JsonObject {
    return Object.fromEntries(this.#learned);
  }

  /** Rows that cannot be used are left out, and so are those of which more was learned here. */
  restore(saved: unknown): void {
    if (!isObject(saved)) return;
    for (const [key, row] of Object.entries(saved)) {
      const learned = isObject(row) ? learnedOf(row["efficiency"], row["samples"], row["history"]) : null;
      if (learned !== null && learned.samples >= (this.#learned.get(key)?.samples ?? 0)) this.put(key, learned);
    }
  }

  #average(): number | null {
    const rows = [...this.#learned].filter(([key, { samples }]) => !isDc(key) && samples > 0).map(([, row]) => row);
    const samples = rows.reduce((sum, row) => sum + row.samples, 0);
    return samples === 0 ? null : rows.reduce((sum, row) => sum + row.efficiency * row.samples, 0) / samples;
  }
}

/** One row out of what was saved, by this or by an older format; `null` if it cannot be used. */
export function learnedOf(efficiency: unknown, samples: unknown, history: unknown): Learned | null {
  const [value, count] = [finite(efficiency), finite(samples)];
  if (!isShare(value) || count === null || count < 0 || count > Number.MAX_SAFE_INTEGER) return null;
  const values = Array.isArray(history) ? history.map(finite).filter(isShare) : [];
  return { efficiency: value, samples: Math.floor(count), history: values.slice(-HISTORY) };
}

function isShare(value: number | null): value is number {
  return value !== null && value > 0 && value <= 1;
}

function isDc(key: string): boolean {
  return key.startsWith("0_");
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
