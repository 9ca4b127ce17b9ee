import { createRequire } from "node:module";
import { RICH_DESCRIPTORS } from "../lib/messages.js";
import { linkPackage, startNodeRed } from "../../test/helpers/node-red.js";
import { temporaryFolder } from "../../test/helpers/red-process.js";
import { cardataFlow, coreFlow, endOf, type FlowSide } from "../lib/flows.js";
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
/** Longest that a message is under way: so many are published at once, a second each. */
const MOST_UNDER_WAY_MS = 50_000;
/** On a machine that others use as well. */
const PATIENCE_MS = 300_000;

/**
 * A real Node-RED: broker to messages of single values, by our nodes with all that they conclude and estimate, and by core
 * nodes. What is compared is the CPU time of the process; broker and publisher have one of their own.
 */
export async function measure(size: Size): Promise<Result[]> {
  const messages = MESSAGES[size];
  const publisher = await LoadPublisher.start();
  const present = new SimulatedPresent();
  const counter = new Counter(present);
  const userDir = temporaryFolder("bench");
  linkPackage(userDir);
  const red = await startNodeRed({ userDir, port: 0 });
  const { hooks } = createRequire(__filename)("node-red") as NodeRed;
  const ends = new Set([endOf("cardata"), endOf("core")]);
  hooks.add("onReceive.bench", ({ destination }) => {
    if (ends.has(destination.id)) counter.count();
  });
  const round = (side: FlowSide) => async () =>
    cpuMs(async () => {
      publisher.publish(side, messages);
      await counter.reaches(messages * RICH_DESCRIPTORS.length);
    });
  try {
    await deploySubscribing(red.url, publisher);
    return [resultOf(await compare(round("cardata"), round("core"), ROUNDS[size]), messages)];
  } finally {
    publisher.stop();
    await red.stop();
    present.end();
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

/** Both flows live from the first round to the last, as those of users do: what V8 has learned of them stays true. */
async function deploySubscribing(url: string, publisher: LoadPublisher): Promise<void> {
  for (const flow of [cardataFlow(publisher.port), [...cardataFlow(publisher.port), ...coreFlow(publisher.port)]]) {
    const subscribed = publisher.subscribed();
    await deploy(url, flow);
    await subscribed;
  }
}

async function deploy(url: string, flow: object[]): Promise<void> {
  const headers = { "content-type": "application/json", "Node-RED-Deployment-Type": "nodes" };
  const response = await fetch(`${url}/flows`, { method: "POST", headers, body: JSON.stringify(flow) });
  if (!response.ok) throw new Error(`the deploy was answered with ${response.status}`);
}

/**
 * Sets the clock of this process on by a second with each of BMW's messages, so that each comes when it says it was sent,
 * give or take those under way: late ones are another matter, which costs the estimates more.
 */
class SimulatedPresent {
  readonly #real = Date.now;
  #now = Date.now() + MOST_UNDER_WAY_MS;

  constructor() {
    Date.now = () => this.#now;
  }

  /** Sets the clock of this process right again, for the rows that follow. */
  end(): void {
    Date.now = this.#real;
  }

  received(descriptors: number): void {
    this.#now += (1000 * descriptors) / RICH_DESCRIPTORS.length;
  }
}

/** Counts the messages at the end of a flow. */
class Counter {
  #count = 0;
  #expected = Infinity;
  #done: () => void = () => undefined;

  constructor(private readonly present: SimulatedPresent) {}

  count(): void {
    this.present.received(1);
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
