import assert from "node:assert/strict";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type * as RecordingModule from "../../src/replay/recording.js";
import type * as ReplayModule from "../../src/replay/replay.js";
import type { RecordedLine } from "../../src/replay/recording.js";
import { commuter } from "../../test/simulator/cars/everyday.js";
import { temporaryFolder } from "../../test/helpers/red-process.js";
import { built } from "../lib/built.js";
import { RICH_DESCRIPTORS, benchMessage, benchVin } from "../lib/messages.js";
import { median, roundedFigure, type Result, type Size } from "../lib/result.js";
import { alternate, seconds, type Rounds } from "../lib/rounds.js";

const { openRecording, readRecording } = built("src/replay/recording.js") as typeof RecordingModule;
const { Replay } = built("src/replay/replay.js") as typeof ReplayModule;

const SIZES = {
  full: { lines: 3000, days: 150, values: { rounds: 9, warmUp: 2 }, estimates: { rounds: 5, warmUp: 1 } },
  tiny: { lines: 30, days: 2, values: { rounds: 1, warmUp: 0 }, estimates: { rounds: 1, warmUp: 0 } },
};
const LEAST_RATIO = 0.3;
const LEAST_RATE = 20_000;
const MINUTE_MS = 60_000;
const DAY_MS = 24 * 60 * MINUTE_MS;
const START = Date.parse("2026-03-02T06:00:00Z");

/** Measures a recording to the lines that `cardata-replay` prints, against parsing and stringifying the same. */
export async function measure(size: Size): Promise<Result[]> {
  const { lines, days, ...rounds } = SIZES[size];
  const file = join(temporaryFolder("bench"), "recording.ndjson");
  writeFileSync(file, recording(lines));
  const messages: unknown[] = [];
  await replay(file, (message) => messages.push(message));
  assert.ok(messages.filter(isValue).length >= lines * RICH_DESCRIPTORS.length);
  const rate = async (run: () => unknown) => lines / (await seconds(run));
  const { ours, theirs } = await alternate(
    () => rate(() => replay(file, (message) => JSON.stringify(message))),
    () =>
      rate(() => {
        parseAndStringify(file, messages);
      }),
    rounds.values,
  );
  const ratio = median(ours.map((one, round) => one / (theirs[round] ?? NaN)));
  const measured = `${roundedFigure(median(ours))} lines/s; parse and stringify alone ${roundedFigure(median(theirs))}`;
  const values = { what: "replay", measured, ratio, budget: `ratio >= ${LEAST_RATIO}`, isMet: ratio >= LEAST_RATIO };
  return [values, await estimates(days, rounds.estimates)];
}

/**
 * Measures how many recorded lines per second the estimates take, of a car of the simulator that commutes and charges.
 */
async function estimates(days: number, { rounds, warmUp }: Rounds): Promise<Result> {
  const lines = commuterLines(days);
  const rates: number[] = [];
  for (let round = 0; round < warmUp + rounds; round++) rates.push(lines.length / (await seconds(() => play(lines))));
  const rate = median(rates.slice(warmUp));
  const measured = `${roundedFigure(rate)} lines/s`;
  return { what: "replay, estimates", measured, budget: `>= ${LEAST_RATE} lines/s`, isMet: rate >= LEAST_RATE };
}

async function play(lines: readonly RecordedLine[]): Promise<void> {
  const run = new Replay(
    { nodes: new Set(["predicted-soc"]), vehicle: "", form: "each", until: Infinity },
    () => undefined,
  );
  for (const line of lines) await run.play(line);
}

function commuterLines(days: number): RecordedLine[] {
  const car = commuter(START, { days, streamedSoc: "often" });
  const lines: RecordedLine[] = [];
  for (let now = START; now <= START + days * DAY_MS; now += MINUTE_MS)
    for (const { time, data } of car.advanceTo(now)) {
      const at = new Date(time).toISOString();
      lines.push({ at, kind: "stream", payload: { vin: car.vin, timestamp: at, data } });
    }
  return lines;
}

function recording(length: number): string {
  const lines = Array.from({ length }, (_, step) => {
    const payload = benchMessage(benchVin(1), RICH_DESCRIPTORS, START, step);
    return JSON.stringify({ at: payload.timestamp, kind: "stream", topic: `gcid/${payload.vin}`, payload });
  });
  return `${lines.join("\n")}\n`;
}

/** Does the work of the command, without its start. */
async function replay(file: string, emit: (message: ReplayModule.ReplayedMessage) => void): Promise<void> {
  const run = new Replay({ nodes: new Set(["stream"]), vehicle: "", form: "each", until: Infinity }, emit);
  for await (const line of readRecording(openRecording(file))) await run.play(line);
}

function parseAndStringify(file: string, messages: readonly unknown[]): void {
  for (const line of readFileSync(file, "utf8").split("\n")) if (line !== "") JSON.parse(line);
  for (const message of messages) JSON.stringify(message);
}

function isValue(message: unknown): boolean {
  return (message as ReplayModule.ReplayedMessage).output === 0;
}
