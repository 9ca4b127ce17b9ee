#!/usr/bin/env bash
# MQTT.js 5.16.0 (aedes 1.2.0 as the broker, Node.js 24.21.0): of the messages of QoS 1 that wait for a connection, the 65,536th takes the
# place of the first one, at the front; so after a long time away the newest arrive first, and an old one is the last.
#
# A good engineer expects of a queue without a limit that all wait, and of one with a limit that the oldest or the newest are lost;
# in both cases that what is left goes out in its order, and that each callback is called, with an error for what was dropped.
# Seen: 66,000 numbers are published with QoS 1 to one topic before the client connects (two weeks without a broker, with a value
# each 18 seconds).
#
#   arrive 65535, first 65535, then 65536, last 65534
#   callbacks 65535, errors 0
#
# Reason: a message waits in a Map under its packet id, which counts to 65,535 and begins again; by default (`messageIdProvider`) ids
# in use are not avoided. A key that is there keeps its place in a Map, so the new message stands where the old one stood; the
# callback of the old one goes with it.
# Way out: keep the newest value of each topic yourself and publish it on `connect`, with nothing waiting in the library; or count what
# waits, and stop at less than 65,535.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
npm init -y >/dev/null
npm install --no-audit --no-fund --ignore-scripts node@24.21.0 aedes@1.2.0 mqtt@5.16.0 >/dev/null 2>&1
(cd node_modules/node && node installArchSpecificPackage.js >/dev/null 2>&1)
export PATH="$work/node_modules/node/bin:$PATH"

cat >wait.mjs <<'JS'
import { once } from "node:events";
import { createServer } from "node:net";
import { Aedes } from "aedes";
import mqtt from "mqtt";

const aedes = await Aedes.createBroker();
const server = createServer(aedes.handle).listen(0, "127.0.0.1");
await once(server, "listening");
const url = `mqtt://127.0.0.1:${server.address().port}`;
const heard = [];
const reader = await mqtt.connectAsync(url);
reader.on("message", (_topic, payload) => heard.push(payload.toString()));
await reader.subscribeAsync("#");

const publisher = mqtt.connect(url, { manualConnect: true });
let [callbacks, errors] = [0, 0];
for (let at = 0; at < 66_000; at++)
  publisher.publish("value", String(at), { qos: 1 }, (error) => {
    callbacks++;
    if (error) errors++;
  });
publisher.connect();
await once(publisher, "connect");
await publisher.publishAsync("end", "end", { qos: 1 });
while (heard.at(-1) !== "end") await once(reader, "message");
heard.pop();
console.log(`arrive ${heard.length}, first ${heard[0]}, then ${heard[1]}, last ${heard.at(-1)}`);
console.log(`callbacks ${callbacks}, errors ${errors}`);
process.exit();
JS
node wait.mjs | tee seen
diff seen - <<'TXT'
arrive 65535, first 65535, then 65536, last 65534
callbacks 65535, errors 0
TXT
echo "as described"
