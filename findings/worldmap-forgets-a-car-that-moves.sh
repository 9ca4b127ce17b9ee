#!/usr/bin/env bash
# node-red-contrib-web-worldmap 5.8.1 in Node-RED 4.1.15: for a page that is opened later, a marker lives as long as its oldest message
# said, not its newest.
#
# A good engineer takes it that each message of a name renews the marker's time to live (`ttl`, or the maximum age of the node, by default
# an hour), as it does on a page that is open.
# Seen: a car sends its position at 0 and 2 s, each with a ttl of 3 s. A page that is opened gets, of all that is known:
#
#   opened at 2.5 s   the position of 2 s
#   opened at 3.5 s   nothing, although the newest position is 1.5 s old
#
# Reason: the node keeps the newest message of each name for pages that open, and starts a timer with each message that throws away
# whatever is kept under that name; no message stops the timer of the one before. So a car that has driven for 55 minutes is gone from
# new pages five minutes after it has parked. A ttl of 0, "no timeout", is an hour as well there.
# Way out: keep the last positions in the flow, and send them to each page that "worldmap in" tells as connected, or again now and then.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
npm init -y >/dev/null
npm install --no-audit --no-fund --ignore-scripts node-red@4.1.15 node-red-contrib-web-worldmap@5.8.1 ws@7.5.13 >/dev/null 2>&1

cat >map.cjs <<'JS'
"use strict";
const { createServer } = require("node:http");
const { setTimeout: pause } = require("node:timers/promises");
const express = require("express");
const WebSocket = require("ws");
const RED = require("node-red");

const app = express();
const server = createServer(app);
RED.init(server, {
  userDir: process.cwd(),
  httpAdminRoot: false,
  httpNodeRoot: "/",
  logging: { console: { level: "off" } },
  telemetry: { enabled: false },
});
app.use("/", RED.httpNode);
const flows = [
  { id: "tab", type: "tab", label: "tab" },
  { id: "map", type: "worldmap", z: "tab", x: 1, y: 1, path: "/worldmap", maxage: "", wires: [] },
];

/** Resolves with what a page is told when it opens. */
function opened() {
  const address = `ws://127.0.0.1:${server.address().port}/worldmap/socket/websocket`;
  return new Promise((resolve) => {
    const socket = new WebSocket(address, { headers: { "user-agent": "page" } });
    socket.on("open", () => socket.send(JSON.stringify({ action: "connected" })));
    socket.on("message", (text) => {
      const told = JSON.parse(text);
      if (!Array.isArray(told)) return;
      socket.close();
      resolve(told.map(({ name, lat }) => `${name} at ${lat}`).join() || "nothing");
    });
  });
}

(async () => {
  await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
  const started = new Promise((resolve) => RED.events.once("flows:started", resolve));
  await RED.start();
  await started;
  const deployed = new Promise((resolve) => RED.events.once("flows:started", resolve));
  await RED.runtime.flows.setFlows({ flows: { flows }, deploymentType: "full" });
  await deployed;
  const begin = Date.now();
  const at = (ms) => pause(begin + ms - Date.now());
  const move = (lat) => RED.nodes.getNode("map").receive({ payload: { name: "car", lat, lon: 11, ttl: 3 } });
  move(48);
  await at(2000);
  move(49);
  await at(2200);
  console.log(`opened at 2.5 s: ${await opened()}`);
  await at(3300);
  console.log(`opened at 3.5 s: ${await opened()}`);
  process.exit();
})();
JS
node map.cjs | tee seen
diff seen - <<'TXT'
opened at 2.5 s: car at 49
opened at 3.5 s: nothing
TXT
echo "as described"
