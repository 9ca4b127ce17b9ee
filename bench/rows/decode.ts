import assert from "node:assert/strict";
import { Claims } from "../../src/account/claims.js";
import { memoryFiles } from "../../src/store/files.js";
import { SimulatedClock } from "../../src/support/simulated-clock.js";
import { createGarage } from "../lib/garages.js";
import { RICH_DESCRIPTORS, streamMessage, vinOf } from "../lib/messages.js";
import { median, rounded, type Result } from "../lib/result.js";
import { alternate, seconds } from "../lib/rounds.js";

const MESSAGES = 6000;
const CARS = 3;
const LEAST_RATIO = 0.5;
const START = Date.parse("2026-03-02T06:00:00Z");

interface Wire {
  readonly topic: string;
  readonly payload: Buffer;
}

/** Bytes of rich messages to accepted readings, against a bare parse of the same bytes. */
export async function measure(): Promise<Result[]> {
  const wire = createWire();
  const rate = async (run: () => unknown) => (MESSAGES * RICH_DESCRIPTORS.length) / (await seconds(run));
  const { ours, theirs } = await alternate(
    () =>
      rate(() => {
        takeIn(wire);
      }),
    () =>
      rate(() => {
        parseOnly(wire);
      }),
    { rounds: 15, warmUp: 3 },
  );
  const ratio = median(ours.map((one, round) => one / (theirs[round] ?? NaN)));
  const measured = `${rounded(median(ours))} descriptors/s; JSON.parse alone ${rounded(median(theirs))}`;
  return [
    {
      what: "bytes to accepted readings",
      measured,
      ratio,
      budget: `ratio >= ${LEAST_RATIO}`,
      isMet: ratio >= LEAST_RATIO,
    },
  ];
}

function createWire(): Wire[] {
  return Array.from({ length: MESSAGES }, (_, step) => {
    const vin = vinOf(step % CARS);
    const message = streamMessage(vin, RICH_DESCRIPTORS, START, step);
    return { topic: `${message.entityId}/${vin}`, payload: Buffer.from(JSON.stringify(message)) };
  });
}

/** A new garage each time, so that every reading is news. */
function takeIn(wire: readonly Wire[]): void {
  let accepted = 0;
  const garage = createGarage({
    id: "bench",
    claims: new Claims(),
    files: memoryFiles(),
    clock: new SimulatedClock(START),
    onUpdate: ({ readings }) => {
      accepted += readings.length;
    },
  });
  const receivedAt = START + MESSAGES * 1000;
  for (const { topic, payload } of wire) garage.receive(topic, payload, receivedAt);
  assert.equal(accepted, MESSAGES * RICH_DESCRIPTORS.length);
}

function parseOnly(wire: readonly Wire[]): void {
  let parsed = 0;
  for (const { payload } of wire) if (JSON.parse(payload.toString()) !== null) parsed++;
  assert.equal(parsed, MESSAGES);
}
