import { spawn } from "node:child_process";
import { once } from "node:events";
import { accessSync, constants, writeFileSync } from "node:fs";
import { connect as connectTcp, createServer, type AddressInfo } from "node:net";
import { delimiter, join } from "node:path";
import { connectAsync, type MqttClient } from "mqtt";
import { eventually } from "./eventually.js";
import { temporaryFolder } from "./red-process.js";

/** A broker as users have one, on loopback. */
export interface UserBroker {
  readonly port: number;
  /** Of its process; absent: it runs in this one. */
  readonly pid?: number;
  stop(): Promise<void>;
}

/** Returns the path of Mosquitto; `null` if not installed. */
export function findMosquitto(): string | null {
  const folders = [...(process.env["PATH"] ?? "").split(delimiter), "/usr/sbin"];
  return folders.map((folder) => join(folder, "mosquitto")).find(isProgram) ?? null;
}

/**
 * @param port the one of a broker that was stopped, or any
 * @param maximumPacketSize bytes; none if it is not given, as 2.0 has it
 */
export async function startMosquitto(program: string, port?: number, maximumPacketSize?: number): Promise<UserBroker> {
  const chosen = port ?? (await freePort());
  const config = join(temporaryFolder("mosquitto"), "mosquitto.conf");
  const limit = maximumPacketSize === undefined ? "" : `max_packet_size ${maximumPacketSize}\n`;
  writeFileSync(config, `listener ${chosen} 127.0.0.1\nallow_anonymous true\npersistence false\nuser root\n${limit}`);
  const child = spawn(program, ["-c", config], { stdio: "ignore" });
  await eventually("a listening Mosquitto", () => isListening(chosen));
  return {
    port: chosen,
    ...(child.pid !== undefined && { pid: child.pid }),
    stop: async () => {
      child.kill();
      await once(child, "exit");
    },
  };
}

const ECHO = "test/echo/";
let echoes = 0;

/** A client that comes late: all that the broker keeps. */
export async function keptBy({ port }: UserBroker): Promise<Map<string, string | Buffer>> {
  const kept = new Map<string, string | Buffer>();
  const client = await clientOf(port);
  const [last, next] = [`${ECHO}${++echoes}`, `${ECHO}${++echoes}`];
  // aedes hands out what it keeps in the order in which it came, Mosquitto before whatever comes next.
  const ends = new Set([last, next]);
  const complete = new Promise<void>((resolve) => {
    client.on("message", (topic, payload, { retain }) => {
      if (ends.delete(topic) && ends.size === 0) resolve();
      if (retain && !topic.startsWith(ECHO))
        kept.set(topic, topic.endsWith("/image/data") ? payload : payload.toString("utf8"));
    });
  });
  await client.publishAsync(last, "!", { qos: 1, retain: true });
  await client.subscribeAsync("#", { qos: 1 });
  await client.publishAsync(next, "!", { qos: 1 });
  await complete;
  await client.publishAsync(last, "", { qos: 1, retain: true });
  await client.endAsync();
  return kept;
}

export async function publish({ port }: UserBroker, topic: string, payload: string): Promise<void> {
  const client = await clientOf(port);
  await client.publishAsync(topic, payload, { qos: 1 });
  await client.endAsync();
}

/** Topics that are published from now on, until `stop`. */
export async function eavesdrop({ port }: UserBroker) {
  const received: string[] = [];
  const client = await clientOf(port);
  client.on("message", (topic, _payload, { retain }) => {
    if (!retain) received.push(topic);
  });
  await client.subscribeAsync("#", { qos: 1 });
  return { heard: received, stop: () => client.endAsync() };
}

function clientOf(port: number): Promise<MqttClient> {
  return connectAsync({ host: "127.0.0.1", port, reconnectPeriod: 0 });
}

function isProgram(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

export async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, "close");
  return port;
}

export function isListening(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connectTcp(port, "127.0.0.1", () => {
      socket.destroy();
      resolve(true);
    });
    socket.once("error", () => {
      resolve(false);
    });
  });
}
