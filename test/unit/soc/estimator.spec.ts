import assert from "node:assert/strict";
import fc from "fast-check";
import { SocEstimator } from "../../../src/soc/soc-estimator.js";
import type { SocEstimate } from "../../../src/soc/estimate.js";
import type { SocSettings } from "../../../src/soc/settings.js";
import type { Reading, ReadingValue } from "../../../src/vehicle/reading.js";
import { SETTINGS } from "../../helpers/charging-world.js";
import { ODOMETER, SOC, STATUS, TARGET } from "../../helpers/test-vehicle.js";
import { START } from "../../helpers/fakes.js";
import { runs } from "../../helpers/random.js";
import { happen, readingOf, socLife, tripAt } from "../../helpers/soc-life.js";

const CHARGING = "vehicle.drivetrain.electricEngine.charging";
const CAPACITY = "vehicle.drivetrain.batteryManagement.maxEnergy";
const POWER = "vehicle.powertrain.electric.battery.charging.power";
const SECOND = 1000;
const MINUTE = 60 * SECOND;
const driveTypes = fc.constantFrom("bev", "phev", null);

function readings(values: Readonly<Record<string, ReadingValue | null>>, at: number): Reading[] {
  return Object.entries(values).map(([descriptor, value]) => readingOf(descriptor, value, at));
}

function estimator(changes: Partial<SocSettings> = {}): SocEstimator {
  const settings = { ...SETTINGS, magic: true, ...changes };
  return new SocEstimator(() => settings);
}

/** A charge at 11 kW; the level comes at its start and its end. Returns the moment after it. */
function charge(car: SocEstimator, from: number, to: number, at: number, kw = 11): number {
  const startValues = { [SOC]: from, [CAPACITY]: 80, [TARGET]: 100, [`${CHARGING}.method`]: "AC_TYPE2PLUG" };
  car.take(readings({ ...startValues, [STATUS]: "CHARGINGACTIVE" }, at), [], at);
  car.take(readings({ [`${CHARGING}.phaseNumber`]: "3-PHASES", [`${CHARGING}.acVoltage`]: 230 }, at), [], at);
  const minutes = Math.round((((to - from) / 100) * 80 * 60) / ((kw - 0.3) * 0.9));
  for (let minute = 0; minute <= minutes; minute += 1) {
    const now = at + minute * MINUTE;
    car.take(readings({ [`${CHARGING}.acAmpere`]: (kw * 1000) / 690 }, now), [], now);
    car.tick(now + 30 * SECOND);
  }
  const end = at + (minutes + 1) * MINUTE;
  car.take(readings({ [STATUS]: "NOCHARGING" }, end), [], end);
  car.take(readings({ [SOC]: to }, end + MINUTE), [], end + MINUTE);
  return end + 2 * MINUTE;
}

function assertSound(estimate: SocEstimate | null): void {
  if (estimate === null) return;
  const { soc, sigma, band90, charge: figures } = estimate;
  const [low, high] = band90;
  assert.ok(soc >= 0 && soc <= 100 && sigma >= 0 && Number.isFinite(sigma), JSON.stringify(estimate));
  assert.ok(low >= 0 && low <= soc && soc <= high && high <= 100, JSON.stringify(estimate));
  for (const value of Object.values(figures ?? {}))
    assert.ok(typeof value !== "number" || Number.isFinite(value), JSON.stringify(figures));
}

