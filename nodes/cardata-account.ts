import { Account } from "../src/account/account.js";
import { parseSettings } from "../src/account/settings.js";
import { systemClock } from "../src/support/clock.js";
import { toCarDataError, type Problem } from "../src/support/errors.js";
import { limitedLog } from "../src/support/limited-log.js";
import type { Logger } from "../src/support/logger.js";
import { systemRandom } from "../src/support/random.js";
import { openMqttStream } from "../src/stream/mqtt-transport.js";
import { ACCOUNT_TYPE, type AccountNode } from "./lib/account-node.js";
import { registerAdminRoutes } from "./lib/admin-routes.js";
import { registerCockpitPages } from "./lib/cockpit-pages.js";
import { registerCockpitStream } from "./lib/cockpit-stream.js";
import { isDebugLogged } from "./lib/log-level.js";
import type { NodeAPI, NodeProperties, RedNode } from "./lib/red.js";
import { createSend, Runtime } from "./lib/runtime.js";
import { translatedProblem } from "./lib/translate.js";

export = function register(RED: NodeAPI): void {
  const runtime = new Runtime(RED);

  RED.nodes.registerType(
    ACCOUNT_TYPE,
    function (this: RedNode, properties: NodeProperties) {
      RED.nodes.createNode(this, properties);
      construct(RED, runtime, this, properties);
    },
    {
      credentials: {
        clientId: { type: "text" },
        storeKey: { type: "password" },
        brokerUser: { type: "text" },
        brokerPassword: { type: "password" },
      },
    },
  );

  registerAdminRoutes(RED, runtime);
  registerCockpitStream(RED, runtime.cockpit);
  registerCockpitPages(RED);
};

function construct(RED: NodeAPI, runtime: Runtime, node: RedNode, properties: NodeProperties): void {
  // Instances of a subflow share the id of what lies in it, and with that the login.
  const id = node._alias ?? node.id;
  const { account, problem } = createAccount(runtime, node, properties, id, isDebugLogged(RED.settings));
  if (problem !== null) node.error(translatedProblem(RED, problem));
  if (account !== null) void runtime.accounts.enter(account);
  const unfollow = account === null ? null : runtime.cockpit.follow(account);
  runtime.saveVaultKey(id);
  // Not enumerable: Node-RED and other nodes write node objects to JSON.
  Object.defineProperties(node as AccountNode, {
    users: { value: {} },
    account: { value: account },
    problem: { value: problem },
  });

  node.on("close", function (_removed, done) {
    unfollow?.();
    if (account === null) done();
    else void runtime.leave(account).finally(done);
  });
}

function createAccount(
  runtime: Runtime,
  node: RedNode,
  properties: NodeProperties,
  id: string,
  logsDebug: boolean,
): { account: Account | null; problem: Problem | null } {
  try {
    const parsed = parseSettings(id, properties, node.credentials ?? {});
    // Without a user folder a recording would fill the memory.
    const settings = { ...parsed, record: parsed.record && runtime.keepsFiles };
    const account = new Account(settings, {
      clock: systemClock,
      random: systemRandom,
      createSend,
      openStream: openMqttStream,
      files: runtime.files,
      ...runtime.place(id),
      ownership: runtime.accounts.ownership,
      vaultKey: runtime.vaultKey(id),
      log: limitedLog(logOf(node, logsDebug), systemClock),
    });
    return { account, problem: null };
  } catch (error) {
    return { account: null, problem: toCarDataError(error).problem };
  }
}

/** @param logsDebug whether anybody reads debug lines: there is one for each message of a car */
function logOf(node: RedNode, logsDebug: boolean): Logger {
  return {
    info: (text) => {
      node.log(text);
    },
    warn: (text) => {
      node.warn(text);
    },
    error: (text) => {
      node.error(text);
    },
    debug: (text) => {
      if (logsDebug) node.debug(text());
    },
  };
}
