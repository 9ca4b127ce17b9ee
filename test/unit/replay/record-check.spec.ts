import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { checkRecording } from "../../../src/replay/record/check-recording.js";
import { parseRecordArguments } from "../../../src/replay/record/record-arguments.js";
import { GCID, jwt, VIN } from "../../helpers/fakes.js";

const AT = "2026-03-02T06:00:00.000Z";
const INVENTED = "WBA00DEM000000001";

let folder = "";
beforeEach(() => (folder = mkdtempSync(join(tmpdir(), "cardata-test-"))));
afterEach(() => {
  rmSync(folder, { recursive: true });
});

/** Writes a file of lines that hold these payloads; texts are written as they are. */
function file(name: string, ...payloads: unknown[]): string {
  const path = join(folder, name);
  const lines = payloads.map((payload) =>
    typeof payload === "string" ? payload : JSON.stringify({ at: AT, kind: "stream", payload }),
  );
  writeFileSync(path, lines.join("\n"));
  return path;
}

describe("checking a recording", () => {
  for (const [kind, ...payloads] of [
    ["VIN", { vin: VIN }, { text: `car ${VIN.toLowerCase()}!` }, { [VIN]: 1 }, { text: JSON.stringify({ vin: VIN }) }],
    [
      "customer id",
      { entityId: GCID },
      { topic: `${GCID}/x` },
      { x: GCID.replaceAll("-", "") },
      { gcid: "number7" },
      { topic: "customer4711/WBA00DEM000000001" },
    ],
    [
      "token",
      { access_token: "abc" },
      { x: jwt({ sub: "x" }) },
      { x: "Bearer abc" },
      { x: "device_code=abc" },
      { nextToken: 7 },
      { x: jwt({ long: "x".repeat(5000) }) },
      { x: "Authorization: Basic dXNlcjpwYXNz" },
      { x: `Bearer ${"a1".repeat(5000)}` },
    ],
    ["coordinate", { latitude: 48.1 }, { lng: "11.5" }, { x: "48.13715, 11.57612" }, { x: [48.13715, 11.57612] }],
    ["coordinate", { x: ["48.13715", "11.57612"] }, { x: "48.13715°N 11.57612°E" }, { x: "4.813715e1/1.157612e1" }],
    ["coordinate", { "vehicle.currentLocation.latitude": { value: "51" } }, { latitude: 12_345_678 }, { x: "lat=5.1" }],
    ["name or address", { city: "Oslo" }, { postalCode: 80331 }, { address: { line: "Road 1" } }, { vin: "short" }],
  ] as const)
    it(`finds each ${kind} in ${JSON.stringify(payloads).slice(0, 60)}…`, async () => {
      const { lines, findings } = await checkRecording(file("recording", {}, ...payloads), null);
      assert.equal(lines, payloads.length + 1);
      assert.deepEqual(
        findings,
        payloads.map((_, index) => ({ line: index + 2, kinds: [kind] })),
      );
    });

  it("finds nothing in what was invented, moved, removed or never known", async () => {
    const clean = [
      { vin: INVENTED, entityId: "00000000-0000-4000-8000-000000000001" },
      { latitude: 40.1, longitude: -160.25, lat: 0, lng: 999, mapMatchedLatitude: null, text: "40.12345, -160.12345" },
      { city: "[removed]", name: "", access_token: "[redacted]", text: "Bearer [redacted]" },
      { text: "Basic inspection, misrepresentation of G00B025F732UD", value: 63 },
    ];
    assert.deepEqual((await checkRecording(file("recording", ...clean), null)).findings, []);
  });

  it("counts lines as an editor does and looks into a cut last line", async () => {
    const path = file(
      "recording",
      {},
      "",
      {},
      `{"kind":"stream","payload":{"vin":"${VIN}","latitude":48.1,"access_token":"ab`,
    );
    const { findings } = await checkRecording(path, null);
    assert.deepEqual(
      findings.map(({ line, kinds }) => [line, [...kinds].sort()]),
      [[4, ["VIN", "coordinate", "token"]]],
    );
  });

  it("proves with the original that nothing is left under another name", async () => {
    const original = file("original", {
      vin: "WBAABCDEFGHJKLMNP",
      gcid: "customer4711",
      access_token: "opaque-token-1",
      latitude: 48.137154,
      mapMatchedLongitude: "11.5761240",
      streetAddress: "Karl Johans gate 1",
    });
    const left = [
      { x: "xwbaabcdefghjklmnpx" },
      { x: "of CUSTOMER4711" },
      { "opaque-token-1": 1 },
      { x: 48.137154 },
      { x: "11.57612400 E" },
      { x: "at 4.8137154e+1" },
      { x: "near KARL JOHANS GATE 1" },
    ];
    const copy = file("copy", ...left, { x: 48.13 });
    assert.deepEqual((await checkRecording(copy, null)).findings, []);
    assert.deepEqual(
      (await checkRecording(copy, original)).findings.map(({ kinds }) => kinds),
      [["VIN"], ["customer id"], ["token"], ["coordinate"], ["coordinate"], ["coordinate"], ["name or address"]],
    );
  });
});

