import type { ChildProcess } from "node:child_process";
import { rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { connect, type MqttClient } from "mqtt";
import { eventually } from "../helpers/eventually.js";
import { freePort, isListening, type UserBroker } from "../helpers/user-broker.js";
import { innerFolder, startInner, stopInner } from "./debian.js";

/** The broker between Node-RED and Home Assistant, on loopback, which can stop, come back, and forget. */
export class Mosquitto implements UserBroker {
  readonly #folder = innerFolder("mosquitto");
  #child: ChildProcess | null = null;
  #listener: MqttClient | null = null;
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
    await eventually("a listening Mosquitto", () => isListening(this.port));
    this.#listen();
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
    // Looks of the run itself at what is kept are no news.
    listener.on("message", (topic) => {
      if (!topic.startsWith("test/")) this.heardAt = Date.now();
    });
    this.#listener = listener;
  }

  /** Loses what it has kept; only while it is stopped. */
  forget(): void {
    rmSync(join(this.#folder.outer, "mosquitto.db"), { force: true });
  }
}