describe("the estimate of a car", () => {
  it("learns from a charge and says so once", () => {
    const car = estimator();
    charge(car, 40, 60, START);
    const [decision, ...more] = car.decisions();
    assert.ok(decision?.accepted, JSON.stringify(decision));
    assert.deepEqual(more, []);
    assert.deepEqual(car.decisions(), []);
    const { charging, lastDecision } = car.report();
    assert.equal(charging.conditions[0]?.samples, 1);
    assert.ok(Math.abs((charging.conditions[0]?.efficiency ?? 0) - 0.9) < 0.02);
    assert.deepEqual(lastDecision, decision);
  });

  it("learns a fast charge as one with direct current, though the car names no method any more at its end", () => {
    const car = estimator();
    const start = { [SOC]: 20, [CAPACITY]: 80, [TARGET]: 80, [`${CHARGING}.method`]: "DC_TYP2COMBO" };
    car.take(readings({ ...start, [STATUS]: "CHARGINGACTIVE" }, START), [], START);
    for (let minute = 0; minute <= 20; minute += 1) {
      const now = START + minute * MINUTE;
      car.take([readingOf(POWER, 100, now, "kW")], [], now);
    }
    const end = START + 20 * MINUTE;
    car.take(readings({ [`${CHARGING}.method`]: "NOCHARGING", [STATUS]: "NOCHARGING", [SOC]: 58 }, end), [], end);
    const [learned, ...others] = car.report().charging.conditions;
    assert.deepEqual([learned?.key, others], ["0_410_0", []]);
  });

  it("takes a charge for one with alternating current where the last one's method holds no longer", () => {
    const car = estimator();
    const method = (word: string) => ({ [`${CHARGING}.method`]: word });
    car.take(readings({ [SOC]: 20, [CAPACITY]: 80, ...method("DC_TYP2COMBO") }, START), [], START);
    car.take(readings({ [STATUS]: "CHARGINGACTIVE" }, START), [], START);
    car.take(readings({ [STATUS]: "NOCHARGING", ...method("NOCHARGING") }, START + MINUTE), [], START + MINUTE);
    car.take(readings({ [STATUS]: "CHARGINGACTIVE" }, START + 90 * MINUTE), [], START + 90 * MINUTE);
    assert.equal(car.predicted(START + 90 * MINUTE)?.charge?.method, "AC");
  });

  it("begins a charge with the level that comes with its start, whatever the car was at before it drove unheard", () => {
    const car = estimator();
    car.take(readings({ [SOC]: 80, [CAPACITY]: 80 }, START - 300 * MINUTE), [], START - 300 * MINUTE);
    charge(car, 40, 60, START);
    assert.deepEqual(
      car.decisions().map(({ reason, socChange }) => [reason, socChange]),
      [["learned", 20]],
    );
  });

  it("forgets by kind", () => {
    const car = estimator();
    charge(car, 40, 60, START);
    assert.equal(car.reset("dc"), false);
    assert.equal(car.reset("driving"), false);
    assert.equal(car.report().charging.conditions.length, 1);
    assert.equal(car.reset("ac"), true);
    assert.deepEqual(car.report().charging.conditions, []);
    assert.equal(car.reset("all"), false);
  });

  it("learns from a charge by a capacity that was corrected while it ran", () => {
    const learned = (correct: (car: SocEstimator, settings: SocSettings) => SocSettings | null) => {
      let settings: SocSettings = { ...SETTINGS, minEfficiency: 0.4 };
      const car = new SocEstimator(() => settings);
      car.take(readings({ [SOC]: 40, [CAPACITY]: 80, [STATUS]: "CHARGINGACTIVE" }, START), [], START);
      for (let minute = 0; minute <= 100; minute += 1) {
        const now = START + minute * MINUTE;
        car.take([readingOf(POWER, 11, now, "kW")], [], now);
        if (minute === 50) settings = correct(car, settings) ?? settings;
      }
      const end = START + 101 * MINUTE;
      car.take(readings({ [STATUS]: "NOCHARGING" }, end), [], end);
      car.take(readings({ [SOC]: 60 }, end + MINUTE), [], end + MINUTE);
      return car.report().charging.conditions[0]?.efficiency ?? NaN;
    };
    const usual = learned(() => null);
    const byCommand = learned((_, settings) => ({ ...settings, capacityKwh: 72 }));
    assert.ok(Math.abs(byCommand / usual - 0.9) < 1e-9, `${byCommand} of ${usual}`);
    const byCar = learned((car) => {
      car.take(readings({ [CAPACITY]: 72 }, START + 50 * MINUTE), [], START + 50 * MINUTE);
      return null;
    });
    assert.equal(byCar, byCommand);
  });

  describe("after a reset", () => {
    /** A charge that has ended, and waits for the level that confirms it; returns that. */
    const waiting = (car: SocEstimator, method: string) => {
      const start = { [SOC]: 40, [CAPACITY]: 80, [TARGET]: 100, [`${CHARGING}.method`]: method };
      car.take(readings({ ...start, [STATUS]: "CHARGINGACTIVE" }, START), [], START);
      for (let minute = 0; minute <= 100; minute += 1) {
        const now = START + minute * MINUTE;
        car.take([readingOf(POWER, 11, now, "kW")], [], now);
      }
      const end = START + 101 * MINUTE;
      car.take(readings({ [STATUS]: "NOCHARGING" }, end), [], end);
      return () => {
        car.take(readings({ [SOC]: 60 }, end + MINUTE), [], end + MINUTE);
        car.tick(end + 30 * MINUTE);
        return car.report().charging.conditions.length;
      };
    };

    it("is taught no more by a charge of that kind that waits", () => {
      for (const [method, kind, other] of [
        ["AC_TYPE2PLUG", "ac", "dc"],
        ["DC_TYP2COMBO", "dc", "ac"],
      ] as const) {
        for (const what of [kind, "all"] as const) {
          const car = estimator();
          const confirm = waiting(car, method);
          car.reset(what);
          assert.equal(confirm(), 0, `${method} ${what}`);
          assert.equal(car.report().lastDecision, null);
          assert.deepEqual(car.decisions(), []);
          const fresh = estimator();
          assert.deepEqual(car.save()["efficiency"], fresh.save()["efficiency"]);
        }
        for (const what of [other, "driving"] as const) {
          const car = estimator();
          const confirm = waiting(car, method);
          car.reset(what);
          assert.equal(confirm(), 1, `${method} ${what}`);
        }
      }
    });

    it("names no lesson that was forgotten", () => {
      for (const [what, remains] of [
        ["ac", false],
        ["all", false],
        ["dc", true],
        ["driving", true],
      ] as const) {
        const car = estimator();
        charge(car, 40, 60, START);
        car.reset(what);
        assert.equal(car.report().lastDecision !== null, remains, what);
      }
      const car = estimator();
      car.take(readings({ [SOC]: 80, [CAPACITY]: 80, [ODOMETER]: 1000 }, START), [], START);
      const { started, ended } = tripAt(START);
      car.take([], [started], START);
      const end = START + 41 * MINUTE;
      car.take(readings({ [ODOMETER]: 1040, [SOC]: 70 }, end), [ended(end)], end);
      assert.equal(car.report().lastDecision?.what, "driving");
      car.reset("driving");
      assert.deepEqual([car.report().lastDecision, car.report().driving.lastTrip], [null, null]);
    });
  });

  it("learns from a trip, also while Magic SOC is off", () => {
    const car = estimator({ magic: false });
    car.take(readings({ [SOC]: 80, [CAPACITY]: 80, [ODOMETER]: 1000 }, START), [], START);
    const { started, ended } = tripAt(START + MINUTE);
    car.take([], [started], START + MINUTE);
    const end = START + 41 * MINUTE;
    car.take(readings({ [ODOMETER]: 1040, [SOC]: 70 }, end), [], end);
    car.take([], [ended(end)], end);
    assert.equal(car.magic(end), null);
    const [decision] = car.decisions();
    assert.deepEqual([decision?.what, decision?.accepted], ["driving", true]);
    assert.ok(Math.abs((decision?.value ?? 0) - 0.2) < 1e-9, "8 kWh over 40 km");
    assert.ok(Math.abs((decision?.socChange ?? 0) - 10) < 1e-6);
  });

  it("learns kWh/km also from an odometer in miles", () => {
    const car = estimator();
    const miles = (value: number, at: number) => car.take([readingOf(ODOMETER, value, at, "mi")], [], at);
    car.take(readings({ [SOC]: 80, [CAPACITY]: 80 }, START), [], START);
    miles(1000, START);
    const { started, ended } = tripAt(START + MINUTE);
    car.take([], [started], START + MINUTE);
    const end = START + 41 * MINUTE;
    for (let mile = 1; mile <= 25; mile += 1) miles(1000 + mile, START + MINUTE + mile * 96 * SECOND);
    assert.ok(Math.abs((car.magic(end)?.drive?.tripKm ?? 0) - 25 * 1.609344) <= 1.7, "as far as a whole mile tells");
    car.take(readings({ [SOC]: 70 }, end), [], end);
    car.take([], [ended(end)], end);
    assert.ok(Math.abs((car.decisions()[0]?.value ?? 0) - 8 / (25 * 1.609344)) < 1e-9);
  });

  it("ends a trip when a charge begins, and counts no continuity then", () => {
    const car = estimator();
    car.take(readings({ [SOC]: 80, [CAPACITY]: 80, [ODOMETER]: 1000 }, START), [], START);
    car.take([], [tripAt(START).started], START + SECOND);
    assert.equal(car.magic(START + SECOND)?.mode, "driving");
    car.take(readings({ [STATUS]: "CHARGINGACTIVE" }, START + MINUTE), [], START + MINUTE);
    assert.equal(car.magic(START + MINUTE)?.mode, "charging");
    car.take(readings({ [STATUS]: "NOCHARGING" }, START + 2 * MINUTE), [], START + 2 * MINUTE);
    assert.equal(car.magic(START + 2 * MINUTE)?.mode, "idle");
  });

  it("ends a charge of which nobody told the end when BMW says that the car moves", () => {
    const car = estimator();
    car.take(readings({ [SOC]: 50, [CAPACITY]: 80, [STATUS]: "CHARGINGACTIVE" }, START), [], START);
    car.take(readings({ "vehicle.isMoving": true }, START - MINUTE), [], START + SECOND);
    assert.equal(car.predicted(START)?.mode, "charging", "it had moved before");
    car.take(readings({ "vehicle.isMoving": true }, START + MINUTE), [], START + MINUTE);
    assert.equal(car.predicted(START + MINUTE)?.mode, "idle");
  });

  it("goes on with a charge of which the status is unknown by now", () => {
    const car = estimator();
    car.take(readings({ [SOC]: 50, [CAPACITY]: 80, [STATUS]: "CHARGINGACTIVE" }, START), [], START);
    car.take(readings({ [STATUS]: null }, START + MINUTE), [], START + MINUTE);
    assert.equal(car.predicted(START + MINUTE)?.mode, "charging");
  });

  it("tells of a charge also where only the model, or nothing, tells the capacity", () => {
    for (const modelCapacityKwh of [60, null]) {
      const car = new SocEstimator(() => ({ ...SETTINGS, modelCapacityKwh }));
      const told = { [SOC]: 50, [TARGET]: 80, [`${CHARGING}.method`]: "AC_TYPE2PLUG", [STATUS]: "CHARGINGACTIVE" };
      car.take(readings(told, START), [], START);
      const ac = { [`${CHARGING}.phaseNumber`]: 3, [`${CHARGING}.acVoltage`]: 230, [`${CHARGING}.acAmpere`]: 16 };
      car.take(readings(ac, START + SECOND), [], START + SECOND);
      for (let now = START; now <= START + 30 * MINUTE; now += 30 * SECOND) car.tick(now);
      const { charge } = car.predicted(START + 30 * MINUTE) ?? {};
      assert.ok(charge);
      assert.deepEqual(
        [
          charge.method,
          Math.round((charge.powerKw ?? 0) * 100) / 100,
          charge.powerSource,
          charge.phases,
          charge.targetSoc,
          charge.startedAt,
        ],
        ["AC", 11.04, "acProduct", 3, 80, START],
        String(modelCapacityKwh),
      );
      assert.ok(Math.abs(charge.energyKwh - 10.74 / 2) < 0.05);
      assert.ok((charge.minutesToTarget ?? 0) > 20);
      car.take(readings({ [STATUS]: "NOCHARGING", [SOC]: 58 }, START + 31 * MINUTE), [], START + 31 * MINUTE);
      assert.deepEqual(car.report().charging.conditions, [], "what a guessed capacity gives is no lesson");
    }
  });

  for (const phases of [1, 3])
    it(`tells power and time to the target of the same count of phases where nobody tells it: ${phases}`, () => {
      const car = estimator();
      const perMinute = (((phases * 3.68 - 0.3) * 0.9) / 80 / 60) * 100;
      const start = { [SOC]: 40, [CAPACITY]: 80, [TARGET]: 90, [`${CHARGING}.method`]: "AC_TYPE2PLUG" };
      car.take(readings({ ...start, [STATUS]: "CHARGINGACTIVE" }, START), [], START);
      let powerKw = NaN;
      for (let minute = 0, level = 40; level < 50; minute++) {
        const now = START + minute * MINUTE;
        const told = Math.floor(40 + minute * perMinute);
        const news = told > level ? { [SOC]: (level = told) } : {};
        const current = minute % 5 === 0 ? { [`${CHARGING}.acVoltage`]: 230, [`${CHARGING}.acAmpere`]: 16 } : {};
        car.take(readings({ ...current, ...news }, now), [], now);
        const { soc = NaN, charge } = car.predicted(now) ?? {};
        const left = ((90 - soc) / 100) * 80;
        const byTime = left / ((charge?.minutesToTarget ?? NaN) / 60);
        powerKw = charge?.powerKw ?? NaN;
        assert.ok(byTime > 0.7 * (powerKw - 0.3) && byTime < 1.2 * powerKw, JSON.stringify({ minute, ...charge }));
        assert.equal(Math.round(powerKw / 3.68), charge?.phases);
      }
      assert.ok(Math.abs(powerKw / phases / 3.68 - 1) < 0.1, String(powerKw));
    });

  it("reckons right at any power with a meter that is off by as much at each", () => {
    const car = estimator({ driveType: "bev", magic: false, minEfficiency: 0.4 });
    const perMinute = (kw: number) => ((kw * 0.92) / 80 / 60) * 100;
    const begin = (at: number) =>
      car.take(readings({ [SOC]: 40, [CAPACITY]: 80, [TARGET]: 90, [STATUS]: "CHARGINGACTIVE" }, at), [], at);
    let now = START;
    for (const kw of [2, 11, 3.5, 7, 2, 11, 5, 11]) {
      begin(now);
      for (let passed = 0, level = 40; level < 60; passed++, now += MINUTE) {
        car.meter(kw + 0.4, 0, now);
        const told = Math.floor(40 + passed * perMinute(kw));
        if (told > level) car.take(readings({ [SOC]: (level = told) }, now), [], now);
      }
      car.take(readings({ [STATUS]: "NOCHARGING" }, now), [], now);
      car.take(readings({ [SOC]: 60 }, now + SECOND), [], now + SECOND);
      now += 600 * MINUTE;
    }
    begin(now);
    for (let passed = 0; passed < 360; passed++) car.meter(2.4, 0, (now += MINUTE));
    const shown = car.predicted(now)?.soc ?? NaN;
    // The first level of a charge leaves half a point open.
    assert.ok(Math.abs(shown - 40.5 - 360 * perMinute(2)) < 0.8, `${shown} ${40.5 + 360 * perMinute(2)}`);
  });

  describe("that gives power (V2H, V2L)", () => {
    const plugged = (changes: Partial<SocSettings> = {}) => {
      const car = estimator({ driveType: "bev", ...changes });
      car.take(readings({ [SOC]: 60, [CAPACITY]: 80, [TARGET]: 80 }, START), [], START);
      return car;
    };
    /** 4 kW and 0.3 kW beside the battery for two hours, at 90 %. */
    const left = 60.5 - (4.3 / 0.9 / 80) * 100 * 2;
    const near = (car: SocEstimator, at: number, soc: number, pp: number) => {
      const shown = car.predicted(at)?.soc ?? NaN;
      assert.ok(Math.abs(shown - soc) < pp, `${String(shown)} ${String(soc)}`);
    };

    it("falls by what the user's meter tells, and stays when it gives no more", () => {
      const car = plugged();
      const end = START + 120 * MINUTE;
      for (let now = START; now < end; now += MINUTE) car.meter(-4, 0.3, now);
      near(car, end, left, 1);
      assert.ok((car.predicted(end)?.charge?.powerKw ?? 0) < -3.9);
      car.meter(0, 0, end);
      assert.equal(car.predicted(end)?.mode, "idle");
      for (let now = end; now < end + 60 * MINUTE; now += MINUTE) car.tick(now);
      near(car, end + 60 * MINUTE, left, 1);
      assert.deepEqual(car.report().charging.conditions, []);
    });

    it("stays where the meter tells nothing any more", () => {
      const car = plugged();
      for (let now = START; now < START + 30 * MINUTE; now += MINUTE) car.meter(-4, 0.3, now);
      for (let now = START + 30 * MINUTE; now < START + 90 * MINUTE; now += MINUTE) car.tick(now);
      assert.equal(car.predicted(START + 90 * MINUTE)?.mode, "idle");
      near(car, START + 90 * MINUTE, 60.5 - 3, 1);
    });

    it("falls by the power that the car tells, until it drives away", () => {
      const car = plugged();
      const end = START + 120 * MINUTE;
      for (let now = START; now < end; now += MINUTE) {
        if ((now - START) % (10 * MINUTE) === 0) car.take(readings({ [POWER]: -4 }, now), [], now);
        car.tick(now);
      }
      near(car, end, left, 1);
      car.take([], [tripAt(end).started], end);
      assert.notEqual(car.predicted(end)?.mode, "charging");
    });

    it("falls in the middle of a charge too, and rises again", () => {
      const car = plugged();
      car.take(readings({ [STATUS]: "CHARGINGACTIVE" }, START), [], START);
      const [turn, end] = [START + 120 * MINUTE, START + 240 * MINUTE];
      for (let now = START; now < turn; now += MINUTE) car.meter(-4, 0.3, now);
      near(car, turn, left, 1);
      for (let now = turn; now < end; now += MINUTE) car.meter(4, 0.3, now);
      near(car, end, left + (3.7 * 2 * 0.9 * 100) / 80, 1.5);
    });

    it("is not what a meter says that is off by a little", () => {
      const car = plugged();
      for (let now = START; now < START + 60 * MINUTE; now += MINUTE) car.meter(-0.05, 0, now);
      assert.deepEqual(
        [car.predicted(START + 60 * MINUTE)?.soc, car.predicted(START + 60 * MINUTE)?.mode],
        [60, "idle"],
      );
    });

    it("goes on so after a restart", () => {
      const [car, later] = [plugged(), plugged()];
      for (let now = START; now < START + 30 * MINUTE; now += MINUTE) car.meter(-4, 0.3, now);
      later.restore(JSON.parse(JSON.stringify(car.save())));
      later.meter(0, 0, START + 31 * MINUTE);
      assert.equal(later.predicted(START + 31 * MINUTE)?.mode, "idle");
    });
  });

  it("shows the target of now, also when it changes during the charge", () => {
    const car = estimator();
    car.take(readings({ [SOC]: 50, [CAPACITY]: 80, [TARGET]: 80, [STATUS]: "CHARGINGACTIVE" }, START), [], START);
    assert.equal(car.predicted(START)?.charge?.targetSoc, 80);
    car.take(readings({ [TARGET]: 90 }, START + MINUTE), [], START + MINUTE);
    assert.equal(car.predicted(START + MINUTE)?.charge?.targetSoc, 90);
  });

  it("looks after a trip that has ended for five minutes, whatever the clock does meanwhile", () => {
    for (const [wait, mode] of [
      [4 * MINUTE, "continuity"],
      [5 * MINUTE, "idle"],
      [-60 * MINUTE, "idle"],
    ] as const) {
      const car = estimator();
      const { started, ended } = tripAt(START);
      car.take(readings({ [SOC]: 50, [CAPACITY]: 80, [ODOMETER]: 1000 }, START), [started], START);
      car.take([], [ended(START + MINUTE)], START + MINUTE);
      car.tick(START + MINUTE + wait);
      assert.equal(car.magic(START + MINUTE + wait)?.mode, mode);
      assert.equal(car.open, mode === "continuity");
    }
  });

  it("does not call a value known that is not: target, capacity, a charge", () => {
    const car = estimator();
    assert.equal(car.predicted(START), null);
    car.take(readings({ [SOC]: 50, [STATUS]: "CHARGINGACTIVE" }, START), [], START);
    const estimate = car.predicted(START);
    assert.deepEqual([estimate?.mode, estimate?.capacity], ["charging", null]);
    assert.equal(estimate?.charge?.targetSoc ?? null, null);
  });

  it("takes no harm from what no car and no meter means", () => {
    const sane = estimator();
    const tormented = estimator();
    const bad = (at: number) => [
      ...readings({ [SOC]: NaN, [CAPACITY]: 0, [POWER]: NaN, [`${CHARGING}.acAmpere`]: Infinity }, at),
      ...[
        readingOf(POWER, -5000, at, "kW"),
        readingOf(POWER, 1e9, at, "kW"),
        readingOf(SOC, 250, at),
        readingOf(SOC, -1, at),
      ],
      ...[
        readingOf(CAPACITY, -80, at),
        readingOf(CAPACITY, 1e6, at),
        readingOf(TARGET, 900, at),
        readingOf(ODOMETER, NaN, at),
      ],
    ];
    for (const car of [sane, tormented]) {
      let now = charge(car, 40, 60, START);
      if (car === tormented)
        for (const at of [now, now + SECOND, now - 30 * MINUTE]) {
          car.take(bad(at), [], now);
          for (const kw of [NaN, -1e6, Infinity, 1e6]) car.meter(kw, 0, now);
          car.meter(11, NaN, now);
          car.meter(11, -1, now);
          for (const kmh of [NaN, -10, 1e6]) car.speed(kmh, now);
          car.place({ latitude: NaN, longitude: 500 }, now, null, now);
          car.place({ latitude: 48, longitude: 11 }, now, { km: NaN, since: now }, now);
          car.tick(NaN);
          car.tick(now - 10 * 24 * 60 * MINUTE);
        }
      now = charge(car, 60, 80, now + 60 * MINUTE);
      assertSound(car.predicted(now));
      assertSound(car.magic(now));
    }
    assert.deepEqual(tormented.report().charging, sane.report().charging);
    assert.deepEqual(tormented.report().driving, sane.report().driving);
  });

  it("does not learn from a charge in which the clock jumped", () => {
    for (const jump of [-24, 24]) {
      const car = estimator();
      const at = START;
      car.take(readings({ [SOC]: 40, [CAPACITY]: 80, [TARGET]: 100, [STATUS]: "CHARGINGACTIVE" }, at), [], at);
      car.take([readingOf(POWER, 11, at, "kW")], [], at);
      const later = at + jump * 60 * MINUTE;
      car.tick(later);
      car.take([readingOf(POWER, 11, later, "kW")], [], later);
      car.take(readings({ [STATUS]: "NOCHARGING" }, later + MINUTE), [], later + MINUTE);
      car.take(readings({ [SOC]: 60 }, later + 2 * MINUTE), [], later + 2 * MINUTE);
      assert.deepEqual(car.report().charging.conditions, [], `${jump} h`);
      assertSound(car.predicted(later + 3 * MINUTE));
    }
  });

  it("is the same after a restart, whatever it was doing", () => {
    const car = estimator();
    const now = charge(car, 40, 60, START);
    car.take(readings({ [ODOMETER]: 1000 }, now), [tripAt(now).started], now);
    const again = estimator();
    again.restore(JSON.parse(JSON.stringify(car.save())));
    assert.deepEqual(again.report(), car.report());
    assert.deepEqual(again.predicted(now + MINUTE), car.predicted(now + MINUTE));
    assert.deepEqual(again.magic(now + MINUTE), car.magic(now + MINUTE));
    assert.equal(again.open, car.open);
  });

  it("is read tolerantly (property)", () => {
    const saved = fc.oneof(
      fc.anything(),
      fc.record({
        ...Object.fromEntries(Object.keys(estimator().save()).map((part) => [part, fc.anything()])),
      }),
    );
    fc.assert(
      fc.property(saved, (state) => {
        const car = estimator();
        car.restore(state);
        car.tick(START);
        car.take(readings({ [SOC]: 50 }, START), [], START);
        assertSound(car.predicted(START));
        assertSound(car.magic(START));
        JSON.stringify(car.save());
      }),
      { numRuns: runs(300) },
    );
  });

  it("is sound after whatever comes in whatever order (property)", () => {
    fc.assert(
      fc.property(socLife, driveTypes, (life, driveType) => {
        const car = estimator({ driveType });
        let now = START;
        for (const one of life) {
          now = happen(car, one, now);
          assertSound(car.predicted(now));
          assertSound(car.magic(now));
        }
      }),
      { numRuns: runs(200) },
    );
  });
});
