#!/usr/bin/env bash
# MQTT.js 5.16.0 (aedes 1.2.0 as the broker, Node.js 24.21.0): one topic that the broker refuses makes MQTT.js forget all topics of the
# same SUBSCRIBE: they work until the connection is lost, and are not subscribed again.
#
# A good engineer takes it that each topic stands for itself: the broker answers each with a code of its own, and the library
# subscribes what was granted again after a reconnect (`resubscribe`, on by default).
# Seen: a broker refuses the topic "private". Two clients subscribe to a, private and b, one with an array, one with three calls.
# A third client has subscribed to a, b and c by three calls; the broker begins to refuse c later, and its connection is lost twice.
# In each round a message is published to a and to b; then the connections are cut.
#
#   array:       hears a,b   after a reconnect nothing   after another nothing
#   three calls: hears a,b   after a reconnect a,b   after another a,b
#   c refused later: hears a,b   after a reconnect a,b   after another nothing   errors 0
#
# Reason: a code of failure in the answer deletes every topic of that packet from the list of what is subscribed again. With MQTT
# 3.1.1 a reconnect puts all topics of a client into one packet, however they were subscribed (with MQTT 5 each goes by itself), and
# nobody hears of its failure: so a right that is withdrawn from one topic ends all others, at the reconnect after.
# Way out: `resubscribe: false`, and subscribe in each `connect` event.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
npm init -y >/dev/null
npm install --no-audit --no-fund --ignore-scripts node@24.21.0 aedes@1.2.0 mqtt@5.16.0 >/dev/null 2>&1
(cd node_modules/node && node installArchSpecificPackage.js >/dev/null 2>&1)
export PATH="$work/node_modules/node/bin:$PATH"

cat >subscribe.mjs <<'JS'
import { once } from "node:events";
import { createServer } from "node:net";
import { Aedes } from "aedes";
import mqtt from "mqtt";

const refused = new Set(["private"]);
const authorizeSubscribe = (_client, subscription, done) => done(null, refused.has(subscription.topic) ? null : subscription);
const aedes = await Aedes.createBroker({ authorizeSubscribe });
const server = createServer(aedes.handle).listen(0, "127.0.0.1");
await once(server, "listening");
const url = `mqtt://127.0.0.1:${server.address().port}`;
const publisher = await mqtt.connectAsync(url);
const quiet = () => undefined;

/** What the client hears of a and b; it is connected, and whatever it subscribes again has been sent. */
async function round(client) {
  const heard = [];
  const note = (topic) => heard.push(topic);
  client.on("message", note);
  // The answer to this one comes after those to all before.
  const probe = `probe/${Math.random()}`;
  await client.subscribeAsync(probe);
  for (const topic of ["a", "b", probe]) await publisher.publishAsync(topic, "1", { qos: 1 });
  while (!heard.includes(probe)) await once(client, "message");
  await client.unsubscribeAsync(probe);
  client.off("message", note);
  return heard.filter((topic) => topic !== probe).join() || "nothing";
}

async function cut(client) {
  const again = once(client, "connect");
  client.stream.destroy();
  await again;
}

async function live(title, subscribe, between = quiet) {
  let errors = 0;
  const client = mqtt.connect(url, { reconnectPeriod: 50 });
  client.on("error", () => errors++);
  await once(client, "connect");
  await subscribe(client);
  const first = await round(client);
  between();
  await cut(client);
  const second = await round(client);
  await cut(client);
  const third = await round(client);
  console.log(`${title}: hears ${first}   after a reconnect ${second}   after another ${third}${between === quiet ? "" : `   errors ${errors}`}`);
  await client.endAsync(true);
}

await live("array", (client) => client.subscribeAsync(["a", "private", "b"]).catch(quiet));
await live("three calls", async (client) => {
  for (const topic of ["a", "private", "b"]) await client.subscribeAsync(topic).catch(quiet);
});
await live(
  "c refused later",
  async (client) => {
    for (const topic of ["a", "b", "c"]) await client.subscribeAsync(topic);
  },
  () => refused.add("c"),
);
process.exit();
JS
node subscribe.mjs | tee seen
diff seen - <<'TXT'
array: hears a,b   after a reconnect nothing   after another nothing
three calls: hears a,b   after a reconnect a,b   after another a,b
c refused later: hears a,b   after a reconnect a,b   after another nothing   errors 0
TXT
echo "as described"
