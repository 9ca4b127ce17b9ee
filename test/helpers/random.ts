import fc from "fast-check";
import type { Random } from "../../src/support/random.js";

const { CARDATA_SEED = "1", CARDATA_RUNS = "1" } = process.env;

/** Seed of all random tests: the same in every ordinary run, so that a failure can be repeated. */
export const SEED = Number(CARDATA_SEED);

/** Returns the number of runs of a random test, for `ordinary` runs in `npm test`. */
export function runs(ordinary: number): number {
  return Math.ceil(ordinary * Number(CARDATA_RUNS));
}

const STEPS = 2 ** 20;

/**
 * Numbers in [least, most), each part of the range as often as any other. `fc.double` picks evenly among all doubles, of
 * which nearly all lie next to zero.
 */
export function evenly(least: number, most: number): fc.Arbitrary<number> {
  return fc.nat(STEPS - 1).map((step) => least + (step / STEPS) * (most - least));
}

/** Chance that can be repeated: the same seed gives the same numbers. */
export class SeededRandom implements Random {
  #state: number;

  /** `name` keeps the parts of a run apart, whichever of them run. */
  constructor(seed: number, name: string) {
    this.#state = Buffer.from(name).reduce((hash, byte) => Math.imul(hash ^ byte, 0x01000193), seed | 0);
  }

  /** Returns a number in [0, 1) (mulberry32). */
  fraction(): number {
    this.#state = (this.#state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(this.#state ^ (this.#state >>> 15), 1 | this.#state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  }

  bytes(count: number): Buffer {
    return Buffer.from(Array.from({ length: count }, () => this.between(0, 255)));
  }

  /** A whole number from `least` to `most`. */
  between(least: number, most: number): number {
    return least + Math.floor(this.fraction() * (most - least + 1));
  }

  pick<T>(list: readonly T[]): T {
    return list[this.between(0, list.length - 1)]!;
  }
}
