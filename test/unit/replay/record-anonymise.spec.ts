import assert from "node:assert/strict";
import { link, mkdtemp, readdir, readFile, rm, stat, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gunzipSync, gzipSync } from "node:zlib";
import fc from "fast-check";
import { parseArguments } from "../../../src/replay/replay-arguments.js";
import { anonymiseRecording } from "../../../src/replay/record/anonymise.js";
import { checkRecording } from "../../../src/replay/record/check-recording.js";
import type { RecordedLine } from "../../../src/replay/recording.js";
import { Replay } from "../../../src/replay/replay.js";
import { GCID, jwt, OTHER_VIN, VIN } from "../../helpers/fakes.js";
import { runs, SEED, SeededRandom } from "../../helpers/random.js";
import { metresBetween, type GeoPoint } from "../../../src/vehicle/geography.js";

const random = new SeededRandom(SEED, "record-anonymise");

const LOCATION = "vehicle.cabin.infotainment.navigation.currentLocation";
const AT = "2026-03-02T06:00:00.000Z";

let folder = "";
beforeEach(async () => (folder = await mkdtemp(join(tmpdir(), "cardata-test-"))));
afterEach(() => rm(folder, { recursive: true }));

const inFolder = (name: string) => join(folder, name);
const textOf = (lines: readonly object[]) => lines.map((line) => `${JSON.stringify(line)}\n`).join("");

/** Anonymises lines; gives what was written, as text and as lines. */
async function anonymise(...lines: object[]) {
  await writeFile(inFolder("in.ndjson"), textOf(lines));
  const result = await anonymiseRecording(inFolder("in.ndjson"), inFolder("out.ndjson"), random);
  assert.deepEqual(result.findings, []);
  const text = await readFile(inFolder("out.ndjson"), "utf8");
  const written = text
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line) as RecordedLine & { payload: unknown });
  return { text, written, first: written[0] ?? assert.fail("no line") };
}

const line = (payload: unknown, more: object = {}) => ({ at: AT, kind: "stream", payload, ...more });

describe("anonymising: cars and customers", () => {
  it("gives each car one invented VIN of the right form, wherever it stands", async () => {
    const { text, written } = await anonymise(
      line({ vin: VIN, data: {} }, { topic: `${GCID}/${VIN}` }),
      { at: AT, kind: "basicData", vin: VIN.toLowerCase(), payload: { [VIN]: `x${VIN}y, ${VIN}_${GCID}` } },
      { at: AT, kind: "mappings", payload: [{ vin: OTHER_VIN }, { vin: VIN }] },
      line(JSON.stringify({ text: JSON.stringify({ vin: VIN }) })),
    );
    const [stream, basic, mappings] = written;
    const vin = basic?.["vin"] as string;
    assert.match(vin, /^[A-HJ-NPR-Z0-9]{17}$/);
    assert.deepEqual(stream?.payload, { vin, data: {} });
    assert.equal((stream?.["topic"] as string).split("/")[1], vin);
    assert.match(Object.values(basic?.payload as Record<string, string>)[0] ?? "", new RegExp(`^x${vin}y, ${vin}_`));
    const [other, same] = mappings?.payload as { vin: string }[];
    assert.equal(same?.vin, vin);
    assert.notEqual(other?.vin, vin);
    assert.doesNotMatch(text, new RegExp(`${VIN}|${OTHER_VIN}|${GCID}`, "i"));
  });

  it("knows a VIN without digits by its name", async () => {
    const { text } = await anonymise({ at: AT, kind: "read", vin: "WBAABCDEFGHJKLMNP" }, line("of WBAABCDEFGHJKLMNP"));
    assert.doesNotMatch(text, /ABCDEFGH/);
  });

  it("leaves ordinary words, container ids and descriptors alone", async () => {
    const payload = { text: "misrepresentation of container G00B025F732UD", [`${LOCATION}.heading`]: { value: 271 } };
    assert.deepEqual((await anonymise(line(payload))).first.payload, payload);
  });

  it("replaces customer ids in both writings by the same invented one", async () => {
    const { first } = await anonymise(
      line({ entityId: GCID, ref: GCID.toUpperCase(), plain: GCID.replaceAll("-", "") }),
    );
    const { entityId, ref, plain } = first.payload as Record<string, string>;
    assert.equal(ref, entityId);
    assert.equal(plain, entityId?.replaceAll("-", ""));
  });

  it("replaces a customer id that is no UUID, by its name and wherever it stands", async () => {
    const { text } = await anonymise(line({ gcid: "customer4711" }), line("by CUSTOMER4711"));
    assert.doesNotMatch(text, /4711/);
  });

  it("replaces one that is no UUID in a topic, in a number, and behind a VIN", async () => {
    const { text } = await anonymise(
      line({ vin: VIN }, { topic: `customer4711/${VIN}` }),
      line({ entityId: 1_234_567_890 }, { topic: `1234567890/${OTHER_VIN}` }),
      line("by 1234567890"),
      line({ vehicleIdWithGcid: `${VIN}${GCID}` }),
    );
    assert.doesNotMatch(text, new RegExp(`4711|1234567890|${VIN}|${GCID}`, "i"));
  });

  it("changes nothing more when done twice", async () => {
    const { written } = await anonymise(line({ vin: VIN, entityId: GCID }), line({ vin: OTHER_VIN }));
    const again = await anonymise(...[...written].reverse(), line({ vin: VIN }));
    assert.deepEqual(again.written.slice(0, 2), [...written].reverse());
    const vins = new Set(again.written.map(({ payload }) => (payload as { vin: string }).vin));
    assert.equal(vins.size, 3);
  });
});

