import assert from "node:assert/strict";
import fc from "fast-check";
import { CarHistory } from "../../../src/cockpit/car-history.js";
import type { CockpitHistory } from "../../../src/cockpit/contract.js";
import type { SocEstimate } from "../../../src/soc/estimate.js";
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

const estimate = (soc: number, mode: SocEstimate["mode"] = "idle", powerKw: number | null = null): SocEstimate => ({
  soc,
  sigma: 1,
  band90: [soc - 2, soc + 2],
  mode,
  bmw: null,
  capacity: null,
  drive: null,
  charge:
    mode !== "charging"
      ? null
      : {
          ...{ method: "AC", powerKw, powerSource: "bmw", phases: 3, phasesSource: "reported", efficiency: 0.9 },
          ...{ targetSoc: 80, minutesToTarget: 60, energyKwh: 1, grossKwh: 1, startedAt: START },
        },
});
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

function assertSound({ level: { at: times, ...columns }, reported }: CockpitHistory): void {
  for (const column of Object.values(columns)) assert.equal(column.length, times.length);
  assert.equal(reported.at.length, reported.value.length);
  for (const list of [times, reported.at])
    list.forEach((time, index) => {
      assert.ok(index === 0 || time > (list[index - 1] ?? 0), "times rise, as a chart needs them");
    });
}

