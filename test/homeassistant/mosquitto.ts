import type { ChildProcess } from "node:child_process";
import { rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { connect, type MqttClient } from "mqtt";
import { eventually } from "../helpers/eventually.js";
import { freePort, isListening, type UserBroker } from "../helpers/user-broker.js";
import { innerFolder, startInner, stopInner } from "./debian.js";

/** No message for this long means that all have come [ms]. */
const QUIET_MS = 3000;
/** What it says once when a subscriber takes so long that its queue (1000 messages by default) is full. */
const DROPS = "messages are being dropped";

/** The broker between Node-RED and Home Assistant, on loopback, which can stop, come back, and forget. */
export class Mosquitto implements UserBroker {
  readonly #folder = innerFolder("mosquitto");
  #child: ChildProcess | null = null;
  #listener: MqttClient | null = null;
  readonly #drops: string[] = [];
  /** When the last message came [ms]. */
  heardAt = 0;

  private constructor(readonly port: number) {}

  static async create(): Promise<Mosquitto> {
    return new Mosquitto(await freePort());
  }

  async start(): Promise<void> {
    const { outer, inner } = this.#folder;
    const listener = `listener ${this.port} 127.0.0.1\nallow_anonymous true\nuser root\n`;
    const store = `persistence true\npersistence_location ${inner}/\n`;
    writeFileSync(join(outer, "mosquitto.conf"), listener + store);
    this.#child = startInner("mosquitto", ["-c", `${inner}/mosquitto.conf`]);
    this.#child.stdout?.resume();
    if (this.#child.stderr !== null)
      createInterface(this.#child.stderr).on("line", (line) => {
        if (line.includes(DROPS)) this.#drops.push(line);
      });
    await eventually("a listening Mosquitto", () => isListening(this.port));
    this.#listen();
  }

  /** What it said so far of messages that it has dropped. */
  get drops(): readonly string[] {
    return this.#drops;
  }

  async stop(): Promise<void> {
    this.#listener?.end(true);
    if (this.#child !== null) await stopInner(this.#child);
    this.#child = null;
  }

  #listen(): void {
    this.heardAt = Date.now();
    const listener = connect({ host: "127.0.0.1", port: this.port, reconnectPeriod: 0 });
    listener.subscribe("#");
    listener.on("message", () => {
      this.heardAt = Date.now();
    });
    this.#listener = listener;
  }

  /** All that it keeps. */
  async kept(): Promise<Map<string, string | Buffer>> {
    const kept = new Map<string, string | Buffer>();
    const client = connect({ host: "127.0.0.1", port: this.port, reconnectPeriod: 0 });
    let last = Date.now();
    client.on("message", (topic, payload) => {
      last = Date.now();
      kept.set(topic, topic.endsWith("/image/data") ? payload : payload.toString("utf8"));
    });
    await client.subscribeAsync("#");
    await eventually("the end of what the broker keeps", () => Date.now() - last > QUIET_MS);
    await client.endAsync();
    return kept;
  }

  /** Loses what it has kept; only while it is stopped. */
  forget(): void {
    rmSync(join(this.#folder.outer, "mosquitto.db"), { force: true });
  }
}
