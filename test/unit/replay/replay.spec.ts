import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { Readable } from "node:stream";
import { gzipSync } from "node:zlib";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { parseArguments } from "../../../src/replay/replay-arguments.js";
import { orderedLines } from "../../../src/replay/history-pages.js";
import { openRecording, readRecording, type RecordedLine } from "../../../src/replay/recording.js";
import { Replay, type ReplayedMessage, type ReplayedNode, type ReplayOptions } from "../../../src/replay/replay.js";
import { OTHER_VIN, VIN } from "../../helpers/fakes.js";

const SOC = "vehicle.drivetrain.batteryManagement.header";
const stream = (at: string, value: unknown, vin = VIN) => ({
  at,
  kind: "stream",
  payload: { vin, data: { [SOC]: { value, timestamp: at, unit: "percent" } } },
});
const time = (minute: number) => `2026-03-02T06:${String(minute).padStart(2, "0")}:00.000Z`;

const rest = (minute: number, kind: string, payload: unknown, vin: string | undefined = VIN) => ({
  at: time(minute),
  kind,
  vin,
  payload,
});
const soc = (minute: number, value: unknown) =>
  rest(minute, "telematicData", { telematicData: { [SOC]: { value, unit: "%", timestamp: time(minute) } } });
const refusal = (minute: number, status: unknown, body: unknown, endpoint: unknown = "telematicData") => ({
  at: time(minute),
  kind: "error",
  endpoint,
  status,
  body,
});

/** The quotas of what cardata-telematics sent. */
function quotas(sent: ReplayedMessage[]) {
  return sent.flatMap(({ node, msg }) =>
    node === "cardata-telematics" ? [(msg as { quota: { used: number; resetsAt: string } }).quota] : [],
  );
}

const charging = (minute: number, status: string, soc: number, vin = VIN) => ({
  at: time(minute),
  kind: "stream",
  payload: {
    vin,
    data: {
      "vehicle.drivetrain.electricEngine.charging.status": { value: status, timestamp: time(minute) },
      [SOC]: { value: soc, timestamp: time(minute) },
    },
  },
});

async function replay(lines: object[], options: Partial<ReplayOptions> = {}) {
  const sent: ReplayedMessage[] = [];
  const nodes = new Set<ReplayedNode>(["stream", "telematics"]);
  const all = { nodes, vehicle: "", form: "each", until: Infinity } as const;
  const run = new Replay({ ...all, ...options }, (message) => sent.push(message));
  for (const line of lines) if (!(await run.play(line as RecordedLine))) break;
  const values = sent.filter(({ output }) => output === 0);
  return { run, sent, values: values.map(({ msg }) => (msg as { payload: unknown }).payload), first: values[0] };
}

