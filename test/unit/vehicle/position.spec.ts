import assert from "node:assert/strict";
import fc from "fast-check";
import { Positions, type Position, type Sample } from "../../../src/vehicle/position.js";
import { START } from "../../helpers/fakes.js";
import { runs } from "../../helpers/random.js";

const LOCATION = "vehicle.cabin.infotainment.navigation.currentLocation";
type Name = "latitude" | "longitude" | "heading" | "altitude" | "fixStatus";

/** `time` and `arrived` in seconds after the start. */
const sample = (name: Name, value: unknown, time: number | null, arrived = time ?? 0): Sample => ({
  descriptor: `${LOCATION}.${name}`,
  value,
  time: time === null ? null : START + time * 1000,
  arrivedAt: START + arrived * 1000,
  source: "stream",
});
const lat = (value: unknown, time: number | null, arrived?: number) => sample("latitude", value, time, arrived);
const lon = (value: unknown, time: number | null, arrived?: number) => sample("longitude", value, time, arrived);

/** Each argument is one message. */
function fixesOf(...messages: Sample[][]): { positions: Positions; fixes: Position[] } {
  const positions = new Positions();
  const fixes = messages.flatMap((message) => positions.take(message, message[0]?.arrivedAt ?? START));
  return { positions, fixes };
}
const places = (fixes: readonly Position[]) => fixes.map(({ latitude, longitude }) => [latitude, longitude]);

describe("position", () => {
  it("is one fix per message with both axes, without corner points", () => {
    const { fixes } = fixesOf(
      [lat(50.1, 0), lon(8.1, 0)],
      [lon(8.2, 10), lat(50.2, 10)],
      [lat(50.3, 20), lon(8.3, 20)],
    );
    assert.deepEqual(places(fixes), [
      [50.1, 8.1],
      [50.2, 8.2],
      [50.3, 8.3],
    ]);
    assert.deepEqual(
      fixes.map(({ timestamp }) => timestamp),
      [START, START + 10_000, START + 20_000],
    );
  });

  it("joins axes of equal BMW time from two messages", () => {
    assert.deepEqual(places(fixesOf([lat(50.1, 0, 1)], [lon(8.1, 0, 2)]).fixes), [[50.1, 8.1]]);
  });

  it("joins axes that come minutes apart", () => {
    assert.deepEqual(places(fixesOf([lat(50.1, 0, 1)], [lat(50.2, 60, 61)], [lon(8.1, 0, 200)]).fixes), [[50.1, 8.1]]);
  });

  it("never joins axes of different times", () => {
    const { fixes, positions } = fixesOf([lat(50.1, 0)], [lon(8.1, 5)], [lat(50.2, 10)], [lon(8.2, 20)]);
    assert.deepEqual(fixes, []);
    assert.deepEqual(positions.tick(START + 60_000), []);
    assert.deepEqual(places(positions.take([lon(8.3, 10, 61)], START + 61_000)), [[50.2, 8.3]]);
  });

  it("joins axes of neighbouring seconds at once in one message, else only when no better partner came", () => {
    assert.deepEqual(places(fixesOf([lat(50.1, 0), lon(8.1, 1)]).fixes), [[50.1, 8.1]]);
    const { fixes, positions } = fixesOf([lat(50.1, 0)], [lon(8.1, 1)]);
    assert.deepEqual(fixes, []);
    assert.equal(positions.dueAt, START + 6000);
    assert.deepEqual(places(positions.tick(START + 6000)), [[50.1, 8.1]]);
    const better = fixesOf([lat(50.1, 0)], [lon(8.1, 1)], [lat(50.2, 1, 2)]);
    assert.deepEqual(places(better.fixes), [[50.2, 8.1]]);
  });

  it("goes by arrival only where a time is missing", () => {
    assert.deepEqual(places(fixesOf([lat(50.1, null, 0)], [lon(8.1, 20)]).fixes), [[50.1, 8.1]]);
    assert.deepEqual(fixesOf([lat(50.1, null, 0)], [lon(8.1, 40)]).fixes, []);
  });

  it("carries heading and altitude of the same fix", () => {
    const { fixes } = fixesOf(
      [lat(50.1, 0), lon(8.1, 0), sample("heading", 271, 0), sample("altitude", 520.5, 1)],
      [lat(50.2, 10), lon(8.2, 10)],
    );
    assert.deepEqual(
      fixes.map(({ heading, altitude }) => [heading, altitude]),
      [
        [271, 520.5],
        [undefined, undefined],
      ],
    );
  });

  it("ignores repeats and fixes older than the last one", () => {
    const { fixes } = fixesOf(
      [lat(50.2, 10), lon(8.2, 10)],
      [lat(50.1, 0, 11), lon(8.1, 0, 11)],
      [lat(50.2, 10, 12), lon(8.2, 10, 12)],
    );
    assert.deepEqual(places(fixes), [[50.2, 8.2]]);
  });

  it("ignores 0/0 and places that are none, but not the equator", () => {
    for (const [latitude, longitude] of [
      [0, 0],
      [91, 8],
      [50, -181],
      ["INVALID", 8],
      [null, 8],
      [true, 8],
    ])
      assert.deepEqual(fixesOf([lat(latitude, 0), lon(longitude, 0)]).fixes, []);
    assert.deepEqual(places(fixesOf([lat(0, 0), lon(8, 0)]).fixes), [[0, 8]]);
    assert.deepEqual(places(fixesOf([lat("50.1", 0), lon("8.1", 0)]).fixes), [[50.1, 8.1]]);
  });

  it("skips what the receiver itself calls no fix", () => {
    const noFix = fixesOf([lat(50.1, 0), lon(8.1, 0), sample("fixStatus", "NO_FIX", 0)]);
    assert.deepEqual(noFix.fixes, []);
    const good = fixesOf([lat(50.1, 0), lon(8.1, 0), sample("fixStatus", "GPS_FIX_3D", 0)]);
    assert.equal(good.fixes.length, 1);
  });

  it("remembers the last one over a restart", () => {
    const { positions } = fixesOf([lat(50.1, 0), lon(8.1, 0)]);
    const later = new Positions();
    later.restore(JSON.parse(JSON.stringify(positions.last)));
    assert.deepEqual(later.last, { ...positions.last, source: "restored" });
    assert.deepEqual(later.take([lat(50.1, 0, 5), lon(8.1, 0, 5)], START + 5000), []);
    for (const damaged of [null, 7, {}, { latitude: "x" }]) {
      const empty = new Positions();
      empty.restore(damaged);
      assert.equal(empty.last, null);
    }
  });

  it("never joins times more than a second apart, comes in order, and forgets (property)", () => {
    const axis = fc.record({ name: fc.constantFrom("latitude", "longitude"), time: fc.integer({ min: 0, max: 60 }) });
    fc.assert(
      fc.property(fc.array(fc.array(axis, { maxLength: 4 }), { maxLength: 60 }), (messages) => {
        const positions = new Positions();
        let now = START;
        let last = -Infinity;
        for (const message of messages) {
          now += 1000;
          // The value tells the time that it was measured at.
          const samples = message.map(({ name, time }) =>
            sample(name as Name, 1 + time / 1000, time, (now - START) / 1000),
          );
          for (const fix of [...positions.take(samples, now), ...positions.tick(now)]) {
            assert.ok(Math.abs(fix.latitude - fix.longitude) < 0.0011);
            assert.ok(fix.timestamp > last);
            last = fix.timestamp;
          }
        }
      }),
      { numRuns: runs(500) },
    );
  });
});
