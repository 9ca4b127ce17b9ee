import assert from "node:assert/strict";
import fc from "fast-check";
import { SocEstimator } from "../../../src/soc/soc-estimator.js";
import { LONGEST_RESTORED_TRIP_MS } from "../../../src/soc/settings.js";
import type { SocSettings } from "../../../src/soc/settings.js";
import { isObject, type JsonObject } from "../../../src/support/json.js";
import { SETTINGS } from "../../helpers/charging-world.js";
import { SOC, STATUS } from "../../helpers/test-vehicle.js";
import { START } from "../../helpers/fakes.js";
import { runs } from "../../helpers/random.js";
import { happen, readingOf, socLife } from "../../helpers/soc-life.js";

const MINUTE = 60_000;
const CAPACITY = "vehicle.drivetrain.batteryManagement.maxEnergy";
const POWER = "vehicle.powertrain.electric.battery.charging.power";
const METHOD = "vehicle.drivetrain.electricEngine.charging.method";
const driveTypes = fc.constantFrom("bev", "phev", null);

function estimator(changes: Partial<SocSettings> = {}): SocEstimator {
  const settings = { ...SETTINGS, magic: true, ...changes };
  return new SocEstimator(() => settings);
}

const stored = (car: SocEstimator) => JSON.parse(JSON.stringify(car.save())) as JsonObject;

function restarted(car: SocEstimator): SocEstimator {
  const again = estimator();
  again.restore(stored(car));
  return again;
}

function tell(car: SocEstimator, values: Readonly<Record<string, string | number>>, at: number): void {
  const readings = Object.entries(values).map(([name, value]) => readingOf(name, value, at));
  car.take(readings, [], at);
}

describe("the estimate of a car, when the program starts anew", () => {
  it("goes on with a charge of which no level was known yet", () => {
    const car = estimator();
    tell(car, { [STATUS]: "CHARGINGACTIVE" }, START);
    const again = restarted(car);
    assert.ok(again.busy);
    tell(again, { [SOC]: 40 }, START + MINUTE);
    assert.equal(again.predicted(START + 2 * MINUTE)?.mode, "charging");
  });

  it("reckons with a capacity from the moment on in which that is told", () => {
    const car = estimator({ modelCapacityKwh: 40 });
    tell(car, { [SOC]: 20, [METHOD]: "AC_TYPE2PLUG" }, START);
    tell(car, { [STATUS]: "CHARGINGACTIVE" }, START + MINUTE);
    tell(car, { [POWER]: 11 }, START + MINUTE);
    for (let minute = 2; minute <= 30; minute++) car.tick(START + minute * MINUTE);
    const now = START + 31 * MINUTE;
    tell(car, { [CAPACITY]: 100 }, now);
    car.tick(now);
    assertNear(restarted(car).predicted(now), car.predicted(now));
  });

  it("learns as much of a fast charge of which only the levels are told", () => {
    const play = (restart: (car: SocEstimator) => SocEstimator) => {
      let car = estimator();
      tell(car, { [SOC]: 20, [METHOD]: "DC_CCS" }, START);
      tell(car, { [STATUS]: "CHARGINGACTIVE" }, START + MINUTE);
      for (let minute = 2; minute <= 20; minute++) {
        tell(car, { [SOC]: 20 + 2 * minute }, START + minute * MINUTE);
        car = restart(car);
      }
      tell(car, { [STATUS]: "NOCHARGING" }, START + 21 * MINUTE);
      for (let minute = 22; minute <= 60; minute++) car.tick(START + minute * MINUTE);
      return stored(car)["efficiency"] as { curve: object };
    };
    const { curve } = play((car) => car);
    assert.ok(Object.keys(curve).length > 2);
    assert.deepEqual(Object.keys(play(restarted).curve), Object.keys(curve));
  });

  it("is the same whatever came before, and so is what is stored (property)", () => {
    fc.assert(
      fc.property(socLife, driveTypes, (life, driveType) => {
        const [car, again] = [estimator({ driveType }), estimator({ driveType })];
        let now = START;
        for (const one of life) now = happen(car, one, now);
        const saved = stored(car);
        again.restore(saved);
        assert.deepEqual(again.report(), car.report());
        // A trip older than four hours is looked at once, when it is loaded.
        const { trip } = saved["driving"] as { trip: { createdAt: number } | null };
        if (trip === null || now - trip.createdAt <= LONGEST_RESTORED_TRIP_MS) {
          assertNear(again.predicted(now), car.predicted(now));
          assertNear(again.magic(now), car.magic(now));
        }
        assert.equal(again.open, car.open);
        assert.deepEqual(stored(again), interrupted(saved));
      }),
      { numRuns: runs(200) },
    );
  });
});
/** What was told is gone through once more, in other steps of time: that differs a little, for tiny batteries by more. */
const [NEAR, NEAR_SHARE] = [0.05, 0.03];

function assertNear(actual: unknown, expected: unknown, name = ""): void {
  if (typeof actual === "number" && typeof expected === "number") {
    const isNear = Math.abs(actual - expected) <= NEAR + NEAR_SHARE * Math.abs(expected);
    assert.ok(isNear, `${name}: ${actual} instead of ${expected}`);
  } else if (isObject(actual) && isObject(expected)) {
    for (const member of new Set([...Object.keys(actual), ...Object.keys(expected)]))
      assertNear(actual[member], expected[member], `${name}.${member}`);
  } else if (Array.isArray(actual) && Array.isArray(expected)) {
    assert.equal(actual.length, expected.length, name);
    actual.forEach((one: unknown, index) => {
      assertNear(one, expected[index], `${name}.${index}`);
    });
  } else assert.deepEqual(actual, expected, name);
}

/** A charge that was loaded teaches nothing. */
function interrupted(saved: JsonObject): JsonObject {
  const ledger = saved["ledger"] as JsonObject;
  const { session } = ledger;
  return isObject(session) ? { ...saved, ledger: { ...ledger, session: { ...session, isRestored: true } } } : saved;
}
