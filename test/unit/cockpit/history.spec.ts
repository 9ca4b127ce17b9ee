import assert from "node:assert/strict";
import { CarHistory } from "../../../src/cockpit/car-history.js";
import type { CockpitHistory } from "../../../src/cockpit/contract.js";
import type { LevelPoint } from "../../../src/journal/level-history.js";
import type { SourcedValue } from "../../../src/vehicle/source-priority.js";
import type { VehicleEvent } from "../../../src/vehicle/vehicle-event.js";
import { cockpitModel } from "../../helpers/cockpit-model.js";
import { START, VIN } from "../../helpers/fakes.js";
import { SOC } from "../../helpers/test-vehicle.js";

const SECOND = 1000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
const KEY = "key";

const level = (value: number, timestamp: number): SourcedValue => {
  return { name: "soc", value, unit: "%", from: SOC, timestamp, source: "stream" };
};
const told = (changes: { values?: SourcedValue[]; events?: VehicleEvent[] }) => {
  return { values: [], positions: [], events: [], ...changes };
};
const at = (latitude: number, longitude: number) => ({
  latitude,
  longitude,
  timestamp: START,
  source: "stream" as const,
});
const tripStarted = (time: number): VehicleEvent => {
  return { name: "tripStarted", at: time, startedAt: time, inferred: false, soc: 50, odometer: 1, from: at(48, 10) };
};
const tripEnded = (time: number): VehicleEvent => {
  const figures = { startedAt: START, inferred: false, distanceKm: 5, durationMin: 10, socUsed: 2 };
  return { name: "tripEnded", at: time, endedAt: time, ...figures, from: at(48, 10), to: at(48.1, 10.1) };
};

const none = async (): Promise<LevelPoint[]> => [];

function assertSound({ level: { at: times, ...columns }, reported }: CockpitHistory): void {
  for (const column of Object.values(columns)) assert.equal(column.length, times.length);
  assert.equal(reported.at.length, reported.value.length);
  for (const list of [times, reported.at])
    list.forEach((time, index) => {
      assert.ok(index === 0 || time > (list[index - 1] ?? 0), "times rise, as a chart needs them");
    });
}

describe("the last seven days of a car", () => {
  it("hold the shown level with its band and the power of a charge, each time once", async () => {
    const point = (second: number, value: number, kw: number | null = null): LevelPoint => {
      return { at: START + second * SECOND, level: value, low: value - 2, high: value + 2, kw };
    };
    const asked: number[][] = [];
    const shown = await new CarHistory().history(KEY, START + HOUR, async (...times) => {
      asked.push(times);
      return [point(0, 50), point(60, 51, 11), point(60, 52, 11), point(120, 53)];
    });
    assert.deepEqual(asked, [[START + HOUR - 7 * DAY, START + HOUR]]);
    assert.deepEqual(
      shown.level.at.map((time) => time - START / SECOND),
      [0, 60, 120],
    );
    assert.deepEqual(shown.level.value, [50, 52, 53]);
    assert.deepEqual([shown.level.low[0], shown.level.high[0]], [48, 52]);
    assert.deepEqual(shown.level.powerKw, [null, 11, null]);
    assertSound(shown);
  });

  it("hold BMW's own values beside, none of them twice or out of order", async () => {
    const history = new CarHistory();
    for (const [value, minute] of [
      [50, 1],
      [51, 2],
      [49, 0],
      [51, 2],
      [52, 3],
    ] as const)
      history.followed(told({ values: [level(value, START + minute * MINUTE)] }));
    const shown = await history.history(KEY, START + HOUR, none);
    assert.deepEqual(shown.reported.value, [50, 51, 52]);
    assertSound(shown);
  });

  it("leave out what is no level", async () => {
    const history = new CarHistory();
    history.followed(told({ values: [level(101, START), level(-1, START), level(NaN, START)] }));
    assert.deepEqual((await history.history(KEY, START, none)).reported.value, []);
  });

  it("are no more than seven days, and bounded for a car that reports nonsense", async () => {
    const history = new CarHistory();
    for (let step = 0; step < 20_000; step++)
      history.followed(told({ values: [level(step % 100, START + step * 40 * SECOND)] }));
    const now = START + 20_000 * 40 * SECOND;
    const shown = await history.history(KEY, now, none);
    assert.equal(shown.reported.at.length, 2016);
    assertSound(shown);
    assert.deepEqual((await history.history(KEY, now + 8 * DAY, none)).reported.at, []);
  });

  it("hold charges and trips, the one that goes on without an end", async () => {
    const history = new CarHistory();
    history.followed(told({ events: [{ name: "chargingStarted", at: START, soc: 1, method: null, targetSoc: null }] }));
    assert.deepEqual((await history.history(KEY, START + HOUR, none)).charges, [{ from: START / SECOND, to: null }]);
    history.followed(told({ events: [tripStarted(START + HOUR)] }));
    history.followed(told({ events: [tripEnded(START + 2 * HOUR)] }));
    const { trips } = await history.history(KEY, START + DAY, none);
    assert.deepEqual(trips, [{ from: (START + HOUR) / SECOND, to: (START + 2 * HOUR) / SECOND }]);
    assert.deepEqual((await history.history(KEY, START + 20 * DAY, none)).trips, []);
  });

  it("hold a charge of which only the end was heard", async () => {
    const history = new CarHistory();
    const figures = { startSoc: null, soc: 80, from: null, band90: null, energyKwh: 9, durationMin: 60, pauses: 0 };
    const ended: VehicleEvent = {
      name: "chargingEnded",
      at: START,
      startedAt: START - HOUR,
      reason: "target",
      ...figures,
    };
    history.followed(told({ events: [ended] }));
    const { charges } = await history.history(KEY, START + MINUTE, none);
    assert.deepEqual(charges, [{ from: (START - HOUR) / SECOND, to: START / SECOND }]);
  });
});

