import { once } from "node:events";
import { Account } from "../../src/account/account.js";
import { OwnershipRegistry } from "../../src/account/ownership-registry.js";
import { parseSettings } from "../../src/account/settings.js";
import { generateVaultKey } from "../../src/auth/token-vault.js";
import { acceptLogin } from "../../src/auth/tokens.js";
import type { Files } from "../../src/store/atomic-files.js";
import { openMqttStream } from "../../src/stream/mqtt-transport.js";
import type { OpenStream } from "../../src/stream/transport.js";
import { systemClock } from "../../src/support/clock.js";
import { createHttpSend } from "../../src/support/http.js";
import { systemRandom } from "../../src/support/random.js";
import { pointedAt } from "../../test/helpers/simulated-bmw.js";
import type { Simulator } from "../../test/simulator/index.js";

const silent = () => undefined;
const NODE = "node";
const VAULT_KEY = generateVaultKey();

/** An account with real sockets and the real clock at the simulated BMW. */
export function accountAt(simulator: Simulator, files: Files, openStream: OpenStream = openMqttStream): Account {
  const settings = parseSettings("bench", pointedAt(simulator), { clientId: simulator.clientId });
  return new Account(settings, {
    clock: systemClock,
    random: systemRandom,
    createSend: (caFile) => createHttpSend("bench", caFile),
    openStream,
    files,
    folder: "/bench",
    ownership: new OwnershipRegistry(),
    log: { info: silent, warn: silent, error: silent, debug: silent },
    vaultKey: VAULT_KEY,
  });
}

/** Opens the account for one node; resolves when its stream is live. */
export async function begin(account: Account, simulator: Simulator, withLogin: boolean): Promise<void> {
  account.retain(NODE);
  const tokens = () => acceptLogin({ ...simulator.issueTokens() }, simulator.clientId, systemClock.now());
  await account.open(withLogin ? { tokens: tokens(), vaultKey: VAULT_KEY } : null);
  while (account.status.stream.since === undefined) await once(account.events, "status");
}
