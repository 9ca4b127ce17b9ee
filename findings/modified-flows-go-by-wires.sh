#!/usr/bin/env bash
# Node-RED 4.1.15 and 5.0.7 (Node.js 24.21.0): a deploy of modified flows restarts what is wired to the change, not the flow.
#
# A good engineer takes "flow" for the tab, as editor and admin API use the word: "only flows that contain modified nodes are stopped",
# so that every node of the tab starts anew, with its code for "On Start", and none of another tab.
# Seen: on a tab are a (changed) -> b -> link out, and c, which is wired to nothing; the link leads to d on another tab. What starts:
#
#   deploy of modified nodes           a
#   deploy of modified flows           a, b, link out
#   ... with the environment of the tab changed as well   a, b, c, link out (the whole tab)
#
# Reason: the list of what is stopped holds the changed nodes and those that can be reached from them along wires, in both directions;
# the tab is on the list, but a node is not there for being on it. Links are no wires then. Only a tab whose environment variables
# have changed is stopped whole. PUT /flow/:id deploys in the same way.
# Way out: change the environment of the tab, or deploy everything, to start a tab anew.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
npm init -y >/dev/null
npm install --no-audit --no-fund --ignore-scripts node@24.21.0 red4@npm:node-red@4.1.15 red5@npm:node-red@5.0.7 >/dev/null 2>&1
(cd node_modules/node && node installArchSpecificPackage.js >/dev/null 2>&1)
export PATH="$work/node_modules/node/bin:$PATH"

cat >deploy.cjs <<'JS'
"use strict";
const { createServer } = require("node:http");
const { mkdtempSync } = require("node:fs");
const { join } = require("node:path");
const RED = require(process.argv[2]);

RED.init(createServer(), {
  userDir: mkdtempSync(join(process.cwd(), "user-")),
  httpAdminRoot: false,
  httpNodeRoot: false,
  logging: { console: { level: "off" } },
  telemetry: { enabled: false },
});
const NODES = ["a", "b", "c", "out", "in", "d"];
const code = (id, z, wires, name = "") => ({
  ...{ id, type: "function", z, x: 1, y: 1, name, func: "return msg;", initialize: "", finalize: "", libs: [], outputs: 1, wires: [wires] },
});
const flow = (name, env) => [
  { id: "one", type: "tab", label: "one", env },
  { id: "two", type: "tab", label: "two" },
  code("a", "one", ["b"], name),
  code("b", "one", ["out"]),
  code("c", "one", []),
  { id: "out", type: "link out", z: "one", x: 1, y: 1, mode: "link", links: ["in"], wires: [] },
  { id: "in", type: "link in", z: "two", x: 1, y: 1, links: ["out"], wires: [["d"]] },
  code("d", "two", []),
];
async function deploy(flows, deploymentType) {
  const before = new Map(NODES.map((id) => [id, RED.nodes.getNode(id)]));
  const started = new Promise((resolve) => RED.events.once("flows:started", resolve));
  await RED.runtime.flows.setFlows({ flows: { flows }, deploymentType });
  await started;
  return NODES.filter((id) => RED.nodes.getNode(id) !== before.get(id)).join(" ");
}

(async () => {
  const started = new Promise((resolve) => RED.events.once("flows:started", resolve));
  await RED.start();
  await started;
  await deploy(flow("", []), "full");
  console.log(`${RED.version()}: nodes: ${await deploy(flow("first", []), "nodes")}`);
  console.log(`${RED.version()}: flows: ${await deploy(flow("second", []), "flows")}`);
  const env = [{ name: "CAR", value: "1", type: "str" }];
  console.log(`${RED.version()}: flows, environment too: ${await deploy(flow("third", env), "flows")}`);
  await RED.stop();
  process.exit();
})();
JS
for name in red4 red5; do node deploy.cjs "$name"; done | tee seen
diff seen - <<'TXT'
4.1.15: nodes: a
4.1.15: flows: a b out
4.1.15: flows, environment too: a b c out
5.0.7: nodes: a
5.0.7: flows: a b out
5.0.7: flows, environment too: a b c out
TXT
echo "as described"
