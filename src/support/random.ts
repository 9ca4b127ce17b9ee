import { randomBytes as systemRandomBytes } from "node:crypto";

/** Provides random numbers; injected so that tests can repeat them. */
export interface Random {
  /** Cryptographic random bytes. */
  bytes(count: number): Buffer;
  /** Returns a number in [0, 1). */
  fraction(): number;
}

export const systemRandom: Random = { bytes: (count) => systemRandomBytes(count), fraction: () => Math.random() };

/** Varies `ms` by up to plus or minus `share` (0.2 = 20 %), so that many installations do not call at once. */
export function jittered(ms: number, share: number, random: Random): number {
  return Math.round(ms * (1 + share * (2 * random.fraction() - 1)));
}
