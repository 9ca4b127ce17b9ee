import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { validateXML } from "xmllint-wasm";
import { VIN } from "../../../helpers/fakes.js";
import { journalOf, TRIP } from "../../../helpers/journal.js";
import { chargeOf, exportedFile, HOSTILE, tripOf } from "../../../helpers/journal-export.js";

const SCHEMA = readFileSync("test/fixtures/gpx-tracks.xsd", "utf8");

/** Returns what a validator has against a file. */
async function faultsOf(...texts: string[]): Promise<readonly unknown[]> {
  const xml = texts.map((contents, index) => ({ fileName: `${index}.gpx`, contents }));
  const { errors } = await validateXML({ xml, schema: [SCHEMA] });
  return errors;
}

const gpxOf = (...args: Parameters<typeof tripOf>[0][]) =>
  exportedFile(
    args.map((members) => tripOf(members)),
    { format: "gpx" },
  ).text;
const tracked = (...track: number[][]) => gpxOf({ detail: { track } });
const pointsIn = (text: string) =>
  [...text.matchAll(/<trkpt lat="([^"]*)" lon="([^"]*)"><time>([^<]*)</g)].map((one) => one.slice(1));

describe("the export of the journal as GPX", () => {
  it("has a valid track for each trip of which positions are known, with their times in UTC", async () => {
    const [trip] = await journalOf(TRIP);
    assert.ok(trip !== undefined);
    const file = exportedFile([trip, tripOf({}, "2026-03-03"), chargeOf()], { format: "gpx" });
    assert.deepEqual([file.fileName, file.mimeType], ["tracks-2026-03-02-2026-03-03.gpx", "application/gpx+xml"]);
    assert.deepEqual(await faultsOf(file.text), []);
    assert.equal(file.text.match(/<trk>/g)?.length, 1);
    assert.ok(
      file.text.includes("<name>2026-03-02 07:10 home – work</name>\n<desc>i4</desc>"),
      file.text.slice(0, 400),
    );
    const points = pointsIn(file.text);
    assert.ok(points.length >= 2);
    assert.equal(points.length, trip.kind === "trip" ? trip.detail.track.length : 0);
    assert.deepEqual(points[0], ["48.100000", "11.500000", "2026-03-02T06:10:00.000Z"]);
  });

  it("writes no exponents, where other programs do", async () => {
    const text = tracked([0, 1e-7, -1e-7], [1, 5e-7, 0]);
    assert.deepEqual(await faultsOf(text), []);
    assert.ok(!/[0-9]e/.test(text), text);
  });

  it("takes the edges of the world", async () => {
    const text = tracked([0, 90, 180], [1, -90, -180], [2, 0, 179.99999999]);
    assert.deepEqual(await faultsOf(text), []);
    assert.deepEqual(
      pointsIn(text).map(([, longitude]) => longitude),
      ["-180.000000", "-180.000000", "-180.000000"],
    );
  });

  it("leaves out what is no position, and keeps each time within the trip", async () => {
    const text = gpxOf({
      detail: { track: [[0, null, 11], [1, 91, 11], [null, 48, 11], [-5, 48, 11], [1e300, 48, 11], []] },
    });
    assert.deepEqual(await faultsOf(text), []);
    assert.deepEqual(
      pointsIn(text).map(([, , time]) => time),
      ["2026-03-02T12:00:00.000Z", "2026-03-02T13:00:00.000Z"],
    );
  });

  it("holds hostile names as they are, as far as XML can", async () => {
    const track = [[0, 48, 11]];
    const texts = HOSTILE.map((name) => {
      const entries = [tripOf({ from: { name, latitude: 48, longitude: 11 }, detail: { track } })];
      return exportedFile([{ vin: VIN, name, entries }], { format: "gpx" }).text;
    });
    assert.deepEqual(await faultsOf(...texts), []);
    for (const text of texts) assert.equal(text.match(/<trk>/g)?.length, 1);
  });

  it("of no entries is valid", async () => {
    assert.deepEqual(await faultsOf(exportedFile([], { format: "gpx" }).text), []);
  });

  it("is refused by the schema where it is wrong, so that its checks mean something", async () => {
    const valid = tracked([0, 48, 11]);
    const wrong = [
      valid.replace('lat="48.000000"', 'lat="1e-7"'),
      valid.replace('lon="11.000000"', 'lon="180.000000"'),
      valid.replace(/<time>.*<\/time>/, (time) => `${time}<ele>5</ele>`),
      valid.replace('xmlns="http://www.topografix.com/GPX/1/1"', ""),
    ];
    for (const text of wrong) assert.notDeepEqual(await faultsOf(text), [], text);
  });
});
