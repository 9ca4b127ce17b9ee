import { finite } from "../support/json.js";

/** A whole percent of BMW's agrees with a fraction that is nearer. */
export const AGREES_PP = 0.5;

/**
 * The level that people see of a car that neither charges nor is estimated otherwise: BMW's own, but the fraction that a
 * charge or a trip has left stays for as long as BMW agrees. Percent.
 */
export class Standing {
  #soc: number | null = null;

  get soc(): number | null {
    return this.#soc;
  }

  /** What a charge or a trip has left. */
  keep(soc: number): void {
    this.#soc = soc;
  }

  /** BMW's word. `exactly`: it counts to the digit, as of hybrids, which correct their level at any time. */
  take(soc: number, exactly: boolean): void {
    if (exactly || this.#soc === null || Math.abs(this.#soc - soc) >= AGREES_PP) this.#soc = soc;
  }

  save(): number | null {
    return this.#soc;
  }

  restore(saved: unknown): void {
    const soc = finite(saved);
    if (soc !== null && soc >= 0 && soc <= 100) this.#soc = soc;
  }
}
