#!/usr/bin/env bash
# Node-RED 4.1.15 and 5.0.7 (with MQTT.js 5.15.2, Node.js 24.21.0), set to MQTT 5: where a broker sends one copy of a message to overlapping
# subscriptions, no `mqtt in` node gets it.
#
# A good engineer takes it that a node with the topic car/# and one with car/+ both get car/soc: they do with MQTT 3.1.1.
# Seen: two nodes with these topics, first each for itself, then both, and the second one and one with car/soc; one message each. The
# broker is a small one below that does as MQTT 5 lets it: one copy, with the identifiers of all subscriptions that match (so does
# mochi 2.7.9, with the same result).
#
#   car/#            gets it
#   car/+            gets it
#   car/# car/+      nobody
#   car/+ car/soc    nobody
#
# Reason: with MQTT 5, unless the broker declines it, Node-RED gives each topic an identifier, and a node takes what bears its own. Of
# several, MQTT.js makes a list; a list is not that number, so that each node takes the message for another's.
# Way out: MQTT 3.1.1 in the broker node; or topics that do not overlap; or a broker node for each of them.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
npm init -y >/dev/null
npm install --no-audit --no-fund --ignore-scripts \
  node@24.21.0 mqtt-packet@9.0.2 red4@npm:node-red@4.1.15 red5@npm:node-red@5.0.7 >/dev/null 2>&1
(cd node_modules/node && node installArchSpecificPackage.js >/dev/null 2>&1)
export PATH="$work/node_modules/node/bin:$PATH"

cat >overlap.cjs <<'JS'
"use strict";
const { once } = require("node:events");
const { mkdtempSync } = require("node:fs");
const { createServer } = require("node:http");
const net = require("node:net");
const { parser, writeToStream } = require("mqtt-packet");

const TOPIC = "car/soc";
const LAST = "last";
const matches = (filter, topic) => ["car/#", "car/+", "car/soc"].includes(filter) ? topic === TOPIC : filter === topic;

/** Answers one client; sends one copy of a message with the identifiers of all subscriptions that match, as a broker of MQTT 5 may. */
function serve(socket) {
  const identifiers = new Map();
  const send = (packet) => writeToStream(packet, socket, { protocolVersion: 5 });
  const publish = (topic) => {
    const subscriptionIdentifier = [...identifiers].filter(([filter]) => matches(filter, topic)).map(([, id]) => id);
    send({ cmd: "publish", topic, payload: "80", qos: 0, properties: { subscriptionIdentifier } });
  };
  const reading = parser({ protocolVersion: 5 });
  reading.on("packet", (packet) => {
    if (packet.cmd === "connect") send({ cmd: "connack", reasonCode: 0, sessionPresent: false, properties: { topicAliasMaximum: 10 } });
    if (packet.cmd !== "subscribe") return;
    for (const { topic } of packet.subscriptions) identifiers.set(topic, packet.properties.subscriptionIdentifier);
    send({ cmd: "suback", messageId: packet.messageId, granted: packet.subscriptions.map(({ qos }) => qos) });
    if (!identifiers.has(LAST)) return;
    publish(TOPIC);
    publish(LAST);
  });
  socket.on("data", (data) => reading.parse(data));
  socket.on("error", () => undefined);
}

const place = { z: "tab", x: 1, y: 1 };
const readerOf = (topic) => [
  { id: topic, type: "mqtt in", ...place, name: "", topic, qos: "0", datatype: "utf8", broker: "broker", inputs: 0, wires: [[`note ${topic}`]] },
  { id: `note ${topic}`, type: "function", ...place, func: `global.get("note")("${topic}")`, outputs: 0, libs: [], wires: [] },
];

async function main(name) {
  const server = net.createServer(serve).listen(0, "127.0.0.1");
  await once(server, "listening");
  const RED = require(name);
  let heard = [];
  let end = () => undefined;
  const note = (topic) => (topic === LAST ? end() : heard.push(topic));
  RED.init(createServer(), {
    ...{ userDir: mkdtempSync(`${process.cwd()}/user-`), httpAdminRoot: false, httpNodeRoot: false, telemetry: { enabled: false } },
    ...{ logging: { console: { level: "off" } }, functionGlobalContext: { note } },
  });
  const begun = new Promise((resolve) => RED.events.once("flows:started", resolve));
  await RED.start();
  await begun;
  const address = { broker: "127.0.0.1", port: String(server.address().port) };
  for (const topics of [["car/#"], ["car/+"], ["car/#", "car/+"], ["car/+", "car/soc"]]) {
    heard = [];
    const ended = new Promise((resolve) => (end = resolve));
    const broker = { id: "broker", type: "mqtt-broker", name: "", ...address, autoConnect: true, protocolVersion: "5" };
    const flows = [{ id: "tab", type: "tab", label: "tab" }, broker, ...[...topics, LAST].flatMap(readerOf)];
    await RED.runtime.flows.setFlows({ flows: { flows }, deploymentType: "full" });
    await ended;
    const who = heard.length === 0 ? "nobody" : heard.length === topics.length ? "gets it" : heard.join(" ");
    console.log(`${RED.version()} ${topics.join(" ").padEnd(16)} ${who}`);
  }
  process.exit();
}
main(process.argv[2]);
JS
for name in red4 red5; do node overlap.cjs "$name"; done | tee seen
for version in 4.1.15 5.0.7; do
  echo "$version car/#            gets it"
  echo "$version car/+            gets it"
  echo "$version car/# car/+      nobody"
  echo "$version car/+ car/soc    nobody"
done | diff seen -
echo "as described"
