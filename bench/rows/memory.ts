import assert from "node:assert/strict";
import { OwnershipRegistry } from "../../src/account/ownership-registry.js";
import type { VehicleRegistry } from "../../src/account/vehicle-registry.js";
import type * as OutputModule from "../../src/messages/stream-output.js";
import { memoryFiles } from "../../src/store/atomic-files.js";
import { SimulatedClock } from "../../src/support/simulated-clock.js";
import { allDefinitions } from "../../src/vehicle/catalogue.js";
import { built } from "../lib/built.js";
import { createVehicleRegistry } from "../lib/vehicle-registries.js";
import { benchMessage, benchVin } from "../lib/messages.js";
import type { Result, Size } from "../lib/result.js";
import { collectGarbage } from "../lib/rounds.js";

const { StreamOutput } = built("src/messages/stream-output.js") as typeof OutputModule;

interface FleetSize {
  readonly accounts: number;
  /** Cars of each account; 500 are as many as one takes. */
  readonly cars: number;
  readonly updates: number;
}

const SIZES: Readonly<Record<Size, readonly FleetSize[]>> = {
  full: [
    { accounts: 10, cars: 20, updates: 1_000_000 },
    { accounts: 1, cars: 500, updates: 1_000_000 },
  ],
  tiny: [
    { accounts: 2, cars: 2, updates: 2000 },
    { accounts: 1, cars: 4, updates: 2000 },
  ],
};
const DESCRIPTORS = [...allDefinitions()].slice(0, 300);
/** Number of descriptors of one car that come together. */
const AT_ONCE = 3;
const UPDATES_PER_SECOND = 500;
/** A few values happen to be those by which BMW says "unknown". */
const MOST_UNKNOWN = 1 / 300;
const MOST_GROWTH_MB = 1;
const LARGEST_HEAP_MB = 150;
const START = Date.parse("2026-03-02T06:00:00Z");

/**
 * Measures nodes that remember their last messages, over a million updates: of many accounts, and of one with many
 * cars.
 */
export async function measure(size: Size): Promise<Result[]> {
  const results: Result[] = [];
  for (const fleet of SIZES[size]) results.push(await measureFleet(fleet));
  return results;
}

async function measureFleet({ accounts, cars, updates }: FleetSize): Promise<Result> {
  const fleet = new MemoryFleet(accounts, cars);
  fleet.fill();
  await fleet.run(updates / 2);
  const half = heapMb();
  await fleet.run(updates / 2);
  const end = heapMb();
  fleet.check();
  const growth = end - half;
  const measured = `${growth.toFixed(2)} MB more over the second half, ${end.toFixed(0)} MB heap in all`;
  return {
    what: `${accounts} accounts x ${cars} cars x ${DESCRIPTORS.length} values`,
    measured,
    budget: `< ${MOST_GROWTH_MB} MB, < ${LARGEST_HEAP_MB} MB`,
    isMet: growth < MOST_GROWTH_MB && end < LARGEST_HEAP_MB,
  };
}

/** All cars of all accounts; the clock is simulated so that the files are written as often as in real life. */
class MemoryFleet {
  readonly #clock = new SimulatedClock(START);
  readonly #garages: VehicleRegistry[];
  #step = 0;
  #given = 0;

  constructor(
    private readonly accounts: number,
    private readonly carsOfEach: number,
  ) {
    const ownership = new OwnershipRegistry();
    const files = memoryFiles();
    this.#garages = Array.from({ length: accounts }, (_, index) => {
      const id = `account-${index}`;
      const options = { topicBase: "cardata", account: id, vehicle: "", descriptors: [], form: "each" as const };
      const output = new StreamOutput({ ...options, onlyChanges: true, values: true }, () => String(this.#step));
      const onUpdate = output.update.bind(output);
      return createVehicleRegistry({ id, ownership, files, clock: this.#clock, onUpdate });
    });
  }

  /** Sends every descriptor of every car once. */
  fill(): void {
    for (let car = 0; car < this.#cars; car++) this.#receive(car, DESCRIPTORS);
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
      assert.ok(rejected.total < (MOST_UNKNOWN * this.#given) / this.accounts, JSON.stringify(rejected));
      assert.equal(cars.size, this.carsOfEach);
      for (const { vehicle } of cars.values()) assert.equal(vehicle.readings.size, DESCRIPTORS.length);
    }
  }

  get #cars(): number {
    return this.accounts * this.carsOfEach;
  }

  #receive(car: number, descriptors: typeof DESCRIPTORS): void {
    this.#given += descriptors.length;
    const vin = benchVin(car);
    const message = benchMessage(vin, descriptors, START, this.#step);
    const receivedAt = START + (this.#step + 1) * 1000;
    this.#garages[car % this.accounts]?.receive(`gcid/${vin}`, Buffer.from(JSON.stringify(message)), receivedAt);
  }
}

function heapMb(): number {
  collectGarbage();
  return process.memoryUsage().heapUsed / 2 ** 20;
}
