import { finite, isObject, type JsonObject } from "../../support/json.js";
import type { Moments } from "../normal.js";
import type { Method } from "../types.js";
import { DcCurve } from "./dc-curve.js";
import { BLIND, OPEN, type Branch } from "./supply.js";

/** An efficiency as others learned it: the visible matrix. Shares. */
export interface Prior {
  readonly value: number;
  readonly samples: number;
  readonly spread: number;
}

/** Asks for the efficiency under conditions; volts and amps may be unknown. */
export type PriorOf = (method: Method, phases: number, volts: number | null, amps: number | null) => Prior;

/** What one charge turned out to be. */
export interface Lesson {
  readonly branch: Branch;
  /** How likely it was this branch. */
  readonly share: number;
  readonly gain: Moments;
  readonly kw: number;
  /** pp. */
  readonly gained: number;
  /** Shares of the curve, if it was a fast charge. */
  readonly kappas: readonly number[];
}

const DEFAULT_GAIN: Readonly<Record<Method, Moments>> = {
  AC: { mean: 0.9, variance: 0.04 ** 2 },
  DC: { mean: 0.93, variance: 0.03 ** 2 },
};
/** What small and large batteries make of the capacity that is taken where nobody tells it. */
const OPEN_GAIN: Moments = { mean: 0.5, variance: 0.2 ** 2 };
/** From one charge to the next. */
const BETWEEN_CHARGES = 0.012 ** 2;
const LEAST_SPREAD = 0.02;
const OTHER_CONDITION_VARIANCE = 0.03 ** 2;
/** A gain that is less certain than that has not been learned. */
const LEARNED_VARIANCE = 0.03 ** 2;
/** A charge without telemetry tells its power only after so many pp. */
const LEAST_GAINED_PP = 3;
const MOST_CONDITIONS = 60;
const MOST_POWERS = 8;
const SAME_POWER = 0.06;
const KAPPA_LEARNS = 0.3;
/** How often each count of phases was found, before any charge. */
const PHASES_BEFORE: readonly number[] = [0.9, 0.15, 1];
const PHASES_LEARN = 3;
const MOST_COUNTED = 30;

/** What one car's charges have taught. */
export class Memory {
  readonly curve = new DcCurve();
  readonly #gains = new Map<string, Moments>();
  readonly #phases = new Map<string, readonly number[]>();
  #powers: readonly number[] = [];
  #kappa: number | null = null;

  constructor(private readonly prior: PriorOf) {}

