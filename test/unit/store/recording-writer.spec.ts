import assert from "node:assert/strict";
import { appendFile, mkdtemp, readFile, rm, stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Readable } from "node:stream";
import fc from "fast-check";
import { readRecording } from "../../../src/replay/recording.js";
import { diskFiles, memoryFiles, type Files } from "../../../src/store/atomic-files.js";
import { RecordingWriter, type RecordedArrival, type RecordingProblem } from "../../../src/store/recording-writer.js";
import { settle, SimulatedClock } from "../../../src/support/simulated-clock.js";
import { GCID, START, VIN } from "../../helpers/fakes.js";

const DAY_MS = 24 * 3600 * 1000;
const TODAY = "/account/recordings/2026-03-02.ndjson";
const TOMORROW = "/account/recordings/2026-03-03.ndjson";

function writerWith(files: Files = memoryFiles(), folder = "/account/recordings") {
  const clock = new SimulatedClock(START);
  const problems: RecordingProblem[] = [];
  const writer = new RecordingWriter(folder, files, clock, (problem) => problems.push(problem));
  const lines = async (path = TODAY) => {
    const content = await files.read(path);
    const lines = [];
    for await (const line of readRecording(Readable.from([content ?? Buffer.alloc(0)]))) lines.push(line);
    return lines;
  };
  return { clock, problems, writer, files, lines };
}

const message = (payload: unknown, topic = `${GCID}/${VIN}`): RecordedArrival => ({
  kind: "stream",
  topic,
  payload: Buffer.from(typeof payload === "string" ? payload : JSON.stringify(payload)),
});

/** A disk that can be filled. */
function fillableFiles() {
  const files = memoryFiles();
  const disk = { full: false, appends: 0 };
  const fillable: Files = {
    ...files,
    append: (path, lines) => {
      disk.appends++;
      return disk.full ? Promise.reject(new Error("ENOSPC")) : files.append(path, lines);
    },
  };
  return { files: fillable, disk };
}

