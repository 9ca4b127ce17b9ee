import { finiteNumber } from "../../support/json.js";

/** Totals at a time: percentage points given and kilometres driven since some beginning. */
interface Total {
  readonly at: number;
  readonly points: number;
  readonly km: number;
}

const MOST_ENTRIES = 40;
const LEAST_MS = 10_000;

/** Remembers what was driven lately, for values that arrive later than they were measured. */
export class WayHistory {
  #entries: Total[] = [];

  /** The totals at `at`, which is not before the newest. */
  add(at: number, points: number, km: number): void {
    const last = this.#entries.at(-1);
    const before = this.#entries.at(-2);
    // The newest entry is always exact; the ones before it only that far apart.
    if (before !== undefined && at - before.at < LEAST_MS) this.#entries.pop();
    this.#entries.push({ at, points: (last?.points ?? 0) + points, km: (last?.km ?? 0) + km });
    if (this.#entries.length > MOST_ENTRIES) this.#entries.shift();
  }

  /** Tells what was given and driven from `at` until now; from the beginning if that is later. */
  since(at: number): { readonly points: number; readonly km: number } {
    const last = this.#entries.at(-1);
    const after = this.#entries.findIndex((entry) => entry.at > at);
    const next = this.#entries[after];
    if (last === undefined || next === undefined) return { points: 0, km: 0 };
    const before = this.#entries[after - 1] ?? next;
    const share = next.at > before.at ? Math.max(0, (at - before.at) / (next.at - before.at)) : 0;
    const back = (pick: (total: Total) => number) => pick(last) - pick(before) - share * (pick(next) - pick(before));
    return { points: back(({ points }) => points), km: back(({ km }) => km) };
  }

  clear(): void {
    this.#entries = [];
  }

  clone(): WayHistory {
    const clone = new WayHistory();
    clone.#entries = [...this.#entries];
    return clone;
  }

  save(): number[][] {
    return this.#entries.map(({ at, points, km }) => [at, points, km]);
  }

  restore(saved: unknown): void {
    const entries: Total[] = [];
    for (const row of Array.isArray(saved) ? (saved as unknown[]) : []) {
      const [at = null, points = null, km = null] = Array.isArray(row)
        ? row.map((one: unknown) => finiteNumber(one))
        : [];
      if (at !== null && points !== null && km !== null) entries.push({ at, points, km });
    }
    this.#entries = entries.sort((one, other) => one.at - other.at).slice(-MOST_ENTRIES);
  }
}
