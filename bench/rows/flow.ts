import { createRequire } from "node:module";
import { RICH_DESCRIPTORS } from "../lib/messages.js";
import { linkPackage, startNodeRed } from "../../test/helpers/node-red.js";
import { temporaryFolder } from "../../test/helpers/red-process.js";
import { cardataFlow, coreFlow, END } from "../lib/flows.js";
import { LoadPublisher } from "../lib/publisher.js";
import type { Result, Size } from "../lib/result.js";
import { compare, cpuMs, measuredOf, type Comparison } from "../lib/rounds.js";

/** The part of Node-RED's embedding API that is used here. */
interface NodeRed {
  readonly hooks: {
    add(name: "onReceive.bench", listener: (event: { destination: { id: string } }) => void): void;
  };
}

const MESSAGES = { full: 8000, tiny: 50 };
const ROUNDS = { full: { rounds: 7, warmUp: 2 }, tiny: { rounds: 1, warmUp: 0 } };
const LEAST_RATIO = 2;
/** On a machine that others use as well. */
const PATIENCE_MS = 300_000;

/**
 * A real Node-RED: broker to messages of single values, by our nodes with all that they conclude and estimate, and by core
 * nodes. What is compared is the CPU time of the process; broker and publisher have one of their own.
 */
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
    return cpuMs(async () => {
      publisher.publish(messages);
      await counter.reaches(messages * RICH_DESCRIPTORS.length);
    });
  };
  try {
    return [resultOf(await compare(round(cardataFlow), round(coreFlow), ROUNDS[size]), messages)];
  } finally {
    publisher.stop();
    await red.stop();
  }
}

function resultOf(comparison: Comparison, messages: number): Result {
  const { ratio } = comparison;
  return {
    what: "broker to messages, in Node-RED",
    measured: measuredOf(comparison, messages * RICH_DESCRIPTORS.length, "descriptor", "core nodes"),
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
  #expected = Infinity;
  #done: () => void = () => undefined;

  count(): void {
    if (++this.#count === this.#expected) this.#done();
  }

  /** Waits for so many messages. */
  async reaches(expected: number): Promise<void> {
    this.#count = 0;
    this.#expected = expected;
    return new Promise((resolve, reject) => {
      const impatience = setTimeout(() => {
        reject(new Error(`only ${this.#count} of ${expected} messages came`));
      }, PATIENCE_MS);
      this.#done = () => {
        clearTimeout(impatience);
        resolve();
      };
    });
  }
}
