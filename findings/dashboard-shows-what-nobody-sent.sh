#!/usr/bin/env bash
# @flowfuse/node-red-dashboard 1.31.0 in Node-RED 4.1.15: the message of a template, a text or another widget is all messages put
# together.
#
# A good engineer takes `msg` in a "ui-template" for the last message that the widget was sent, so that what a message leaves out is
# not there.
# Seen: a template gets the range of a car with a name and a unit, then whether it is locked, with neither. A page that opens then,
# and another after a full deploy, are given:
#
#   sent last       {"payload":"locked","topic":"doors"}
#   page opened     {"payload":"locked","topic":"doors","car":"i4","unit":"km"}
#   after a deploy  the same
#
# Reason: the server copies each message over what it keeps for the widget, and the page does the same with what comes; nothing is
# taken out. What is kept is let go only when the widget is removed.
# Way out: send every member each time (null for none), or put all into `payload`, which is replaced as a whole.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
npm init -y >/dev/null
npm install --no-audit --no-fund --ignore-scripts node-red@4.1.15 @flowfuse/node-red-dashboard@1.31.0 socket.io-client@4.8.1 >/dev/null 2>&1

cat >page.cjs <<'JS'
"use strict";
const { createServer } = require("node:http");
const express = require("express");
const { io } = require("socket.io-client");
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
const started = () => new Promise((resolve) => RED.events.once("flows:started", resolve));
const shown = { visible: "true", disabled: "false" };
const flows = [
  { id: "base", type: "ui-base", name: "cars", path: "/dashboard", includeClientData: true, acceptsClientConfig: ["ui-control"] },
  { id: "theme", type: "ui-theme", name: "plain", colors: {}, sizes: {} },
  { id: "page", type: "ui-page", name: "first", ui: "base", path: "/page", layout: "grid", theme: "theme", order: 1, ...shown },
  { id: "group", type: "ui-group", name: "all", page: "page", width: 6, height: 1, order: 1, ...shown },
  { id: "tab", type: "tab", label: "tab" },
  {
    ...{ id: "widget", type: "ui-template", z: "tab", x: 1, y: 1, group: "group", format: "<template><p>{{ msg }}</p></template>" },
    ...{ templateScope: "local", storeOutMessages: true, passthru: true, resendOnRefresh: true, wires: [["passed"]] },
  },
  {
    ...{ id: "passed", type: "function", z: "tab", x: 1, y: 1, func: "", initialize: "", finalize: "", libs: [], outputs: 0, wires: [] },
  },
];
async function deploy() {
  const isStarted = started();
  await RED.runtime.flows.setFlows({ flows: { flows }, deploymentType: "full" });
  await isStarted;
}
/** Resolves when the widget has dealt with the message and passes it on. */
function send(message) {
  const passed = new Promise((resolve) => RED.nodes.getNode("passed").once("input", resolve));
  RED.nodes.getNode("widget").receive(message);
  return passed;
}
/** Resolves with the message that a page is given when it opens. */
function opened() {
  const socket = io(`http://127.0.0.1:${server.address().port}`, { path: "/dashboard/socket.io" });
  return new Promise((resolve) => {
    socket.on("connect", () => socket.emit("widget-load", "widget"));
    socket.on("widget-load:widget", ({ payload, topic, car, unit }) => {
      socket.close();
      resolve(JSON.stringify({ payload, topic, car, unit }));
    });
  });
}

(async () => {
  await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
  const isStarted = started();
  await RED.start();
  await isStarted;
  await deploy();
  await send({ payload: 120, topic: "range", car: "i4", unit: "km" });
  await send({ payload: "locked", topic: "doors" });
  console.log(`page opened: ${await opened()}`);
  await deploy();
  console.log(`after a deploy: ${await opened()}`);
  process.exit();
})();
JS
node page.cjs | tee seen
diff seen - <<'TXT'
page opened: {"payload":"locked","topic":"doors","car":"i4","unit":"km"}
after a deploy: {"payload":"locked","topic":"doors","car":"i4","unit":"km"}
TXT
echo "as described"
