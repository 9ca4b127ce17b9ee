/** Records what is dropped, by reason. */
export interface Tally<Reason extends string> {
  add(reason: Reason): void;
}

/** Counts by reason, for diagnostics: nothing is dropped silently. */
export class ReasonCounters<Reason extends string> implements Tally<Reason> {
  readonly #counts = new Map<Reason, number>();

  add(reason: Reason): void {
    this.#counts.set(reason, (this.#counts.get(reason) ?? 0) + 1);
  }

  get(reason: Reason): number {
    return this.#counts.get(reason) ?? 0;
  }

  get total(): number {
    let total = 0;
    for (const count of this.#counts.values()) total += count;
    return total;
  }

  /** Returns a copy of the counts. */
  toJSON(): Partial<Record<Reason, number>> {
    return Object.fromEntries(this.#counts) as Partial<Record<Reason, number>>;
  }
}
