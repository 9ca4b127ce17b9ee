import { finiteNumber, isObject, type JsonObject } from "../support/json.js";

/** A point of a series: where it stands, in minutes, then its values; `null`: unknown. */
export type Point = readonly [at: number, ...values: (number | null)[]];

/**
 * Keeps a series of points that stays small however long it gets: when it is full, every second point goes, and points
 * that follow closer than those that stay are left out. The last point is always there.
 */
export class BoundedSeries {
  #points: Point[] = [];
  /** Point that came last, if it is not kept. */
  #last: Point | null = null;
  /** Least distance of two kept points. */
  #step = 0;

  /** @param most points, at least 4 */
  constructor(private readonly most: number) {}

  /** Adds a point; one that stands before the last is left out. */
  add(point: Point): void {
    const [at] = point;
    const former = this.#points.at(-1)?.[0] ?? -Infinity;
    if (at < (this.#last?.[0] ?? former)) return;
    this.#last = null;
    if (at - former < this.#step) this.#last = point;
    else this.#points.push(point);
    if (this.#points.length >= this.most) this.#thin();
  }

  /** Returns the points, the last one included. */
  get points(): readonly Point[] {
    return this.#last === null ? this.#points : [...this.#points, this.#last];
  }

  save(): JsonObject {
    return { points: this.#points, last: this.#last, step: this.#step };
  }

  /** Restores what was saved; leaves out what is no point. */
  restore(saved: unknown): void {
    const { points, last, step } = isObject(saved) ? saved : {};
    this.#points = [];
    this.#last = null;
    this.#step = 0;
    for (const point of Array.isArray(points) ? (points as unknown[]) : []) if (isPoint(point)) this.add(point);
    this.#step = Math.max(this.#step, finiteNumber(step) ?? 0);
    if (isPoint(last)) this.add(last);
  }

  #thin(): void {
    const [first, last] = [this.#points[0], this.#points.at(-1)];
    if (first === undefined || last === undefined) return;
    this.#step = Math.max(2 * this.#step, (last[0] - first[0]) / (this.most / 2));
    this.#points = this.#points.filter((_, index) => index % 2 === 0);
    if (this.#points.at(-1) !== last) this.#last = last;
  }
}

function isPoint(saved: unknown): saved is Point {
  return (
    Array.isArray(saved) &&
    Number.isFinite(saved[0]) &&
    saved.every((value) => value === null || Number.isFinite(value))
  );
}
