import { createHash } from "node:crypto";
import type { Random } from "../support/random.js";

const VERIFIER_LENGTH = 86;
const ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~";
/** Bytes from here on would make the first letters of the alphabet likelier. */
const UNBIASED_BELOW = 256 - (256 % ALPHABET.length);

export interface Pkce {
  readonly verifier: string;
  /** base64url of the verifier's SHA-256, method S256 (RFC 7636). */
  readonly challenge: string;
}

export function createPkce(random: Random): Pkce {
  let verifier = "";
  while (verifier.length < VERIFIER_LENGTH)
    for (const byte of random.bytes(VERIFIER_LENGTH))
      if (byte < UNBIASED_BELOW && verifier.length < VERIFIER_LENGTH)
        verifier += ALPHABET.charAt(byte % ALPHABET.length);
  return { verifier, challenge: createHash("sha256").update(verifier).digest("base64url") };
}
