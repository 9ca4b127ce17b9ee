#!/usr/bin/env bash
# Node-RED 4.1.15 and 5.0.7 (Node.js 24.21.0; MQTT 3.1.1) with the broker Aedes 1.2.0: whether an "mqtt in" node gets the retained
# value hangs on the other nodes of its broker.
#
# A good engineer takes it that each "mqtt in" node subscribes for itself: a new one is given the retained value of its topic once,
# and the others hear nothing of it.
# Seen: nodes of one broker node; car/soc is retained. Deploys of changed nodes add one after the other; then everything is
# deployed. How often each node gets car/soc in that deploy:
#
#   a and b for car/soc            a 1, b 1
#   c added, for car/soc too       nothing: not even c has it
#   d added, for car/#             a 1, b 1, c 1, d 1
#   everything deployed            a 2, b 2, c 2, d 2
#
# Reason: all nodes share one connection. Its client (MQTT.js) sends no subscription that it holds already, so for c the broker is
# not asked; and what the broker answers to one filter is handed to every node whose filter matches, so each retained value comes as
# often as there are different filters that match.
# Way out: a broker node of its own for whom the retained value matters (or MQTT 5, whose brokers may number subscriptions, against
# the doubles); a filter node (rbe) behind a node that must not hear a value twice; after adding one, deploy everything.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
npm init -y >/dev/null
npm install --no-audit --no-fund --ignore-scripts node@24.21.0 red4@npm:node-red@4.1.15 red5@npm:node-red@5.0.7 aedes@1.2.0 >/dev/null 2>&1
(cd node_modules/node && node installArchSpecificPackage.js >/dev/null 2>&1)
export PATH="$work/node_modules/node/bin:$PATH"

cat >nodes.mjs <<'JS'
import { mkdtempSync } from "node:fs";
import { createServer as createHttpServer } from "node:http";
import { createRequire } from "node:module";
import { createServer } from "node:net";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { Aedes } from "aedes";
const RED = createRequire(import.meta.url)(process.argv[2]);

const broker = await Aedes.createBroker();
const server = createServer(broker.handle);
await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
const retained = { cmd: "publish", topic: "car/soc", payload: "50", qos: 0, retain: true };
await new Promise((resolve) => broker.publish(retained, resolve));

let heard = {};
RED.init(createHttpServer(), {
  userDir: mkdtempSync(join(process.cwd(), "user-")),
  httpAdminRoot: false,
  httpNodeRoot: false,
  logging: { console: { level: "off" } },
  telemetry: { enabled: false },
  functionGlobalContext: { note: (name) => (heard[name] = (heard[name] ?? 0) + 1) },
});
const started = () => new Promise((resolve) => RED.events.once("flows:started", resolve));
const connection = {
  ...{ id: "broker", type: "mqtt-broker", broker: "127.0.0.1", port: String(server.address().port), clientid: "", autoConnect: true },
  ...{ protocolVersion: "4", keepalive: "60", cleansession: true, autoUnsubscribe: true, usetls: false },
  ...{ birthTopic: "", closeTopic: "", willTopic: "" },
};
const place = { z: "tab", x: 1, y: 1 };
const subscriber = ([id, topic]) => [
  { id, type: "mqtt in", ...place, topic, qos: "0", datatype: "auto-detect", broker: "broker", inputs: 0, wires: [[`note-${id}`]] },
  {
    ...{ id: `note-${id}`, type: "function", ...place, func: `global.get("note")("${id}")`, initialize: "", finalize: "" },
    ...{ libs: [], outputs: 0, wires: [] },
  },
];
async function tell(title, topics, deploymentType) {
  heard = {};
  const isStarted = started();
  const flows = [{ id: "tab", type: "tab", label: "tab" }, connection, ...Object.entries(topics).flatMap(subscriber)];
  await RED.runtime.flows.setFlows({ flows: { flows }, deploymentType });
  await isStarted;
  await pause(1500);
  const counts = Object.keys(topics).filter((id) => id in heard).map((id) => `${id} ${heard[id]}`);
  console.log(`${RED.version()} ${title}: ${counts.join(", ") || "nothing"}`);
}

const isStarted = started();
await RED.start();
await isStarted;
const topics = { a: "car/soc", b: "car/soc" };
await tell("a and b", topics, "full");
topics.c = "car/soc";
await tell("c added", topics, "nodes");
topics.d = "car/#";
await tell("d added", topics, "nodes");
await tell("everything deployed", topics, "full");
await RED.stop();
process.exit();
JS
for name in red4 red5; do node nodes.mjs "$name"; done | tee seen
for version in 4.1.15 5.0.7; do
  echo "$version a and b: a 1, b 1"
  echo "$version c added: nothing"
  echo "$version d added: a 1, b 1, c 1, d 1"
  echo "$version everything deployed: a 2, b 2, c 2, d 2"
done | diff seen -
echo "as described"
