#!/usr/bin/env bash
# Node-RED 4.1.15 and 5.0.7 (Node.js 24.21.0): a deploy by the admin API is answered before the flows that it brings run.
#
# A good engineer takes it that POST /flows is answered when the deploy is over: it waits until the old nodes have closed, and
# the editor says "Successfully deployed" at the answer. So a script deploys and then calls an HTTP endpoint of the new flow.
# Seen: the event `flows:started` of the runtime comes after the answer, at each of twenty deploys; in between, a node of the flow
# may not exist yet. The old nodes have closed by then.
#
#   answers before flows:started   20 of 20 (4.1.15), 20 of 20 (5.0.7)
#   old nodes closed at the answer 20 of 20, 20 of 20
#
# Reason: the runtime waits for the stop of the old flows, begins the start of the new ones, and answers without waiting for it.
# Way out: whoever acts on a deploy waits for `flows:started` (in the runtime), for the event `runtime-deploy` (over /comms), or asks
# the new flow until it answers.
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
const { mkdtempSync, mkdirSync, writeFileSync } = require("node:fs");
const { join } = require("node:path");
const express = require("express");

const ROUNDS = 20;
const NODES = 50;
const userDir = mkdtempSync(join(process.cwd(), "user-"));
const folder = join(userDir, "nodes");
mkdirSync(folder);
writeFileSync(
  join(folder, "slow-to-close.js"),
  `module.exports = (RED) => RED.nodes.registerType("slow-to-close", function (properties) {
    RED.nodes.createNode(this, properties);
    this.on("close", (done) => setTimeout(() => { global.closed++; done(); }, 50));
  });`,
);
writeFileSync(join(folder, "slow-to-close.html"), "<script>RED.nodes.registerType('slow-to-close', {defaults: {}})</script>");

async function main(name) {
  const RED = require(name);
  const app = express();
  const server = createServer(app);
  RED.init(server, { userDir, httpAdminRoot: "/", logging: { console: { level: "off" } }, telemetry: { enabled: false } });
  app.use("/", RED.httpAdmin);
  await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
  const firstStart = new Promise((resolve) => RED.events.once("flows:started", resolve));
  await RED.start();
  await firstStart;
  let [before, closed] = [0, 0];
  for (let round = 0; round < ROUNDS; round++) {
    global.closed = 0;
    let isStarted = false;
    const started = new Promise((resolve) => RED.events.once("flows:started", resolve)).then(() => (isStarted = true));
    const nodes = Array.from({ length: NODES }, (_, at) => ({
      ...{ id: `${round}-${at}`, type: "slow-to-close", z: `tab-${round}`, x: 100, y: 100, wires: [] },
    }));
    const flow = [{ id: `tab-${round}`, type: "tab", label: "flow" }, ...nodes];
    const response = await fetch(`http://127.0.0.1:${server.address().port}/flows`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify(flow),
    });
    if (!response.ok) throw new Error(`answered with ${response.status}`);
    if (!isStarted) before++;
    if (global.closed === (round === 0 ? 0 : NODES)) closed++;
    await started;
  }
  console.log(`${RED.version()}: answers before flows:started ${before} of ${ROUNDS}, old nodes closed at the answer ${closed} of ${ROUNDS}`);
  await RED.stop();
  process.exit();
}
main(process.argv[2]);
JS
for name in red4 red5; do node deploy.cjs "$name"; done | tee seen
diff seen - <<'TXT'
4.1.15: answers before flows:started 20 of 20, old nodes closed at the answer 20 of 20
5.0.7: answers before flows:started 20 of 20, old nodes closed at the answer 20 of 20
TXT
echo "as described"
