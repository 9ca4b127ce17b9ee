import type { Account } from "../src/account/account.js";
import type { TrackerHandle } from "../src/traccar/tracker-manager.js";
import { parseCommand } from "../src/messages/command.js";
import { traccarMessage } from "../src/messages/traccar-output.js";
import { finite, isObject, text } from "../src/support/json.js";
import { parseVin } from "../src/support/vin.js";
import { onAccountInput, useAccount, withAccount, type AccountNode } from "./lib/account-node.js";
import { listen } from "./lib/listen.js";
import type { NodeAPI, NodeProperties, RedNode } from "./lib/red.js";
import { statusUnder } from "./lib/account-trouble.js";
import { StatusLine } from "./lib/status-line.js";
import { exposeServer } from "./lib/traccar-devices.js";
import { traccarStatus, withoutTracker } from "./lib/traccar-status.js";

const COMMANDS = ["poll"] as const;
const USUAL_INTERVAL_S = 60;
const SHORTEST_INTERVAL_S = 10;

export = function register(RED: NodeAPI): void {
  RED.nodes.registerType(
    "cardata-traccar",
    function (this: RedNode, properties: NodeProperties) {
      RED.nodes.createNode(this, properties);
      exposeServer(this, serverOf(properties));
      withAccount(RED, this, properties, (owner, account) => {
        connect(RED, this, properties, owner, account);
      });
    },
    { credentials: { token: { type: "password" } } },
  );
};

function connect(RED: NodeAPI, node: RedNode, properties: NodeProperties, owner: AccountNode, account: Account): void {
  const { topicBase } = account.settings;
  const devices = devicesOf(properties["devices"]);
  const status = new StatusLine(node);
  const use = useAccount(owner, node);
  let joined: TrackerHandle | null = null;
  const showStatus = () => {
    if (joined === null) return;
    const use = joined;
    const own = () => (devices.length === 0 ? withoutTracker(RED) : traccarStatus(RED, use.state()));
    status.set(statusUnder(RED, account, own));
  };
  const tracking = account.trackers.join(node.id, {
    url: serverOf(properties),
    token: text(node.credentials?.["token"]) ?? "",
    devices,
    intervalMs: intervalOf(properties) * 1000,
    mode: properties["mode"] === "always" ? "always" : "trips",
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

function serverOf(properties: NodeProperties): string {
  return text(properties["server"])?.trim() ?? "";
}

/** Every property may be missing in flows of older versions. */
function devicesOf(list: unknown): { vin: string; device: string }[] {
  if (!Array.isArray(list)) return [];
  return list.filter(isObject).flatMap((entry) => {
    const vin = parseVin(entry["vin"]);
    const device = text(entry["device"])?.trim() ?? "";
    return vin === null || device === "" ? [] : [{ vin, device }];
  });
}

function intervalOf({ interval }: NodeProperties): number {
  const seconds = finite(typeof interval === "string" ? interval.trim() : interval) ?? USUAL_INTERVAL_S;
  return Math.max(SHORTEST_INTERVAL_S, seconds || USUAL_INTERVAL_S);
}
