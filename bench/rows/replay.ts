import assert from "node:assert/strict";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type * as RecordingModule from "../../src/replay/recording.js";
import type * as ReplayModule from "../../src/replay/replay.js";
import { temporaryFolder } from "../../test/helpers/red-process.js";
import { built } from "../lib/built.js";
import { RICH_DESCRIPTORS, streamMessage, vinOf } from "../lib/messages.js";
import { median, rounded, type Result } from "../lib/result.js";
import { alternate, seconds } from "../lib/rounds.js";

const { openRecording, readRecording } = built("src/replay/recording.js") as typeof RecordingModule;
const { Replay } = built("src/replay/replay.js") as typeof ReplayModule;

const LINES = 3000;
const LEAST_RATIO = 0.3;
const START = Date.parse("2026-03-02T06:00:00Z");

/** A recording to the lines that `cardata-replay` prints, against parsing and stringifying the same. */
export async function measure(): Promise<Result[]> {
  const file = join(temporaryFolder("bench"), "recording.ndjson");
  writeFileSync(file, recording());
  const messages: unknown[] = [];
  await replay(file, (message) => messages.push(message));
  assert.ok(messages.filter(isValue).length >= LINES * RICH_DESCRIPTORS.length);
  const rate = async (run: () => unknown) => LINES / (await seconds(run));
  const { ours, theirs } = await alternate(
    () => rate(() => replay(file, (message) => JSON.stringify(message))),
    () =>
      rate(() => {
        parseAndStringify(file, messages);
      }),
    { rounds: 9, warmUp: 2 },
  );
  const ratio = median(ours.map((one, round) => one / (theirs[round] ?? NaN)));
  const measured = `${rounded(median(ours))} lines/s; parse and stringify alone ${rounded(median(theirs))}`;
  return [{ what: "replay", measured, ratio, budget: `ratio >= ${LEAST_RATIO}`, isMet: ratio >= LEAST_RATIO }];
}

function recording(): string {
  const lines = Array.from({ length: LINES }, (_, step) => {
    const payload = streamMessage(vinOf(1), RICH_DESCRIPTORS, START, step);
    return JSON.stringify({ at: payload.timestamp, kind: "stream", topic: `gcid/${payload.vin}`, payload });
  });
  return `${lines.join("\n")}\n`;
}

/** What the command does, without its start. */
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