describe("anonymising: tokens, names and addresses", () => {
  it("takes tokens away by name, by form, and wherever a known one stands", async () => {
    const { text } = await anonymise(
      line({ access_token: "opaque-token-1", nextToken: "page-2-of-3", nested: { password: { value: "sesame-77" } } }),
      line(`sent opaque-token-1, ${jwt({ sub: "x" })}, Authorization: Bearer abc+/=~def, device_code=xyz-12`),
      line({ "key opaque-token-1": JSON.stringify({ refresh_token: "inner-secret" }) }),
    );
    assert.doesNotMatch(text, /opaque-token|page-2|sesame|eyJ|abc\+|xyz-12|inner-secret/);
  });

  it("takes names and addresses away and keeps the shape of the answer", async () => {
    const { first, text } = await anonymise({
      at: AT,
      kind: "chargingHistory",
      vin: VIN,
      payload: {
        data: [
          {
            displayedSoc: 80,
            chargingLocation: { municipality: "Oslo", formattedAddress: "Karl Johans gate 1", streetAddress: null },
            publicChargingPoint: {
              potentialChargingPointMatches: [{ postalCode: 1234, city: "", providerName: "EON" }],
            },
          },
        ],
      },
    });
    assert.doesNotMatch(text, /Oslo|Karl|1234|EON/);
    assert.deepEqual(first.payload, {
      data: [
        {
          displayedSoc: 80,
          chargingLocation: { municipality: "[removed]", formattedAddress: "[removed]", streetAddress: null },
          publicChargingPoint: {
            potentialChargingPointMatches: [{ postalCode: "[removed]", city: "", providerName: "[removed]" }],
          },
        },
      ],
    });
  });

  it("takes an address away wherever it is repeated, and no thing that is called alike", async () => {
    const { text, written } = await anonymise(
      line({ chargingLocation: { formattedAddress: "Karl Johans gate 1" }, name: "vehicle.vehicle.travelledDistance" }),
      line({ businessErrors: [{ hint: "Charging at karl johans gate 1 was cut off" }] }),
      line("formattedAddress=Karl Johans gate 7, 0154 Oslo"),
      line({ data: { "vehicle.vehicle.travelledDistance": { value: 1 } } }),
    );
    assert.doesNotMatch(text, /Karl|gate|Oslo/i);
    assert.deepEqual(written[3]?.payload, { data: { "vehicle.vehicle.travelledDistance": { value: 1 } } });
  });

  it("takes the whole of a header away, whatever its scheme", async () => {
    const { text } = await anonymise(
      line("Authorization: Basic dXNlcjpwYXNz"),
      line("Authorization: Digest opaque"),
      line(`"authorization":"Bearer ${"a1,".repeat(1000)}`),
      line("sent Basic dXNlcjpwYXNz"),
    );
    assert.doesNotMatch(text, /dXNl|opaque|a1,/);
  });

  it("understands JSON inside a text, however deep the name stands above the value", async () => {
    const { text } = await anonymise(
      line({ text: JSON.stringify({ address: { lines: [{ first: "Karl Johans gate" }] } }) }),
    );
    assert.doesNotMatch(text, /Karl/);
  });

  it("understands JSON that was cut, also inside a text", async () => {
    const cut = `{"vin":"${VIN}","entityId":"${GCID}","data":{"${LOCATION}.latitude":{"timestamp":"${AT}","value":48.5},"city":"Bad Tölz","access_token":"ab`;
    const { text } = await anonymise(line(cut), line({ nested: JSON.stringify({ cut }).slice(0, -3) }));
    assert.doesNotMatch(text, new RegExp(`${VIN}|${GCID}|(?<!\\d)48\\.5|Tölz|:\\\\+"ab`));
    assert.match(text, /timestamp/);
  });
});

