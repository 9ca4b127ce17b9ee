import assert from "node:assert/strict";
import { BEGIN, drivingCar, MINUTE } from "../../helpers/driving-car.js";

const HOUR = 60 * MINUTE;

describe("driving estimate", () => {
  it("knows nothing before the first level, and then what the car shows", () => {
    const car = drivingCar();
    assert.equal(car.estimate(), null);
    car.soc(70);
    assert.equal(car.shown, 70);
    assert.equal(car.estimate()?.mode, "idle");
  });

  it("falls while the car drives, by kilometres that the odometer confirms", () => {
    const car = drivingCar();
    car.parked(80, 1000);
    car.start();
    const shown = car.drive({ km: 20, kmh: 60 });
    assert.ok(shown.every((value, index) => value <= (shown[index - 1] ?? 100) + 1e-9));
    // 20 km of a car of 0.18 kWh/km and 80.7 kWh.
    assert.ok(Math.abs(car.shown - 75.5) < 1, String(car.shown));
    assert.ok(Math.abs((car.estimate()?.tripKm ?? 0) - 20) < 1.5);
  });

  it("never jumps by less than half a point when the car tells its level", () => {
    const car = drivingCar();
    car.parked(80, 1000);
    car.start();
    for (const level of [79, 78, 78, 76, 76, 75, 75, 74, 73]) {
      car.drive({ km: 4, kmh: 50 });
      const before = car.shown;
      car.soc(level);
      const jump = Math.abs(car.shown - before);
      assert.ok(jump < 1e-9 || jump >= 0.5, `${String(level)}: ${String(jump)}`);
    }
  });

  it("follows a level that is half a point and more away, up and down", () => {
    const car = drivingCar();
    car.parked(80, 1000);
    car.start();
    car.drive({ km: 10, kmh: 50 });
    for (const level of [73, 79]) {
      car.soc(level);
      car.soc(level);
      car.wait(MINUTE);
      car.soc(level);
      assert.ok(Math.abs(car.shown - level) < 1.3, `${String(level)}: ${String(car.shown)}`);
    }
  });

  it("looks after a trip for five minutes, and keeps its value while the car shows the old one", () => {
    const car = drivingCar();
    car.parked(80, 1000);
    car.start();
    car.drive({ km: 12, kmh: 60 });
    car.end();
    const after = car.shown;
    car.wait(299_000);
    assert.equal(car.estimate()?.mode, "continuity");
    car.wait(1_000);
    assert.equal(car.estimate()?.mode, "idle");
    assert.ok(Math.abs(car.shown - after) < 1e-9);
  });

  it("goes on with its value when the car moves again within five minutes", () => {
    const car = drivingCar();
    car.parked(80, 1000);
    car.start();
    car.drive({ km: 12, kmh: 60 });
    car.end();
    car.wait(90_000);
    const before = car.shown;
    car.start();
    assert.ok(Math.abs(car.shown - before) < 1e-9);
  });

  it("keeps the fraction while a parked car is within half a point", () => {
    const car = drivingCar();
    car.adopt(76.7);
    car.soc(77);
    assert.ok(Math.abs(car.shown - 76.7) < 1e-9);
    car.wait(HOUR);
    car.soc(76);
    assert.ok(Math.abs(car.shown - 76.7) < 0.5, String(car.shown));
    car.soc(60);
    assert.ok(Math.abs(car.shown - 60) < 1e-9);
  });

  it("makes no step when the tracker goes away or comes back, and loses no kilometre", () => {
    const [watched, lost] = [drivingCar(), drivingCar()];
    for (const car of [watched, lost]) {
      car.parked(90, 1000);
      car.start();
      car.drive({ km: 6, kmh: 50, tracked: true });
    }
    watched.drive({ km: 6, kmh: 50, tracked: true });
    let before = lost.shown;
    lost.speed(null);
    assert.ok(Math.abs(lost.shown - before) < 1e-9);
    lost.drive({ km: 6, kmh: 50 });
    before = lost.shown;
    lost.speed(50);
    assert.ok(Math.abs(lost.shown - before) < 1e-9);
    assert.equal(lost.estimate()?.speedBracket, "city");
    assert.ok(Math.abs(lost.shown - watched.shown) < 0.3, `${String(lost.shown)} ${String(watched.shown)}`);
  });

  it("tells speed and bracket only while the tracker speaks", () => {
    const car = drivingCar();
    car.parked(90, 1000);
    car.start();
    car.speed(114);
    assert.deepEqual([car.estimate()?.speedKmh, car.estimate()?.speedBracket], [114, "highway"]);
    car.speed(null);
    assert.deepEqual([car.estimate()?.speedKmh, car.estimate()?.speedBracket], [null, null]);
  });

  it("passes BMW's value of a car that also burns fuel", () => {
    const car = drivingCar({ driveType: "phev", capacityKwh: 12 });
    car.parked(70, 1000);
    car.start();
    car.drive({ km: 10, kmh: 50 });
    assert.equal(car.shown, 70);
    car.soc(61);
    assert.equal(car.shown, 61);
    assert.equal(car.estimate()?.tripKm, null);
  });

  it("knows decimals of a car that shows them, and whole percents again after a change of its ways", () => {
    const car = drivingCar();
    car.soc(70.3);
    assert.ok((car.estimate()?.sigma ?? 1) < 0.1);
    car.soc(65.1);
    assert.ok(Math.abs(car.shown - 65.1) < 0.06);
    for (const value of Array.from({ length: 12 }, (_, index) => 60 - index)) car.soc(value);
    assert.ok((car.estimate()?.sigma ?? 0) > 0.2);
  });

  it("does with the second level of a car that has no other", () => {
    const car = drivingCar({}, "displayed");
    car.parked(80, 1000);
    car.start();
    car.drive({ km: 20, kmh: 60 });
    car.soc(75);
    assert.ok(Math.abs(car.shown - 75.5) < 1, String(car.shown));
  });

  it("does with an odometer that speaks only at both ends", () => {
    const car = drivingCar();
    car.parked(80, 1000);
    car.start();
    car.drive({ km: 30, kmh: 60, odometer: false });
    car.odometer();
    car.end();
    assert.ok(Math.abs(car.shown - 73.3) < 1.5, String(car.shown));
  });

  it("does with positions alone", () => {
    const [still, moving] = [drivingCar(), drivingCar()];
    for (const car of [still, moving]) {
      car.parked(80, 1000);
      car.start();
    }
    still.drive({ km: 0.3, kmh: 1, odometer: false, positions: true });
    moving.drive({ km: 25, kmh: 90, odometer: false, positions: true });
    assert.ok(Math.abs((moving.estimate()?.tripKm ?? 0) - 25) < 3, String(moving.estimate()?.tripKm));
    assert.ok((still.estimate()?.tripKm ?? 9) < 1.5, String(still.estimate()?.tripKm));
  });

  it("is not moved by a clock that is set ahead and back again", () => {
    const car = drivingCar();
    car.parked(80, 1000);
    const year = 365 * 24 * HOUR;
    car.wait(year);
    car.soc(80);
    car.wait(-year);
    car.soc(80);
    car.start();
    car.drive({ km: 20, kmh: 60 });
    assert.ok(Math.abs(car.shown - 75.5) < 1.2, String(car.shown));
    car.soc(75);
    car.end();
    car.wait(301_000);
    assert.equal(car.estimate()?.mode, "idle");
    assert.ok(Math.abs(car.shown - 75.5) < 1.2, String(car.shown));
  });

  it("survives a clock that jumps during a trip", () => {
    for (const jump of [-10 * HOUR, 10 * HOUR]) {
      const car = drivingCar();
      car.parked(80, 1000);
      car.start();
      car.drive({ km: 10, kmh: 60 });
      car.wait(jump);
      car.drive({ km: 10, kmh: 60 });
      car.soc(75);
      assert.ok(Math.abs(car.shown - 75.5) < 1.2, `${String(jump)}: ${String(car.shown)}`);
    }
  });

  it("takes no time of BMW for later than it was received", () => {
    const car = drivingCar();
    car.parked(80, 1000);
    car.take({ kind: "soc", source: "header", soc: 79, at: BEGIN + 900 * HOUR, now: BEGIN, pushed: true });
    car.wait(MINUTE);
    car.soc(60);
    assert.ok(Math.abs(car.shown - 60) < 1e-9);
  });

  it("does not empty the battery of a car that nobody hears any more", () => {
    const car = drivingCar();
    car.parked(80, 1000);
    car.start();
    car.drive({ km: 10, kmh: 60 });
    const before = car.shown;
    car.wait(12 * HOUR);
    const { soc, band90 } = car.estimate() ?? { soc: 0, band90: [0, 0] };
    assert.ok(before - soc < 10, String(before - soc));
    assert.ok(band90[1] - band90[0] > 8);
  });

  it("takes over the level that a charge has left", () => {
    const car = drivingCar();
    car.parked(20, 1000);
    car.adopt(81.4);
    assert.ok(Math.abs(car.shown - 81.4) < 1e-9);
    car.soc(81);
    assert.ok(Math.abs(car.shown - 81.4) < 1e-9);
    car.start();
    car.drive({ km: 5, kmh: 60 });
    assert.ok(Math.abs(car.shown - 80.3) < 0.6, String(car.shown));
  });

  it("ends a trip where a charge begins, and learns of it", () => {
    const car = drivingCar();
    car.parked(80, 1000);
    car.start();
    car.drive({ km: 30, kmh: 60 });
    car.soc(73);
    const verdict = car.take({ kind: "status", active: true, at: car.now, now: car.now });
    assert.deepEqual([verdict?.accepted, verdict?.reason], [true, "learned"]);
    car.start();
    assert.equal(car.estimate()?.tripKm, null);
  });
});

