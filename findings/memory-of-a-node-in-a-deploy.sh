#!/usr/bin/env bash
# Node-RED 4.1.15 and 5.0.7 (Node.js 24.21.0): what a node keeps in its context is lost in every full deploy, unless settings.js names a
# store; naming the very store that is used anyway keeps it.
#
# A good engineer takes it that context in memory lasts until Node-RED stops, as the handbook says, and that
# `contextStorage: { default: { module: "memory" } }` changes nothing, because memory is the default.
# Seen: a function node counts its messages in its own context and in that of its flow: two messages, a full deploy in which
# nothing has changed, one message.
#
#   no contextStorage          own 1, flow 3
#   contextStorage is memory   own 3, flow 3
#
# Reason: as long as no store is configured, closing a node throws its context away; a node is closed by each full deploy, and by one
# of changed nodes if it has changed. A configured store is only cleaned of nodes that are gone. A flow's context has no such end.
# Way out: keep in `flow` what a deploy must not lose, or name a store in settings.js.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
npm init -y >/dev/null
npm install --no-audit --no-fund --ignore-scripts node@24.21.0 red4@npm:node-red@4.1.15 red5@npm:node-red@5.0.7 >/dev/null 2>&1
(cd node_modules/node && node installArchSpecificPackage.js >/dev/null 2>&1)
export PATH="$work/node_modules/node/bin:$PATH"

cat >count.cjs <<'JS'
"use strict";
const { createServer } = require("node:http");
const { mkdtempSync } = require("node:fs");
const { join } = require("node:path");
const [, , name, store] = process.argv;
const RED = require(name);

let heard = () => undefined;
RED.init(createServer(), {
  userDir: mkdtempSync(join(process.cwd(), "user-")),
  httpAdminRoot: false,
  httpNodeRoot: false,
  logging: { console: { level: "off" } },
  telemetry: { enabled: false },
  functionGlobalContext: { note: (counts) => heard(counts) },
  ...(store === "memory" ? { contextStorage: { default: { module: "memory" } } } : {}),
});
const func = `
  for (const kept of [context, flow]) kept.set("count", (kept.get("count") ?? 0) + 1);
  global.get("note")([context.get("count"), flow.get("count")]);`;
const flows = [
  { id: "tab", type: "tab", label: "tab" },
  { id: "count", type: "function", z: "tab", x: 1, y: 1, func, initialize: "", finalize: "", libs: [], outputs: 0, wires: [] },
];
const started = () => new Promise((resolve) => RED.events.once("flows:started", resolve));
async function deploy() {
  const isStarted = started();
  await RED.runtime.flows.setFlows({ flows: { flows }, deploymentType: "full" });
  await isStarted;
}
const count = () => {
  const counts = new Promise((resolve) => (heard = resolve));
  RED.nodes.getNode("count").receive({});
  return counts;
};

(async () => {
  const isStarted = started();
  await RED.start();
  await isStarted;
  await deploy();
  await count();
  await count();
  await deploy();
  const [own, ofFlow] = await count();
  console.log(`${RED.version()} ${store}: own ${own}, flow ${ofFlow}`);
  await RED.stop();
  process.exit();
})();
JS
for name in red4 red5; do for store in none memory; do node count.cjs "$name" "$store"; done; done | tee seen
diff seen - <<'TXT'
4.1.15 none: own 1, flow 3
4.1.15 memory: own 3, flow 3
5.0.7 none: own 1, flow 3
5.0.7 memory: own 3, flow 3
TXT
echo "as described"
