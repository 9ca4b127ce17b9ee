import { readdir, rm, stat } from "node:fs/promises";
import { join } from "node:path";

const ABANDONED_AFTER_MS = 30 * 24 * 3600 * 1000;

/**
 * Removes the saved logins of accounts that no flow has held for 30 days. A deploy without an account proves nothing:
 * it may have been disabled, or its tab. While an account is in use its folder changes hourly, with the tokens.
 * @param root folder of the accounts' folders
 * @param held names of the folders in use
 * @param now milliseconds
 */
export async function removeAbandonedTokens(root: string, held: ReadonlySet<string>, now: number): Promise<void> {
  const names = await readdir(root).catch(() => []);
  for (const name of names) {
    if (held.has(name)) continue;
    // What cannot be read or removed harms nobody.
    await removeTokensIfOld(join(root, name), now).catch(() => undefined);
  }
}

async function removeTokensIfOld(folder: string, now: number): Promise<void> {
  const { mtimeMs } = await stat(folder);
  if (now - mtimeMs <= ABANDONED_AFTER_MS) return;
  for (const name of await readdir(folder)) if (name.startsWith("tokens.json")) await rm(join(folder, name));
}
