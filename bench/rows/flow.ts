import { createRequire } from "node:module";
import { RICH_DESCRIPTORS } from "../lib/messages.js";
import { linkPackage, startNodeRed } from "../../test/helpers/node-red.js";
import { temporaryFolder } from "../../test/helpers/red-process.js";
import { cardataFlow, coreFlow, END } from "../lib/flows.js";
import { LoadPublisher } from "../lib/publisher.js";
import { median, roundedFigure, type Result, type Size } from "../lib/result.js";
import { alternate } from "../lib/rounds.js";

/** The part of Node-RED's embedding API that is used here. */
interface NodeRed {
  readonly hooks: {
    add(name: "onReceive.bench", listener: (event: { destination: { id: string } }) => void): void;
  };
}

const MESSAGES = { full: 8000, tiny: 50 };
const ROUNDS = { full: { rounds: 7, warmUp: 2 }, tiny: { rounds: 1, warmUp: 0 } };
const LEAST_RATIO = 1;
const PATIENCE_MS = 60_000;

/** Measures a real Node-RED: broker to messages of single values, by our node and by core nodes. */
export async function measure(size: Size): Promise<Result[]> {
  const messages = MESSAGES[size];
  const publisher = await LoadPublisher.start();
  const counter = new Counter();
  const userDir = temporaryFolder("bench");
  linkPackage(userDir);
  const red = await startNodeRed({ userDir, port: 0 });
  const { hooks } = createRequire(__filename)("node-red") as NodeRed;
  hooks.add("onReceive.bench", ({ destination }) => {
    if (destination.id === END) counter.count();
  });
  const round = (flow: (port: number) => object[]) => async () => {
    const subscribed = publisher.subscribed();
    await deploy(red.url, flow(publisher.port));
    await subscribed;
    publisher.publish(messages);
    return counter.rate(messages * RICH_DESCRIPTORS.length);
  };
  try {
    const { ours, theirs } = await alternate(round(cardataFlow), round(coreFlow), ROUNDS[size]);
    return [resultOf(median(ours), median(theirs))];
  } finally {
    publisher.stop();
    await red.stop();
  }
}

function resultOf(ours: number, theirs: number): Result {
  const ratio = ours / theirs;
  return {
    what: "broker to messages, in Node-RED",
    measured: `${roundedFigure(ours)} descriptors/s; core nodes ${roundedFigure(theirs)}`,
    ratio,
    budget: `ratio >= ${LEAST_RATIO}`,
    isMet: ratio >= LEAST_RATIO,
  };
}

async function deploy(url: string, flow: object[]): Promise<void> {
  const headers = { "content-type": "application/json", "Node-RED-Deployment-Type": "full" };
  const response = await fetch(`${url}/flows`, { method: "POST", headers, body: JSON.stringify(flow) });
  if (!response.ok) throw new Error(`the deploy was answered with ${response.status}`);
}

/** Counts the messages at the end of a flow. */
class Counter {
  #count = 0;
  #first = 0;
  #expected = Infinity;
  #done: (rate: number) => void = () => undefined;

  count(): void {
    if (this.#count++ === 0) this.#first = performance.now();
    if (this.#count < this.#expected) return;
    this.#done((this.#count / (performance.now() - this.#first)) * 1000);
  }

  /** Waits for so many messages; resolves to how many there were per second. */
  async rate(expected: number): Promise<number> {
    this.#count = 0;
    this.#expected = expected;
    return new Promise((resolve, reject) => {
      const impatience = setTimeout(() => {
        reject(new Error(`only ${this.#count} of ${expected} messages came`));
      }, PATIENCE_MS);
      this.#done = (rate) => {
        clearTimeout(impatience);
        resolve(rate);
      };
    });
  }
}
