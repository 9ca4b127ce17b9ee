import { finiteNumber, isObject, type JsonObject } from "../../support/json.js";
import { clampedNumber, needed, object } from "../../support/stored-schema.js";
import type { LearnedLoss } from "../estimate.js";
import type { Moments } from "../normal-distribution.js";

/** What tells the power of a charge: the user's meter, or the car. Each is off by something of its own. */
export const POWER_TELLERS = ["meter", "car"] as const;
export type PowerTeller = (typeof POWER_TELLERS)[number];

/** One charge: what went into the battery, what was counted before losses [kWh], and for how long it flowed [h]. */
export interface CountedCharge {
  readonly storedKwh: number;
  /** Standard deviation. */
  readonly storedSd: number;
  readonly netKwh: number;
  readonly hours: number;
}

/** Before any charge is known: standard deviations of the efficiency, and of the loss that no power changes, kW. */
const EFFICIENCY = 0.9;
const EFFICIENCY_SD = 0.04;
const LOSS_KW_SD = 0.2;
/** Old charges fade, so that another meter gets in. */
const KEEPS = 0.95;
/** A loss that is known so well is told, kW. */
const KNOWN_SD = 0.07;
const MOST_LOSS_KW = 1.5;
const ROUNDING = 1e-9;

const positive = needed(clampedNumber(Number.MIN_VALUE, Number.MAX_VALUE));
const number = needed(finiteNumber);
/** Sums of a regression; weights are 1/kWh². */
const readMembers = object({
  energy: positive,
  hours: positive,
  both: number,
  storedByEnergy: number,
  storedByHours: number,
  samples: needed(clampedNumber(1, Number.MAX_SAFE_INTEGER)),
});
type Sums = NonNullable<ReturnType<typeof readMembers>>;

const NOTHING: Sums = { energy: 0, hours: 0, both: 0, storedByEnergy: 0, storedByHours: 0, samples: 0 };

/**
 * Tells what is lost of each kWh from what is lost in each hour, whatever the power: stored = η · net − η · loss · hours.
 * Only charges of different powers tell both apart; what they leave open, the prior decides.
 */
export class FixedLosses {
  readonly #sums = new Map<PowerTeller, Sums>();

  take(teller: PowerTeller, { storedKwh, storedSd, netKwh, hours }: CountedCharge): void {
    if (!(storedKwh > 0) || !(netKwh > 0) || !(hours > 0) || !(storedSd > 0)) return;
    const old = this.#sums.get(teller) ?? NOTHING;
    const weight = 1 / storedSd ** 2;
    this.#sums.set(teller, {
      energy: KEEPS * old.energy + weight * netKwh ** 2,
      hours: KEEPS * old.hours + weight * hours ** 2,
      both: KEEPS * old.both - weight * netKwh * hours,
      storedByEnergy: KEEPS * old.storedByEnergy + weight * netKwh * storedKwh,
      storedByHours: KEEPS * old.storedByHours - weight * hours * storedKwh,
      samples: old.samples + 1,
    });
  }

  /** Tells what is lost whatever the power, kW, and the share of the rest that arrives; `null` until they are known apart. */
  known(teller: PowerTeller): { readonly lossKw: number; readonly efficiency: Moments } | null {
    const solved = this.#sums.has(teller) ? this.#solved(teller) : null;
    return solved !== null && solved.sd <= KNOWN_SD ? solved : null;
  }

  /** Lists what is known, as users see it. */
  report(): LearnedLoss[] {
    return POWER_TELLERS.flatMap((source) => {
      const known = this.known(source);
      const { samples } = this.#sums.get(source) ?? NOTHING;
      return known === null ? [] : [{ source, lossKw: known.lossKw, efficiency: known.efficiency.mean, samples }];
    });
  }

  forget(): void {
    this.#sums.clear();
  }

  save(): JsonObject {
    return Object.fromEntries(this.#sums);
  }

  /** Takes what `save` gave, where more charges taught it than what is known here. */
  restore(saved: unknown): void {
    if (!isObject(saved)) return;
    for (const teller of POWER_TELLERS) {
      const sums = readSums(saved[teller]);
      if (sums !== null && sums.samples >= (this.#sums.get(teller)?.samples ?? 0)) this.#sums.set(teller, sums);
    }
  }

  #solved(teller: PowerTeller): { readonly lossKw: number; readonly efficiency: Moments; readonly sd: number } {
    const { energy, hours, both, storedByEnergy, storedByHours } = this.#sums.get(teller) ?? NOTHING;
    const [first, second] = [energy + EFFICIENCY_SD ** -2, hours + (EFFICIENCY * LOSS_KW_SD) ** -2];
    const [seen, lost] = [storedByEnergy + EFFICIENCY * EFFICIENCY_SD ** -2, storedByHours];
    const determinant = first * second - both ** 2;
    const efficiency = (second * seen - both * lost) / determinant;
    const loss = (first * lost - both * seen) / determinant;
    const lossKw = Math.min(MOST_LOSS_KW, Math.max(-MOST_LOSS_KW, loss / efficiency));
    const sd = Math.sqrt(first / determinant) / efficiency;
    return { lossKw, efficiency: { mean: efficiency, variance: second / determinant }, sd };
  }
}

/** Reads sums out of what was saved; `null` if no charges can have given them: products are smaller than squares. */
function readSums(saved: unknown): Sums | null {
  const sums = readMembers(saved);
  return sums !== null && sums.both ** 2 <= sums.energy * sums.hours * (1 + ROUNDING) ? sums : null;
}
