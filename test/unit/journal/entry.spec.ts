import assert from "node:assert/strict";
import { partsOfRows } from "../../../src/journal/energy-course.js";
import { readEntry, SCHEMA } from "../../../src/journal/entry.js";
import { CHARGE, journalOf, TRIP } from "../../helpers/journal.js";

const line = {
  schema: 1,
  kind: "trip",
  id: "trip-20260302T061000Z",
  start: "2026-03-02T07:10:00+01:00",
  end: "2026-03-02T08:10:00+01:00",
  zone: "Europe/Berlin",
};

describe("an entry of the journal", () => {
  it("is read as it was written, without the members that are null", async () => {
    const entries = [...(await journalOf(CHARGE)), ...(await journalOf(TRIP))];
    assert.equal(entries.length, 2);
    for (const entry of entries) {
      const { vin: _vin, ...own } = entry as typeof entry & { vin: string };
      const text = JSON.stringify(own, (_, value: unknown) => value ?? undefined);
      assert.deepEqual(readEntry(JSON.parse(text)), own);
    }
  });

  it("is read with what can be used of it", () => {
    const read = readEntry({ ...line, distanceKm: "far", from: { latitude: 99, longitude: 0 }, purpose: "work" });
    assert.ok(typeof read === "object" && read.kind === "trip");
    assert.deepEqual([read.distanceKm, read.from, read.purpose, read.inferred], [null, null, null, false]);
    assert.deepEqual(read.detail, { track: [] });
  });

  it("is damaged without an id, a kind or times that a calendar has", () => {
    const broken = [
      ...[null, 7, "text", [], {}, { ...line, id: "7" }, { ...line, kind: "walk" }, { ...line, kind: "charge" }],
      ...["2026-02-31T07:10:00+01:00", "2026-03-02T07:10:00+01", "2026-03-02T07:10:00Z", 7, null].map((start) => ({
        ...line,
        start,
      })),
      { ...line, start: line.end, end: line.start },
      { ...line, zone: "" },
    ];
    for (const one of broken) assert.equal(readEntry(one), "damaged", JSON.stringify(one));
  });

  it("of a newer version is told from a damaged one", () => {
    assert.equal(readEntry({ schema: SCHEMA + 1, kind: "flight" }), "newer");
  });

  it("is damaged where it never ends: all that comes later would be the same event", () => {
    assert.equal(readEntry({ ...line, end: "2099-03-02T07:10:00+01:00" }), "damaged");
  });

  it("has no figure that no car tells, and none below zero but what a descent gives", () => {
    const car = (value: number) => ({ value, source: "car" });
    const cost = { amount: 1e308, currency: "EUR", source: "tariff" };
    const charge = {
      ...line,
      kind: "charge",
      id: "charge-20260302T061000Z",
      drawnKwh: car(-5),
      batteryKwh: car(1e308),
      cost,
    };
    const read = readEntry(charge);
    assert.ok(typeof read === "object" && read.kind === "charge");
    assert.deepEqual([read.drawnKwh, read.batteryKwh, read.cost?.amount], [null, null, null]);
    const descent = readEntry({ ...line, energyKwh: car(-2), distanceKm: car(-3) });
    assert.ok(typeof descent === "object" && descent.kind === "trip");
    assert.deepEqual([descent.energyKwh?.value, descent.distanceKm], [-2, null]);
    assert.deepEqual(
      partsOfRows(
        [
          [1e308, 5],
          [-7, 5],
          [0.5, 5],
          [1, -5],
          [2, 5],
        ],
        0,
      ).map(({ kwh }) => kwh),
      [5],
    );
  });

  it("reads hostile numbers as unknown", () => {
    const figure = { value: -Infinity, source: "car" };
    const read = readEntry({ ...line, distanceKm: figure, durationMin: Infinity, detail: { track: [[NaN, "x"], 7] } });
    assert.ok(typeof read === "object" && read.kind === "trip");
    assert.deepEqual([read.distanceKm, read.durationMin], [null, null]);
    assert.deepEqual(read.detail.track, [[null, null]]);
  });
});
