#!/usr/bin/env bash
# Node-RED 4.1.15 and 5.0.7 (Node.js 24.21.0): a trigger node that waits for silence and then sends the time sends that of the first
# message before the silence.
#
# A good engineer builds "nothing was heard for ten minutes" of a trigger node: send nothing, wait, "extend delay if new message
# arrives", then send the timestamp; and reads the timestamp as the moment of the alarm, which it is without the extension.
# Seen: six messages, 200 ms apart, into a trigger node that waits 500 ms; then one message alone, with the option and without.
#
#   six messages, delay extended   the alarm tells the time of the first message
#   one message, delay extended    the alarm tells its own time
#   one message, not extended      the alarm tells its own time
#
# Reason: the time is worked out at the first message already. When the wait is over it is worked out anew, but not in the branch of the
# code that a second message has extended: there only values of flow and global context are.
# Way out: have the trigger node send anything, and take the time in a change node behind it.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
npm init -y >/dev/null
npm install --no-audit --no-fund --ignore-scripts node@24.21.0 red4@npm:node-red@4.1.15 red5@npm:node-red@5.0.7 >/dev/null 2>&1
(cd node_modules/node && node installArchSpecificPackage.js >/dev/null 2>&1)
export PATH="$work/node_modules/node/bin:$PATH"

cat >watch.cjs <<'JS'
"use strict";
const { createServer } = require("node:http");
const { mkdtempSync } = require("node:fs");
const { join } = require("node:path");
const { setTimeout: pause } = require("node:timers/promises");
const RED = require(process.argv[2]);

let heard = () => undefined;
RED.init(createServer(), {
  userDir: mkdtempSync(join(process.cwd(), "user-")),
  httpAdminRoot: false,
  httpNodeRoot: false,
  logging: { console: { level: "off" } },
  telemetry: { enabled: false },
  functionGlobalContext: { note: (told) => heard({ told, at: Date.now() }) },
});
const place = { z: "tab", x: 1, y: 1 };
const wait = { op1: "", op1type: "nul", op2: "", op2type: "date", duration: "500", units: "ms", bytopic: "all", reset: "", outputs: 1 };
const flows = [
  { id: "tab", type: "tab", label: "tab" },
  { id: "extended", type: "trigger", ...place, ...wait, extend: true, wires: [["note"]] },
  { id: "plain", type: "trigger", ...place, ...wait, extend: false, wires: [["note"]] },
  { id: "note", type: "function", ...place, func: "global.get('note')(msg.payload)", initialize: "", finalize: "", libs: [], outputs: 0, wires: [] },
];

/** Tells whose time the alarm has that comes after so many messages. */
async function alarm(id, messages) {
  const alarmed = new Promise((resolve) => (heard = resolve));
  const first = Date.now();
  for (let index = 0; index < messages; index++) {
    if (index > 0) await pause(200);
    RED.nodes.getNode(id).receive({ payload: index });
  }
  const { told, at } = await alarmed;
  return told - first < 100 ? "the time of the first message" : at - told < 100 ? "its own time" : `${told - first} ms after the first message`;
}

(async () => {
  const started = new Promise((resolve) => RED.events.once("flows:started", resolve));
  await RED.start();
  await started;
  const deployed = new Promise((resolve) => RED.events.once("flows:started", resolve));
  await RED.runtime.flows.setFlows({ flows: { flows }, deploymentType: "full" });
  await deployed;
  const version = RED.version();
  console.log(`${version}: six messages, extended: ${await alarm("extended", 6)}`);
  console.log(`${version}: one message, extended: ${await alarm("extended", 1)}`);
  console.log(`${version}: one message, not extended: ${await alarm("plain", 1)}`);
  await RED.stop();
  process.exit();
})();
JS
for name in red4 red5; do node watch.cjs "$name"; done | tee seen
diff seen - <<'TXT'
4.1.15: six messages, extended: the time of the first message
4.1.15: one message, extended: its own time
4.1.15: one message, not extended: its own time
5.0.7: six messages, extended: the time of the first message
5.0.7: one message, extended: its own time
5.0.7: one message, not extended: its own time
TXT
echo "as described"
