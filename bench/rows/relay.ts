import { fork, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { eventually } from "../../test/helpers/eventually.js";
import { startBroker, type PlainBroker } from "../../test/helpers/plain-broker.js";
import { findMosquitto, startMosquitto, type UserBroker } from "../../test/helpers/user-broker.js";
import { MARKS, ownerFlow, readerFlow } from "../lib/relay-flows.js";
import { benchMessage, benchVin, RICH_DESCRIPTORS } from "../lib/messages.js";
import { roundedFigure, type Result, type Size } from "../lib/result.js";
import type { RelayOrder, RelayReport } from "../relay-process.js";

const CARS = { full: 100, tiny: 2 };
const MESSAGES = { full: { warmUp: 1000, measured: 3000 }, tiny: { warmUp: 10, measured: 30 } };
/** So many are under way at once: a broker drops what it has to keep for a reader beyond a thousand. */
const AT_ONCE = 200;
/** Messages of one car lie so far apart [s], and none is older than what counts as late. */
const CAR_EVERY_S = 18;
const OLDEST_MS = 13 * 60_000;
const LEAST_PER_SECOND = 400;
const PATIENCE_MS = 60_000;

/**
 * BMW messages by owner, broker and reader with all nodes, each a process. The rate is that of the busier Node-RED, by its
 * CPU time: two cores reach it, as the broker needs little.
 */
export async function measure(size: Size): Promise<Result[]> {
  const mosquitto = findMosquitto();
  const source = await startBroker();
  const broker: UserBroker = mosquitto === null ? await startBroker() : await startMosquitto(mosquitto);
  const [owner, reader] = [await Relay.start(), await Relay.start()];
  try {
    owner.deploy(ownerFlow(source.port, broker.port));
    reader.deploy(readerFlow(broker.port));
    const publisher = new Publisher(source, CARS[size]);
    await publisher.probe([owner, reader]);
    const { warmUp, measured } = MESSAGES[size];
    await publisher.run(warmUp, [owner, reader]);
    const before = [owner.cpuMs, reader.cpuMs] as const;
    const begun = performance.now();
    await publisher.run(measured, [owner, reader]);
    const seconds = (performance.now() - begun) / 1000;
    return [resultOf(measured, seconds, owner.cpuMs - before[0], reader.cpuMs - before[1])];
  } finally {
    owner.stop();
    reader.stop();
    await broker.stop();
    await source.stop();
  }
}

function resultOf(messages: number, seconds: number, ownerMs: number, readerMs: number): Result {
  const perSecond = (1000 * messages) / Math.max(ownerMs, readerMs);
  const each = (ms: number) => (ms / messages).toFixed(2);
  const values = `of ${RICH_DESCRIPTORS.length} values`;
  const clock = `${roundedFigure(messages / seconds)}/s by the clock`;
  return {
    what: "BMW messages, owner to reader",
    measured: `${roundedFigure(perSecond)}/s ${values} (owner ${each(ownerMs)} ms, reader ${each(readerMs)} ms; ${clock})`,
    budget: `>= ${LEAST_PER_SECOND}/s on two cores`,
    isMet: perSecond >= LEAST_PER_SECOND,
  };
}

/** Says what the cars say, in the place of BMW. */
class Publisher {
  #next = 0;
  /** A whole second: `MARKS` are the parts of seconds. */
  readonly #start = 1000 * Math.floor((Date.now() - OLDEST_MS) / 1000);

  constructor(
    private readonly source: PlainBroker,
    private readonly cars: number,
  ) {}

  /** Waits until messages get through. */
  async probe(relays: readonly Relay[]): Promise<void> {
    const vin = benchVin(this.cars);
    const message = {
      ...benchMessage(vin, RICH_DESCRIPTORS, this.#start, 0),
      timestamp: `2026-01-01T00:00:00.${MARKS.probe}`,
    };
    let isThrough = false;
    const through = Promise.all(relays.map((relay) => relay.reaches(1, "probe"))).then(() => (isThrough = true));
    await eventually("a message that gets through", () => {
      if (!isThrough) this.source.publish(`source/${vin}`, message);
      return isThrough;
    });
    await through;
  }

  async run(count: number, relays: readonly Relay[]): Promise<void> {
    for (let left = count; left > 0; left -= AT_ONCE) {
      const portion = Math.min(left, AT_ONCE);
      for (let sent = 0; sent < portion; sent++) this.#publish();
      await Promise.all(relays.map((relay) => relay.reaches(portion, "measured")));
    }
  }

  #publish(): void {
    const vin = benchVin(this.#next % this.cars);
    const step = Math.floor(this.#next++ / this.cars) * CAR_EVERY_S;
    this.source.publish(`source/${vin}`, benchMessage(vin, RICH_DESCRIPTORS, this.#start, step));
  }
}

/** A Node-RED in a process of its own. */
class Relay {
  cpuMs = 0;

  private constructor(private readonly child: ChildProcess) {}

  static async start(): Promise<Relay> {
    const relay = new Relay(fork(require.resolve("../relay-process.js")));
    await relay.#report();
    return relay;
  }

  deploy(flow: readonly object[]): void {
    this.#order({ flow });
  }

  /** Waits until so many more messages have come to its end. */
  async reaches(expected: number, kind: keyof typeof MARKS): Promise<void> {
    this.#order({ expected, kind });
    await this.#report();
  }

  stop(): void {
    this.child.kill();
  }

  #order(order: RelayOrder): void {
    this.child.send(order);
  }

  async #report(): Promise<void> {
    const [report] = (await once(this.child, "message", { signal: AbortSignal.timeout(PATIENCE_MS) })) as [RelayReport];
    this.cpuMs = report.cpuMs;
  }
}
