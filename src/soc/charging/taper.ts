import { numberList } from "../../support/json.js";

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

/** Tells which share of the power is left at a level, where it tapers in the last `width` pp; percent. */
export function taperShare(soc: number, width: number): number {
  return Math.min(1, Math.max(CUT_OFF, (100 - soc) / width + CUT_OFF));
}

/** Learns from where on below 100 % a car takes less than it is offered: power falls evenly with what is missing. */
export class ChargeTaper {
  #logWeights: readonly number[] = PRIOR.map(Math.log);

  /** Expected width of the taper, pp. */
  get width(): number {
    const weights = this.#logWeights.map(Math.exp);
    const sum = weights.reduce((all, one) => all + one, 0);
    // The logarithm is what the time depends on.
    return Math.exp(weights.reduce((all, one, index) => all + one * Math.log(WIDTHS[index] ?? 1), 0) / sum);
  }

  /** Takes the hours that the level took from one to another, percent, at a power that would be `perHour` below, pp. */
  take(from: number, to: number, hours: number, perHour: number): void {
    if (!(hours > 0) || !(perHour > 0) || to <= from) return;
    const logs = this.#logWeights.map((log, index) => {
      const off = Math.log(hours / hoursBetween(from, to, WIDTHS[index] ?? 1, perHour)) / TIME_SD;
      return log - Math.min(8, off * off) / 2;
    });
    const most = Math.max(...logs);
    this.#logWeights = logs.map((log) => Math.max(LEAST_LOG, log - most));
  }

  forget(): void {
    this.#logWeights = PRIOR.map(Math.log);
  }

  save(): readonly number[] {
    return this.#logWeights;
  }

  restore(saved: unknown): void {
    const weights = numberList(saved);
    if (weights.length === WIDTHS.length && weights.every((log) => log <= 0)) this.#logWeights = weights;
  }
}

function hoursBetween(from: number, to: number, width: number, perHour: number): number {
  const steps = Math.max(1, Math.ceil((to - from) / INTEGRATION_PP));
  const step = (to - from) / steps;
  let hours = 0;
  for (let index = 0; index < steps; index++)
    hours += step / (perHour * taperShare(from + (index + 0.5) * step, width));
  return hours;
}
