import assert from "node:assert/strict";
import { columnsOf, rangeOf, withLevel } from "../../../nodes/cockpit/history.js";
import type { CockpitHistory } from "../../../src/cockpit/contract.js";
import { chargingCar, iso } from "../../helpers/cockpit-cars.js";

const NOW = 1_800_000_000;
const car = chargingCar(NOW * 1000);

function history(changes: Partial<CockpitHistory> = {}): CockpitHistory {
  return {
    key: car.key,
    from: NOW - 7 * 86_400,
    to: NOW - 300,
    level: {
      at: [NOW - 900, NOW - 600, NOW - 300],
      value: [50, 52, 54],
      low: [49, 51, 53],
      high: [51, 53, 55],
      powerKw: [null, 11, 11],
    },
    reported: { at: [NOW - 750], value: [50] },
    charges: [],
    trips: [],
    ...changes,
  };
}

describe("columns of the chart", () => {
  it("join the points of the car to the line, which stays as it is", () => {
    const { at, level, low, told, power } = columnsOf(history(), car, false);
    assert.deepEqual(at, [NOW - 900, NOW - 750, NOW - 600, NOW - 300]);
    assert.deepEqual(level, [50, 51, 52, 54]);
    assert.deepEqual(low, [49, 50, 51, 53]);
    assert.deepEqual(told, [null, 50, null, null]);
    // Nothing is made up between no power and some.
    assert.deepEqual(power, [null, null, 11, 11]);
  });

  it("keep gaps, and hold nothing but numbers and null, because anything else would be drawn over", () => {
    const level = {
      at: [NOW - 600, NOW - 300, NOW],
      value: [50, null, 54],
      low: [null, null, null],
      high: [null, null, null],
    };
    const gap = history({
      level: { ...level, powerKw: [null, null, null] },
      reported: { at: [NOW - 450, NOW + 60], value: [51, 55] },
    });
    const columns = columnsOf(gap, car, false);
    assert.deepEqual(columns.level, [50, null, null, 54, null]);
    assert.deepEqual(columns.told, [null, 51, null, null, 55]);
    for (const column of Object.values(columns) as (number | null)[][])
      for (const value of column) assert.ok(value === null || Number.isFinite(value));
  });

  it("tell no power of a time in which nobody has watched, such as a night without Node-RED", () => {
    const night = [NOW - 30_600, NOW - 30_300, NOW - 300, NOW];
    const level = { at: night, value: [20, 22, 60, 61], low: [19, 21, 59, 60], high: [21, 23, 61, 62] };
    const {
      at,
      power,
      level: shown,
    } = columnsOf(
      history({ level: { ...level, powerKw: [11, 11, 11, 11] }, reported: { at: [NOW - 600], value: [59] } }),
      car,
      false,
    );
    assert.deepEqual(at, [NOW - 30_600, NOW - 30_300, NOW - 15_300, NOW - 600, NOW - 300, NOW]);
    assert.deepEqual(power, [11, 11, null, null, 11, 11]);
    assert.equal(shown[2], 41);
    const held = { ...level, value: [60, 60, 61, 62], powerKw: [1, 1, 1, null] };
    const even = history({ level: { ...held, at: [NOW - 7200, NOW - 300, NOW - 200, NOW] } });
    assert.deepEqual(columnsOf(even, car, false).power, [1, 1, 1, 1, null]);
  });

  it("are empty where nothing is known", () => {
    const level = { at: [], value: [], low: [], high: [], powerKw: [] };
    const columns = columnsOf(history({ level, reported: { at: [], value: [] } }), car, true);
    assert.deepEqual(columns.at, []);
    assert.deepEqual(columns.ahead, []);
  });

  it("lead on to the target of a charge that goes on", () => {
    const live = withLevel(history(), car);
    const { at, ahead } = columnsOf(live, car, true);
    assert.equal(at.at(-1), NOW + 68 * 60);
    assert.deepEqual(ahead.slice(-2), [58.9, 80]);
    assert.ok(columnsOf(live, { ...car, isCharging: false }, true).ahead.every((value) => value === null));
  });
});

