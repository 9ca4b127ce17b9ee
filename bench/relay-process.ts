// Runs in a child process of relay.ts: a Node-RED with one flow, which counts the messages that reach its end.
import { createRequire } from "node:module";
import { linkPackage, NODE_RED, startNodeRed } from "../test/helpers/node-red.js";
import { END, MARKS } from "./lib/relay-flows.js";
import { temporaryFolder } from "../test/helpers/red-process.js";

/** The request of the parent: deploy this, or report once so many more messages of a kind have come to the end. */
export type RelayOrder =
  | { readonly flow: readonly object[] }
  | { readonly expected: number; readonly kind: keyof typeof MARKS };

/** `cpuMs`: of this process, in all its threads, since it began. */
export interface RelayReport {
  readonly kind: "started" | "reached";
  readonly cpuMs: number;
}

/** The part of Node-RED's embedding API that is used here. */
interface NodeRed {
  readonly hooks: { add(name: string, listener: (event: Arrival) => void): void };
}

interface Arrival {
  readonly destination: { readonly id: string };
  readonly msg: { readonly payload?: unknown };
}

const counts = { measured: 0, probe: 0 };
const expected = { measured: Infinity, probe: Infinity };

function report(kind: RelayReport["kind"]): void {
  const { user, system } = process.cpuUsage();
  process.send?.({ kind, cpuMs: (user + system) / 1000 } satisfies RelayReport);
}

function timeOf({ payload }: Arrival["msg"]): string {
  return typeof payload === "object" && payload !== null && "timestamp" in payload ? String(payload.timestamp) : "";
}

function look(kind: keyof typeof MARKS): void {
  if (counts[kind] < expected[kind]) return;
  counts[kind] -= expected[kind];
  expected[kind] = Infinity;
  report("reached");
}

async function main(): Promise<void> {
  const userDir = temporaryFolder("relay");
  linkPackage(userDir);
  const red = await startNodeRed({ userDir, port: 0 });
  const { hooks } = createRequire(__filename)(NODE_RED) as NodeRed;
  hooks.add("onReceive.relay", ({ destination, msg }) => {
    if (destination.id !== END) return;
    const time = timeOf(msg);
    for (const kind of ["measured", "probe"] as const) {
      if (!time.endsWith(MARKS[kind])) continue;
      counts[kind]++;
      look(kind);
    }
  });
  process.on("message", (order: RelayOrder) => {
    if ("flow" in order) void deploy(red.url, order.flow);
    else {
      expected[order.kind] = order.expected;
      look(order.kind);
    }
  });
  // A parent that died must not leave this process behind.
  process.once("disconnect", () => process.exit());
  report("started");
}

async function deploy(url: string, flow: readonly object[]): Promise<void> {
  const headers = { "content-type": "application/json", "Node-RED-Deployment-Type": "full" };
  const response = await fetch(`${url}/flows`, { method: "POST", headers, body: JSON.stringify(flow) });
  if (!response.ok) throw new Error(`the deploy was answered with ${response.status}`);
}

void main();
