#!/usr/bin/env bash
# ioBroker.mqtt 8.1.0 (js-controller 7.1.1, Node.js 24.21.0), as the broker: of two messages that come one right after the other to
# a topic that it does not know yet, the first one stays.
#
# A good engineer takes it that the state of a topic is what was published last, as the kept message of any broker is.
# Seen: two numbers are published to each of twenty new topics without a pause, then two to each of twenty others, with a pause
# after the first. Then the states are read.
#
#   at once         the first stays
#   after a pause   the last stays
#
# Reason: while the object of a new topic is made, what else comes to it is only noted; when the object is there, the adapter
# writes the payload of the message that began it.
# Way out: nothing that a publisher could do but to publish again; the next value of that topic is right.
set -euo pipefail
work=$(mktemp -d)
controller=""
adapter=""
trap 'kill $adapter $controller 2>/dev/null || true; wait 2>/dev/null || true; rm -rf "$work"' EXIT
cd "$work"

npm init -y >/dev/null
npm install --no-audit --no-fund --ignore-scripts iobroker.js-controller@7.1.1 iobroker.mqtt@8.1.0 node@24.21.0 >/dev/null 2>&1
(cd node_modules/node && node installArchSpecificPackage.js >/dev/null 2>&1)
export PATH="$work/node_modules/node/bin:$PATH"
iobroker() { node node_modules/iobroker.js-controller/iobroker.js "$@" >/dev/null 2>&1; }
iobroker setup first
iobroker add mqtt --enabled false
iobroker object extend system.adapter.mqtt.0 '{"native":{"type":"server","bind":"127.0.0.1","port":18833}}'

started() { for _ in $(seq 600); do grep -q "$1" "$2" && return; sleep 0.1; done; cat "$2"; exit 1; }
node node_modules/iobroker.js-controller/controller.js >controller.log 2>&1 &
controller=$!
started "check instance" controller.log
node node_modules/iobroker.mqtt/build/main.js --instance 0 --force --logs >adapter.log 2>&1 &
adapter=$!
started "Starting MQTT server" adapter.log

cat >publish.cjs <<'JS'
"use strict";
const { setTimeout: pause } = require("node:timers/promises");
const { connectAsync } = require("mqtt");
const { Client } = require("@iobroker/db-states-redis");
const { states: connection } = require("./iobroker-data/iobroker.json");
const TOPICS = Array.from({ length: 20 }, (_, index) => index);
const quiet = () => undefined;
const logger = { silly: quiet, debug: quiet, info: quiet, warn: quiet, error: console.error };

async function publish(client) {
  const send = (topic, text) => client.publishAsync(topic, text, { qos: 1, retain: true });
  await Promise.all(TOPICS.flatMap((at) => [send(`once/${at}`, "1"), send(`once/${at}`, "2")]));
  await Promise.all(TOPICS.map((at) => send(`pause/${at}`, "1")));
  await pause(3000);
  await Promise.all(TOPICS.map((at) => send(`pause/${at}`, "2")));
  await pause(3000);
}

async function tell(states) {
  for (const [way, title] of [["once", "at once      "], ["pause", "after a pause"]]) {
    const found = await states.getStates(TOPICS.map((at) => `mqtt.0.${way}.${at}`));
    const values = [...new Set(found.map((state) => state?.val))];
    const stays = { 1: "the first stays", 2: "the last stays" }[values.join()] ?? `different: ${values.join()}`;
    console.log(`${title}   ${stays}`);
  }
  process.exit(0);
}

async function main() {
  const client = await connectAsync("mqtt://127.0.0.1:18833");
  await publish(client);
  await client.endAsync();
  const states = new Client({ connection, logger, hostname: "reader", namespace: "reader", connected: () => tell(states) });
}
main();
JS
seen=$(node publish.cjs)
echo "$seen"

# Fails if the behaviour changes.
grep -qx "at once         the first stays" <<<"$seen"
grep -qx "after a pause   the last stays" <<<"$seen"
