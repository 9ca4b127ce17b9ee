import { join } from "node:path";
import { generateVaultKey, TokenVault } from "../../src/auth/token-vault.js";
import { acceptLogin, type TokenSet } from "../../src/auth/tokens.js";
import { diskFiles } from "../../src/store/atomic-files.js";
import { Store } from "../../src/store/store.js";
import { systemClock } from "../../src/support/clock.js";
import type { Simulator } from "../simulator/index.js";

/** Returns the folder of an account's files in a user folder. */
export function savedAccountFolder(userDir: string, account: string): string {
  return join(userDir, "cardata", account);
}

/**
 * Saves a login where the account finds it at its start, as if it had been made in the dialog earlier.
 * @param now milliseconds
 */
export async function saveLogin(
  userDir: string,
  account: string,
  simulator: Simulator,
  { storeKey = generateVaultKey(), now = Date.now() }: { storeKey?: string; now?: number } = {},
): Promise<{ storeKey: string; tokens: TokenSet }> {
  const tokens = acceptLogin({ ...simulator.issueTokens() }, simulator.clientId, now);
  await vault(userDir, account, storeKey).save(tokens);
  return { storeKey, tokens };
}

/** The login on the disk as its key opens it. A file that cannot be opened is moved aside, as by an account. */
export async function readLogin(userDir: string, account: string, storeKey: string): Promise<TokenSet | null> {
  return (await vault(userDir, account, storeKey).load()).tokens;
}

function vault(userDir: string, account: string, storeKey: string): TokenVault {
  return new TokenVault(
    new Store(savedAccountFolder(userDir, account), diskFiles, systemClock, () => undefined),
    storeKey,
  );
}
