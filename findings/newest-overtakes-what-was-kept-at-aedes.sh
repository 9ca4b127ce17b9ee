#!/usr/bin/env bash
# aedes 1.2.0 (aedes-persistence 11.0.0, MQTT.js 5.16.0, Node.js 24.21.0): while it hands out what it has kept, the newest message of a
# topic goes past older ones of the same topic; so the last one that arrives is an old one.
#
# A good engineer takes it that the messages of one publisher on one topic arrive in their order, so that the last one is the valid one.
# Seen, with a persistent session: 2000 messages wait for a client that is away. When it is back and has the first of them, a message
# is published. With retained messages: a client that takes a millisecond for each subscribes to 1000 topics of 50 kB each; when it
# has 300 of them, each topic is published again.
#
#   session    all arrive: yes   the newest is the last: no
#   retained   topics whose last message is the old one: some
#
# Reason: the subscription of a session is at work before the queue of the session is sent, and what comes live is written at once,
# not behind the queue (also in aedes 0.46.3, which node-red-contrib-aedes 0.6.0 brings). What is retained is read ahead of what the
# connection takes, about sixteen messages; what is read already goes out after a live message that has replaced it in the store.
# Way out: a time or a number in the payload, and whoever reads leaves an older one out. Or, of retained ones, leave out a message
# with the retain flag on a topic that has had one without.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
npm init -y >/dev/null
npm install --no-audit --no-fund --ignore-scripts node@24.21.0 aedes@1.2.0 aedes-persistence@11.0.0 mqemitter@7.1.0 mqtt@5.16.0 >/dev/null 2>&1
(cd node_modules/node && node installArchSpecificPackage.js >/dev/null 2>&1)
export PATH="$work/node_modules/node/bin:$PATH"

cat >overtake.mjs <<'JS'
import { once } from "node:events";
import { createServer } from "node:net";
import { Aedes } from "aedes";
import mqtt from "mqtt";

const aedes = await Aedes.createBroker();
const server = createServer(aedes.handle).listen(0, "127.0.0.1");
await once(server, "listening");
const url = `mqtt://127.0.0.1:${server.address().port}`;
const publisher = await mqtt.connectAsync(url);

async function session() {
  const WAITING = 2000;
  const options = { clientId: "reader", clean: false };
  const before = await mqtt.connectAsync(url, options);
  await before.subscribeAsync("soc", { qos: 1 });
  await before.endAsync();
  for (let at = 1; at <= WAITING; at++) await publisher.publishAsync("soc", String(at), { qos: 1 });
  const heard = [];
  const reader = mqtt.connect(url, options);
  reader.on("message", (_topic, payload) => {
    if (heard.push(Number(payload)) === 1) publisher.publish("soc", String(WAITING + 1), { qos: 1 });
  });
  while (heard.length <= WAITING) await once(reader, "message");
  const isAll = new Set(heard).size === WAITING + 1;
  console.log(`session    all arrive: ${isAll ? "yes" : "no"}   the newest is the last: ${heard.at(-1) > WAITING ? "yes" : "no"}`);
  await reader.endAsync();
}

async function retained() {
  const topics = Array.from({ length: 1000 }, (_, at) => `car/${at}`);
  const payload = (text) => text.padEnd(50_000);
  for (const topic of topics) await publisher.publishAsync(topic, payload("old"), { qos: 1, retain: true });
  const last = new Map();
  let count = 0;
  const reader = mqtt.connect(url);
  reader.handleMessage = (_packet, done) => setTimeout(done, 1);
  reader.on("message", (topic, text) => {
    last.set(topic, text.toString().trim());
    count++;
  });
  await once(reader, "connect");
  reader.subscribe("car/#", { qos: 1 });
  while (count < 300) await once(reader, "message");
  for (const topic of topics) await publisher.publishAsync(topic, "new", { qos: 1, retain: true });
  while (count < 2 * topics.length) await once(reader, "message");
  const old = [...last.values()].filter((text) => text === "old").length;
  console.error(`${old} of ${topics.length}`);
  console.log(`retained   topics whose last message is the old one: ${old > 0 ? "some" : "none"}`);
}

await session();
await retained();
process.exit();
JS
node overtake.mjs | tee seen
diff seen - <<'TXT'
session    all arrive: yes   the newest is the last: no
retained   topics whose last message is the old one: some
TXT
echo "as described"