describe("cardata-record", () => {
  it("understands its arguments", () => {
    assert.deepEqual(parseRecordArguments(["anonymise", "a", "b"]), { task: "anonymise", from: "a", to: "b" });
    assert.deepEqual(parseRecordArguments(["check", "-"]), { task: "check", file: "-", original: null });
    assert.deepEqual(parseRecordArguments(["check", "a", "b"]), { task: "check", file: "a", original: "b" });
    assert.equal(parseRecordArguments(["--help"]), null);
  });
  for (const args of [
    [],
    ["publish"],
    ["anonymise"],
    ["anonymise", "a"],
    ["anonymise", "a", "b", "c"],
    ["anonymise", "-", "b"],
    ["anonymise", "a", "-"],
    ["check"],
    ["check", "a", "b", "c"],
    ["check", "-", "-"],
    ["check", "a", "--odd"],
  ])
    it(`refuses ${args.join(" ") || "nothing"}`, () => {
      assert.throws(() => parseRecordArguments(args), { name: "UsageError" });
    });

  const cli = (args: string[], input = "") =>
    spawnSync(process.execPath, [require.resolve("../../../src/replay/record/cli.js"), ...args], {
      input,
      encoding: "utf8",
    });

  it("anonymises, checks by itself and exits with 0", () => {
    const out = join(folder, "out");
    const { status, stdout } = cli(["anonymise", file("in", { vin: VIN }), out]);
    assert.equal(status, 0);
    assert.match(stdout, /nothing found in it\. Lines checked: 1\./);
    assert.match(readFileSync(out, "utf8"), new RegExp(INVENTED));
  });

  it("exits with 1 for findings, names line and kind, and never the thing itself", () => {
    const text = `${JSON.stringify({ at: AT, kind: "stream", payload: { vin: VIN, latitude: 48.137154 } })}\n`;
    const { status, stdout } = cli(["check", "-"], text.repeat(60));
    assert.equal(status, 1);
    assert.match(stdout, /^line 1: VIN, coordinate\nline 2: /);
    assert.match(stdout, /and 10 more lines\nFound something in lines: 60\./);
    assert.doesNotMatch(stdout, new RegExp(`${VIN}|48\\.137`));
  });

  it("exits with 1 and writes nothing where something would be left", () => {
    const out = join(folder, "out");
    const { status, stdout } = cli(["anonymise", file("in", { access_token: 'a1":"b2' }, { a1: "b2" }), out]);
    assert.equal(status, 1);
    assert.match(stdout, /line 2: token\n.*nothing was written/);
    assert.ok(!existsSync(out));
  });

  it("exits with 2 for a broken line, a missing or damaged file and unusable arguments", () => {
    assert.equal(cli(["check", "-"], 'oops\n{"kind":"a"}\n').status, 2);
    assert.equal(cli(["check", "/nowhere/at/all"]).status, 2);
    const cut = join(folder, "cut.gz");
    writeFileSync(cut, gzipSync('{"kind":"a"}\n'.repeat(1000)).subarray(0, 40));
    assert.equal(cli(["check", cut]).status, 2);
    assert.equal(cli(["anonymise", cut, join(folder, "out")]).status, 2);
    const same = file("in", {});
    assert.equal(cli(["anonymise", same, same]).status, 2);
    const { status, stderr } = cli(["publish"]);
    assert.equal(status, 2);
    assert.match(stderr, /There is no "publish"\.\nUsage: cardata-record/);
  });
});
