import assert from "node:assert/strict";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { anonymiseRecording } from "../../../src/replay/record/anonymise.js";
import { checkRecording } from "../../../src/replay/record/check-recording.js";
import { VIN } from "../../helpers/fakes.js";
import { SEED, SeededRandom } from "../../helpers/random.js";

const LOCATION = "vehicle.cabin.infotainment.navigation.currentLocation";
const AT = "2026-03-02T06:00:00.000Z";
const random = new SeededRandom(SEED, "record-own-broker");

describe("anonymising one topic per value", () => {
  let folder = "";
  beforeEach(async () => (folder = await mkdtemp(join(tmpdir(), "cardata-test-"))));
  afterEach(() => rm(folder, { recursive: true }));

  it("moves places that only the topic names as such, and the check finds them", async () => {
    const value = (name: string, payload: string) => ({
      at: AT,
      kind: "stream",
      topic: `${VIN}/${LOCATION}.${name}`,
      payload,
    });
    const lines = [
      value("latitude", "48.13"),
      value("longitude", '{"value": "11.57", "unit": "degrees"}'),
      value("latitude", '{"value": 48.1371543, "timestamp": "2026-03-02T06:00:00Z"}'),
      value("heading", "271"),
      { at: AT, kind: "stream", topic: VIN, payload: { vin: VIN, data: {} } },
    ];
    const file = join(folder, "in.ndjson");
    await writeFile(file, lines.map((line) => `${JSON.stringify(line)}\n`).join(""));
    assert.deepEqual(
      (await checkRecording(file, null)).findings.map(({ line, kinds }) => [line, kinds.includes("coordinate")]),
      [
        [1, true],
        [2, true],
        [3, true],
        [4, false],
        [5, false],
      ],
    );
    const out = join(folder, "out.ndjson");
    assert.deepEqual((await anonymiseRecording(file, out, random)).findings, []);
    const text = await readFile(out, "utf8");
    assert.doesNotMatch(text, /(?<!\d)(48\.13|11\.57)/);
    assert.doesNotMatch(text, new RegExp(VIN));
    assert.match(text, /currentLocation\.heading","payload":"271"/);
  });
});
