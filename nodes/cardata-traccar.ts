import type { Account } from "../src/account/account.js";
import type { TrackerHandle } from "../src/traccar/tracker-manager.js";
import { parseCommand } from "../src/messages/command.js";
import { traccarMessage } from "../src/messages/traccar-message.js";
import { readSettings } from "../src/settings/schema.js";
import { TRACCAR_SCHEMA } from "../src/settings/traccar-schema.js";
import { nonEmptyText } from "../src/support/json.js";
import { onAccountInput, useAccount, withAccount, type AccountNode } from "./lib/account-node.js";
import { listen } from "./lib/listeners.js";
import type { NodeAPI, NodeProperties, RedNode } from "./lib/red.js";
import { statusUnder } from "./lib/account-trouble.js";
import { StatusLine } from "./lib/status-line.js";
import { exposeServer } from "./lib/traccar-devices.js";
import { traccarStatus, withoutTracker } from "./lib/traccar-status.js";

const COMMANDS = ["poll"] as const;

export = function register(RED: NodeAPI): void {
  RED.nodes.registerType(
    "cardata-traccar",
    function (this: RedNode, properties: NodeProperties) {
      RED.nodes.createNode(this, properties);
      exposeServer(this, readSettings(TRACCAR_SCHEMA, properties).server);
      withAccount(RED, this, properties, (owner, account) => {
        connect(RED, this, properties, owner, account);
      });
    },
    { credentials: { token: { type: "password" } } },
  );
};

function connect(RED: NodeAPI, node: RedNode, properties: NodeProperties, owner: AccountNode, account: Account): void {
  const { topicBase } = account.settings;
  const { server, devices, interval, mode } = readSettings(TRACCAR_SCHEMA, properties);
  const status = new StatusLine(node);
  const use = useAccount(owner, node);
  let joined: TrackerHandle | null = null;
  const showStatus = () => {
    if (joined === null) return;
    const use = joined;
    const own = () => (devices.length === 0 ? withoutTracker(RED) : traccarStatus(RED, use.state()));
    status.set(() => statusUnder(RED, account, own));
  };
  const tracking = account.trackers.join(node.id, {
    url: server,
    token: nonEmptyText(node.credentials?.["token"]) ?? "",
    devices,
    intervalMs: interval * 1000,
    mode,
    onFix: (vin, fix) => {
      const device = devices.find((one) => one.vin === vin)?.device ?? "";
      node.send(traccarMessage(topicBase, vin, fix, device));
    },
    // May come while it joins.
    onState: showStatus,
  });
  joined = tracking;
  const stopListening = listen(account.events, { status: showStatus });
  showStatus();

  onAccountInput(RED, node, account, async (message) => {
    if (parseCommand(message, COMMANDS) === "poll") await tracking.poll();
  });
  node.on("close", function (removed, done) {
    stopListening();
    tracking.leave();
    status.close();
    use.release(removed);
    done();
  });
}