describe("replay", () => {
  it("prints what cardata-stream would send", async () => {
    const { sent } = await replay([stream(time(0), 63)]);
    assert.deepEqual(
      sent.map(({ at, node, output }) => [at, node, output]),
      [
        [time(0), "cardata-stream", 1],
        [time(0), "cardata-stream", 0],
      ],
    );
    assert.deepEqual((sent[1]?.msg as { parts: unknown }).parts, {
      id: "1",
      index: 0,
      count: 1,
      type: "object",
      key: SOC,
    });
  });

  it("gives the same bytes for the same input", async () => {
    const lines = [
      stream(time(0), 63),
      { at: time(1), kind: "restart" },
      stream(time(2), 64),
      soc(3, "65"),
      refusal(4, 500, {}),
      rest(5, "chargingHistory", { data: [{ startTime: 300 }] }),
    ];
    assert.ok((await replay(lines)).sent.length > 4);
    assert.equal(JSON.stringify((await replay(lines)).sent), JSON.stringify((await replay(lines)).sent));
  });

  it("takes payloads as objects and as text", async () => {
    const object = stream(time(0), 63);
    const { values, run } = await replay([
      { ...object, payload: JSON.stringify(object.payload) },
      { at: time(1), kind: "stream", payload: "{broken" },
    ]);
    assert.deepEqual(values, [63]);
    assert.deepEqual(run.rejected.toJSON(), { "not-json": 1 });
  });

  it("knows the cars from mappings and basic data", async () => {
    const lines = [
      { at: time(0), kind: "mappings", payload: [{ vin: VIN, mappingType: "PRIMARY" }] },
      { at: time(1), kind: "basicData", vin: VIN, payload: { modelName: "i4" } },
      { at: time(2), kind: "basicData", payload: {} },
      { at: time(3), kind: "mappings", payload: "odd" },
      { at: time(4), kind: "basicData", vin: VIN, payload: [] },
    ];
    const { sent, run } = await replay(lines);
    assert.deepEqual(
      sent.map(({ node, output, msg }) => [node, output, (msg as { topic: string }).topic]),
      [
        ["cardata-stream", 1, "cardata/account/event/vehicleFound"],
        ["cardata-telematics", 0, "cardata/account/vehicles"],
        ["cardata-telematics", 0, `cardata/${VIN}/basicData`],
      ],
    );
    assert.deepEqual((sent[1]?.msg as { payload: unknown }).payload, [
      { vin: VIN, role: "primary", mappedSince: null, access: "ok" },
    ]);
    assert.deepEqual(run.skipped.toJSON(), { "missing vin": 1, "unusable payload": 2 });
  });

  it("follows settings of the node", async () => {
    const lines = [
      { at: time(0), kind: "settings", onlyChanges: true },
      stream(time(1), 63),
      stream(time(2), 63),
      { at: time(3), kind: "settings", form: "update" },
      stream(time(4), 63),
    ];
    assert.deepEqual((await replay(lines)).values, [63, { [SOC]: 63 }]);
  });

  it("prints telematic data as cardata-telematics sends it, after what the stream said", async () => {
    const answer = (minute: number, value: unknown) => ({
      at: time(minute),
      kind: "telematicData",
      vin: VIN,
      payload: { telematicData: { [SOC]: { value, unit: "%", timestamp: time(minute) } } },
    });
    const { sent, run } = await replay([
      stream(time(2), 63),
      { ...answer(1, "60"), at: time(3) },
      answer(4, "64"),
      { ...answer(5, null) },
      { at: time(6), kind: "telematicData", vin: VIN, payload: [] },
      { at: time(6), kind: "telematicData", payload: {} },
    ]);
    const printed = sent
      .filter(({ output }) => output === 0)
      .map(({ node, msg }) => [node, (msg as { payload: unknown }).payload]);
    assert.deepEqual(printed, [
      ["cardata-stream", 63],
      ["cardata-telematics", 64],
    ]);
    assert.deepEqual(run.skipped.toJSON(), { "unusable payload": 1, "missing vin": 1 });
    assert.deepEqual(run.rejected.toJSON(), { older: 1, "null-ignored": 1 });
  });

  it("prints the daily charging history, newest charge first, and the tyre diagnosis", async () => {
    const page = {
      data: [{ startTime: 100, endTime: 200 }, { startTime: 300, endTime: 400 }, "odd"],
      next_token: "more",
    };
    const { sent, run } = await replay([
      rest(0, "chargingHistory", page),
      rest(1, "tyreDiagnosis", { passengerCar: {} }),
      rest(2, "chargingHistory", { data: "odd" }),
      rest(3, "tyreDiagnosis", null),
      rest(4, "tyreDiagnosis", {}, "no vin"),
    ]);
    const [history, tyres, ...more] = sent.map(({ msg }) => msg as Record<string, unknown>);
    assert.deepEqual(more, []);
    assert.equal(history?.["topic"], `cardata/${VIN}/chargingHistory`);
    assert.deepEqual(history["payload"], [
      { startTime: 300, endTime: 400 },
      { startTime: 100, endTime: 200 },
    ]);
    assert.equal(history["truncated"], true);
    assert.equal(tyres?.["topic"], `cardata/${VIN}/tyreDiagnosis`);
    assert.equal((tyres["summary"] as { text: string }).text, "no tyre data");
    assert.deepEqual(run.skipped.toJSON(), { "unusable payload": 2, "missing vin": 1 });
  });

  it("counts every line of REST as a call, refused ones and unreadable ones too, and forgets none at a restart", async () => {
    const { sent } = await replay([
      soc(0, "60"),
      rest(1, "telematicData", []),
      refusal(2, 503, "down"),
      { at: time(3), kind: "restart" },
      soc(4, "61"),
      { ...soc(5, "62"), at: "2026-03-03T06:00:00.000Z" },
    ]);
    assert.deepEqual(
      quotas(sent).map(({ used }) => used),
      [1, 4, 1],
    );
    assert.equal(quotas(sent)[0]?.resetsAt, "2026-03-03T00:00:00.000Z");
  });

  it("counts refusals and prints nothing of them; the daily limit shows in the quota", async () => {
    const { sent, run } = await replay([
      refusal(0, 404, { exveErrorId: "CU-126" }, "image"),
      refusal(1, 403, { exveErrorId: "CU-429", exveErrorMsg: "limit" }),
      refusal(2, "403", {}),
      refusal(3, 403, {}, "teleport"),
      soc(4, "60"),
    ]);
    assert.deepEqual(run.refused.toJSON(), { cu_126: 1, cu_429: 1 });
    assert.deepEqual(run.skipped.toJSON(), { "unusable payload": 2 });
    const telematics = sent.filter(({ node }) => node === "cardata-telematics");
    assert.equal(telematics.length, 1);
    assert.equal(quotas(sent)[0]?.used, 50);
  });

  it("says of each car whether BMW's API answers for it", async () => {
    const cars = [
      { vin: VIN, mappedSince: "2024-01-01T00:00:00Z" },
      { vin: OTHER_VIN, mappingType: "SECONDARY" },
    ];
    const { sent } = await replay([
      rest(0, "basicData", { isTelematicsCapable: false }),
      rest(1, "mappings", cars, undefined),
    ]);
    const list = (sent.at(-1)?.msg as { payload: unknown }).payload;
    assert.deepEqual(list, [
      { vin: VIN, role: "primary", mappedSince: "2024-01-01T00:00:00Z", access: "not_telematics_capable" },
      { vin: OTHER_VIN, role: "secondary", mappedSince: null, access: "not_primary" },
    ]);
  });

  it("goes on after payloads that are too deep for anything", async () => {
    let deep: unknown = 1;
    for (let level = 0; level < 100_000; level++) deep = [deep];
    const { run, values } = await replay([
      { at: time(0), kind: "stream", payload: deep },
      rest(1, "basicData", { deep }),
      refusal(2, 500, deep),
      stream(time(3), 63),
    ]);
    assert.deepEqual(run.skipped.toJSON(), { "unusable payload": 3 });
    assert.deepEqual(values, [63]);
  });

  it("goes on whatever a payload is", async () => {
    const kinds = ["stream", "telematicData", "basicData", "mappings", "chargingHistory", "tyreDiagnosis", "error"];
    await fc.assert(
      fc.asyncProperty(fc.constantFrom(...kinds), fc.jsonValue(), fc.jsonValue(), async (kind, payload, other) => {
        const line = { at: time(0), kind, vin: VIN, payload, endpoint: "image", status: other, body: payload };
        const wrapped = { ...line, payload: { data: payload, telematicData: payload, mappings: [payload] } };
        const { sent } = await replay([line, wrapped, stream(time(1), 63)]);
        assert.equal((sent.at(-1)?.msg as { payload: unknown }).payload, 63);
      }),
    );
  });

  it("shows the chosen nodes only", async () => {
    const lines = [stream(time(0), 63)];
    assert.deepEqual((await replay(lines, { nodes: new Set(["telematics"]) })).sent, []);
  });

  it("prints events when time passes, and values with a source if wanted", async () => {
    const moving = (minute: number, value: boolean) => ({
      at: time(minute),
      kind: "stream",
      payload: { vin: VIN, data: { "vehicle.isMoving": { value, timestamp: time(minute) } } },
    });
    const { sent } = await replay([
      { at: time(0), kind: "settings", values: true },
      stream(time(1), 63),
      moving(2, true),
      moving(20, false),
      stream(time(40), 60),
    ]);
    const events = sent
      .filter(({ output }) => output === 1)
      .map(({ at, msg }) => [at, (msg as { event: string }).event]);
    assert.deepEqual(events, [
      [time(1), "vehicleFound"],
      [time(2), "tripStarted"],
      [time(22), "tripEnded"],
    ]);
    const values = sent.filter(({ msg }) => (msg as { descriptor?: string }).descriptor === "soc");
    assert.equal(values.length, 2);
  });

  it("follows settings of the cars", async () => {
    const { sent } = await replay([
      { at: time(0), kind: "settings", capacityKwh: 50 },
      { at: time(0), kind: "settings", vin: VIN, capacityKwh: 80, driveType: "bev" },
      charging(1, "CHARGINGACTIVE", 40),
      charging(31, "CHARGINGENDED", 50),
      charging(32, "CHARGINGACTIVE", 40, OTHER_VIN),
      charging(40, "CHARGINGENDED", 50, OTHER_VIN),
    ]);
    const ends = sent.flatMap(({ msg }) => {
      const { event, payload } = msg as { event?: string; payload: { energyKwh: number } };
      return event === "chargingEnded" ? [payload.energyKwh] : [];
    });
    assert.deepEqual(ends, [8, 5]);
  });

  it("forgets nothing that is saved at a restart, and repeats nothing as new", async () => {
    const { values, sent } = await replay([
      stream(time(0), 63),
      { at: time(1), kind: "restart" },
      stream(time(0), 63),
      stream(time(2), 64),
    ]);
    assert.deepEqual(values, [63, 64]);
    assert.equal(sent.filter(({ output }) => output === 1).length, 1, "the car is found once");
  });

  it("keeps to the car, the form and the end that were asked for", async () => {
    const lines = [
      stream(time(0), 63),
      stream(time(1), 11, OTHER_VIN),
      stream(time(2), 64),
      rest(3, "tyreDiagnosis", {}),
    ];
    assert.deepEqual((await replay(lines, { vehicle: OTHER_VIN })).values, [11]);
    assert.deepEqual((await replay(lines, { form: "update" })).values[0], { [SOC]: 63 });
    assert.deepEqual((await replay(lines, { until: Date.parse(time(1)) })).values, [63, 11]);
    const [raw] = (await replay([soc(4, "60")], { form: "raw" })).values;
    assert.deepEqual(raw, soc(4, "60").payload);
  });

  it("runs to the end that was asked for, with what passing time brings until then, and no further", async () => {
    const moving = (minute: number, value: boolean) => ({
      at: time(minute),
      kind: "stream",
      payload: { vin: VIN, data: { "vehicle.isMoving": { value, timestamp: time(minute) } } },
    });
    const lines = [moving(2, true), moving(20, false), stream(time(40), 60)];
    const ended = async (until: string) => {
      const { sent } = await replay(lines, { until: Date.parse(until) });
      return sent.flatMap(({ at, msg }) => ((msg as { event?: string }).event === "tripEnded" ? [at] : []));
    };
    assert.deepEqual(await ended(time(30)), [time(22)]);
    assert.deepEqual(await ended(time(21)), []);
  });

  it("takes times without a zone for UTC, wherever it runs", async () => {
    const { sent, run } = await replay([
      { ...stream(time(5), 63), at: "2026-03-02T06:05:00" },
      { ...stream(time(6), 64), at: "6" },
    ]);
    assert.equal(sent[0]?.at, time(5));
    assert.deepEqual(run.skipped.toJSON(), { "unusable time": 1 });
  });

  it("counts refusals that name a path in place of an operation", async () => {
    const { run } = await replay([
      refusal(0, 403, { exveErrorId: "CU-429" }, `GET /customers/vehicles/${VIN}/smartMaintenanceTyreDiagnosis`),
      refusal(1, 403, { exveErrorId: "CU-124" }, "POST /customers/containers"),
      refusal(2, 403, { error: "access_denied" }, "POST /gcdm/oauth/token"),
    ]);
    assert.deepEqual(run.refused.toJSON(), { cu_429: 1, cu_124: 1 });
    assert.deepEqual(run.skipped.toJSON(), { "unusable payload": 1 });
  });

  it("leaves out settings of a car that has no VIN, in place of giving them to all", async () => {
    const { run, sent } = await replay([
      { at: time(0), kind: "settings", vin: "WBA", capacityKwh: 80, form: "update" },
      charging(1, "CHARGINGACTIVE", 40),
      charging(31, "CHARGINGENDED", 50),
    ]);
    const end = sent.find(({ msg }) => (msg as { event?: string }).event === "chargingEnded");
    assert.equal((end?.msg as { payload: { energyKwh: number | null } }).payload.energyKwh, null);
    assert.deepEqual(run.skipped.toJSON(), { "missing vin": 1 });
  });

  it("goes on at the latest time when the recording goes backwards, and counts it", async () => {
    const { sent, run } = await replay([
      stream(time(5), 63),
      { ...stream(time(6), 64), at: time(1) },
      { ...stream(time(7), 65), at: "yesterday" },
    ]);
    assert.deepEqual([...new Set(sent.map(({ at }) => at))], [time(5)]);
    assert.deepEqual(run.skipped.toJSON(), { "time going backwards": 1, "unusable time": 1 });
  });

  it("counts kinds that it does not know", async () => {
    assert.deepEqual((await replay([{ at: time(0), kind: "teleport" }])).run.skipped.toJSON(), { "unknown kind": 1 });
  });
});

