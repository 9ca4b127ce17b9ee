// The child of red-process.ts.
import { existsSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import type { Request, Response, NextFunction } from "express";
import { PACKAGE_NAME } from "../../src/support/version.js";
import { startNodeRed } from "./node-red.js";
import type { RedProcessOptions, ProcessMessage } from "./red-process.js";

/**
 * Nodes of Node-RED that no test and no example uses: they are two fifths of the work of a start, and a fifth of that of an
 * editor.
 */
const LEFT_OUT = [
  ...["90-exec.js", "06-httpproxy.js", "21-httpin.js", "22-websocket.js", "31-tcpin.js", "32-udp.js"],
  ...["70-CSV.js", "70-HTML.js", "70-JSON.js", "70-XML.js", "70-YAML.js"],
  ...["16-range.js", "18-sort.js", "19-batch.js", "23-watch.js", "89-delay.js"],
];

/**
 * The editor fetches its library of diagrams (3.5 MB of script) whenever it has been opened, for texts that may have some.
 * None of the tests has: they get one that draws nothing.
 */
const NO_DIAGRAMS = "globalThis.mermaid = { initialize() {}, render: async () => ({ svg: '' }) };";
function withoutDiagrams({ path }: Request, response: Response, next: NextFunction): void {
  if (path.endsWith("/mermaid.min.js")) response.type("js").send(NO_DIAGRAMS);
  else next();
}

const CONNECTIONS = join("node_modules", PACKAGE_NAME, "dist", "src", "mqtt-out", "broker-connections.js");

/**
 * Brokers of the tests go and come back within seconds. That everything is sent again once a minute at most is tested by a
 * simulated clock (test/unit/mqtt-out).
 */
function resendAtOnce(userDir: string): void {
  const file = join(userDir, CONNECTIONS);
  if (!existsSync(file)) return;
  const { BrokerConnections } = createRequire(__filename)(file) as { BrokerConnections: { prototype: object } };
  Object.defineProperty(BrokerConnections.prototype, "resendPause", { get: () => 0 });
}

const report = (reported: ProcessMessage) => process.send?.(reported);

async function main({ tellOnly, settings, ...options }: RedProcessOptions): Promise<void> {
  resendAtOnce(options.userDir);
  const isTold = (id: string) => tellOnly === undefined || tellOnly.includes(id);
  const red = await startNodeRed({
    ...options,
    settings: { nodesExcludes: LEFT_OUT, httpAdminMiddleware: withoutDiagrams, ...settings },
    port: 0,
    onLog: (line) => report({ kind: "log", line: { ...line, msg: String(line.msg) } }),
    onSend: ({ id, port }, message) => isTold(id) && report({ kind: "sent", sent: { id, port, message } }),
  });
  let stopping = false;
  // As Node-RED does: the signal may come twice, because a library raises it again.
  process.on("SIGTERM", () => {
    if (!stopping) void red.stop().then(() => process.exit(0));
    stopping = true;
  });
  // A parent that died must not leave this one behind.
  process.once("disconnect", () => process.exit(1));
  report({ kind: "started", url: red.url, version: red.version });
}

main(JSON.parse(process.argv[2] ?? "{}") as RedProcessOptions).catch((error: unknown) => {
  report({ kind: "failed", reason: String(error) });
  process.exit(1);
});
