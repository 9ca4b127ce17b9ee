#!/usr/bin/env bash
# aedes 1.2.0 (aedes-persistence 11.0.0, MQTT.js 5.16.0, Node.js 24.21.0): a retained message of QoS 0 or 2 that is followed at once by
# one that is not retained does not reach who has subscribed.
#
# A good engineer takes it that two messages of one client and one QoS arrive in the order in which they were sent, and that a broker
# in the same process loses none: first the states of a car, retained, then the event that goes with them.
# Seen: twenty times a client publishes five retained messages and one that is not, in the same moment; another client has
# subscribed to all of them. What is retained is stored all the same, and who subscribes later gets it.
#
#   QoS 0   retained 0 of 100   not retained 20 of 20
#   QoS 1   retained 100 of 100   not retained 20 of 20
#   QoS 2   retained 0 of 100   not retained 20 of 20
#
# Reason: each message gets a number when the broker takes it, and is delivered when it has been stored; the store answers by a
# promise, also the one in memory. What need not be stored goes out before. For each client aedes remembers the highest number that
# it has delivered and takes a lower one for a second copy (of overlapping subscriptions). Of QoS 1 each message is confirmed
# first, and so has a turn of the event loop for itself. (aedes 0.46.3, which node-red-contrib-aedes 0.6.0 brings, loses none.)
# Way out: publish with QoS 1 (the node `mqtt out` of Node-RED has 0 unless it is set), or send the event before the states.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
npm init -y >/dev/null
npm install --no-audit --no-fund --ignore-scripts node@24.21.0 aedes@1.2.0 aedes-persistence@11.0.0 mqemitter@7.1.0 mqtt@5.16.0 >/dev/null 2>&1
(cd node_modules/node && node installArchSpecificPackage.js >/dev/null 2>&1)
export PATH="$work/node_modules/node/bin:$PATH"

cat >publish.mjs <<'JS'
import { once } from "node:events";
import { createServer } from "node:net";
import { Aedes } from "aedes";
import { connectAsync } from "mqtt";

const ROUNDS = 20;
const STATES = ["soc", "range", "doors", "windows", "mileage"].map((name) => `car/${name}`);
const aedes = await Aedes.createBroker();
const server = createServer(aedes.handle).listen(0, "127.0.0.1");
await once(server, "listening");
const [reader, publisher, other] = await Promise.all(
  Array.from({ length: 3 }, () => connectAsync(`mqtt://127.0.0.1:${server.address().port}`)),
);
let heard = [];
reader.on("message", (topic) => heard.push(topic));
const hears = async (wanted) => {
  while (!heard.includes(wanted)) await once(reader, "message");
};
await reader.subscribeAsync("#", { qos: 2 });

for (const qos of [0, 1, 2]) {
  let [states, events] = [0, 0];
  for (let round = 0; round < ROUNDS; round++) {
    heard = [];
    const sent = STATES.map((topic) => publisher.publishAsync(topic, String(round), { qos, retain: true }));
    sent.push(publisher.publishAsync("car/event", "trip ended", { qos }));
    await Promise.all(sent);
    await hears("car/event");
    // Whatever the broker has still in hand is out when these have come round.
    for (const last of ["last/1", "last/2"]) {
      await other.publishAsync(last, "", { qos: 1 });
      await hears(last);
    }
    states += STATES.filter((topic) => heard.includes(topic)).length;
    events += heard.filter((topic) => topic === "car/event").length;
  }
  console.log(`QoS ${qos}   retained ${states} of ${ROUNDS * STATES.length}   not retained ${events} of ${ROUNDS}`);
}
process.exit();
JS
node publish.mjs | tee seen
diff seen - <<'TXT'
QoS 0   retained 0 of 100   not retained 20 of 20
QoS 1   retained 100 of 100   not retained 20 of 20
QoS 2   retained 0 of 100   not retained 20 of 20
TXT
echo "as described"
