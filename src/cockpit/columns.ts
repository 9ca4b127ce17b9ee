/** Holds a course as columns of equal length, in order of time; bounded in time and in number. */
export class Columns<Name extends string, Value extends number | null> {
  readonly #at: number[] = [];
  readonly #columns: Readonly<Record<Name, Value[]>>;

  /**
   * @param longestMs how long a row is kept
   * @param most how many rows are kept: a car that reports nonsense must not fill the memory
   */
  constructor(
    private readonly names: readonly Name[],
    private readonly longestMs: number,
    private readonly most: number,
  ) {
    this.#columns = recordOf(names, () => []);
  }

  /** Time of the last row [ms]; `null` without any. */
  get lastAt(): number | null {
    return this.#at.at(-1) ?? null;
  }

  last(name: Name): Value | null {
    return this.#columns[name].at(-1) ?? null;
  }

  /** Adds a row. Rows that lie ahead of it come from a clock that was wrong, and go. */
  add(at: number, row: Readonly<Record<Name, Value>>): void {
    while ((this.lastAt ?? -Infinity) >= at) this.#drop((list) => list.pop());
    this.#at.push(at);
    for (const name of this.names) this.#columns[name].push(row[name]);
    this.#prune(at);
  }

  /** Returns the rows from `from` on [ms], with times in seconds. */
  since(from: number): { readonly at: readonly number[] } & Readonly<Record<Name, readonly Value[]>> {
    const begin = this.#at.findIndex((at) => at >= from);
    const cut = <T>(list: readonly T[]) => (begin === -1 ? [] : list.slice(begin));
    return { at: cut(this.#at).map(seconds), ...recordOf(this.names, (name) => cut(this.#columns[name])) };
  }

  #prune(now: number): void {
    const first = this.#at.findIndex((at) => at >= now - this.longestMs);
    const count = Math.max(first, this.#at.length - this.most);
    if (count > 0) this.#drop((list) => list.splice(0, count));
  }

  #drop(drop: (list: unknown[]) => void): void {
    drop(this.#at);
    for (const name of this.names) drop(this.#columns[name]);
  }
}

/** Returns a time [ms] in seconds, as charts want it. */
export function seconds(at: number): number {
  return Math.round(at) / 1000;
}

function recordOf<Name extends string, T>(names: readonly Name[], make: (name: Name) => T): Record<Name, T> {
  // The compiler gives the keys of an object made of entries as any text.
  return Object.fromEntries(names.map((name) => [name, make(name)])) as Record<Name, T>;
}
