#!/usr/bin/env bash
# amqtt 0.12.1 (Python 3.11, MQTT.js 5.16.0 as the client, Node.js 24.21.0): where anybody may connect, nothing is kept for a
# session; and a message arrives with the QoS of the subscription, also if it was sent with a lower one.
#
# A good engineer takes it that a broker keeps what comes with QoS 1 for a client with a clean session off, and that a message
# arrives with the lower one of two QoS: that of its publisher and that of the subscription.
# Seen: a client with a clean session off subscribes with QoS 1 and leaves; five messages of QoS 1 are sent; it comes back. At a
# broker that lets everybody in, without and with a user name; at one that asks for name and password. And a message of QoS 0 to a
# subscription of QoS 2, which is what the node `mqtt in` of Node-RED asks for unless it is told otherwise.
#
#   anybody, no name    arrive 0 of 5
#   anybody, a name     arrive 0 of 5
#   name and password   arrive 5 of 5, as retained ones
#   sent with QoS 0     arrives with QoS 2
#
# Reason: the plugin that lets everybody in marks each session as anonymous, whatever name it brings. For an anonymous one nothing is
# queued, and a check that runs each second removes it, with its subscriptions, when its client is away. The QoS of a publisher is not
# handed on at all: what is sent to subscribers has that of each subscription.
# Way out: the plugin with a password file for whoever needs a session; QoS 0 in `mqtt in` nodes that need no more, because each message
# takes four packets otherwise.
set -euo pipefail
work=$(mktemp -d)
broker=""
trap 'kill $broker 2>/dev/null || true; wait 2>/dev/null || true; rm -rf "$work"' EXIT
cd "$work"
npm init -y >/dev/null
npm install --no-audit --no-fund --ignore-scripts node@24.21.0 mqtt@5.16.0 >/dev/null 2>&1
(cd node_modules/node && node installArchSpecificPackage.js >/dev/null 2>&1)
export PATH="$work/node_modules/node/bin:$PATH"
python3 -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check amqtt==0.12.1 >/dev/null 2>&1

venv/bin/python -c 'from pwdlib import PasswordHash; from pwdlib.hashers.argon2 import Argon2Hasher
print("reader:" + PasswordHash([Argon2Hasher()]).hash("secret"))' >passwords
config() { # port, plugin, its option
  printf 'listeners:\n  default:\n    type: tcp\n    bind: 127.0.0.1:%s\nplugins:\n  amqtt.plugins.authentication.%s:\n    %s\n' "$@"
}
config 18841 AnonymousAuthPlugin "allow_anonymous: true" >anybody.yaml
config 18842 FileAuthPlugin "password_file: $work/passwords" >password.yaml
for name in anybody password; do
  venv/bin/amqtt -c $name.yaml >$name.log 2>&1 &
  broker="$broker $!"
done

cat >read.mjs <<'JS'
import { once } from "node:events";
import mqtt from "mqtt";

const LOGIN = { username: "reader", password: "secret" };
const start = { reconnectPeriod: 200 };

async function connect(port, options) {
  const client = mqtt.connect(`mqtt://127.0.0.1:${port}`, { ...start, ...options });
  // The broker may be about to start.
  client.on("error", () => undefined);
  await new Promise((resolve) => client.once("connect", resolve));
  return client;
}

async function session(title, port, login, clientId) {
  const options = { clientId, clean: false, ...login };
  const topic = `queue/${clientId}`;
  const publisher = await connect(port, port === 18842 ? LOGIN : {});
  const before = await connect(port, options);
  await before.subscribeAsync(topic, { qos: 1 });
  const left = once(before, "close");
  await before.endAsync();
  await left;
  // What is sent in the moment in which the broker has not noticed yet would be a test of something else.
  await new Promise((resolve) => setTimeout(resolve, 500));
  for (let at = 1; at <= 5; at++) await publisher.publishAsync(topic, String(at), { qos: 1 });
  const heard = [];
  const client = mqtt.connect(`mqtt://127.0.0.1:${port}`, options);
  client.on("message", (_topic, payload, { retain }) => heard.push({ text: payload.toString(), retain }));
  await once(client, "connect");
  await new Promise((resolve) => setTimeout(resolve, 1000));
  // This one ends it: it comes live, after all that was kept.
  await client.subscribeAsync(`end/${clientId}`, { qos: 1 });
  await publisher.publishAsync(`end/${clientId}`, "end", { qos: 1 });
  while (heard.at(-1)?.text !== "end") await once(client, "message");
  heard.pop();
  const flags = heard.length > 0 && heard.every(({ retain }) => retain) ? ", as retained ones" : "";
  console.log(`${title}   arrive ${heard.length} of 5${flags}`);
  client.end(true);
  publisher.end(true);
}

async function qos() {
  const client = await connect(18841, {});
  await client.subscribeAsync("live", { qos: 2 });
  const arrived = new Promise((resolve) => client.once("message", (_topic, _payload, packet) => resolve(packet.qos)));
  const publisher = await connect(18841, {});
  publisher.publish("live", "1", { qos: 0 });
  console.log(`sent with QoS 0     arrives with QoS ${await arrived}`);
}

await session("anybody, no name ", 18841, {}, "one");
await session("anybody, a name  ", 18841, LOGIN, "two");
await session("name and password", 18842, LOGIN, "three");
await qos();
process.exit();
JS
node read.mjs | tee seen
diff seen - <<'TXT'
anybody, no name    arrive 0 of 5
anybody, a name     arrive 0 of 5
name and password   arrive 5 of 5, as retained ones
sent with QoS 0     arrives with QoS 2
TXT
echo "as described"
