#!/usr/bin/env bash
# MQTT.js 5.16.0 (aedes 1.2.0 as the broker, Node.js 24.21.0): a client that is busy with what it gets takes its connection for dead, cuts
# it, and begins again: of thousands of retained messages it never gets to the last ones.
#
# A good engineer takes it that a connection on which messages come is alive, and that backpressure (`handleMessage`) only slows
# them down.
# Seen: 4000 retained messages of 500 bytes, 2 ms for each of them, a keepalive of 2 seconds. The broker sends all the time and
# closes nothing.
#
#   connections 3   ended by "Keepalive timeout" 3, while messages came 3   all 4000 seen no
#
# Reason: a message that arrives does not put off the check; only answers do (to a ping, a subscription, a message of one's own). After
# the keepalive a ping is sent, and its answer has to be read within half of it. The answer stands in the connection behind the
# messages that wait, and those are read one by one.
# Way out: a keepalive that is longer than everything kept takes; or take messages at once and queue them yourself.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
npm init -y >/dev/null
npm install --no-audit --no-fund --ignore-scripts node@24.21.0 aedes@1.2.0 mqtt@5.16.0 >/dev/null 2>&1
(cd node_modules/node && node installArchSpecificPackage.js >/dev/null 2>&1)
export PATH="$work/node_modules/node/bin:$PATH"

cat >slow.mjs <<'JS'
import { once } from "node:events";
import { createServer } from "node:net";
import { Aedes } from "aedes";
import mqtt from "mqtt";

const MESSAGES = 4000;
const aedes = await Aedes.createBroker();
const server = createServer(aedes.handle).listen(0, "127.0.0.1");
await once(server, "listening");
const url = `mqtt://127.0.0.1:${server.address().port}`;
const publisher = await mqtt.connectAsync(url);
for (let at = 0; at < MESSAGES; at++) await publisher.publishAsync(`car/${at}`, "x".repeat(500), { qos: 1, retain: true });

const seen = new Set();
let [connections, timeouts, busy, messageAt] = [0, 0, 0, 0];
const reader = mqtt.connect(url, { keepalive: 2, reconnectPeriod: 100 });
reader.handleMessage = (_packet, done) => setTimeout(done, 2);
reader.on("message", (topic) => {
  seen.add(topic);
  messageAt = Date.now();
});
reader.on("connect", () => {
  connections++;
  reader.subscribe("car/#");
});
reader.on("error", ({ message }) => {
  if (message !== "Keepalive timeout") throw new Error(message);
  timeouts++;
  if (Date.now() - messageAt < 500) busy++;
});
while (timeouts < 3) await new Promise((resolve) => reader.once("close", resolve));
const all = seen.size === MESSAGES ? "yes" : "no";
console.log(`connections ${connections}   ended by "Keepalive timeout" ${timeouts}, while messages came ${busy}   all ${MESSAGES} seen ${all}`);
process.exit();
JS
node slow.mjs | tee seen
diff seen - <<'TXT'
connections 3   ended by "Keepalive timeout" 3, while messages came 3   all 4000 seen no
TXT
echo "as described"
