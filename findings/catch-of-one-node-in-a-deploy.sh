#!/usr/bin/env bash
# Node-RED 4.1.15: a Catch node that is set to one single node goes with that node in a deploy, Node.js 20.20.
#
# A good engineer expects of a deploy of changed nodes that a Catch node, which is not changed, goes on, and hears what a node
# says while it is stopped: whether it is set to all nodes, to one or to two.
# Seen (the deploy takes away the function node "a", which ends with node.error(...) in its code for "On Stop"):
#
#   node diff: counts as changed    catch-one
#   a removed: heard by             catch-all, catch-two
#
# Reason: the comparison of flows (runtime/lib/flows/util.js) looks for references to changed and removed nodes by using every
# property of a node as a key. As a key, an array of one id is the text of that id; an array of two is "a,b", which is no node.
# So the Catch node of one node counts as changed, is stopped in the same deploy and hears nothing.
# Way out: set the Catch node to two nodes, to a group or to all, or do not tell by an error what only happens at a removal.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
npm init -y >/dev/null
npm install --no-audit --no-fund --ignore-scripts node-red@4.1.15 >/dev/null 2>&1

cat >one.cjs <<'JS'
const { createServer } = require("node:http");
const RED = require("node-red");
const { diffConfigs } = require("@node-red/runtime/lib/flows/util");

const heard = [];
RED.init(createServer(), {
  userDir: process.cwd() + "/user",
  httpAdminRoot: false,
  httpNodeRoot: false,
  logging: { console: { level: "off" } },
  functionGlobalContext: { note: (name) => heard.push(name) },
});
const place = { z: "tab", x: 1, y: 1 };
const code = (id, func, finalize = "") => ({ id, type: "function", ...place, func, finalize, initialize: "", outputs: 1, libs: [], wires: [[]] });
const caught = (name, scope) => [
  { id: `catch-${name}`, type: "catch", ...place, scope, uncaught: false, wires: [[`note-${name}`]] },
  code(`note-${name}`, `global.get("note")("catch-${name}")`),
];
const stopper = (id) => code(id, "return msg;", 'node.error("stopped", {})');
const before = [
  { id: "tab", type: "tab", label: "tab" },
  ...["a", "b"].map(stopper),
  ...caught("all", null),
  ...caught("one", ["a"]),
  ...caught("two", ["a", "b"]),
];
const after = before.filter(({ id }) => id !== "a");
const config = (nodes) => ({ flows: {}, allNodes: Object.fromEntries(nodes.map((node) => [node.id, node])) });
const settled = () => new Promise((resolve) => setTimeout(resolve, 2000));

(async () => {
  const { changed } = diffConfigs(config(before), config(after));
  console.log(`node diff: counts as changed    ${changed.filter((id) => id !== "tab").sort().join(", ")}`);
  await RED.start();
  await settled();
  await RED.runtime.flows.setFlows({ flows: { flows: before }, deploymentType: "full" });
  await settled();
  heard.length = 0;
  await RED.runtime.flows.setFlows({ flows: { flows: after }, deploymentType: "nodes" });
  await settled();
  console.log(`a removed: heard by             ${heard.sort().join(", ")}`);
  await RED.stop();
  process.exit(0);
})();
JS
seen=$(node one.cjs)
echo "$seen"

# Fails if the behaviour changes.
grep -qx "node diff: counts as changed    catch-one" <<<"$seen"
grep -qx "a removed: heard by             catch-all, catch-two" <<<"$seen"