describe("the ways of the last trips", () => {
  const drive = (history: CarHistory, places: number) => {
    history.followed(told({ events: [tripStarted(START)] }));
    for (let place = 0; place < places; place++)
      history.followed({ ...told({}), positions: [at(48 + place / 1000, 10.123456789)] });
    return history;
  };

  it("begin and end where the trip did", async () => {
    const history = drive(new CarHistory(), 2);
    assert.equal(history.tracks(KEY).trips[0]?.to, null);
    history.followed({ ...told({ events: [tripEnded(START + HOUR)] }), positions: [at(48.05, 10.05)] });
    const [trip] = history.tracks(KEY).trips;
    assert.deepEqual(trip?.points, [
      [48, 10],
      [48, 10.12346],
      [48.001, 10.12346],
      [48.05, 10.05],
      [48.1, 10.1],
    ]);
    assert.equal(trip?.to, (START + HOUR) / SECOND);
  });

  it("are ten, and keep the whole of a long way in few places", async () => {
    const history = new CarHistory();
    for (let trip = 0; trip < 15; trip++) drive(history, trip === 14 ? 5000 : 3);
    const { trips } = history.tracks(KEY);
    assert.equal(trips.length, 10);
    const { points } = trips.at(-1) ?? { points: [] };
    assert.ok(points.length > 200 && points.length <= 400, String(points.length));
    assert.ok((points.at(-1)?.[0] ?? 0) > 52.9, "the end of the way is there");
    assert.deepEqual(points[0], [48, 10]);
  });

  it("hold no place outside of a trip, and none that is no number", async () => {
    const history = new CarHistory();
    history.followed({ ...told({}), positions: [at(48, 10), at(49, 11)] });
    assert.deepEqual(history.tracks(KEY).trips, []);
    drive(history, 2);
    history.followed({ ...told({}), positions: [at(NaN, 10)] });
    assert.ok(history.tracks(KEY).trips[0]?.points.every((point) => point.every(Number.isFinite)));
  });
});

describe("the history of an account's cars", () => {
  it("holds the level as it was shown, also after a restart of Node-RED", async () => {
    const car = { vehicles: [{ vin: VIN, driveType: "bev", capacityKwh: 60 }] };
    const model = cockpitModel();
    const account = await model.add("a1", car);
    const levels = async (one = model) => {
      const [key = ""] = one.snapshot().cars.map((shown) => shown.key);
      return (await one.cockpit.history(key)).level.value;
    };
    for (const soc of [50, 52, 54]) {
      model.tell(account, VIN, { [SOC]: soc });
      await model.clock.advance(10 * MINUTE);
    }
    assert.deepEqual(await levels(), [50, 52, 54]);
    await model.close();
    const later = cockpitModel(model.files, model.clock.now());
    const again = await later.add("a1", car);
    later.tell(again, VIN, { [SOC]: 53 });
    await later.clock.advance(10 * MINUTE);
    assert.deepEqual(
      (await levels(later)).filter((value, index, list) => value !== list[index - 1]),
      [50, 52, 54, 53],
    );
    await later.close();
  });

  it("outlives a deploy, and goes with the account", async () => {
    const model = cockpitModel();
    const account = await model.add("a1");
    model.tell(account, VIN, { [SOC]: 50 });
    const [key = ""] = model.snapshot().cars.map((car) => car.key);
    assert.deepEqual((await model.cockpit.history(key)).reported.value, [50]);
    await model.remove(account);
    const again = await model.add("a1");
    model.cockpit.forgetOthers();
    await model.clock.advance(MINUTE);
    model.tell(again, VIN, { [SOC]: 51 });
    assert.deepEqual((await model.cockpit.history(key)).reported.value, [50, 51]);
    await model.remove(again);
    model.cockpit.forgetOthers();
    const last = await model.add("a1");
    await model.clock.advance(MINUTE);
    model.tell(last, VIN, { [SOC]: 52 });
    assert.deepEqual((await model.cockpit.history(key)).reported.value, [52]);
    await model.close();
  });
});
