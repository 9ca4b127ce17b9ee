import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { openRecording, readRecording } from "../../../src/replay/recording.js";
import { Replay } from "../../../src/replay/replay.js";

const RECORDINGS = "test/fixtures/cases";
const DIGESTS = "test/fixtures/replay-digests.json";
const NODES = ["stream", "telematics", "predicted-soc", "traccar", "homeassistant"] as const;
/** Whoever changes on purpose what is sent writes the digests anew, with this set. */
const WRITES = process.env["CARDATA_DIGESTS"] === "write";

const recordings = readdirSync(RECORDINGS).filter((file) => file.endsWith(".ndjson"));

/** Returns a digest of all that all nodes send, byte by byte. */
async function digestOf(file: string): Promise<string> {
  const hash = createHash("sha256");
  const options = { nodes: new Set(NODES), vehicle: "", form: "each" as const, until: Infinity };
  const run = new Replay(options, (message) => hash.update(`${JSON.stringify(message)}\n`));
  for await (const line of readRecording(openRecording(`${RECORDINGS}/${file}`))) await run.play(line);
  return hash.digest("hex").slice(0, 16);
}

/** What is computed in another way must not change what is sent; see docs/performance.md. */
describe("the output of a replay", () => {
  before(async () => {
    if (!WRITES) return;
    const digests: Record<string, string> = {};
    for (const file of recordings) digests[file] = await digestOf(file);
    writeFileSync(DIGESTS, `${JSON.stringify(digests, null, 2)}\n`);
  });

  it("is byte by byte what it was, on each recording", async () => {
    const digests = JSON.parse(readFileSync(DIGESTS, "utf8")) as Readonly<Record<string, string>>;
    for (const file of recordings) assert.equal(await digestOf(file), digests[file], file);
  });

  it("is the same after others were replayed in the same process", async () => {
    for (const file of recordings) {
      const first = await digestOf(file);
      for (const other of recordings.slice(0, 3)) await digestOf(other);
      assert.equal(await digestOf(file), first, file);
    }
  });
});
