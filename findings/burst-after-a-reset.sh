#!/usr/bin/env bash
# Node-RED 5.0.7 (Node.js 24.21.0): in its new burst mode a delay node lets one message more through, for good, after a reset that
# came between two messages.
#
# A good engineer who may call a service so many times an hour takes the delay node of Node-RED 5 in burst mode, which lets that
# many through and no more, and takes `msg.reset` for a clean start.
# Seen: a node that lets two messages through in a second. Eight come at once; then one, and one half a second later, one when the
# first has run out, and a reset; then, each a good while after the other, three times eight at once:
#
#   fresh           2 of 8
#   after a reset   3 of 8, 3 of 8, 3 of 8
#
# Reason: the timer of a message is noted under the number of messages that are under way, so a message that comes when an older one
# has run out takes the place of the timer of another; the reset cannot stop that one any more. When it rings, it takes one from a
# count that is zero by then, and nothing brings the count back: each such reset adds one to the limit, until the node is deployed
# anew.
# Way out: no reset; deploy the node anew instead, or count in a function node.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
npm init -y >/dev/null
npm install --no-audit --no-fund --ignore-scripts node@24.21.0 node-red@5.0.7 >/dev/null 2>&1
(cd node_modules/node && node installArchSpecificPackage.js >/dev/null 2>&1)
export PATH="$work/node_modules/node/bin:$PATH"

cat >burst.cjs <<'JS'
"use strict";
const { createServer } = require("node:http");
const { mkdtempSync } = require("node:fs");
const { join } = require("node:path");
const { setTimeout: pause } = require("node:timers/promises");
const RED = require("node-red");

let passed = 0;
RED.init(createServer(), {
  userDir: mkdtempSync(join(process.cwd(), "user-")),
  httpAdminRoot: false,
  httpNodeRoot: false,
  logging: { console: { level: "off" } },
  telemetry: { enabled: false },
  functionGlobalContext: { note: () => passed++ },
});
const place = { z: "tab", x: 1, y: 1 };
const burst = { pauseType: "burst", rate: "2", nbRateUnits: "1", rateUnits: "second", drop: true, allowrate: false, outputs: 1 };
const unused = { timeout: "5", timeoutUnits: "seconds", randomFirst: "1", randomLast: "5", randomUnits: "seconds" };
const flows = [
  { id: "tab", type: "tab", label: "tab" },
  { id: "delay", type: "delay", ...place, ...unused, ...burst, wires: [["note"]] },
  { id: "note", type: "function", ...place, func: "global.get('note')()", initialize: "", finalize: "", libs: [], outputs: 0, wires: [] },
];
const send = (message) => RED.nodes.getNode("delay").receive(message);
async function eight() {
  passed = 0;
  for (let index = 0; index < 8; index++) send({ payload: index });
  await pause(2500);
  return `${passed} of 8`;
}

(async () => {
  const started = new Promise((resolve) => RED.events.once("flows:started", resolve));
  await RED.start();
  await started;
  const deployed = new Promise((resolve) => RED.events.once("flows:started", resolve));
  await RED.runtime.flows.setFlows({ flows: { flows }, deploymentType: "full" });
  await deployed;
  console.log(`fresh: ${await eight()}`);
  send({ payload: "first" });
  await pause(500);
  send({ payload: "second" });
  await pause(700);
  send({ payload: "third" });
  send({ reset: true });
  await pause(2500);
  console.log(`after a reset: ${await eight()}, ${await eight()}, ${await eight()}`);
  await RED.stop();
  process.exit();
})();
JS
node burst.cjs | tee seen
diff seen - <<'TXT'
fresh: 2 of 8
after a reset: 3 of 8, 3 of 8, 3 of 8
TXT
echo "as described"