describe("the pages of a charging history", () => {
  const page = (minute: number, start: number, more: object = {}, vin = VIN) =>
    rest(minute, "chargingHistory", { data: [{ startTime: start }], ...more }, vin);
  const next = { next_token: "opaque" };
  const continued = (line: object) => ({ ...line, continued: true });
  const histories = async (...lines: object[]) => {
    const sent: ReplayedMessage[] = [];
    const options = {
      nodes: new Set<ReplayedNode>(["telematics"]),
      vehicle: "",
      form: "each",
      until: Infinity,
    } as const;
    const run = new Replay(options, (message) => sent.push(message));
    const input = Readable.from([lines.map((line) => `${JSON.stringify(line)}\n`).join("")]);
    for await (const { line, followed } of orderedLines(readRecording(input))) await run.play(line, followed);
    return sent.map(({ at, msg }) => {
      const { payload, truncated, quota } = msg as { payload: unknown[]; truncated: boolean; quota: { used: number } };
      return [at, payload.map((one) => (one as { startTime: number }).startTime), truncated, quota.used];
    });
  };

  it("are sent together when the last one has come, a call each", async () => {
    const pages = [page(0, 1, next), stream(time(0), 63), continued(page(0, 3, next)), continued(page(1, 2))];
    assert.deepEqual(await histories(...pages), [[time(1), [3, 2, 1], false, 3]]);
  });

  it("are sent without those that nobody asked for", async () => {
    assert.deepEqual(await histories(page(0, 1, next)), [[time(0), [1], true, 1]]);
    const [first, ...more] = await histories(page(0, 1, next), continued(page(1, 2, next)), stream(time(9), 63));
    assert.deepEqual([first, more], [[time(1), [2, 1], true, 2], []]);
  });

  it("are distinguished from another history, from that of another car, and from one that was never begun", async () => {
    assert.deepEqual(await histories(page(0, 1, next), page(1, 2, next)), [
      [time(0), [1], true, 1],
      [time(1), [2], true, 2],
    ]);
    assert.deepEqual(await histories(page(0, 1, next), continued(page(1, 2, {}, OTHER_VIN))), [
      [time(0), [1], true, 1],
      [time(1), [2], false, 2],
    ]);
    assert.deepEqual(await histories(page(0, 1, next), continued(page(9, 2))), [
      [time(0), [1], true, 1],
      [time(9), [2], false, 2],
    ]);
  });

  it("may be cut off by the end of the recording or by one that cannot be read", async () => {
    assert.deepEqual(await histories(page(0, 1, next), continued(rest(1, "chargingHistory", { data: "odd" }))), [
      [time(1), [1], true, 2],
    ]);
  });
});