describe("recording of an account", () => {
  it("holds every kind of arrival as one line with its time", async () => {
    const { writer, lines } = writerWith();
    const arrivals: RecordedArrival[] = [
      { kind: "telematicData", vin: VIN, payload: { telematicData: {} } },
      { kind: "basicData", vin: VIN, payload: { modelName: "i4" } },
      { kind: "chargingHistory", vin: VIN, payload: { data: [] } },
      { kind: "tyreDiagnosis", vin: VIN, payload: { passengerCar: {} } },
      { kind: "mappings", payload: [{ vin: VIN }] },
      { kind: "error", endpoint: "mappings", status: 403, body: { exveErrorId: "CU-429" } },
    ];
    writer.record(message({ vin: VIN, data: { a: 1 } }));
    for (const arrival of arrivals) writer.record(arrival);
    await writer.close();
    const at = "2026-03-02T06:00:00.000Z";
    assert.deepEqual(await lines(), [
      { at, kind: "stream", topic: VIN, payload: { vin: VIN, data: { a: 1 } } },
      ...arrivals.map((arrival) => ({ at, ...arrival })),
    ]);
  });

  it("never holds the customer id: not in the topic, not in a payload, not in a broken one", async () => {
    const { writer, files } = writerWith();
    writer.record(message({ vin: VIN, entityId: GCID, nested: [{ gcid: GCID, kept: 1 }], text: `of ${GCID}` }));
    writer.record(message(`{"vin":"${VIN}","entityId":"${GCID}","da`));
    writer.record(message(`{"vin":"${VIN}","entityId":"${GCID.slice(0, 20)}`));
    writer.record(message({ vin: VIN }, GCID));
    writer.record(message({ vin: VIN, text: `of ${GCID}` }, `home/bmw/${GCID}/${VIN}`));
    writer.record({ kind: "basicData", vin: VIN, payload: { VehicleIdWithGcid: `${VIN}_${GCID}` } });
    await writer.close();
    const text = String(await files.read(TODAY));
    assert.doesNotMatch(text, new RegExp(`entityId":"[^"]|gcid|${GCID.slice(0, 13)}`, "i"));
    assert.match(text, /"kept":1/);
  });

  it("keeps a payload that is no JSON object as text", async () => {
    const { writer, lines } = writerWith();
    for (const text of ["[1]", "{cut", "", "[".repeat(100_000)]) writer.record(message(text, VIN));
    await writer.close();
    const payloads = (await lines()).map(({ payload }) => payload);
    assert.deepEqual(payloads, ["[1]", "{cut", "", "[".repeat(100_000)]);
  });

  it("gathers lines for two seconds, or 64 KiB", async () => {
    const { files, disk } = fillableFiles();
    const { writer, clock, lines } = writerWith(files);
    for (let count = 0; count < 50; count++) writer.record(message({ count }));
    await clock.advance(1999);
    assert.equal(disk.appends, 0);
    await clock.advance(1);
    assert.equal((await lines()).length, 50);
    const before = disk.appends;
    writer.record(message({ text: "x".repeat(64 * 1024) }));
    await settle();
    assert.equal(disk.appends, before + 1);
    assert.equal((await lines()).length, 51);
  });

  it("begins a new file at midnight UTC, by the time of arrival", async () => {
    const { writer, clock, lines } = writerWith();
    await clock.advanceTo(Date.parse("2026-03-02T23:59:59.500Z"));
    writer.record(message({ old: true }));
    await clock.advance(1000);
    writer.record(message({ old: false }));
    await writer.close();
    assert.equal((await lines()).length, 1);
    assert.equal((await lines(TOMORROW)).length, 1);
  });

  it("stops at 200 MB a day, says so once, and goes on the next day", async () => {
    const files = memoryFiles();
    let size = 199_999_000;
    const large: Files = {
      ...files,
      append: async (path, text) => {
        const added = await files.append(path, text);
        return path === TODAY ? (size += text.length) : added;
      },
    };
    const { writer, clock, problems, lines } = writerWith(large);
    for (const text of ["fits", "x".repeat(2000), "silent"]) {
      writer.record(message({ text }));
      await clock.advance(2000);
    }
    assert.deepEqual(
      (await lines()).map(({ payload }) => payload),
      [{ text: "fits" }],
    );
    assert.deepEqual(problems, [{ kind: "full" }]);
    assert.ok(size <= 200_000_000);
    await clock.advance(DAY_MS);
    writer.record(message({ text: "next day" }));
    await writer.close();
    assert.equal((await lines(TOMORROW)).length, 1);
    assert.equal(problems.length, 1);
  });

  it("reports a full disk once, loses nothing that fits in memory, and writes it when there is room again", async () => {
    const { files, disk } = fillableFiles();
    const { writer, clock, problems, lines } = writerWith(files);
    disk.full = true;
    for (let count = 0; count < 3; count++) {
      writer.record(message({ count }));
      await clock.advance(2000);
    }
    assert.deepEqual(
      problems.map(({ kind, cause }) => [kind, (cause as Error).message]),
      [["unwritable", "ENOSPC"]],
    );
    disk.full = false;
    writer.record(message({ count: 3 }));
    await clock.advance(2000);
    assert.deepEqual(
      (await lines()).map(({ payload }) => (payload as { count: number }).count),
      [0, 1, 2, 3],
    );
    disk.full = true;
    writer.record(message({ count: 4 }));
    await writer.close();
    assert.equal(problems.length, 2, "a new failure is a new report");
  });

  it("goes on trying without another arrival, less and less often, until there is room", async () => {
    const { files, disk } = fillableFiles();
    const { writer, clock, problems, lines } = writerWith(files);
    disk.full = true;
    writer.record(message({ count: 1 }));
    await clock.advance(3600_000);
    assert.ok(disk.appends > 30 && disk.appends < 100, String(disk.appends));
    assert.equal(problems.length, 1);
    disk.full = false;
    await clock.advance(60_000);
    assert.equal((await lines()).length, 1);
    assert.equal(clock.nextAt(), null);
  });

  it("does not hold up the end when the disk does not answer", async () => {
    const files = memoryFiles();
    const { writer, clock } = writerWith({ ...files, append: () => new Promise(() => undefined) });
    writer.record(message({ count: 1 }));
    let isClosed = false;
    void writer.close().then(() => (isClosed = true));
    await clock.advance(3000);
    assert.ok(isClosed);
    assert.equal(clock.nextAt(), null);
  });

  it("asks a full disk only every two seconds and keeps at most 1 MiB", async () => {
    const { files, disk } = fillableFiles();
    const { writer, clock, lines } = writerWith(files);
    disk.full = true;
    for (let count = 0; count < 100; count++) {
      writer.record(message({ text: "x".repeat(60_000) }));
      if (count < 20) await settle();
    }
    await clock.advance(2000);
    assert.ok(disk.appends <= 3, String(disk.appends));
    disk.full = false;
    await writer.close();
    const kept = (await lines()).length;
    assert.ok(kept >= 16 && kept <= 18, String(kept));
  });

  it("takes nothing after its end", async () => {
    const { writer, files } = writerWith();
    await writer.close();
    writer.record(message({}));
    await writer.flush();
    assert.equal(await files.read(TODAY), null);
  });

  it("never throws, and what it writes can be read again (property)", async () => {
    const payload = fc.oneof(
      fc.json().map((text) => Buffer.from(text)),
      fc.uint8Array().map((bytes) => Buffer.from(bytes)),
      fc.string({ unit: "binary" }).map((text) => Buffer.from(text)),
    );
    await fc.assert(
      fc.asyncProperty(fc.array(fc.tuple(fc.string(), payload), { maxLength: 20 }), async (messages) => {
        const { writer, lines } = writerWith();
        for (const [topic, bytes] of messages) writer.record({ kind: "stream", topic, payload: bytes });
        await writer.close();
        assert.equal((await lines()).length, messages.length);
      }),
    );
  });

  it("survives line separators that only some readers know", async () => {
    const { writer, lines } = writerWith();
    writer.record(message({ text: "a\u2028b\u2029c" }));
    await writer.close();
    assert.deepEqual(
      (await lines()).map(({ payload }) => payload),
      [{ text: "a\u2028b\u2029c" }],
    );
  });
});

