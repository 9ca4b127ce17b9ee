import { createHash } from "node:crypto";

/** Returns 16 hex digits of SHA-256: distinguishes texts without revealing them, in files and their names. */
export function shortHash(text: string): string {
  return createHash("sha256").update(text).digest("hex").slice(0, 16);
}
