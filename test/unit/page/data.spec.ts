import assert from "node:assert/strict";
import { dataOf, withChange, withValues } from "../../../nodes/cockpit/data.js";
import { withPosition } from "../../../nodes/cockpit/tracks.js";
import { Formats } from "../../../nodes/cockpit/formats.js";
import * as cars from "../../helpers/cockpit-cars.js";

const NOW = Date.UTC(2026, 10, 30, 12);
const data = dataOf(cars.snapshot(NOW));

describe("what the page knows", () => {
  it("changes as it is told, and keeps the rest as the same objects", () => {
    const changed = withChange(data, { kind: "car", key: "blue", changed: { isCharging: false, target: null } });
    assert.deepEqual(changed.cars[0], { ...data.cars[0], isCharging: false, target: null });
    assert.equal(changed.cars[1], data.cars[1]);
    assert.equal(changed.accounts, data.accounts);
    const account = withChange(data, { kind: "account", id: "account", changed: { name: "Other" } });
    assert.equal(account.accounts[0]?.name, "Other");
  });

  it("takes cars and accounts that come, once, and loses those that go", () => {
    const car = cars.silentCar({ key: "new" });
    const added = withChange(withChange(data, { kind: "carAdded", car }), { kind: "carAdded", car });
    assert.deepEqual(
      added.cars.map(({ key }) => key),
      ["blue", "family", "silent", "new"],
    );
    assert.deepEqual(
      withChange(added, { kind: "carGone", key: "blue" }).cars.map(({ key }) => key),
      ["family", "silent", "new"],
    );
    assert.deepEqual(withChange(data, { kind: "accountGone", id: "account" }).accounts, []);
  });

  it("keeps the newest events, not all of weeks", () => {
    let many = data;
    const [event] = cars.events(NOW);
    for (let number = 100; number < 500; number += 1)
      many = withChange(many, { kind: "event", event: { ...event!, number } });
    assert.equal(many.events.length, 200);
    assert.equal(many.events[0]?.number, 499);
  });

  it("takes the newest of each value, in its place", () => {
    const values = cars.values(NOW, 6);
    const came = [
      { ...values[1]!, value: true },
      { ...values[0]!, descriptor: "vehicle.new" },
    ];
    const all = withValues(values, came);
    assert.deepEqual([all[1]?.value, all.at(-1)?.descriptor, all.length], [true, "vehicle.new", 7]);
  });
});

describe("the track on the page", () => {
  const tracks = {
    key: "family",
    trips: [
      { from: 1, to: 2, points: [] },
      { from: 3, to: null, points: [[48, 11] as const] },
    ],
  };
  const car = cars.drivingCar(NOW);

  it("follows a car that drives, point by point", () => {
    const longer = withPosition(tracks, car);
    assert.deepEqual(longer.trips[1]?.points, [
      [48, 11],
      [48.15, 11.6],
    ]);
    assert.equal(withPosition(longer, car), longer);
    assert.equal(longer.trips[0], tracks.trips[0]);
  });

  it("stays as it is while no trip goes on, or nobody knows where the car is", () => {
    const ended = { ...tracks, trips: tracks.trips.slice(0, 1) };
    const nowhere = { ...car, position: null };
    const parked = { ...car, isDriving: false };
    for (const [known, seen] of [
      [ended, car],
      [tracks, nowhere],
      [tracks, parked],
      [{ ...tracks, trips: [] }, car],
    ] as const)
      assert.equal(withPosition(known, seen), known);
  });
});

describe("formats of the page", () => {
  const [english, german] = [new Formats("en-GB"), new Formats("de")];

  it("write numbers, units and durations as the language does", () => {
    assert.equal(english.percent(58.94, 1), "58.9 %");
    assert.equal(german.percent(58.94, 1), "58,9 %");
    assert.equal(german.withUnit(23_456, "km"), "23.456 km");
    assert.equal(german.withUnit(7, null), "7");
    assert.equal(german.duration(68), "1 Std. 8 Min.");
    assert.equal(german.duration(120), "2 Std.");
    assert.equal(german.duration(-3), "0 Min.");
  });

  it("write ages in the largest unit, and what lies ahead of a clock that is off as now", () => {
    const age = (seconds: number) => english.age(NOW - seconds * 1000, NOW);
    assert.deepEqual(
      [age(-500), age(59), age(60), age(3600), age(86_400), age(200_000)],
      ["now", "now", "1 min ago", "1 hr ago", "24 hr ago", "2 days ago"],
    );
    assert.equal(english.ahead(NOW - 5000, NOW), "this minute");
    assert.equal(english.ahead(NOW + 12 * 60_000, NOW), "in 12 min");
    assert.equal(english.ahead(NOW + 5 * 3_600_000, NOW), "in 5 hr");
    const none = Date.parse("no time");
    for (const text of [
      english.age(none, NOW),
      english.ahead(none, NOW),
      english.time(none, NOW),
      english.day(none),
      english.month(""),
    ])
      assert.equal(text, "–");
  });
});