describe("recordings", () => {
  const read = async (text: string) => {
    const lines = [];
    for await (const line of readRecording(Readable.from([text]))) lines.push(line);
    return lines;
  };
  it("may hold blank lines, CRLF and a cut last line", async () => {
    assert.equal((await read('{"kind":"a"}\r\n\r\n{"kind":"b"}\n{"ki')).length, 2);
  });
  it("name the first line that is no JSON object", async () => {
    await assert.rejects(read('{"kind":"a"}\nnonsense\n{"kind":"b"}\n'), /^RecordingError: Line 2 /);
    await assert.rejects(read('[1]\n{"kind":"b"}\n'), /Line 1 /);
  });
  it("may be packed", async () => {
    const folder = mkdtempSync(join(tmpdir(), "cardata-test-"));
    const file = join(folder, "recording.ndjson.gz");
    writeFileSync(file, gzipSync('{"kind":"a"}\n'));
    const lines = [];
    for await (const line of readRecording(openRecording(file))) lines.push(line.kind);
    rmSync(folder, { recursive: true });
    assert.deepEqual(lines, ["a"]);
  });
});

describe("cardata-replay", () => {
  it("understands its arguments", () => {
    const understood = parseArguments([
      "-",
      "--nodes",
      "stream",
      "--vin",
      VIN.toLowerCase(),
      "--form",
      "raw",
      "--until",
      time(1),
    ]);
    assert.deepEqual(understood, {
      file: "-",
      options: { nodes: new Set(["stream"]), vehicle: VIN, form: "raw", until: Date.parse(time(1)), catalogue: false },
      exporting: null,
    });
  });
  for (const args of [
    [],
    ["a", "b"],
    ["a", "--nodes", "toaster"],
    ["a", "--vin", "x"],
    ["a", "--form", "odd"],
    ["a", "--until", "soon"],
    ["a", "--nodes", "stream", "--catalogue"],
    ["a", "--odd"],
  ])
    it(`refuses ${args.join(" ") || "nothing"}`, () => {
      assert.throws(() => parseArguments(args), { name: "UsageError" });
    });

  const cli = (args: string[], input = "") =>
    spawnSync(process.execPath, [require.resolve("../../../src/replay/cli.js"), ...args], { input, encoding: "utf8" });

  it("prints NDJSON from standard input and counts on standard error", () => {
    const lines = [stream(time(0), 63), { at: "x", kind: "teleport" }, refusal(1, 503, "")].map((line) =>
      JSON.stringify(line),
    );
    const { status, stdout, stderr } = cli(["-"], lines.join("\n"));
    assert.equal(status, 0);
    const senders = stdout
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line) as ReplayedMessage)
      .map(({ node, output }) => `${node} ${output}`);
    // The last one sends a message for each topic.
    assert.deepEqual(
      [...new Set(senders)],
      ["cardata-stream 1", "cardata-predicted-soc 0", "cardata-stream 0", "cardata-homeassistant 0"],
    );
    assert.deepEqual(senders.slice(0, 4), [...new Set(senders)]);
    assert.match(stderr, /unknown kind 1/);
    assert.match(stderr, /refused by BMW: cu_503 1/);
  });
  it("prints its options when asked", () => {
    const { status, stdout } = cli(["--help"]);
    assert.equal(status, 0);
    assert.match(stdout, /^Usage: cardata-replay FILE/);
  });
  it("exits with 2 for a broken line, a missing file and unusable arguments", () => {
    assert.equal(cli(["-"], 'oops\n{"kind":"a"}\n').status, 2);
    assert.equal(cli(["/nowhere/at/all"]).status, 2);
    const folder = mkdtempSync(join(tmpdir(), "cardata-test-"));
    writeFileSync(join(folder, "cut.gz"), gzipSync('{"kind":"a"}\n'.repeat(1000)).subarray(0, 40));
    assert.equal(cli([join(folder, "cut.gz")]).status, 2);
    rmSync(folder, { recursive: true });
    const { status, stderr } = cli(["--form", "odd", "-"]);
    assert.equal(status, 2);
    assert.match(stderr, /Usage: cardata-replay/);
  });
});
