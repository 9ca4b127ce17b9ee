import assert from "node:assert/strict";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { TraccarMessage } from "../../../src/messages/types.js";
import { anonymiseRecording } from "../../../src/replay/record/anonymise.js";
import { checkRecording } from "../../../src/replay/record/check-recording.js";
import type { RecordedLine } from "../../../src/replay/recording.js";
import { Replay } from "../../../src/replay/replay.js";
import { VIN } from "../../helpers/fakes.js";
import { SEED, SeededRandom } from "../../helpers/random.js";
import { trackedDrive } from "../../helpers/tracked-drive.js";

const time = (second: number) => new Date(Date.UTC(2026, 2, 2, 6, 0, second)).toISOString();
const fix = (second: number, members: object) => ({
  at: time(second),
  kind: "fix",
  vin: VIN,
  fixTime: time(second),
  position: { latitude: 48.137, longitude: 11.575 },
  ...members,
});
const moving = (second: number) => ({
  at: time(second),
  kind: "stream",
  payload: { vin: VIN, data: { "vehicle.isMoving": { value: true, timestamp: time(second) } } },
});

async function replay(...lines: object[]) {
  const sent: TraccarMessage[] = [];
  const nodes = new Set(["traccar"] as const);
  const run = new Replay({ nodes, vehicle: "", form: "each", until: Infinity }, ({ msg }) =>
    sent.push(msg as TraccarMessage),
  );
  for (const line of lines) await run.play(line as RecordedLine);
  return { sent, speeds: sent.map(({ payload }) => payload), skipped: run.skipped.toJSON() };
}

describe("replay of a tracker's fixes", () => {
  it("prints them as cardata-traccar sends them, the speed out of knots", async () => {
    const { sent } = await replay(fix(0, { speed: 54, totalDistance: 1000 }));
    const { payload, unit, bracket, position, device } = sent[0] ?? {};
    assert.deepEqual([payload, unit, bracket, device], [100, "km/h", "highway", "replay"]);
    assert.deepEqual(position, {
      latitude: 48.137,
      longitude: 11.575,
      altitude: null,
      course: null,
      fixTime: time(0),
      valid: true,
    });
  });

  it("takes Traccar's own object as well", async () => {
    const position = {
      ...{ latitude: 48.137, longitude: 11.575, altitude: 520, course: 70, speed: 54, valid: true },
      ...{ fixTime: time(0), attributes: { totalDistance: 1000 } },
    };
    const { speeds } = await replay({ at: time(0), kind: "fix", vin: VIN, position });
    assert.deepEqual(speeds, [100]);
  });

  it("goes by the way between two of them, on a trip", async () => {
    const parked = [fix(0, { speed: 0, totalDistance: 0 }), fix(60, { speed: 0, totalDistance: 900 })];
    const driven = [fix(120, { speed: 0, totalDistance: 1000 }), fix(180, { speed: 0, totalDistance: 2000 })];
    assert.deepEqual((await replay(...parked, moving(100), ...driven)).speeds, [0, 0, 0, 60]);
  });

  it("derives no speed from a fix that is none, old or not trusted", async () => {
    const { speeds, skipped } = await replay(
      fix(0, { position: null }),
      fix(1, { speed: 10, position: { latitude: 48, longitude: 11, valid: false } }),
      fix(400, { speed: 10, fixTime: time(0) }),
      fix(401, { speed: 10, position: { latitude: 148, longitude: 11 } }),
      { ...fix(402, {}), vin: "nobody" },
    );
    assert.deepEqual(speeds, [null, null, null]);
    assert.deepEqual(skipped, { "unusable payload": 1, "missing vin": 1 });
  });

  it("prints the same for the same recording, anonymised or not", async () => {
    const folder = await mkdtemp(join(tmpdir(), "cardata-test-"));
    try {
      const { lines } = trackedDrive({ tracker: "metres-per-second", km: 20, odometer: true });
      const [file, out] = [join(folder, "in.ndjson"), join(folder, "out.ndjson")];
      await writeFile(file, lines.map((line) => `${JSON.stringify(line)}\n`).join(""));
      const found = (await checkRecording(file, null)).findings;
      const isFix = (line: number) => (lines[line - 1] as { kind: string }).kind === "fix";
      assert.ok(found.some(({ line, kinds }) => isFix(line) && kinds.includes("coordinate") && kinds.includes("VIN")));
      assert.deepEqual((await anonymiseRecording(file, out, new SeededRandom(SEED, "replay-fixes"))).findings, []);
      const moved = (await readFile(out, "utf8"))
        .trim()
        .split("\n")
        .map((line) => JSON.parse(line) as object);
      assert.deepEqual((await replay(...moved)).speeds, (await replay(...lines)).speeds);
      assert.equal((await replay(...lines)).speeds.length > 15, true);
    } finally {
      await rm(folder, { recursive: true });
    }
  });
});