describe("recording on a disk", () => {
  let folder = "";
  beforeEach(async () => (folder = await mkdtemp(join(tmpdir(), "cardata-test-"))));
  afterEach(() => rm(folder, { recursive: true }));

  const record = async (count: number) => {
    const { writer, problems } = writerWith(diskFiles, join(folder, "recordings"));
    writer.record(message({ count }));
    await writer.close();
    assert.deepEqual(problems, []);
  };
  const file = () => join(folder, "recordings", "2026-03-02.ndjson");
  const counts = async () => {
    const lines = String(await readFile(file())).split("\n");
    assert.equal(lines.pop(), "");
    return lines.map((line) => (JSON.parse(line) as { payload: { count: number } }).payload.count);
  };

  it("can be read by its owner only", async () => {
    await record(1);
    assert.equal((await stat(file())).mode & 0o777, 0o600);
    assert.equal((await stat(join(folder, "recordings"))).mode & 0o777, 0o700);
  });

  it("goes on in the file of the day after a restart", async () => {
    await record(1);
    await record(2);
    assert.deepEqual(await counts(), [1, 2]);
  });

  for (const [title, rest] of [
    ["a short line", '{"at":"2026'],
    ["a line longer than what is read at once", "x".repeat(150_000)],
  ] as const)
    it(`removes ${title} that a killed process left`, async () => {
      await record(1);
      await appendFile(file(), rest);
      await record(2);
      assert.deepEqual(await counts(), [1, 2]);
    });

  it("removes a cut line that is all there is", async () => {
    await record(1);
    await rm(file());
    await appendFile(file(), "x".repeat(70_000));
    await record(2);
    assert.deepEqual(await counts(), [2]);
  });

  it("reports a folder that cannot be made", async () => {
    await appendFile(join(folder, "file"), "");
    const { writer, problems } = writerWith(diskFiles, join(folder, "file", "recordings"));
    writer.record(message({}));
    await writer.close();
    assert.deepEqual(
      problems.map(({ kind }) => kind),
      ["unwritable"],
    );
  });

  it("takes pictures as well as texts", async () => {
    const bytes = Buffer.from([0x89, 0x50, 0x00, 0xff]);
    for (const files of [diskFiles, memoryFiles()]) {
      await files.write(join(folder, "picture"), bytes);
      assert.deepEqual(await files.read(join(folder, "picture")), bytes);
    }
  });
});

describe("recording of the user's own broker", () => {
  it("holds what the topic says of the car and the value, and what was kept, but not what the user calls things", async () => {
    const { writer, lines } = writerWith();
    const descriptor = "vehicle.cabin.door.status";
    for (const topic of [`home/anna/${VIN}/${descriptor}`, `home/anna/raw/${VIN.toLowerCase()}`, "home/anna/raw"])
      writer.record(message("LOCKED", topic));
    writer.record({ ...message({ vin: VIN, data: {} }, `bmw/${VIN}`), retained: true } as RecordedArrival);
    await writer.close();
    assert.deepEqual(
      (await lines()).map(({ topic, retained, payload }) => [topic, retained, payload]),
      [
        [`${VIN}/${descriptor}`, undefined, "LOCKED"],
        [VIN.toLowerCase(), undefined, "LOCKED"],
        ["raw", undefined, "LOCKED"],
        [VIN, true, { vin: VIN, data: {} }],
      ],
    );
  });
});
