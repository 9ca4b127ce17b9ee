interface Step<T> {
  /** From when on the value holds [ms]. */
  readonly from: number;
  readonly value: T;
}

/** Holds a value that changes now and then, each until the next one; the oldest go when there are too many. */
export class Steps<T> {
  #steps: Step<T>[] = [];

  constructor(private readonly most: number) {}

  get all(): readonly Step<T>[] {
    return this.#steps;
  }

  /** Sets the value from a time on; one of the same time replaces the former. */
  set(from: number, value: T): void {
    const index = this.#indexAt(from);
    const isSame = this.#steps[index]?.from === from;
    this.#steps.splice(isSame ? index : index + 1, isSame ? 1 : 0, { from, value });
    if (this.#steps.length > this.most) this.#steps.shift();
  }

  clear(): void {
    this.#steps = [];
  }

  /** Returns what holds at a time; `null` before the first. */
  at(time: number): Step<T> | null {
    return this.#steps[this.#indexAt(time)] ?? null;
  }

  /** Returns the times within a span at which the value changes. */
  changesWithin(from: number, to: number): number[] {
    const times: number[] = [];
    for (let index = this.#indexAt(from) + 1; (this.#steps[index]?.from ?? Infinity) < to; index++)
      times.push(this.#steps[index]?.from ?? to);
    return times;
  }

  /** Returns the index of the last step that is not after a time; -1 without one. */
  #indexAt(time: number): number {
    let [low, high] = [0, this.#steps.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((this.#steps[middle]?.from ?? Infinity) <= time) low = middle + 1;
      else high = middle;
    }
    return low - 1;
  }
}
