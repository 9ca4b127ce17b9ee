#!/usr/bin/env bash
# axios 1.21.1 (follow-redirects 1.16.1), Node.js 20.20: `timeout` limits the silence for the one adapter and the whole request for the
# other; and whether it can be told from a server that has broken off depends on `maxRedirects`.
#
# A good engineer takes `timeout` by its description: a request that takes longer is aborted, and the error says so by its code
# (ECONNABORTED or ETIMEDOUT), by which retries are decided.
# Seen (timeout 300 ms; a server that sends a byte every 100 ms for 800 ms, one that falls silent after its first byte, and one that
# breaks off then):
#
#                   adapter "http" (the default)     the same, maxRedirects: 0      adapter "fetch"
#   slow            200, after more than 700 ms      200, after more than 700 ms    ETIMEDOUT
#   falls silent    ERR_BAD_RESPONSE, "stream has    ECONNABORTED, "timeout of      ETIMEDOUT
#                   been aborted"                    300ms exceeded"
#   breaks off      ERR_BAD_RESPONSE, "stream has    ERR_BAD_RESPONSE, "stream      (no code), "terminated"
#                   been aborted"                    has been aborted"
#
# Reason: the http adapter sets the time limit of a Node.js socket, which begins anew with each byte. Requests that may be redirected go
# through follow-redirects, which forgets with the headers of the answer whom to tell and only destroys the socket; without redirects axios
# hears it itself. The fetch adapter has one timer for all.
# Way out: `signal: AbortSignal.timeout(ms)` limits the whole request in all three; ask that signal, not the error, whether time was up.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
npm init -y >/dev/null
npm install --no-audit --no-fund --ignore-scripts axios@1.21.1 follow-redirects@1.16.1 >/dev/null 2>&1

cat >ask.mjs <<'JS'
import { createServer } from "node:http";
import { setTimeout as pause } from "node:timers/promises";
import axios from "axios";

const answers = {
  async slow(response) {
    response.writeHead(200);
    for (let count = 0; count < 8; count++) {
      response.write("x");
      await pause(100);
    }
    response.end();
  },
  silent(response) {
    response.writeHead(200, { "content-length": "100" }).write("x");
  },
  broken(response) {
    response.writeHead(200, { "content-length": "100" }).write("x");
    setTimeout(() => response.destroy(), 100);
  },
};
const server = createServer((request, response) => void answers[request.url.slice(1)](response));
await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
const common = { baseURL: `http://127.0.0.1:${server.address().port}`, proxy: false };

async function outcome(path, options) {
  const start = performance.now();
  try {
    const { status } = await axios.get(path, { ...common, ...options });
    return `${status} after ${performance.now() - start > 700 ? "more" : "less"} than 700 ms`;
  } catch (error) {
    return `${error.code ?? "(no code)"}, ${error.message}`;
  }
}

const ways = { http: { adapter: "http" }, "http, no redirects": { adapter: "http", maxRedirects: 0 }, fetch: { adapter: "fetch" } };
for (const [name, options] of Object.entries(ways))
  for (const path of Object.keys(answers)) console.log(`${name}, ${path}: ${await outcome(path, { ...options, timeout: 300 })}`);
for (const adapter of ["http", "fetch"]) {
  const signal = AbortSignal.timeout(300);
  const [code] = (await outcome("slow", { adapter, signal })).split(",");
  console.log(`${adapter}, slow, with a signal: ${code}, time was up: ${signal.aborted}`);
}
process.exit();
JS
node ask.mjs | tee seen

# Fails if the behaviour changes.
diff seen - <<'TXT'
http, slow: 200 after more than 700 ms
http, silent: ERR_BAD_RESPONSE, stream has been aborted
http, broken: ERR_BAD_RESPONSE, stream has been aborted
http, no redirects, slow: 200 after more than 700 ms
http, no redirects, silent: ECONNABORTED, timeout of 300ms exceeded
http, no redirects, broken: ERR_BAD_RESPONSE, stream has been aborted
fetch, slow: ETIMEDOUT, timeout of 300ms exceeded
fetch, silent: ETIMEDOUT, timeout of 300ms exceeded
fetch, broken: (no code), terminated
http, slow, with a signal: ERR_CANCELED, time was up: true
fetch, slow, with a signal: ERR_CANCELED, time was up: true
TXT
