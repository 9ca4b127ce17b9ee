import type { DcCurve } from "./dc-curve.js";

/** Whole percents tell the power of a stretch well enough. */
const STRETCH_PP = 6;
const MOST_STRETCHES = 40;
const HOUR_MS = 3_600_000;

interface Stretch {
  readonly from: number;
  readonly to: number;
  readonly hours: number;
}

/** The parts of a fast charge of which nothing tells the power but the time that they take. Percent. */
export class DcStretches {
  #all: Stretch[] = [];
  #mark: { readonly soc: number; readonly at: number } | null = null;

  /** A charge begins. */
  begin(): void {
    this.#all = [];
    this.#mark = null;
  }

  /** A level of the moment `at`, ms; `toldAt` is when the car told power last, 0 if never. */
  saw(soc: number, at: number, toldAt: number): void {
    const mark = this.#mark;
    const isTold = mark !== null && toldAt > mark.at;
    if (mark !== null && !isTold && soc - mark.soc < STRETCH_PP) return;
    if (mark !== null && !isTold && at > mark.at && this.#all.length < MOST_STRETCHES)
      this.#all.push({ from: mark.soc, to: soc, hours: (at - mark.at) / HOUR_MS });
    this.#mark = { soc, at };
  }

  /** Teaches the curve; `kwhPerPp` flows into the battery for each percent, before losses. */
  teach(curve: DcCurve, kwhPerPp: number, auxKw: number): void {
    for (const { from, to, hours } of this.#all) curve.addStretch(from, to, ((to - from) * kwhPerPp) / hours + auxKw);
  }
}