describe("the last seven days of a car", () => {
  it("hold a point for each percent or five minutes, and where a charge begins and ends", () => {
    const history = new CarHistory();
    const points: [number, SocEstimate][] = [
      [0, estimate(50)],
      [1, estimate(50.4)],
      [2, estimate(51)],
      [8, estimate(51.1)],
      [9, estimate(51.2, "charging", 11.004)],
      [10, estimate(51.3, "charging", 11)],
      [11, estimate(51.4)],
    ];
    for (const [minute, one] of points) history.estimated(one, START + minute * MINUTE);
    const { level: shown } = history.history(KEY, START + HOUR);
    assert.deepEqual(
      shown.at.map((time) => (time * SECOND - START) / MINUTE),
      [0, 2, 8, 9, 11],
    );
    assert.deepEqual(shown.value, [50, 51, 51.1, 51.2, 51.4]);
    assert.deepEqual([shown.low[0], shown.high[0]], [48, 52]);
    assert.deepEqual(shown.powerKw, [null, null, null, 11, null]);
  });

  it("hold BMW's own values beside, none of them twice or out of order", () => {
    const history = new CarHistory();
    for (const [value, minute] of [
      [50, 1],
      [51, 2],
      [49, 0],
      [51, 2],
      [52, 3],
    ] as const)
      history.followed(told({ values: [level(value, START + minute * MINUTE)] }));
    const shown = history.history(KEY, START + HOUR);
    assert.deepEqual(shown.reported.value, [50, 51, 52]);
    assertSound(shown);
  });

  it("leave out what is no level", () => {
    const history = new CarHistory();
    history.followed(told({ values: [level(101, START), level(-1, START), level(NaN, START)] }));
    assert.deepEqual(history.history(KEY, START).reported.value, []);
  });

  it("are no more than seven days, and bounded for a car that reports nonsense", () => {
    const history = new CarHistory();
    for (let step = 0; step < 20_000; step++) {
      const now = START + step * 40 * SECOND;
      history.estimated(estimate(step % 2 === 0 ? 20 : 80), now);
      history.followed(told({ values: [level(step % 100, now)] }));
    }
    const now = START + 20_000 * 40 * SECOND;
    const shown = history.history(KEY, now);
    assert.ok(shown.level.at.length <= 2016 && shown.reported.at.length <= 2016);
    assert.ok((shown.level.at[0] ?? 0) * SECOND >= now - 7 * DAY);
    assertSound(shown);
    assert.deepEqual(history.history(KEY, now + 8 * DAY).level.at, []);
  });

  it("go on in order when the clock of the machine is set back, and forget what was ahead", () => {
    const history = new CarHistory();
    history.estimated(estimate(50), START);
    history.estimated(estimate(60), START + 30 * DAY);
    history.estimated(estimate(51), START + HOUR);
    const shown = history.history(KEY, START + 2 * HOUR);
    assert.deepEqual(shown.level.value, [51]);
    assertSound(shown);
  });

  it("have columns of equal length and rising times, whatever comes (random)", () => {
    const steps = fc.array(
      fc.tuple(fc.integer({ min: -DAY, max: 3 * DAY }), fc.double({ min: -5, max: 105, noNaN: true }), fc.boolean()),
      { maxLength: 60 },
    );
    fc.assert(
      fc.property(steps, (list) => {
        const history = new CarHistory();
        let now = START;
        for (const [ms, soc, charges] of list) {
          now += ms;
          history.estimated(estimate(soc, charges ? "charging" : "idle", charges ? soc : null), now);
          history.followed(told({ values: [level(soc, now)] }));
          assertSound(history.history(KEY, now));
        }
      }),
    );
  });

  it("hold charges and trips, the one that goes on without an end", () => {
    const history = new CarHistory();
    history.followed(told({ events: [{ name: "chargingStarted", at: START, soc: 1, method: null, targetSoc: null }] }));
    assert.deepEqual(history.history(KEY, START + HOUR).charges, [{ from: START / SECOND, to: null }]);
    history.followed(told({ events: [tripStarted(START + HOUR)] }));
    history.followed(told({ events: [tripEnded(START + 2 * HOUR)] }));
    const { trips } = history.history(KEY, START + DAY);
    assert.deepEqual(trips, [{ from: (START + HOUR) / SECOND, to: (START + 2 * HOUR) / SECOND }]);
    assert.deepEqual(history.history(KEY, START + 20 * DAY).trips, []);
  });

  it("hold a charge of which only the end was heard", () => {
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
    const { charges } = history.history(KEY, START + MINUTE);
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

  it("begin and end where the trip did", () => {
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

  it("are ten, and keep the whole of a long way in few places", () => {
    const history = new CarHistory();
    for (let trip = 0; trip < 15; trip++) drive(history, trip === 14 ? 5000 : 3);
    const { trips } = history.tracks(KEY);
    assert.equal(trips.length, 10);
    const { points } = trips.at(-1) ?? { points: [] };
    assert.ok(points.length > 200 && points.length <= 400, String(points.length));
    assert.ok((points.at(-1)?.[0] ?? 0) > 52.9, "the end of the way is there");
    assert.deepEqual(points[0], [48, 10]);
  });

  it("hold no place outside of a trip, and none that is no number", () => {
    const history = new CarHistory();
    history.followed({ ...told({}), positions: [at(48, 10), at(49, 11)] });
    assert.deepEqual(history.tracks(KEY).trips, []);
    drive(history, 2);
    history.followed({ ...told({}), positions: [at(NaN, 10)] });
    assert.ok(history.tracks(KEY).trips[0]?.points.every((point) => point.every(Number.isFinite)));
  });
});

describe("the history of an account's cars", () => {
  it("outlives a deploy, and goes with the account", async () => {
    const model = cockpitModel();
    const account = await model.add("a1");
    model.tell(account, VIN, { [SOC]: 50 });
    const [key = ""] = model.snapshot().cars.map((car) => car.key);
    assert.deepEqual(model.cockpit.history(key).reported.value, [50]);
    await model.remove(account);
    const again = await model.add("a1");
    model.cockpit.forgetOthers();
    await model.clock.advance(MINUTE);
    model.tell(again, VIN, { [SOC]: 51 });
    assert.deepEqual(model.cockpit.history(key).reported.value, [50, 51]);
    await model.remove(again);
    model.cockpit.forgetOthers();
    const last = await model.add("a1");
    await model.clock.advance(MINUTE);
    model.tell(last, VIN, { [SOC]: 52 });
    assert.deepEqual(model.cockpit.history(key).reported.value, [52]);
    await model.close();
  });
});
