import { fork, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import type { PublisherReport, PublisherOrder } from "../publisher-process.js";

/** On a machine that others use as well. */
const PATIENCE_MS = 300_000;

/** Runs broker and publisher in a process of their own: only the subscriber is to be measured. */
export class LoadPublisher {
  #next = 0;

  private constructor(
    private readonly child: ChildProcess,
    readonly port: number,
  ) {}

  static async start(): Promise<LoadPublisher> {
    const child = fork(require.resolve("../publisher-process.js"));
    const [report] = (await once(child, "message")) as [PublisherReport];
    if (!("port" in report)) throw new Error("the broker did not start");
    return new LoadPublisher(child, report.port);
  }

  /** Resolves at the next subscription. */
  async subscribed(): Promise<void> {
    await once(this.child, "message", { signal: AbortSignal.timeout(PATIENCE_MS) });
  }

  /** Publishes `count` more messages below a topic, each with newer times than all before. */
  publish(topic: string, count: number): void {
    const order: PublisherOrder = { topic, first: this.#next, count };
    this.#next += count;
    this.child.send(order);
  }

  stop(): void {
    this.child.kill();
  }
}
