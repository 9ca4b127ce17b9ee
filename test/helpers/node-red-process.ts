// The child of red-process.ts.
import { startNodeRed } from "./node-red.js";
import type { RedProcessOptions, ProcessMessage } from "./red-process.js";

const report = (reported: ProcessMessage) => process.send?.(reported);

async function main({ tellOnly, ...options }: RedProcessOptions): Promise<void> {
  const isTold = (id: string) => tellOnly === undefined || tellOnly.includes(id);
  const red = await startNodeRed({
    ...options,
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