describe("what a trip teaches", () => {
  const taught = (begin: number, endSoc = 73) => {
    const car = drivingCar();
    car.now = begin;
    car.parked(80, 1000);
    car.start();
    car.drive({ km: 30, kmh: 60, tracked: true });
    car.soc(endSoc);
    car.odometer();
    return { car, verdict: car.end() };
  };

  it("is counted in the month that the user's clock shows", () => {
    for (const month of [0, 11])
      for (const day of [1, 28]) {
        const { car } = taught(new Date(2026, month, day, 0, 1).getTime());
        assert.deepEqual(Object.keys(car.report().months), [String(month + 1)]);
      }
  });

  it("moves what is expected of the next trip, and the bracket that most was driven in", () => {
    const { car, verdict } = taught(BEGIN);
    assert.equal(verdict?.bracket, "suburban");
    const measured = (0.07 * 80.7) / 30;
    assert.ok(Math.abs((car.report().brackets.suburban?.kwhPerKm ?? 0) - measured) < 1e-9);
    const expected = (endSoc: number) => taught(BEGIN, endSoc).car.estimate()?.consumptionKwhPerKm ?? 0;
    assert.ok(expected(71) > expected(73) + 0.005 && expected(73) > expected(75) + 0.005);
  });

  it("is nothing where the trip was short, hardly used anything, or more than can be; the verdict tells why", () => {
    const reasons = [
      [3, 75],
      [30, 79],
      [30, 20],
    ].map(([km = 0, soc = 0]) => {
      const car = drivingCar();
      car.parked(80, 1000);
      car.start();
      car.drive({ km, kmh: 60 });
      car.odometer();
      car.soc(soc);
      const verdict = car.end();
      assert.equal(car.report().overall, null);
      return verdict?.reason;
    });
    assert.deepEqual(reasons, ["shortDistance", "smallDrop", "implausibleRate"]);
  });
});

describe("driving estimate, stored", () => {
  const underWay = () => {
    const car = drivingCar();
    car.parked(80, 1000);
    car.start();
    car.drive({ km: 10, kmh: 60, tracked: true });
    return car;
  };

  it("goes on with a trip of up to four hours, and drops an older one", () => {
    for (const [age, mode] of [
      [4 * HOUR, "driving"],
      [4 * HOUR + 1, "idle"],
    ] as const) {
      const car = underWay();
      car.reload();
      car.now = car.startedAt + age;
      assert.equal(car.estimate()?.mode, mode);
      car.tick();
      assert.equal(car.estimate()?.mode, mode);
    }
  });

  it("shows after a restart what it showed before", () => {
    const car = underWay();
    const before = car.estimate();
    car.reload();
    assert.deepEqual(car.estimate(), before);
  });
});
