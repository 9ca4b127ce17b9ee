#!/usr/bin/env bash
# Node-RED 4.1.15 and 5.0.7 (with MQTT.js 5.15.2; aedes 1.2.0 as the broker, Node.js 24.21.0): an `mqtt in` node that is added, or changed, in a
# deploy of changed nodes does not get what is retained if another node has the same topic; with an overlapping topic it does, and all
# other nodes get it once more.
#
# A good engineer takes it that each `mqtt in` node is a subscription: an added one gets what is retained, those that run on get nothing.
# Seen: the topic car/soc is retained. Node A has that topic; deploys of changed nodes add B with the same topic, change B, and add C
# with car/+. What the nodes get after each deploy:
#
#   A car/soc     A
#   add B car/soc nobody
#   change B      nobody
#   add C car/+   A B C
#
# Reason: nodes with one broker share one connection. MQTT.js sends no SUBSCRIBE for a topic that it has subscribed to already with the
# same QoS, or a higher one; and what comes for a topic goes to every node whose topic matches, whichever subscription brought it.
# Way out: for a node that needs what is retained, a full deploy, or a topic written like no other's (car/+/soc for car/1/soc), or a broker
# node of its own; and a flow that bears to get a retained message again.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
npm init -y >/dev/null
npm install --no-audit --no-fund --ignore-scripts \
  node@24.21.0 aedes@1.2.0 red4@npm:node-red@4.1.15 red5@npm:node-red@5.0.7 mqtt@5.15.2 >/dev/null 2>&1
(cd node_modules/node && node installArchSpecificPackage.js >/dev/null 2>&1)
export PATH="$work/node_modules/node/bin:$PATH"

cat >deploy.cjs <<'JS'
"use strict";
const { once } = require("node:events");
const { mkdtempSync } = require("node:fs");
const { createServer } = require("node:http");
const net = require("node:net");
const { connectAsync } = require("mqtt");

const place = { z: "tab", x: 1, y: 1 };
const readerOf = (id, topic, datatype = "auto-detect") => [
  { id, type: "mqtt in", ...place, name: "", topic, qos: "1", datatype, broker: "broker", nl: false, rap: true, rh: 0, inputs: 0, wires: [[`note-${id}`]] },
  { id: `note-${id}`, type: "function", ...place, func: `global.get("note")("${id}", msg.topic)`, outputs: 0, libs: [], wires: [] },
];

async function main(name) {
  const { Aedes } = await import("aedes");
  const aedes = await Aedes.createBroker();
  const server = net.createServer(aedes.handle).listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address();
  const publisher = await connectAsync(`mqtt://127.0.0.1:${port}`);
  await publisher.publishAsync("car/soc", "80", { qos: 1, retain: true });

  const RED = require(name);
  let heard = [];
  let waits = () => undefined;
  const note = (id, topic) => {
    if (topic === "car/soc") heard.push(id);
    else waits();
  };
  RED.init(createServer(), {
    ...{ userDir: mkdtempSync(`${process.cwd()}/user-`), httpAdminRoot: false, httpNodeRoot: false, telemetry: { enabled: false } },
    ...{ logging: { console: { level: "off" } }, functionGlobalContext: { note } },
  });
  const started = () => new Promise((resolve) => RED.events.once("flows:started", resolve));
  const begun = started();
  await RED.start();
  await begun;
  const broker = { id: "broker", type: "mqtt-broker", name: "", broker: "127.0.0.1", port: String(port), autoConnect: true, protocolVersion: "4" };
  let step = 0;
  const deploy = async (title, flows, deploymentType = "nodes") => {
    heard = [];
    const running = started();
    // A new subscription each time: its answer comes after those to all before.
    const probe = `probe/${++step}`;
    const all = [{ id: "tab", type: "tab", label: "tab" }, broker, ...flows, ...readerOf(probe, probe)];
    await publisher.publishAsync(probe, "1", { qos: 1, retain: true });
    const probed = new Promise((resolve) => (waits = resolve));
    await RED.runtime.flows.setFlows({ flows: { flows: all }, deploymentType });
    await running;
    await probed;
    await new Promise((resolve) => setTimeout(resolve, 300));
    console.log(`${RED.version()} ${title} ${heard.sort().join(" ") || "nobody"}`);
  };
  const a = readerOf("A", "car/soc");
  await deploy("A car/soc    ", a, "full");
  await deploy("add B car/soc", [...a, ...readerOf("B", "car/soc")]);
  await deploy("change B     ", [...a, ...readerOf("B", "car/soc", "utf8")]);
  await deploy("add C car/+  ", [...a, ...readerOf("B", "car/soc", "utf8"), ...readerOf("C", "car/+")]);
  process.exit();
}
main(process.argv[2]);
JS
for name in red4 red5; do node deploy.cjs "$name"; done | tee seen
for version in 4.1.15 5.0.7; do
  echo "$version A car/soc     A"
  echo "$version add B car/soc nobody"
  echo "$version change B      nobody"
  echo "$version add C car/+   A B C"
done | diff seen -
echo "as described"