describe("the history on the page", () => {
  it("goes on with what the car shows, in steps that keep it small", () => {
    const at = (seconds: number, value: number) => ({
      ...car,
      level: {
        value,
        low: value - 1,
        high: value + 1,
        source: "estimate" as const,
        mode: null,
        at: iso((NOW + seconds) * 1000),
      },
    });
    let live = history();
    for (let second = 0; second <= 60; second += 1) live = withLevel(live, at(second, 55 + second / 60));
    assert.ok(live.level.at.length <= 3 + 4, String(live.level.at.length));
    assert.equal(live.level.at.at(-1), NOW + 60);
    assert.equal(live.level.value.at(-1), 56);
    assert.equal(live.level.powerKw.at(-1), 11);
  });

  it("takes nothing that is older, and no level that is unknown", () => {
    const known = history({ reported: { at: [NOW], value: [50] } });
    const old = { ...car, level: { ...car.level!, at: iso((NOW - 400) * 1000) } };
    assert.deepEqual(withLevel(known, old).level, known.level);
    assert.deepEqual(withLevel(known, { ...car, level: null }), known);
  });

  it("keeps seven days of a page that stays open", () => {
    const old = NOW - 8 * 86_400;
    const level = { at: [old, old + 300, NOW - 300], value: [1, 2, 3], low: [1, 2, 3], high: [1, 2, 3] };
    const live = withLevel(history({ level: { ...level, powerKw: [11, null, null] } }), car);
    assert.deepEqual(live.level.at, [NOW - 300, NOW]);
    assert.deepEqual(live.level.value, [3, 58.9]);
    assert.deepEqual(live.level.powerKw, [null, 11]);
  });

  it("takes what the car has told", () => {
    const told = { ...car, reported: { value: 57, at: iso(NOW * 1000) } };
    assert.deepEqual(withLevel(history(), told).reported, { at: [NOW - 750, NOW], value: [50, 57] });
  });
});

describe("the times of the chart", () => {
  it("are those of the last charge or trip, with some room, and to the expected end of one that goes on", () => {
    const spans = history({
      charges: [{ from: NOW - 3600, to: null }],
      trips: [{ from: NOW - 9000, to: NOW - 8000 }],
    });
    const [from, to] = rangeOf(spans, "charge", car, NOW)!;
    assert.ok(from < NOW - 3600 && from > NOW - 4200);
    assert.ok(to > NOW + 68 * 60 && to < NOW + 80 * 60);
    const [tripFrom, tripTo] = rangeOf(spans, "trip", car, NOW)!;
    assert.ok(tripFrom < NOW - 9000 && tripTo > NOW - 8000 && tripTo < NOW - 7900);
  });

  it("end now where a charge would take days more", () => {
    const slow = { ...car, charge: { ...car.charge!, minutesToTarget: 900_000 } };
    const spans = history({ charges: [{ from: NOW - 3600, to: null }] });
    const [, to] = rangeOf(spans, "charge", slow, NOW)!;
    assert.ok(to < NOW + 3600);
    assert.ok(columnsOf(withLevel(spans, slow), slow, true).ahead.every((value) => value === null));
  });

  it("are the last day or week, or less while less is known", () => {
    const reported = { at: [NOW - 700_000], value: [50] };
    assert.deepEqual(rangeOf(history({ reported }), "day", car, NOW), [NOW - 86_400, NOW]);
    assert.deepEqual(rangeOf(history({ reported }), "week", car, NOW), [NOW - 604_800, NOW]);
    assert.deepEqual(rangeOf(history(), "week", car, NOW), [NOW - 900, NOW]);
    const level = { at: [], value: [], low: [], high: [], powerKw: [] };
    const nothing = history({ level, reported: { at: [], value: [] } });
    assert.deepEqual(rangeOf(nothing, "day", car, NOW), [NOW - 600, NOW]);
  });

  it("are none without a charge or trip", () => {
    assert.equal(rangeOf(history(), "charge", car, NOW), null);
    assert.equal(rangeOf(history(), "trip", car, NOW), null);
  });

  it("have a length also where a trip has just begun", () => {
    const [from, to] = rangeOf(history({ trips: [{ from: NOW, to: null }] }), "trip", car, NOW)!;
    assert.ok(to - from >= 600);
  });
});
