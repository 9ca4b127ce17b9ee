#!/usr/bin/env bash
# Node-RED 4.1.15 and 5.0.7 (Node.js 24.21.0): an environment variable of a flow that is taken from another one below it has the NAME of
# what that one is taken from.
#
# A good engineer who lists TOPIC (from CAR), CAR (from VIN) and VIN among the variables of a flow takes it that their order is of no
# matter, or that a wrong one gives nothing.
# Seen: the same three variables, of type "env variable", "env variable" and "string", in both orders:
#
#   VIN, CAR, TOPIC   TOPIC is the VIN
#   TOPIC, CAR, VIN   TOPIC is the text "VIN"; with ${CAR}/soc it is "${VIN}/soc"
#
# Reason: everything but references is worked out first, and of a reference the text that was typed is noted as its value for the
# time being; then references are worked out one after the other, from top to bottom, so that one to a later one finds that text.
# No warning is given. The same function works out the variables of groups and subflows.
# Way out: list what is referred to above what refers to it.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
npm init -y >/dev/null
npm install --no-audit --no-fund --ignore-scripts node@24.21.0 red4@npm:node-red@4.1.15 red5@npm:node-red@5.0.7 >/dev/null 2>&1
(cd node_modules/node && node installArchSpecificPackage.js >/dev/null 2>&1)
export PATH="$work/node_modules/node/bin:$PATH"

cat >variables.cjs <<'JS'
"use strict";
const { createServer } = require("node:http");
const { mkdtempSync } = require("node:fs");
const { join } = require("node:path");
const RED = require(process.argv[2]);

let heard = () => undefined;
RED.init(createServer(), {
  userDir: mkdtempSync(join(process.cwd(), "user-")),
  httpAdminRoot: false,
  httpNodeRoot: false,
  logging: { console: { level: "off" } },
  telemetry: { enabled: false },
  functionGlobalContext: { note: (value) => heard(value) },
});
const started = () => new Promise((resolve) => RED.events.once("flows:started", resolve));
const VIN = { name: "VIN", value: "WBA00000000000001", type: "str" };
const place = { z: "tab", x: 1, y: 1 };
async function topic(env) {
  const isStarted = started();
  const func = "global.get('note')(env.get('TOPIC'))";
  const code = { id: "tell", type: "function", ...place, func, initialize: "", finalize: "", libs: [], outputs: 0, wires: [] };
  await RED.runtime.flows.setFlows({ flows: { flows: [{ id: "tab", type: "tab", label: "tab", env }, code] }, deploymentType: "full" });
  await isStarted;
  const value = new Promise((resolve) => (heard = resolve));
  RED.nodes.getNode("tell").receive({});
  return value;
}

(async () => {
  const isStarted = started();
  await RED.start();
  await isStarted;
  for (const [car, value] of [["VIN", "CAR"], ["${VIN}", "${CAR}/soc"]]) {
    const [CAR, TOPIC] = [{ name: "CAR", value: car, type: "env" }, { name: "TOPIC", value, type: "env" }];
    console.log(`${RED.version()}: VIN, CAR, TOPIC: ${await topic([VIN, CAR, TOPIC])}`);
    console.log(`${RED.version()}: TOPIC, CAR, VIN: ${await topic([TOPIC, CAR, VIN])}`);
  }
  await RED.stop();
  process.exit();
})();
JS
for name in red4 red5; do node variables.cjs "$name"; done | tee seen
for version in 4.1.15 5.0.7; do
  echo "$version: VIN, CAR, TOPIC: WBA00000000000001"
  echo "$version: TOPIC, CAR, VIN: VIN"
  echo "$version: VIN, CAR, TOPIC: WBA00000000000001/soc"
  # shellcheck disable=SC2016 # this is the text that is seen
  echo "$version: TOPIC, CAR, VIN:" '${VIN}/soc'
done | diff seen -
echo "as described"
