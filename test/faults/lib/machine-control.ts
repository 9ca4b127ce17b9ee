import type { ChildProcess } from "node:child_process";
import { EventEmitter, once } from "node:events";
import type { MachineNews, MachineState, Measurement, MachineOrder } from "./machine.js";

/** The runner's hand on the machine under a Node-RED that was started with `preload.ts`. */
export class MachineControl {
  /** Unhandled rejections, uncaught exceptions and warnings of the process so far. */
  readonly complaints: string[] = [];
  readonly #done = new EventEmitter().setMaxListeners(0);
  #orders = 0;
  readonly #gone: Promise<null>;

  constructor(private readonly child: ChildProcess) {
    this.#gone = once(child, "exit").then(() => null);
    child.on("message", (events: Partial<MachineNews>) => {
      if (events.machine === "complaint") this.complaints.push(String(events.text));
      if (events.machine === "done") this.#done.emit(String(events.id), events.measurement);
    });
  }

  /** Lets the machine go wrong, or mends it; resolves when that has come about. */
  async change(changes: Partial<MachineState>): Promise<void> {
    await this.#ask({ order: "change", id: ++this.#orders, changes });
  }

  /** Orders a change of a process that is stopped; it comes about when that goes on. */
  changeLater(changes: Partial<MachineState>): void {
    this.child.send({ order: "change", id: ++this.#orders, changes } satisfies MachineOrder);
  }

  async measure(): Promise<Measurement> {
    const measurement = await this.#ask({ order: "measure", id: ++this.#orders });
    if (measurement === null) throw new Error("Nothing was measured");
    return measurement;
  }

  async #ask(order: MachineOrder): Promise<Measurement | null> {
    const answer = once(this.#done, String(order.id)) as Promise<[Measurement | null]>;
    this.child.send(order);
    const reported = await Promise.race([answer, this.#gone]);
    if (reported === null) throw new Error("Node-RED has ended");
    return reported[0];
  }
}
