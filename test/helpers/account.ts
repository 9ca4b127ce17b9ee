import { Account, type AccountDependencies } from "../../src/account/account.js";
import { OwnershipRegistry } from "../../src/account/ownership-registry.js";
import type { AccountEvent, Update } from "../../src/account/account-events.js";
import { parseSettings, type AccountProperties } from "../../src/account/settings.js";
import { generateVaultKey } from "../../src/auth/token-vault.js";
import { acceptLogin } from "../../src/auth/tokens.js";
import { memoryFiles } from "../../src/store/atomic-files.js";
import { SimulatedClock } from "../../src/support/simulated-clock.js";
import {
  CLIENT_ID,
  evenRandom,
  fakeBroker,
  json,
  memoryLog,
  scriptedHttp,
  START,
  tokenAnswer,
  type HttpAnswer,
} from "./fakes.js";

export interface TestAccountOptions extends Partial<AccountDependencies> {
  id?: string;
  properties?: AccountProperties;
  credentials?: AccountProperties;
  script?: HttpAnswer[];
}

/** An account in a fake world. REST and OAuth answer from `script`, by default with "no cars". */
export function testAccount(options: TestAccountOptions = {}) {
  const {
    id = "account-1",
    properties = {},
    credentials = { clientId: CLIENT_ID },
    script = [json(200, [])],
  } = options;
  const clock = (options.clock as SimulatedClock | undefined) ?? new SimulatedClock(START);
  const http = scriptedHttp(...script);
  const broker = fakeBroker();
  const log = memoryLog();
  const files = options.files ?? memoryFiles();
  const ownership = options.ownership ?? new OwnershipRegistry();
  const vaultKey = options.vaultKey ?? generateVaultKey();
  const world = {
    clock,
    random: options.random ?? evenRandom,
    createSend: () => http.send,
    openStream: broker.open,
    folder: `/${id}`,
    log,
    ...(options.lock && { lock: options.lock }),
  };
  const account = new Account(parseSettings(id, properties, credentials), {
    ...world,
    files,
    ownership,
    vaultKey,
  });
  const updates: Update[] = [];
  const events: AccountEvent[] = [];
  account.events.on("update", (update) => updates.push(update));
  account.events.on("event", (event) => events.push(event));
  const login = (changes: object = {}) => ({
    tokens: acceptLogin(tokenAnswer(clock.now(), changes), CLIENT_ID, clock.now()),
    vaultKey,
  });
  return { account, clock, http, broker, log, files, ownership, vaultKey, updates, events, login };
}
