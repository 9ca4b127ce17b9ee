import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { ROOT } from "../helpers/node-red.js";
import { startBroker } from "../helpers/plain-broker.js";
import { temporaryFolder } from "../helpers/red-process.js";
import { findMosquitto, freePort, isListening, startMosquitto, type UserBroker } from "../helpers/user-broker.js";
import { Program } from "./program.js";

/** A broker of others: each start is one that has kept nothing. */
export interface BrokerKind {
  readonly name: string;
  readonly version: string;
  /** Those that it speaks, as core's broker node names them. */
  readonly protocols: readonly ("4" | "5")[];
  readonly start: (port?: number) => Promise<UserBroker>;
}

export async function mosquitto(): Promise<BrokerKind> {
  const program = findMosquitto() ?? "mosquitto";
  const [first = ""] = await Program.output(program, ["-h"]);
  const start = (port?: number) => startMosquitto(program, port);
  return { name: "Mosquitto", version: /version (\S+)/.exec(first)?.[1] ?? first, protocols: ["4", "5"], start };
}

export function aedes(): Promise<BrokerKind> {
  const file = join(ROOT, "node_modules", "aedes", "package.json");
  const { version } = JSON.parse(readFileSync(file, "utf8")) as { readonly version: string };
  return Promise.resolve({ name: "aedes", version, protocols: ["4"], start: startBroker });
}

export function hiveMq({ version, folder }: { readonly version: string; readonly folder: string }): BrokerKind {
  return { name: "HiveMQ CE", version, protocols: ["4", "5"], start: (port) => startHiveMq(folder, port) };
}

async function startHiveMq(folder: string, port?: number): Promise<UserBroker> {
  const chosen = port ?? (await freePort());
  const home = temporaryFolder("hivemq");
  const [settings, data] = [join(home, "conf"), join(home, "data")];
  for (const one of [settings, data]) mkdirSync(one);
  writeFileSync(join(settings, "config.xml"), hiveMqSettings(chosen));
  const args = ["-Xmx512m", "-cp", join(folder, "lib", "*"), join(folder, "Main.java"), settings, data];
  const program = await Program.start("java", args, { cwd: home, isReady: () => isListening(chosen) });
  return { port: chosen, stop: () => program.stop() };
}

function hiveMqSettings(port: number): string {
  const listener = `<tcp-listener><port>${port}</port><bind-address>127.0.0.1</bind-address></tcp-listener>`;
  const statistics = "<anonymous-usage-statistics><enabled>false</enabled></anonymous-usage-statistics>";
  return `<hivemq><listeners>${listener}</listeners>${statistics}</hivemq>\n`;
}
