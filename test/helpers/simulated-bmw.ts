import { Account } from "../../src/account/account.js";
import { OwnershipRegistry } from "../../src/account/ownership-registry.js";
import type { AccountEvent, Update } from "../../src/account/account-events.js";
import { parseSettings, type AccountProperties } from "../../src/account/settings.js";
import { generateVaultKey } from "../../src/auth/token-vault.js";
import { acceptLogin } from "../../src/auth/tokens.js";
import { memoryFiles } from "../../src/store/atomic-files.js";
import { openMqttStream } from "../../src/stream/mqtt-transport.js";
import { createHttpSend } from "../../src/support/http.js";
import { SimulatedClock } from "../../src/support/simulated-clock.js";
import { startSimulator, type SimulatorOptions } from "../simulator/index.js";
import { PATIENCE_MS } from "./eventually.js";
import { evenRandom, memoryLog, START } from "./fakes.js";

/** Settings of an account that point to the simulator. */
export function pointedAt(simulator: { oauthUrl: string; apiUrl: string; streamUrl: string; caFile: string }) {
  const { oauthUrl: authUrl, apiUrl, streamUrl, caFile } = simulator;
  return { endpoints: "custom", authUrl, apiUrl, streamUrl, caFile };
}

/** An account with the simulated BMW on real sockets, both on one simulated clock. */
export async function accountAtSimulator(options: SimulatorOptions = {}, properties: AccountProperties = {}) {
  const clock = new SimulatedClock(START);
  const simulator = await startSimulator({ clock, tick: 0, ...options });
  const log = memoryLog();
  const vaultKey = generateVaultKey();
  const settings = { ...pointedAt(simulator), ...properties };
  const account = new Account(parseSettings("a1", settings, { clientId: simulator.clientId }), {
    clock,
    random: evenRandom,
    createSend: (caFile) => createHttpSend("test", caFile),
    openStream: openMqttStream,
    files: memoryFiles(),
    folder: "/a1",
    ownership: new OwnershipRegistry(),
    log,
    vaultKey,
  });
  const updates: Update[] = [];
  const events: AccountEvent[] = [];
  account.events.on("update", (update) => updates.push(update));
  account.events.on("event", (event) => events.push(event));
  const state = () => account.status.stream.state;

  /** Sockets take their real time; the clock moves only while the account waits for it. */
  const until = async (condition: () => boolean, what: string): Promise<void> => {
    const deadline = Date.now() + PATIENCE_MS;
    while (!condition()) {
      if (Date.now() > deadline) throw new Error(`${what} never came; the stream is ${JSON.stringify(account.status)}`);
      const { retryAt } = account.status.stream;
      if (retryAt !== undefined) await clock.advanceTo(Date.parse(retryAt));
      await new Promise((resolve) => setTimeout(resolve, 1));
    }
  };
  /** A planned renewal counts as live in the status, but has no beginning. */
  const live = () => until(() => account.status.stream.since !== undefined, "a live stream");
  /** Logged in, with one node. */
  const open = () => {
    account.retain("node");
    const tokens = acceptLogin({ ...simulator.issueTokens() }, simulator.clientId, clock.now());
    return account.open({ tokens, vaultKey });
  };
  const begin = async () => {
    await open();
    await live();
    await until(() => simulator.log.count("rest*") > 0, "a REST call");
  };
  const end = async () => {
    await account.close();
    await simulator.stop();
  };
  return { account, simulator, clock, log, updates, events, state, until, live, open, begin, end };
}
