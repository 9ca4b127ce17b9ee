import assert from "node:assert/strict";
import { readdirSync } from "node:fs";
import { orderedLines } from "../../../src/replay/history-pages.js";
import { openRecording, readRecording, type RecordedLine } from "../../../src/replay/recording.js";
import { Replay, type ReplayedMessage } from "../../../src/replay/replay.js";
import { chargesIn, journalOf, tripsIn } from "../../helpers/journal.js";

const FOLDER = "test/fixtures/cases";

interface EventMessage {
  readonly event?: string;
  readonly payload: {
    readonly startedAt?: string | null;
    readonly distanceKm?: number | null;
  };
}

async function linesOf(file: string): Promise<RecordedLine[]> {
  const lines: RecordedLine[] = [];
  for await (const { line } of orderedLines(readRecording(openRecording(`${FOLDER}/${file}`)))) lines.push(line);
  return lines;
}

/** Events of a recording as a cardata-stream node sends them. */
async function eventsOf(lines: readonly RecordedLine[], name: string): Promise<EventMessage["payload"][]> {
  const sent: ReplayedMessage[] = [];
  const options = { nodes: new Set(["stream" as const]), vehicle: "", form: "each" as const, until: Infinity };
  const replay = new Replay(options, (message) => sent.push(message));
  for (const line of lines) await replay.play(line);
  return sent.flatMap(({ msg }) => {
    const { event, payload } = msg as EventMessage;
    return event === name ? [payload] : [];
  });
}

describe("the journal of each recorded case", () => {
  for (const file of readdirSync(FOLDER).filter((name) => name.endsWith(".ndjson")))
    it(`has each trip and charge of ${file} once, with the figures of its event`, async () => {
      const lines = await linesOf(file);
      const entries = await journalOf(lines);
      assert.equal(new Set(entries.map(({ id }) => id)).size, entries.length);
      const [trips, charges] = [await eventsOf(lines, "tripEnded"), await eventsOf(lines, "chargingEnded")];
      assert.deepEqual(
        tripsIn(entries).map(({ distanceKm }) => distanceKm?.value ?? null),
        trips.map(({ distanceKm }) => distanceKm ?? null),
      );
      assert.deepEqual(
        chargesIn(entries).map(({ start }) => Date.parse(start)),
        charges.map(({ startedAt }) => Math.floor(Date.parse(startedAt ?? "") / 1000) * 1000),
      );
    });
});
