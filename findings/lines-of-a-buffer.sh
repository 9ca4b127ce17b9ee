#!/usr/bin/env bash
# Node-RED 4.1.15 and 5.0.7 (Node.js 24.21.0): lines of a Buffer that ends with a newline are never joined again, and spoil the next
# text.
#
# A good engineer takes it that "join" in automatic mode undoes what "split" has done, as its help says, for a Buffer (a file, an
# answer of a server) as for a text.
# Seen: the same lines go through a split node and a join node, one message after the other:
#
#   text "a\nb\n"      "a\nb\n"
#   Buffer "a\nb"      Buffer "a\nb"
#   Buffer "a\nb\n"    nothing
#   text "a\nb\n"      "\n\na\nb\n"
#
# Reason: the parts are counted with the empty one behind the last newline, but of a Buffer that one is not sent, so that the join
# node waits for it for good. And the number of the next part is set back only after the last part, so that the parts of the next
# text are numbered from where the Buffer stopped, and are joined behind as many empty ones.
# Way out: have the node before give a text, or convert it before the split node.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
npm init -y >/dev/null
npm install --no-audit --no-fund --ignore-scripts node@24.21.0 red4@npm:node-red@4.1.15 red5@npm:node-red@5.0.7 >/dev/null 2>&1
(cd node_modules/node && node installArchSpecificPackage.js >/dev/null 2>&1)
export PATH="$work/node_modules/node/bin:$PATH"

cat >lines.cjs <<'JS'
"use strict";
const { createServer } = require("node:http");
const { mkdtempSync } = require("node:fs");
const { join } = require("node:path");
const { setTimeout: pause } = require("node:timers/promises");
const RED = require(process.argv[2]);

let heard = [];
RED.init(createServer(), {
  userDir: mkdtempSync(join(process.cwd(), "user-")),
  httpAdminRoot: false,
  httpNodeRoot: false,
  logging: { console: { level: "off" } },
  telemetry: { enabled: false },
  functionGlobalContext: { note: (payload) => heard.push(payload) },
});
const place = { z: "tab", x: 1, y: 1 };
const func = "global.get('note')(msg.payload)";
const note = { id: "note", type: "function", ...place, func, initialize: "", finalize: "", libs: [], outputs: 0, wires: [] };
const flows = [
  { id: "tab", type: "tab", label: "tab" },
  { id: "split", type: "split", ...place, splt: "\\n", spltType: "str", arraySplt: 1, arraySpltType: "len", stream: false, wires: [["join"]] },
  { id: "join", type: "join", ...place, mode: "auto", wires: [["note"]] },
  note,
];
async function joined(id, payload) {
  heard = [];
  RED.nodes.getNode(id).receive({ payload });
  await pause(300);
  return heard.map((one) => (Buffer.isBuffer(one) ? `Buffer ${JSON.stringify(String(one))}` : JSON.stringify(one))).join(" ") || "nothing";
}

(async () => {
  const started = new Promise((resolve) => RED.events.once("flows:started", resolve));
  await RED.start();
  await started;
  const deployed = new Promise((resolve) => RED.events.once("flows:started", resolve));
  await RED.runtime.flows.setFlows({ flows: { flows }, deploymentType: "full" });
  await deployed;
  for (const [kind, text] of [["text", "a\nb\n"], ["Buffer", "a\nb"], ["Buffer", "a\nb\n"], ["text", "a\nb\n"]]) {
    const payload = kind === "text" ? text : Buffer.from(text);
    console.log(`${RED.version()}: ${kind} ${JSON.stringify(text)}: ${await joined("split", payload)}`);
  }
  await RED.stop();
  process.exit();
})();
JS
for name in red4 red5; do node lines.cjs "$name"; done | tee seen
for version in 4.1.15 5.0.7; do
  cat <<TXT
$version: text "a\\nb\\n": "a\\nb\\n"
$version: Buffer "a\\nb": Buffer "a\\nb"
$version: Buffer "a\\nb\\n": nothing
$version: text "a\\nb\\n": "\\n\\na\\nb\\n"
TXT
done | diff seen -
echo "as described"
