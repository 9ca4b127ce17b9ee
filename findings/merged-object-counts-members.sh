#!/usr/bin/env bash
# Node-RED 4.1.15 and 5.0.7 (Node.js 24.21.0): a join node that makes a "merged object" of a number of messages counts members, not
# messages.
#
# A good engineer who merges the answers of three requests sets "after a number of message parts" to 3, because the help calls it
# the number of messages to receive.
# Seen: count 3; three messages, the first of which has three members, then three of one member, the second of which is that of the
# first:
#
#   { soc, range, odometer }      sent at once, with nothing of the other messages
#   { soc }, { soc }, { range }   nothing: two members so far
#
# Reason: for objects the count is compared with the number of members of what has been put together. For a key/value object that is
# the number of different keys, which is what one wants there; for merged objects it is not what anybody has set.
# Way out: set the number of different members of all messages together, use `msg.complete`, or join to an array and merge that.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
npm init -y >/dev/null
npm install --no-audit --no-fund --ignore-scripts node@24.21.0 red4@npm:node-red@4.1.15 red5@npm:node-red@5.0.7 >/dev/null 2>&1
(cd node_modules/node && node installArchSpecificPackage.js >/dev/null 2>&1)
export PATH="$work/node_modules/node/bin:$PATH"

cat >merge.cjs <<'JS'
"use strict";
const { createServer } = require("node:http");
const { mkdtempSync } = require("node:fs");
const { join } = require("node:path");
const { setTimeout: pause } = require("node:timers/promises");
const RED = require(process.argv[2]);

let heard = [];
RED.init(createServer(), {
  userDir: mkdtempSync(join(process.cwd(), "user-")),
  httpAdminRoot: false,
  httpNodeRoot: false,
  logging: { console: { level: "off" } },
  telemetry: { enabled: false },
  functionGlobalContext: { note: (payload) => heard.push(payload) },
});
const place = { z: "tab", x: 1, y: 1 };
const func = "global.get('note')(msg.payload)";
const note = { id: "note", type: "function", ...place, func, initialize: "", finalize: "", libs: [], outputs: 0, wires: [] };
const merge = { mode: "custom", build: "merged", property: "payload", propertyType: "msg", key: "topic", count: "3", timeout: "" };
const unused = { joiner: "\\n", joinerType: "str", useparts: true, accumulate: false };
const flows = [
  { id: "tab", type: "tab", label: "tab" },
  { id: "large", type: "join", ...place, ...unused, ...merge, wires: [["note"]] },
  { id: "small", type: "join", ...place, ...unused, ...merge, wires: [["note"]] },
  note,
];
async function joined(id, payload) {
  heard = [];
  RED.nodes.getNode(id).receive({ payload });
  await pause(300);
  return heard.map((one) => JSON.stringify(one)).join(" ") || "nothing";
}

(async () => {
  const started = new Promise((resolve) => RED.events.once("flows:started", resolve));
  await RED.start();
  await started;
  const deployed = new Promise((resolve) => RED.events.once("flows:started", resolve));
  await RED.runtime.flows.setFlows({ flows: { flows }, deploymentType: "full" });
  await deployed;
  const version = RED.version();
  console.log(`${version}: first of three members: ${await joined("large", { soc: 50, range: 200, odometer: 1000 })}`);
  for (const payload of [{ soc: 50 }, { soc: 51 }, { range: 200 }])
    console.log(`${version}: ${JSON.stringify(payload)}: ${await joined("small", payload)}`);
  await RED.stop();
  process.exit();
})();
JS
for name in red4 red5; do node merge.cjs "$name"; done | tee seen
for version in 4.1.15 5.0.7; do
  cat <<TXT
$version: first of three members: {"soc":50,"range":200,"odometer":1000}
$version: {"soc":50}: nothing
$version: {"soc":51}: nothing
$version: {"range":200}: nothing
TXT
done | diff seen -
echo "as described"
