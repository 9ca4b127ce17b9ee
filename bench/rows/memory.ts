import assert from "node:assert/strict";
import { Claims } from "../../src/account/claims.js";
import type { Garage } from "../../src/account/garage.js";
import type * as OutputModule from "../../src/messages/stream-output.js";
import { memoryFiles } from "../../src/store/files.js";
import { SimulatedClock } from "../../src/support/simulated-clock.js";
import { allFacts } from "../../src/vehicle/catalogue.js";
import { built } from "../lib/built.js";
import { createGarage } from "../lib/garages.js";
import { streamMessage, vinOf } from "../lib/messages.js";
import type { Result } from "../lib/result.js";
import { collectGarbage } from "../lib/rounds.js";

const { StreamOutput } = built("src/messages/stream-output.js") as typeof OutputModule;

interface Size {
  readonly accounts: number;
  /** Of each account. */
  readonly cars: number;
}

const MANY_ACCOUNTS: Size = { accounts: 10, cars: 20 };
/** As many as an account takes. */
const MANY_CARS: Size = { accounts: 1, cars: 500 };
const DESCRIPTORS = [...allFacts()].slice(0, 300);
const UPDATES = 1_000_000;
/** How many descriptors of one car come together. */
const AT_ONCE = 3;
const UPDATES_PER_SECOND = 500;
const MOST_GROWTH_MB = 1;
const LARGEST_HEAP_MB = 150;
const START = Date.parse("2026-03-02T06:00:00Z");

/** Nodes that remember what they sent, over a million updates. */
export async function measure(): Promise<Result[]> {
  return [await measureFleet(MANY_ACCOUNTS), await measureFleet(MANY_CARS)];
}

async function measureFleet(size: Size): Promise<Result> {
  const fleet = new Fleet(size);
  fleet.fill();
  await fleet.run(UPDATES / 2);
  const half = heapMb();
  await fleet.run(UPDATES / 2);
  const end = heapMb();
  fleet.check();
  const growth = end - half;
  const measured = `${growth.toFixed(2)} MB more over the second half, ${end.toFixed(0)} MB heap in all`;
  return {
    what: `${size.accounts} accounts x ${size.cars} cars x 300 values`,
    measured,
    budget: `< ${MOST_GROWTH_MB} MB, < ${LARGEST_HEAP_MB} MB`,
    isMet: growth < MOST_GROWTH_MB && end < LARGEST_HEAP_MB,
  };
}

/** All cars of all accounts; the clock is simulated so that the files are written as often as in real life. */
class Fleet {
  readonly #clock = new SimulatedClock(START);
  readonly #garages: Garage[];
  #step = 0;

  constructor(private readonly size: Size) {
    const claims = new Claims();
    const files = memoryFiles();
    this.#garages = Array.from({ length: size.accounts }, (_, index) => {
      const id = `account-${index}`;
      const options = { topicBase: "cardata", account: id, vehicle: "", descriptors: [], form: "each" as const };
      const output = new StreamOutput({ ...options, onlyChanges: true, values: true }, () => String(this.#step));
      const onUpdate = output.update.bind(output);
      return createGarage({ id, claims, files, clock: this.#clock, onUpdate });
    });
  }

  /** Every descriptor of every car once. */
  fill(): void {
    for (let car = 0; car < this.#cars; car++) this.#receive(car, DESCRIPTORS);
  }

  /** In all accounts. */
  get #cars(): number {
    return this.size.accounts * this.size.cars;
  }

  async run(updates: number): Promise<void> {
    for (let count = 0; count < updates; count++) {
      const step = ++this.#step;
      const round = Math.floor(step / this.#cars);
      const from = (round * AT_ONCE) % DESCRIPTORS.length;
      this.#receive(step % this.#cars, DESCRIPTORS.slice(from, from + AT_ONCE));
      // Lets the files be written.
      if (step % UPDATES_PER_SECOND === 0) await this.#clock.advance(1000);
    }
  }

  check(): void {
    for (const { cars, rejected } of this.#garages) {
      // A few values happen to be those by which BMW says "unknown".
      assert.ok(rejected.total < UPDATES / this.size.accounts / 100, JSON.stringify(rejected));
      assert.equal(cars.size, this.size.cars);
      for (const { vehicle } of cars.values()) assert.equal(vehicle.readings.size, DESCRIPTORS.length);
    }
  }

  #receive(car: number, descriptors: typeof DESCRIPTORS): void {
    const vin = vinOf(car);
    const message = streamMessage(vin, descriptors, START, this.#step);
    const receivedAt = START + (this.#step + 1) * 1000;
    this.#garages[car % this.size.accounts]?.receive(`gcid/${vin}`, Buffer.from(JSON.stringify(message)), receivedAt);
  }
}

function heapMb(): number {
  collectGarbage();
  return process.memoryUsage().heapUsed / 2 ** 20;
}
