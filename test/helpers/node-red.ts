import { existsSync, mkdirSync, symlinkSync } from "node:fs";
import { createServer } from "node:http";
import { createRequire } from "node:module";
import type { AddressInfo } from "node:net";
import { dirname, join } from "node:path";
import express from "express";
import { PACKAGE_NAME } from "../../src/support/version.js";

/** The part of the embedding API of Node-RED that is used here. */
interface EmbeddedNodeRed {
  init(server: object, settings: object): void;
  start(): Promise<void>;
  stop(): Promise<void>;
  readonly httpAdmin: express.Application;
  readonly httpNode: express.Application;
  readonly hooks: { add(name: string, listener: (event: unknown) => void): void };
  readonly version: () => string;
}

export interface LogLine {
  readonly level: number;
  /** Only on lines of nodes. */
  readonly id?: string;
  readonly msg: unknown;
}

export interface NodeRedOptions {
  readonly userDir: string;
  /** 0: chosen by the system. */
  readonly port: number;
  /** Where the editor lies, "/" if not given. */
  readonly adminRoot?: string;
  /** Overrides of settings.js. */
  readonly settings?: object;
  readonly onLog?: (line: LogLine) => void;
  /** Gets each delivery of a message: `source.node` sent it at `source.port`. */
  readonly onSend?: (source: { id: string; port: number }, message: Record<string, unknown>) => void;
}

export interface RunningNodeRed {
  readonly url: string;
  readonly version: string;
  stop(): Promise<void>;
}

/** Root of the clone; this file may run from a folder that it was compiled to. */
export const ROOT = rootAbove(__dirname);

function rootAbove(folder: string): string {
  return existsSync(join(folder, "package-lock.json")) ? folder : rootAbove(dirname(folder));
}

/** Puts the built package of this clone where Node-RED looks for installed ones. */
export function linkPackage(userDir: string): void {
  const target = join(userDir, "node_modules", PACKAGE_NAME);
  mkdirSync(dirname(target), { recursive: true });
  symlinkSync(ROOT, target, "dir");
}

/** File of the Node-RED under test: the installed one, or another version's, whose folder is `CARDATA_NODE_RED`. */
export const NODE_RED = createRequire(__filename).resolve(process.env["CARDATA_NODE_RED"] ?? "node-red");

/** A real Node-RED in this process, on loopback. There can be one in a process. */
export async function startNodeRed(options: NodeRedOptions): Promise<RunningNodeRed> {
  const RED = createRequire(__filename)(NODE_RED) as EmbeddedNodeRed;
  const app = express();
  const server = createServer(app);
  const settings = settingsOf(options);
  RED.init(server, settings);
  if (settings["httpAdminRoot"] !== false) app.use(options.adminRoot ?? "/", RED.httpAdmin);
  app.use("/", RED.httpNode);
  if (options.onSend) observe(RED, options.onSend);
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(options.port, "127.0.0.1", resolve);
  });
  await RED.start();
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    version: RED.version(),
    stop: async () => {
      await RED.stop();
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

function settingsOf({ userDir, adminRoot = "/", onLog, settings }: NodeRedOptions): Record<string, unknown> {
  return {
    userDir,
    flowFile: "flows.json",
    credentialSecret: "only for tests and the demo",
    httpAdminRoot: adminRoot,
    httpNodeRoot: "/",
    // Nothing here may look for updates or ask about telemetry.
    telemetry: { enabled: false, updateNotification: false },
    externalModules: { palette: { allowInstall: false }, modules: { allowInstall: false } },
    editorTheme: { tours: false, projects: { enabled: false }, codeEditor: { lib: "ace" } },
    logging: {
      console: { level: "off" },
      ...(onLog && { watch: { level: "trace", handler: () => onLog } }),
    },
    ...settings,
  };
}

function observe(RED: EmbeddedNodeRed, onSend: NonNullable<NodeRedOptions["onSend"]>): void {
  RED.hooks.add("onSend.watch", (events) => {
    for (const { msg, source } of events as {
      msg: Record<string, unknown>;
      source: { id: string; port: number };
    }[])
      onSend(source, msg);
  });
}
