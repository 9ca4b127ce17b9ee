import { fork, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { cpus } from "node:os";
import { eventually } from "../../test/helpers/eventually.js";
import { startBroker, type PlainBroker } from "../../test/helpers/plain-broker.js";
import { findMosquitto, startMosquitto, type UserBroker } from "../../test/helpers/user-broker.js";
import { busyShare, cpuMsOf, machineTimes, ownCpuMs } from "../lib/cpu-times.js";
import { MARKS, ownerFlow, readerFlow } from "../lib/relay-flows.js";
import { benchMessage, benchVin, RICH_DESCRIPTORS } from "../lib/messages.js";
import { roundedFigure, type Result, type Size } from "../lib/result.js";
import type { RelayOrder, RelayReport } from "../relay-process.js";

const CARS = { full: 100, tiny: 2 };
const MESSAGES = { full: { warmUp: 1000, measured: 3000 }, tiny: { warmUp: 10, measured: 30 } };
/** So many are under way at most: a broker drops what it has to keep for a reader beyond a thousand. */
const AT_ONCE = 200;
/** So many have come to both ends before as many more are published, so that nobody waits for the next ones. */
const STEP = 50;
/** Messages of one car lie so far apart [s], and none is older than what counts as late. */
const CAR_EVERY_S = 18;
const OLDEST_MS = 13 * 60_000;
const LEAST_PER_SECOND = 400;
const CORES = 2;
/** On a machine that others use as well. */
const PATIENCE_MS = 300_000;

/** Who shares the cores, in the order in which a message passes them. */
const PARTIES = ["publisher", "owner", "broker", "reader"] as const;
type CpuTimes = Readonly<Record<(typeof PARTIES)[number], number>>;

/**
 * BMW messages by owner, broker and reader with all nodes, each a process; the publisher, in the place of BMW, is this one.
 * The clock says how many go through while others use the machine as well; what two cores reach that nobody else uses
 * follows from the CPU time of all four.
 */
export async function measure(size: Size): Promise<Result[]> {
  const mosquitto = findMosquitto();
  const source = await startBroker();
  const broker: UserBroker = mosquitto === null ? await startBroker() : await startMosquitto(mosquitto);
  const [owner, reader] = [await Relay.start(), await Relay.start()];
  const relays = [owner, reader];
  const cpuTimes = (): CpuTimes => {
    const ofBroker = broker.pid === undefined ? 0 : cpuMsOf(broker.pid);
    return { publisher: ownCpuMs(), owner: owner.cpuMs, broker: ofBroker, reader: reader.cpuMs };
  };
  try {
    owner.deploy(ownerFlow(source.port, broker.port));
    reader.deploy(readerFlow(broker.port));
    const publisher = new Publisher(source, CARS[size]);
    await publisher.probe(relays);
    const { warmUp, measured } = MESSAGES[size];
    await publisher.run(warmUp, relays);
    const before = { cpu: cpuTimes(), machine: machineTimes(), at: performance.now() };
    await publisher.run(measured, relays);
    const seconds = (performance.now() - before.at) / 1000;
    const after = { cpu: cpuTimes(), machine: machineTimes() };
    const each = mapped((who) => (after.cpu[who] - before.cpu[who]) / measured);
    const used = busyShare(before.machine, after.machine);
    return [resultOf(each, measured / seconds, used)];
  } finally {
    owner.stop();
    reader.stop();
    await broker.stop();
    await source.stop();
  }
}

function mapped(of: (who: keyof CpuTimes) => number): CpuTimes {
  return { publisher: of("publisher"), owner: of("owner"), broker: of("broker"), reader: of("reader") };
}

/**
 * @param each CPU time of a message [ms]
 * @param byClock messages a second
 * @param used how much of the machine's cores were in use, by whomever
 */
function resultOf(each: CpuTimes, byClock: number, used: number): Result {
  const all = PARTIES.reduce((sum, who) => sum + each[who], 0);
  const busiest = Math.max(...PARTIES.map((who) => each[who]));
  // A process has one core at a time, nearly: what it does beside its main thread is little.
  const byCpu = Math.min(1000 / busiest, (CORES * 1000) / all);
  const others = Math.max(0, used - (all * byClock) / 1000 / cpus().length);
  const parts = PARTIES.map((who) => `${who} ${each[who].toFixed(2)}`).join(", ");
  const rates = `${roundedFigure(byCpu)}/s of ${RICH_DESCRIPTORS.length} values by CPU, ${roundedFigure(byClock)}/s by the clock`;
  return {
    what: "BMW messages, owner to reader",
    measured: `${rates} with ${Math.round(100 * others)} % taken by others; ms each: ${parts}`,
    budget: `>= ${LEAST_PER_SECOND}/s on two cores`,
    isMet: byCpu >= LEAST_PER_SECOND,
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

  /** Waits until messages get through. Each is newer than the one before: the owner passes nothing on that is known. */
  async probe(relays: readonly Relay[]): Promise<void> {
    const vin = benchVin(this.cars);
    const timestamp = `2026-01-01T00:00:00.${MARKS.probe}`;
    let [isThrough, step] = [false, 0];
    const through = Promise.all(relays.map((relay) => relay.reaches(1, "probe"))).then(() => (isThrough = true));
    const published = eventually("a message that gets through", () => {
      const message = { ...benchMessage(vin, RICH_DESCRIPTORS, this.#start, step++), timestamp };
      if (!isThrough) this.source.publish(`source/${vin}`, message);
      return isThrough;
    });
    await Promise.all([through, published]);
  }

  async run(count: number, relays: readonly Relay[]): Promise<void> {
    let sent = 0;
    for (let through = 0; through < count; through += STEP) {
      for (; sent < Math.min(count, through + AT_ONCE); sent++) this.#publish();
      const next = Math.min(STEP, count - through);
      await Promise.all(relays.map((relay) => relay.reaches(next, "measured")));
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
