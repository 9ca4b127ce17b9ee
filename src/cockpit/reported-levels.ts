import { levelOf } from "../vehicle/source-priority.js";
import type { CockpitHistory } from "./contract.js";
import { seconds } from "./spans.js";

/** One for every five minutes of a week: a car that reports nonsense must not fill the memory. */
const MOST_POINTS = 2016;

/** Holds BMW's own values of the level of a car, in order of time. */
export class ReportedLevels {
  readonly #points: { readonly at: number; readonly level: number }[] = [];

  /** @param at BMW's time [ms]; what is older than the last value comes too late to count */
  add(value: unknown, at: number): void {
    const level = levelOf(value);
    if (level === null || at <= (this.#points.at(-1)?.at ?? -Infinity)) return;
    this.#points.push({ at, level });
    if (this.#points.length > MOST_POINTS) this.#points.shift();
  }

  /** @param from milliseconds */
  since(from: number): CockpitHistory["reported"] {
    const points = this.#points.filter(({ at }) => at >= from);
    return { at: points.map(({ at }) => seconds(at)), value: points.map(({ level }) => level) };
  }
}