describe("anonymising: places", () => {
  const fix = (latitude: number, longitude: number) =>
    line({
      vin: VIN,
      data: { [`${LOCATION}.latitude`]: { value: latitude }, [`${LOCATION}.longitude`]: { value: longitude } },
    });
  const placeOf = ({ payload }: RecordedLine): GeoPoint => {
    const { data } = payload as { data: Record<string, { value: number }> };
    return {
      latitude: data[`${LOCATION}.latitude`]?.value ?? NaN,
      longitude: data[`${LOCATION}.longitude`]?.value ?? NaN,
    };
  };
  const isAtSea = ({ latitude, longitude }: GeoPoint) =>
    latitude >= 32 && latitude <= 48 && longitude >= -170 && longitude <= -145;

  it("go to the open sea and keep the length of trips within a percent", async () => {
    const trip: [number, number][] = [
      [48.137154, 11.576124],
      [48.2, 11.6],
      [48.4, 11.1],
    ];
    const places = (await anonymise(...trip.map((place) => fix(...place)))).written.map(placeOf);
    assert.ok(places.every(isAtSea), JSON.stringify(places));
    const lengthOf = (all: readonly GeoPoint[]) =>
      all.slice(1).map((point, index) => metresBetween(point, all[index] ?? point));
    const before = lengthOf(trip.map(([latitude, longitude]) => ({ latitude, longitude })));
    for (const [index, length] of lengthOf(places).entries())
      assert.ok(Math.abs(length / (before[index] ?? 0) - 1) < 0.01, `${length} for ${before[index]}`);
  });

  it("go elsewhere each time", async () => {
    const one = placeOf((await anonymise(fix(48.1, 11.5))).first);
    const other = placeOf((await anonymise(fix(48.1, 11.5))).first);
    assert.notDeepEqual(one, other);
  });

  it("are moved alike in every writing", async () => {
    const { first } = await anonymise(
      line({
        latitude: 48.137154,
        mapMatchedLatitude: "48.137154",
        [`${LOCATION}.latitude`]: { value: "48.137154", timestamp: AT, unit: "degrees" },
        destination: { lat: [48.137154], lng: 11.576124 },
        odd: 48.137154,
        text: "at 48.137154 N, latitude=48.137154 or 48.137154;11.576124",
        geometry: { coordinates: [48.137154, 11.576124] },
      }),
    );
    const seen = JSON.stringify(first.payload).match(/\d\d\.\d{4,}/g) ?? [];
    assert.equal(new Set(seen.slice(0, 4)).size, 1);
    const { latitude, text, destination, geometry } = first.payload as {
      latitude: number;
      text: string;
      destination: { lng: number };
      geometry: { coordinates: number[] };
    };
    assert.equal(text, `at ${latitude} N, latitude=${latitude} or ${latitude};${destination.lng}`);
    assert.deepEqual(geometry.coordinates, [latitude, destination.lng]);
    const data = (first.payload as Record<string, unknown>)[`${LOCATION}.latitude`];
    assert.deepEqual(data, { value: String(latitude), timestamp: AT, unit: "degrees" });
  });

  it("are known by their form alone in lists and texts", async () => {
    const { written } = await anonymise(line({ area: [[52.520008, 13.404954]] }), line("near 59.913868 10.752245"));
    const [list, text] = written.map(({ payload }) => payload);
    const [[latitude, longitude] = []] = (list as { area: number[][] }).area;
    assert.ok(isAtSea({ latitude: latitude ?? NaN, longitude: longitude ?? NaN }));
    assert.match(text as string, /^near \d\d\.\d+ -1[4-7]\d(\.\d+)?$/);
  });

  it("are known with hemispheres, in addresses of maps, as texts in lists, and with exponents", async () => {
    for (const payload of [
      "48.137154°N 11.576124°E",
      "N48.137154 E11.576124",
      "48.137154 N, 11.576124 E",
      "https://maps.test/?q=48.137154%2C11.576124",
      "48.137154/11.576124",
      "4.8137154e1, 1.1576124E+1",
      { coordinates: ["48.137154", "11.576124"] },
    ]) {
      const { text } = await anonymise(line(payload));
      assert.doesNotMatch(text, /137154|576124/, text);
    }
    const { text } = await anonymise(
      line({ latitude: 48.137154, longitude: 0.0000012 }),
      line("4.8137154e1 or 1.2E-6"),
    );
    // Not shorter: the places that take their place are drawn by lot.
    assert.doesNotMatch(text, /(?<!\d)(4\.8137|48\.137|0\.0000012|1\.2E-6)/i);
  });

  it("stay unknown where they were", async () => {
    const payload = { latitude: 0, longitude: 0, mapMatchedLatitude: null, lat: "INVALID" };
    assert.deepEqual((await anonymise(line(payload))).first.payload, payload);
  });

  it("are taken away in writings that nobody knows", async () => {
    const { first } = await anonymise(line({ latitude: "N48 08.229", longitude: 11_576_124 }));
    assert.deepEqual(first.payload, { latitude: "[removed]", longitude: 999 });
  });

  it("may lie too far apart for the sea: the trip keeps its shape, what is far off ends at the edge", async () => {
    const near = Array.from({ length: 20 }, (_, index) => fix(48 + index / 1000, 11));
    const places = (await anonymise(...near, fix(-33.8688, 151.2093))).written.map(placeOf);
    assert.ok(places.every(isAtSea));
    const [one, other] = places;
    assert.ok(one && other && Math.abs(metresBetween(one, other) - 111.2) < 1);
  });

  it("leave numbers alone that only look alike", async () => {
    const payload = { soc: 48, kwh: 11.57 };
    const { written } = await anonymise(line({ latitude: 48, longitude: 11.57 }), line(payload));
    assert.deepEqual(written[1]?.payload, payload);
  });
});

