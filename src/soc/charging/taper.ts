import { isObject, numberList, type JsonObject } from "../../support/json.js";
import { offsetOf, ROUNDINGS, type Rounding } from "./level-habit.js";

/** Widths of the taper that are weighed, pp; the first means next to none. */
const WIDTHS: readonly number[] = [0.5, 1, 1.5, 2, 3, 4, 6, 8];
/** Before anything is known of a car. */
const PRIOR: readonly number[] = [0.2, 0.2, 0.15, 0.15, 0.12, 0.08, 0.06, 0.04];
/** Share of its power that a charge has left when the battery is full: there the charger switches off. */
const CUT_OFF = 0.04;
/** How far the time for a step is off that the model expects, as logarithm. */
const TIME_SD = 0.3;
/** Least weight of a width, as logarithm below the likeliest. */
const LEAST_LOG = -6;
const INTEGRATION_PP = 0.1;
const MOST_OFF = 8;
const FIRST = PRIOR.map((share) => Math.log(share / 0.2));

/** Tells which share of the power is left at a level, where it tapers in the last `width` pp; percent. */
export function taperShare(soc: number, width: number): number {
  return Math.min(1, Math.max(CUT_OFF, (100 - soc) / width + CUT_OFF));
}

/**
 * Learns from where on below 100 % a car takes less than it is offered: power falls evenly with what is missing. Where that
 * begins depends on how the car rounds, so it is learned for each way; which way fits better tells how the car rounds.
 */
export class ChargeTaper {
  readonly #logWeights = new Map<Rounding, readonly number[]>(ROUNDINGS.map((rounding) => [rounding, FIRST]));

  /** Expected width of the taper of a car that rounds so, pp. */
  width(rounding: Rounding): number {
    const weights = this.#weightsOf(rounding).map(Math.exp);
    const sum = weights.reduce((all, one) => all + one, 0);
    // The logarithm is what the time depends on.
    return Math.exp(weights.reduce((all, one, index) => all + one * Math.log(WIDTHS[index] ?? 1), 0) / sum);
  }

  /**
   * Takes the hours that the level took from one step to another, percent, at a power that would be `perHour` below, pp.
   * @returns how well that fits each way of rounding, as logarithm
   */
  take(from: number, to: number, hours: number, perHour: number): readonly number[] {
    if (!(hours > 0) || !(perHour > 0) || to <= from) return [];
    return ROUNDINGS.map((rounding) => this.#take(rounding, from, to, hours * perHour));
  }

  forget(): void {
    for (const rounding of ROUNDINGS) this.#logWeights.set(rounding, FIRST);
  }

  save(): JsonObject {
    return Object.fromEntries(this.#logWeights);
  }

  restore(saved: unknown): void {
    if (!isObject(saved)) return;
    for (const rounding of ROUNDINGS) {
      const weights = numberList(saved[rounding]);
      if (weights.length === WIDTHS.length && weights.every((log) => log <= 0)) this.#logWeights.set(rounding, weights);
    }
  }

  #weightsOf(rounding: Rounding): readonly number[] {
    return this.#logWeights.get(rounding) ?? FIRST;
  }

  /** @param pp what would have come in at full power */
  #take(rounding: Rounding, from: number, to: number, pp: number): number {
    const before = this.#weightsOf(rounding);
    const offset = offsetOf(rounding);
    const logs = before.map((log, index) => {
      const off = Math.log(pp / fullPowerPp(from + offset, to + offset, WIDTHS[index] ?? 1)) / TIME_SD;
      return log - Math.min(MOST_OFF, off * off) / 2;
    });
    const most = Math.max(...logs);
    this.#logWeights.set(
      rounding,
      logs.map((log) => Math.max(LEAST_LOG, log - most)),
    );
    return Math.log(sumOf(logs) / sumOf(before));
  }
}

function sumOf(logs: readonly number[]): number {
  return logs.reduce((sum, log) => sum + Math.exp(log), 0);
}

/** Tells what would have come in at full power while the level went from one to another, pp. */
function fullPowerPp(from: number, to: number, width: number): number {
  const steps = Math.max(1, Math.ceil((to - from) / INTEGRATION_PP));
  const step = (to - from) / steps;
  let pp = 0;
  for (let index = 0; index < steps; index++) pp += step / taperShare(from + (index + 0.5) * step, width);
  return pp;
}
