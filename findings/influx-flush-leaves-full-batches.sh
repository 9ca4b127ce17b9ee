#!/usr/bin/env bash
# @influxdata/influxdb-client 1.35.0, Node.js 20.20: `await flush()` and `await close()` do not wait for batches that were full.
#
# A good engineer takes it that whoever awaits flush() or close() of a write API may end the program: what was handed over before has
# been written then, or has failed with an error. flush() says so: it gives a promise of its completion.
# Seen (points handed over at once, batches of 1000 as by default, a server that answers after 300 ms):
#
#                  answered at the end of flush()   of close()   a second later
#   999 points               999                       999            999
#   1000 points                0                         0           1000
#   500 and 3 * 500            0                         0           2000
#
# So an export of a round number of points that ends by process.exit() has written nothing, and one that goes on believes in points which
# the server may refuse.
#
# Reason: the point that fills a batch sends it, and the promise of that request is kept nowhere; flush() waits for what lies in the
# batch that is being filled, which is empty then. close() waits for such a flush, and for no request.
# Way out: count the lines that the option `writeSuccess` gets, or make `batchSize` larger than what is written between two flushes.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
npm init -y >/dev/null
npm install --no-audit --no-fund --ignore-scripts @influxdata/influxdb-client@1.35.0 >/dev/null 2>&1

cat >write.mjs <<'JS'
import { createServer } from "node:http";
import { setTimeout as pause } from "node:timers/promises";
import { InfluxDB, Point } from "@influxdata/influxdb-client";

let answered = 0;
const server = createServer((request, response) => {
  let body = "";
  request.on("data", (part) => (body += part));
  request.on("end", async () => {
    await pause(300);
    answered += body.trim().split("\n").length;
    response.writeHead(204).end();
  });
});
await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
const url = `http://127.0.0.1:${server.address().port}`;

for (const groups of [[999], [1000], [500, 500, 500, 500]]) {
  answered = 0;
  // Not compressed, so that the server can count.
  const api = new InfluxDB({ url, token: "token" }).getWriteApi("org", "bucket", "ms", { gzipThreshold: 1e9 });
  for (const size of groups) api.writePoints(Array.from({ length: size }, (_, at) => new Point("level").intField("percent", at % 100)));
  await api.flush();
  const flushed = answered;
  await api.close();
  const closed = answered;
  await pause(1000);
  console.log(`${groups.join("+")} points: ${flushed} ${closed} ${answered}`);
}
process.exit();
JS
node write.mjs | tee seen

# Fails if the behaviour changes.
diff seen - <<'TXT'
999 points: 999 999 999
1000 points: 0 0 1000
500+500+500+500 points: 0 0 2000
TXT