describe("anonymising: files", () => {
  const run = (from: string, to: string) => anonymiseRecording(inFolder(from), inFolder(to), random);

  it("writes a file for its owner only, and nothing beside it", async () => {
    await anonymise(line({ vin: VIN }));
    assert.equal((await stat(inFolder("out.ndjson"))).mode & 0o777, 0o600);
    assert.deepEqual((await readdir(folder)).sort(), ["in.ndjson", "out.ndjson"]);
  });

  it("reads and writes packed files", async () => {
    await writeFile(inFolder("in.ndjson.gz"), gzipSync(textOf([line({ vin: VIN })])));
    assert.equal((await run("in.ndjson.gz", "out.ndjson.gz")).lines, 1);
    assert.match(gunzipSync(await readFile(inFolder("out.ndjson.gz"))).toString(), /"vin":"WBA/);
  });

  it("never writes over the original, whatever name it has", async () => {
    const original = textOf([line({ vin: VIN })]);
    await writeFile(inFolder("in"), original);
    await symlink(inFolder("in"), inFolder("soft"));
    await link(inFolder("in"), inFolder("hard"));
    for (const to of ["in", "soft", "hard"]) await assert.rejects(run("in", to), { name: "UsageError" });
    assert.equal(await readFile(inFolder("in"), "utf8"), original);
  });

  it("names a broken line and leaves nothing behind", async () => {
    await writeFile(inFolder("in"), `${textOf([line({})])}oops\n${textOf([line({})])}`);
    await assert.rejects(run("in", "out"), /^RecordingError: Line 2 /);
    assert.deepEqual(await readdir(folder), ["in"]);
  });

  it("takes the result away again where the check finds something left, an older one too", async () => {
    // The token can be read across two members that have nothing to do with it.
    await writeFile(inFolder("in"), textOf([line({ access_token: 'a1":"b2' }), line({ a1: "b2" })]));
    await writeFile(inFolder("out"), "old");
    const { findings } = await run("in", "out");
    assert.deepEqual(findings, [{ line: 2, kinds: ["token"] }]);
    assert.deepEqual(await readdir(folder), ["in"]);
  });

  it("keeps line separators that only some readers know inside their line", async () => {
    const { first } = await anonymise(line({ text: "a\u2028b" }));
    assert.deepEqual(first.payload, { text: "a\u2028b" });
  });
});

describe("anonymising: anything (property)", () => {
  const vin = fc.stringMatching(/^WB[AY][A-HJ-NPR-Z0-9]{8}N[0-9]{5}$/);
  /** Never so near to 0 that JSON would write an exponent. */
  const degrees = (limit: number) =>
    fc
      .integer({ min: 10_000, max: limit })
      .chain((micro) => fc.constantFrom(1, -1).map((sign) => (sign * (micro * 10 + 1)) / 1e7));
  const owner = fc.record({
    vin,
    gcid: fc.uuid(),
    token: fc.stringMatching(/^[A-Za-z0-9_-]{20,40}$/).filter((token) => /\d/.test(token)),
    street: fc.stringMatching(/^[A-Z][a-z]{5,9}gasse [1-9]\d?$/),
    latitude: degrees(80e6),
    longitude: degrees(179e6),
  });
  type Owner = typeof owner extends fc.Arbitrary<infer T> ? T : never;

  /** One delicate thing in one of the writings of the field. */
  const planted = ({ vin, gcid, token, street, latitude, longitude }: Owner): fc.Arbitrary<unknown> =>
    fc.constantFrom<unknown>(
      vin,
      vin.toLowerCase(),
      `${gcid}/${vin}`,
      `https://host/vehicles/${vin}/basicData?of=${gcid}`,
      { [vin]: { gcid } },
      { vehicleIdWithGcid: `${vin}_${gcid}` },
      { access_token: token },
      `Bearer ${token}`,
      `got ${token}`,
      {
        chargingLocation: {
          streetAddress: street,
          mapMatchedLatitude: latitude,
          mapMatchedLongitude: String(longitude),
        },
      },
      `{"streetAddress":"${street}","longitude":{"value":${longitude}`,
      { latitude, longitude },
      { lat: String(latitude), lng: [longitude] },
      `${latitude}, ${longitude}`,
      `latitude=${latitude}&longitude=${longitude}`,
      { odd: latitude },
    );
  const someKey = fc.stringMatching(/^x[a-z]{0,8}$/);
  const wrapped = (inner: fc.Arbitrary<unknown>): fc.Arbitrary<unknown> =>
    fc.oneof(
      inner,
      inner.map((value) => JSON.stringify(value)),
      inner.map((value) => [1, value]),
      fc.tuple(someKey, inner).map(([key, value]) => ({ [key]: value })),
      inner.map((value) => ({ text: JSON.stringify({ deeper: JSON.stringify({ value }) }) })),
    );
  const values = (one: Owner) => ({
    vin: one.vin,
    entityId: one.gcid,
    access_token: one.token,
    data: {
      "vehicle.drivetrain.batteryManagement.header": { value: 63, timestamp: AT, unit: "percent" },
      [`${LOCATION}.latitude`]: { value: one.latitude, timestamp: AT },
      [`${LOCATION}.longitude`]: { value: one.longitude, timestamp: AT },
    },
  });
  const recording = fc.array(owner, { minLength: 1, maxLength: 3 }).chain((owners) =>
    fc
      .array(
        fc.constantFrom(...owners).chain((one) =>
          fc.record({
            at: fc
              .integer({ min: 0, max: 1e6 })
              .map((second) => new Date(Date.parse(AT) + second * 1000).toISOString()),
            kind: fc.constantFrom("stream", "telematicData", "error", "chargingHistory"),
            vin: fc.constant(one.vin),
            payload: fc.oneof(
              fc.constant(values(one)),
              fc.constant(JSON.stringify(values(one))),
              fc.tuple(wrapped(planted(one)), wrapped(planted(one))).map(([first, second]) => ({ first, second })),
              wrapped(planted(one)),
              fc.jsonValue(),
            ),
          }),
        ),
        { minLength: 1, maxLength: 12 },
      )
      .map((lines) => ({ owners, lines: [...owners.map((one) => line(values(one))), ...lines] })),
  );
  const messagesOf = async (lines: readonly RecordedLine[]) => {
    const options = parseArguments(["-"])?.options ?? assert.fail();
    let count = 0;
    const replay = new Replay(options, () => count++);
    for (const one of lines) await replay.play(one);
    return count;
  };

  it("leaves nothing of the owner, satisfies the check, and replays to as many messages", async () => {
    await fc.assert(
      fc.asyncProperty(recording, async ({ owners, lines }) => {
        const { text, written } = await anonymise(...lines);
        const lower = text.toLowerCase();
        for (const { vin, gcid, token, street, latitude, longitude } of owners)
          for (const secret of [vin, gcid, token, street, latitude, longitude])
            assert.ok(!lower.includes(String(secret).toLowerCase()), String(secret));
        assert.equal(await messagesOf(written), await messagesOf(lines as RecordedLine[]));
      }),
      { numRuns: runs(100) },
    );
  });

  /** Degrees of the open sea are those of anonymised recordings. */
  const isOnLand = ({ latitude, longitude }: Owner) =>
    latitude < 32 || latitude > 48 || longitude < -170 || longitude > -145;

  it("is found by the check in the original", async () => {
    await fc.assert(
      fc.asyncProperty(owner.filter(isOnLand), async (one) => {
        await writeFile(inFolder("in.ndjson"), textOf([line(values(one))]));
        const { findings } = await checkRecording(inFolder("in.ndjson"), null);
        assert.deepEqual([...(findings[0]?.kinds ?? [])].sort(), ["VIN", "coordinate", "customer id", "token"]);
      }),
      { numRuns: runs(100) },
    );
  });
});
