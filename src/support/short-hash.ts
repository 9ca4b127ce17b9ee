import { createHash } from "node:crypto";

/** 16 hex digits of SHA-256: tells texts apart without telling them, in files and their names. */
export function shortHash(text: string): string {
  return createHash("sha256").update(text).digest("hex").slice(0, 16);
}
