import assert from "node:assert/strict";
import fc from "fast-check";
import { readdirSync } from "node:fs";
import type { RecordedLine } from "../../src/replay/recording.js";
import { openRecording, readRecording } from "../../src/replay/recording.js";
import { PATIENCE_OF_LIVES_MS } from "../helpers/eventually.js";
import { checkEvents, checkEvidence } from "../helpers/invariants.js";
import { lives, type RandomLife } from "../helpers/lives.js";
import { PlayedRecording } from "../helpers/played-recording.js";
import { evenly, runs } from "../helpers/random.js";

/*
 * Checks the invariants of any input: of random lives, and of the recorded cases with messages that are lost, repeated,
 * late, or cut off by a restart.
 */

const FOLDER = "test/fixtures/cases";
const HOUR = 3_600_000;

/** Places in a recording, as shares of its length. */
const places = (most: number) => fc.array(evenly(0, 1), { minLength: 1, maxLength: most });

async function check(lines: readonly RecordedLine[]): Promise<PlayedRecording> {
  const played = await PlayedRecording.lines(lines);
  checkEvents(played.events);
  checkEvidence(lines, played.events);
  return played;
}

function withRestarts(lines: readonly RecordedLine[], shares: readonly number[]): RecordedLine[] {
  const restarted = [...lines];
  for (const share of shares) {
    const index = Math.floor(share * restarted.length);
    const at = restarted[index]?.at;
    if (at !== undefined) restarted.splice(index + 1, 0, { at, kind: "restart" });
  }
  return restarted;
}

/** The same messages, some of them lost, some of them delivered again or only now. */
function disturbed(lines: readonly RecordedLine[], random: readonly number[]): RecordedLine[] {
  const cars = lines.flatMap((line, index) => {
    const one = random[index % random.length] ?? 0;
    if (line.kind !== "stream" && line.kind !== "telematicData") return [line];
    if (one < 0.2) return [];
    const at = new Date(Date.parse(line.at) + Math.round((one - 0.4) * 2 * HOUR)).toISOString();
    if (one < 0.4) return [line];
    return one < 0.6 ? [line, { ...line, at }] : one < 0.7 ? [{ ...line, at }] : [line];
  });
  return cars.sort((one, other) => Date.parse(one.at) - Date.parse(other.at));
}

async function linesOf(file: string): Promise<RecordedLine[]> {
  const lines: RecordedLine[] = [];
  for await (const line of readRecording(openRecording(`${FOLDER}/${file}`))) lines.push(line);
  const last = Date.parse(lines.at(-1)?.at ?? "");
  // Everything that waits is emitted by then.
  return [...lines, { at: new Date(last + 5 * HOUR).toISOString(), kind: "restart" }];
}

async function untouchedByRestarts({ lines }: Pick<RandomLife, "lines">, shares: readonly number[]): Promise<void> {
  const restarted = await PlayedRecording.lines(withRestarts(lines, shares));
  assert.deepEqual(restarted.events, (await PlayedRecording.lines(lines)).events);
}

describe("random lives of a car", function () {
  this.timeout(PATIENCE_OF_LIVES_MS);
  it("keep every rule of trips and charges", async () => {
    await fc.assert(
      fc.asyncProperty(lives(60), async ({ lines }) => {
        await check(lines);
      }),
      { numRuns: runs(120) },
    );
  });

  it("are reported alike when Node-RED restarts at any place", async () => {
    await fc.assert(fc.asyncProperty(lives(40), places(6), untouchedByRestarts), { numRuns: runs(70) });
  });
});

describe("recorded cases", () => {
  for (const file of readdirSync(FOLDER))
    it(`${file} keeps every rule, also with messages lost, late and repeated, and restarts at any place`, async () => {
      const lines = await linesOf(file);
      await check(lines);
      await fc.assert(
        fc.asyncProperty(places(30), places(4), async (random, restarts) => {
          const played = disturbed(lines, random);
          await check(played);
          await untouchedByRestarts({ lines: played }, restarts);
        }),
        { numRuns: runs(12) },
      );
    });
});
