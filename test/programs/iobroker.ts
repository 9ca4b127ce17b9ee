import { cpSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { ROOT } from "../helpers/node-red.js";
import { freePort, isListening, type UserBroker } from "../helpers/user-broker.js";
import { Program } from "./program.js";

/** What is set in its dialog, beside the address. */
export interface AdapterSettings {
  readonly maxTopicLength?: number;
}

const ADAPTER = "system.adapter.mqtt.0";
const CONTROLLER = "node_modules/iobroker.js-controller";

/** An ioBroker with its MQTT adapter as the broker; it begins with no states. */
export class IoBroker implements UserBroker {
  #programs: Program[] = [];

  private constructor(
    private readonly folder: string,
    readonly port: number,
  ) {}

  static async start(folder: string, settings: AdapterSettings): Promise<IoBroker> {
    const data = join(folder, "iobroker-data");
    rmSync(data, { recursive: true, force: true });
    cpSync(join(folder, "fresh"), data, { recursive: true });
    await choosePorts(join(data, "iobroker.json"));
    const broker = new IoBroker(folder, await freePort());
    const native = { type: "server", bind: "127.0.0.1", port: broker.port, ...settings };
    await broker.#output([`${CONTROLLER}/iobroker.js`, "object", "extend", ADAPTER, JSON.stringify({ native })]);
    const controller = await broker.#start([`${CONTROLLER}/controller.js`], (lines) =>
      lines.some((line) => line.includes("check instance")),
    );
    broker.#programs = [controller, await broker.#startAdapter()];
    return broker;
  }

  /** By id, as its pages show them. */
  async states(): Promise<Readonly<Record<string, unknown>>> {
    const script = join(ROOT, "test", "programs", "iobroker", "states.mjs");
    const lines = await this.#output([script, this.folder]);
    return JSON.parse(lines.at(-1) ?? "{}") as Readonly<Record<string, unknown>>;
  }

  /** The adapter starts anew, with the states that there are. */
  async restart(): Promise<void> {
    const [controller, adapter] = this.#programs;
    await adapter?.stop();
    this.#programs = [...(controller === undefined ? [] : [controller]), await this.#startAdapter()];
  }

  async stop(): Promise<void> {
    for (const program of this.#programs.reverse()) await program.stop();
  }

  /** Without its controller, which asks for the page that users set it up by. */
  #startAdapter(): Promise<Program> {
    const args = ["node_modules/iobroker.mqtt/build/main.js", "--instance", "0", "--force", "--logs"];
    return this.#start(args, () => isListening(this.port));
  }

  #start(args: readonly string[], isReady: (lines: readonly string[]) => boolean | Promise<boolean>) {
    return Program.start(this.#node, args, { cwd: this.folder, env: this.#env, isReady });
  }

  #output(args: readonly string[]): Promise<string[]> {
    return Program.output(this.#node, args, { cwd: this.folder, env: this.#env });
  }

  get #node(): string {
    return join(this.folder, "node_modules", "node", "bin", "node");
  }

  /** It starts programs of its own by the name of Node.js. */
  get #env(): Record<string, string> {
    return { PATH: `${join(this.folder, "node_modules", "node", "bin")}:${process.env["PATH"] ?? ""}` };
  }
}

/** Of its two databases, so that another ioBroker of this machine is not in the way. */
async function choosePorts(file: string): Promise<void> {
  const settings = JSON.parse(readFileSync(file, "utf8")) as Record<string, object>;
  for (const database of ["objects", "states"]) settings[database] = { ...settings[database], port: await freePort() };
  writeFileSync(file, JSON.stringify(settings));
}
