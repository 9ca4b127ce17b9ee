import { finite, isObject, type JsonObject } from "../../support/json.js";
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

  save(): JsonObject {
    return { all: this.#all, mark: this.#mark };
  }

  restore(saved: unknown): void {
    if (!isObject(saved)) return;
    const all = Array.isArray(saved["all"]) ? (saved["all"] as unknown[]) : [];
    this.#all = all.slice(0, MOST_STRETCHES).flatMap(stretchOf);
    const [soc, at] = numbersOf(saved["mark"], "soc", "at");
    this.#mark = isPercent(soc) && at != null ? { soc, at } : null;
  }
}

function stretchOf(saved: unknown): Stretch[] {
  const [from, to, hours] = numbersOf(saved, "from", "to", "hours");
  return isPercent(from) && isPercent(to) && hours != null && hours > 0 ? [{ from, to, hours }] : [];
}

function numbersOf(saved: unknown, ...names: readonly string[]): (number | null)[] {
  return isObject(saved) ? names.map((name) => finite(saved[name])) : [];
}

function isPercent(value: number | null | undefined): value is number {
  return value != null && value >= 0 && value <= 100;
}
