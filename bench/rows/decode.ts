import assert from "node:assert/strict";
import { OwnershipRegistry } from "../../src/account/ownership-registry.js";
import { memoryFiles } from "../../src/store/atomic-files.js";
import { SimulatedClock } from "../../src/support/simulated-clock.js";
import type * as DecodeModule from "../../src/stream/decode-message.js";
import type * as JudgeModule from "../../src/vehicle/reading-filter.js";
import type * as MemoryModule from "../../src/vehicle/reading-store.js";
import { ReasonCounters } from "../../src/support/reason-counters.js";
import { built } from "../lib/built.js";
import { createVehicleRegistry } from "../lib/vehicle-registries.js";
import { RICH_DESCRIPTORS, benchMessage, benchVin } from "../lib/messages.js";
import type { Result, Size } from "../lib/result.js";
import { compare, cpuMs, measuredOf, type Rounds } from "../lib/rounds.js";

const { decodeMessage } = built("src/stream/decode-message.js") as typeof DecodeModule;
const { ReadingFilter } = built("src/vehicle/reading-filter.js") as typeof JudgeModule;
const { ReadingStore } = built("src/vehicle/reading-store.js") as typeof MemoryModule;

const MESSAGES = { full: 6000, tiny: 60 };
const ROUNDS = { full: { rounds: 15, warmUp: 3 }, tiny: { rounds: 1, warmUp: 0 } };
const CARS = 3;
const LEAST_ACCEPTED = 0.65;
const LEAST_CONCLUDED = 0.45;
const START = Date.parse("2026-03-02T06:00:00Z");

/** The cars of the last round live on, as those of users do: V8 unlearns whatever nothing alive is an example of. */
const alive = new Map<string, unknown>();

interface Wire {
  readonly topic: string;
  readonly payload: Buffer;
}

/**
 * Measures the way from bytes of rich messages to accepted readings, and on through the whole vehicle registry, against
 * a bare parse of the same bytes.
 */
export async function measure(size: Size): Promise<Result[]> {
  const wire = createWire(MESSAGES[size]);
  return [
    await against("bytes to accepted readings", wire, accept, LEAST_ACCEPTED, ROUNDS[size]),
    await against("the whole desk: trips, events, ...", wire, conclude, LEAST_CONCLUDED, ROUNDS[size]),
  ];
}

async function against(
  what: string,
  wire: readonly Wire[],
  run: (wire: readonly Wire[]) => void,
  least: number,
  rounds: Rounds,
): Promise<Result> {
  const cost = (side: typeof run) => () =>
    cpuMs(() => {
      side(wire);
    });
  const comparison = await compare(cost(run), cost(parseOnly), rounds);
  const measured = measuredOf(comparison, wire.length * RICH_DESCRIPTORS.length, "descriptor", "JSON.parse alone");
  const { ratio } = comparison;
  return { what, measured, ratio, budget: `ratio >= ${least}`, isMet: ratio >= least };
}

function createWire(length: number): Wire[] {
  return Array.from({ length }, (_, step) => {
    const vin = benchVin(step % CARS);
    const message = benchMessage(vin, RICH_DESCRIPTORS, START, step);
    return { topic: `${message.entityId}/${vin}`, payload: Buffer.from(JSON.stringify(message)) };
  });
}

/** New cars each time, so that every reading is new. */
function accept(wire: readonly Wire[]): void {
  const rejected = new ReasonCounters<string>();
  const judges = new Map<string, InstanceType<typeof ReadingFilter>>();
  let accepted = 0;
  for (const [step, { topic, payload }] of wire.entries()) {
    const message = decodeMessage(topic, payload, rejected);
    assert.ok(message);
    const { vin, entries, sentAt } = message;
    let filter = judges.get(vin);
    if (filter === undefined)
      judges.set(vin, (filter = new ReadingFilter(new ReadingStore(), rejected, () => undefined)));
    accepted += filter.accept({ entries, sentAt, source: "stream", receivedAt: START + step * 1000 }).accepted.length;
  }
  alive.set("accepted", judges);
  assert.equal(accepted, wire.length * RICH_DESCRIPTORS.length);
}

function conclude(wire: readonly Wire[]): void {
  let accepted = 0;
  const clock = new SimulatedClock(START);
  const registry = createVehicleRegistry({
    id: "bench",
    ownership: new OwnershipRegistry(),
    files: memoryFiles(),
    clock,
    onUpdate: ({ readings }) => {
      accepted += readings.length;
    },
  });
  for (const [step, { topic, payload }] of wire.entries()) registry.receive(topic, payload, START + step * 1000);
  registry.close();
  alive.set("concluded", registry);
  assert.equal(accepted, wire.length * RICH_DESCRIPTORS.length);
}

function parseOnly(wire: readonly Wire[]): void {
  let parsed = 0;
  for (const { payload } of wire) if (JSON.parse(payload.toString()) !== null) parsed++;
  assert.equal(parsed, wire.length);
}
