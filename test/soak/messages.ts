// Part of npm run test:soak: hostile messages for a whole account; `--messages n`, `--minutes n`, `--seed n`.
import { parseArgs } from "node:util";
import fc from "fast-check";
import { StreamOutput } from "../../src/messages/stream-output.js";
import { settle } from "../../src/support/simulated-clock.js";
import { accountInProcess, telematicWants } from "../helpers/account-in-process.js";
import { START } from "../helpers/fakes.js";
import { dataOf, hostileMessage, type HostileMessage } from "../helpers/hostile-messages.js";
import { mutated, mutation, type Mutation } from "../helpers/mutations.js";
import { evenly } from "../helpers/random.js";
import { commuter, parkedCar } from "../simulator/cars/everyday.js";

const MESSAGES = 1_000_000;
const IN_ONE_LOT = 500;
/** Messages of an attack come faster than those of cars. */
const FASTER = 700;
/** Memory that caches and statistics may still take after the first tenth. */
const MOST_GROWTH_MB = 10;
const MEASURED_EVERY = 100;
const STREAM = { topicBase: "cardata", account: "a", vehicle: "", descriptors: [], onlyChanges: false, values: true };

/** Sound JSON with hostile values, JSON that was changed at random places, and text that was cut or is none. */
const attack = fc.record({
  message: hostileMessage,
  mutations: fc.oneof({ weight: 4, arbitrary: fc.constant([]) }, fc.array(mutation, { minLength: 1, maxLength: 4 })),
  cut: fc.oneof({ weight: 9, arbitrary: fc.constant(1) }, evenly(0, 1)),
  topic: fc.oneof(fc.constant(""), fc.string()),
});
type Attack = typeof attack extends fc.Arbitrary<infer T> ? T : never;

function bytesOf(message: HostileMessage, mutations: readonly Mutation[], cut: number, now: number): Buffer {
  const text = JSON.stringify({ vin: message.vin, data: dataOf(message, now) });
  const bytes = Buffer.from(mutations.length === 0 ? text : mutated(text, mutations));
  return bytes.subarray(0, Math.ceil(bytes.length * cut));
}

/** An account with nodes, whose messages an attacker writes. */
class Attacked {
  readonly #all = accountInProcess({ cars: [commuter(START, { days: 0 }), parkedCar(START)] });
  readonly #streams = (["each", "update"] as const).map((form) => new StreamOutput({ ...STREAM, form }, () => "1"));

  async begin(): Promise<void> {
    const { account } = this.#all;
    this.#all.join("node", telematicWants("node"));
    account.soc.join("node", { vehicle: "", magic: true, minEfficiency: 0.82, meterPriorityMs: 120_000, auxKw: 0.3 });
    await this.#all.begin();
    account.events.on("update", (update) => {
      for (const stream of this.#streams) JSON.stringify([stream.update(update), stream.events(update)]);
    });
  }

  async meet(attacks: readonly Attack[]): Promise<void> {
    const { account, clock } = this.#all;
    for (const { message, mutations, cut, topic } of attacks) {
      clock.runTo(clock.now() + (message.after * 1000) / FASTER);
      account.registry.receive(topic, bytesOf(message, mutations, cut, clock.now()), clock.now());
    }
    await settle();
    this.#look();
  }

  async end(): Promise<void> {
    const { cars, rejected } = this.#all.account.registry;
    const taken = Math.max(0, ...Array.from(cars.values(), ({ vehicle }) => vehicle.readings.size));
    if (taken < 10 || rejected.total < 10) throw new Error("The messages did not arrive");
    await this.#all.end();
  }

  /** Nothing was thrown that somebody else had to catch; then forgets what only tests keep. */
  #look(): void {
    const { account, bmw, log, requests, answers, events } = this.#all;
    const unexpected = log.lines.find((line) => /unexpected error/i.test(line));
    if (unexpected !== undefined) throw new Error(unexpected);
    if (account.status.login.state !== "ok") throw new Error(`The login is ${account.status.login.state}`);
    for (const list of [log.lines, requests, answers, events]) list.length = 0;
    bmw.log.clear();
  }
}

function heapMb(): number {
  if (globalThis.gc === undefined) throw new Error("run with --expose-gc");
  globalThis.gc();
  return process.memoryUsage().heapUsed / 2 ** 20;
}

/** Returns the heaps from the first tenth on, MB. */
async function attackFor(messages: number, until: number, seed: number): Promise<{ sent: number; heaps: number[] }> {
  const attacked = new Attacked();
  await attacked.begin();
  const heaps: number[] = [];
  let sent = 0;
  for (let lot = 0; sent < messages && Date.now() < until; lot++) {
    const attacks = fc.sample(attack, { numRuns: IN_ONE_LOT, seed: seed + lot });
    await attacked.meet(attacks).catch((cause: unknown) => {
      throw new Error(`Lot ${lot}, after ${sent} messages`, { cause });
    });
    sent += attacks.length;
    if (lot % MEASURED_EVERY === MEASURED_EVERY - 1) heaps.push(heapMb());
  }
  await attacked.end();
  return { sent, heaps: heaps.slice(Math.ceil(heaps.length / 10)) };
}

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      messages: { type: "string", default: String(MESSAGES) },
      minutes: { type: "string", default: "Infinity" },
      seed: { type: "string", default: "1" },
    },
  });
  const seed = Number(values.seed);
  console.log(`Hostile messages, seed ${seed}`);
  const { sent, heaps } = await attackFor(Number(values.messages), Date.now() + Number(values.minutes) * 60_000, seed);
  const growth = (heaps.at(-1) ?? 0) - (heaps[0] ?? 0);
  console.log(`${sent} messages; heap ${heaps.map((mb) => mb.toFixed(1)).join(", ")} MB`);
  if (growth > MOST_GROWTH_MB) throw new Error(`The heap grew by ${growth.toFixed(1)} MB`);
}

process.on("unhandledRejection", (reason) => {
  throw reason;
});

main().then(
  () => {
    console.log("\n1 passed, 0 failed");
  },
  (error: unknown) => {
    console.log(error);
    console.log("\n0 passed, 1 failed");
    process.exitCode = 1;
  },
);