  /** The gain to begin with in a condition, and whether it was seen there before. */
  gain(
    condition: string,
    method: Method,
    told: Parameters<PriorOf>,
  ): { readonly gain: Moments; readonly isKnown: boolean } {
    const own = this.#gains.get(condition);
    if (own !== undefined) return { gain: { ...own, variance: own.variance + BETWEEN_CHARGES }, isKnown: true };
    const { value, samples, spread } = this.prior(...told);
    if (samples > 0 && value > 0.3 && value < 1.2) {
      const variance = Math.max(LEAST_SPREAD, Number.isFinite(spread) ? spread : 0) ** 2 + BETWEEN_CHARGES;
      return { gain: { mean: value, variance }, isKnown: true };
    }
    return { gain: this.#likeOthers(method), isKnown: false };
  }

  /** The gain to begin with where the capacity is not known. */
  openGain(condition: string): { readonly gain: Moments; readonly isKnown: boolean } {
    const own = this.#gains.get(condition);
    if (own === undefined) return { gain: OPEN_GAIN, isKnown: false };
    return { gain: { ...own, variance: own.variance + BETWEEN_CHARGES }, isKnown: true };
  }

  learn({ branch, share, gain, kw, gained, kappas }: Lesson): void {
    if (branch.condition.startsWith(BLIND)) {
      if (gained >= LEAST_GAINED_PP) this.#learnPower(kw);
      return;
    }
    if (gain.variance <= LEARNED_VARIANCE) this.#learnGain(branch.condition, gain);
    const amps = branch.condition.replace(OPEN, "").split("/")[2];
    if (branch.phases !== null && amps !== undefined) this.#learnPhases(amps, branch.phases, share);
    if (kappas.length > 0) this.#learnKappa(kappas.reduce((sum, one) => sum + one, 0) / kappas.length);
  }

  /** How likely 1, 2 and 3 phases are at this current. */
  phases(amps: string): readonly number[] {
    const counts = this.#phases.get(amps) ?? PHASES_BEFORE;
    const sum = counts.reduce((total, one) => total + one, 0);
    return counts.map((one) => one / sum);
  }

  #learnPhases(amps: string, phases: number, share: number): void {
    const before = this.#phases.get(amps) ?? PHASES_BEFORE;
    const sum = before.reduce((total, one) => total + one, 0);
    const keeps = sum > MOST_COUNTED ? 0.7 : 1;
    this.#phases.set(
      amps,
      before.map((one, index) => one * keeps + (index === phases - 1 ? PHASES_LEARN * share : 0)),
    );
  }

  /** Powers of charges without telemetry, the newest last; kW. */
  get powers(): readonly number[] {
    return this.#powers;
  }

  #learnPower(kw: number): void {
    const others = this.#powers.filter((one) => Math.abs(one / kw - 1) > SAME_POWER);
    this.#powers = [...others, kw].slice(-MOST_POWERS);
  }

  /** Share of the curve at which the fast charges run; `null` before any. */
  get kappa(): number | null {
    return this.#kappa;
  }

  #learnKappa(kappa: number): void {
    this.#kappa = this.#kappa === null ? kappa : this.#kappa + KAPPA_LEARNS * (kappa - this.#kappa);
  }

  /** Forgets what charges of this kind have taught. */
  forget(method: Method): void {
    for (const condition of [...this.#gains.keys()])
      if (condition.replace(OPEN, "").startsWith(`${method}/`)) this.#gains.delete(condition);
    if (method === "DC") {
      this.curve.forget();
      this.#kappa = null;
      return;
    }
    this.#phases.clear();
    this.#powers = [];
  }

  save(): JsonObject {
    return {
      curve: this.curve.save(),
      gains: Object.fromEntries(this.#gains),
      phases: Object.fromEntries(this.#phases),
      powers: this.#powers,
      kappa: this.#kappa,
    };
  }

  restore(saved: unknown): void {
    if (!isObject(saved)) return;
    this.curve.restore(saved["curve"]);
    for (const [condition, one] of entries(saved["gains"])) {
      const gain = restoredGain(one);
      if (gain !== null) this.#gains.set(condition, gain);
    }
    for (const [amps, one] of entries(saved["phases"])) {
      const counts = numbers(one);
      if (counts.length === PHASES_BEFORE.length && counts.every((count) => count > 0)) this.#phases.set(amps, counts);
    }
    this.#powers = numbers(saved["powers"])
      .filter((kw) => kw > 0)
      .slice(-MOST_POWERS);
    const kappa = finite(saved["kappa"]);
    this.#kappa = kappa !== null && kappa > 0 && kappa < 20 ? kappa : null;
  }

  /** Adds what was learned before, which is more, to what was learned here. */
  learnFrom(saved: unknown): void {
    const own = { curve: this.curve.save(), powers: this.#powers, kappa: this.#kappa };
    this.restore(saved);
    if (Object.keys(this.curve.save()).length === 0) this.curve.restore(own.curve);
    this.#powers = [...this.#powers, ...own.powers].slice(-MOST_POWERS);
    this.#kappa ??= own.kappa;
  }

  #learnGain(condition: string, gain: Moments): void {
    this.#gains.delete(condition);
    this.#gains.set(condition, gain);
    const [oldest] = this.#gains.keys();
    if (this.#gains.size > MOST_CONDITIONS && oldest !== undefined) this.#gains.delete(oldest);
  }

  /** The car and what it says of its capacity are the same in all conditions. */
  #likeOthers(method: Method): Moments {
    const alike = [...this.#gains].filter(([condition]) => condition.startsWith(`${method}/`)).map(([, gain]) => gain);
    if (alike.length === 0) return DEFAULT_GAIN[method];
    const weights = alike.map(({ variance }) => 1 / (variance + OTHER_CONDITION_VARIANCE));
    const sum = weights.reduce((total, one) => total + one, 0);
    const mean = alike.reduce((total, one, index) => total + one.mean * (weights[index] ?? 0), 0) / sum;
    return { mean, variance: OTHER_CONDITION_VARIANCE };
  }
}

function restoredGain(saved: unknown): Moments | null {
  if (!isObject(saved)) return null;
  const [mean, variance] = [finite(saved["mean"]), finite(saved["variance"])];
  return mean !== null && variance !== null && mean > 0.2 && mean < 1.3 && variance > 0 ? { mean, variance } : null;
}

function entries(saved: unknown): [string, unknown][] {
  return isObject(saved) ? Object.entries(saved).slice(0, MOST_CONDITIONS) : [];
}

function numbers(saved: unknown): number[] {
  return Array.isArray(saved) ? (saved as unknown[]).map(finite).filter((one) => one !== null) : [];
}
