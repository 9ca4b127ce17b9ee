import assert from "node:assert/strict";
import { iso, ODOMETER, TestVehicle } from "../../helpers/test-vehicle.js";

const RANGE = "vehicle.drivetrain.electricEngine.kombiRemainingElectricRange";
const DESTINATION = "vehicle.cabin.infotainment.navigation.destinationSet.distance";
const told = (seconds: number, value: number, unit: string | null) => ({ value, unit, timestamp: iso(seconds) });

describe("the unit in which a car counts", () => {
  const unitOf = (...parts: readonly Readonly<Record<string, readonly [value: number, unit: string | null]>>[]) => {
    const car = new TestVehicle();
    parts.forEach((part, index) =>
      car.data(
        index * 60,
        Object.fromEntries(Object.entries(part).map(([name, [value, unit]]) => [name, told(index * 60, value, unit)])),
      ),
    );
    return car.vehicle.distanceUnit;
  };

  it("is that of the odometer and the ranges, miles before kilometres", () => {
    assert.equal(unitOf({ [ODOMETER]: [12_000, "miles"] }), "mi");
    assert.equal(unitOf({ [ODOMETER]: [12_000, "km"], [RANGE]: [180, "mi"] }), "mi");
    assert.equal(unitOf({ [ODOMETER]: [12_000, null], [RANGE]: [180, "miles"] }), "mi");
    assert.equal(unitOf({ [ODOMETER]: [12_000, "km"] }), "km");
    assert.equal(unitOf({ [RANGE]: [180, null] }), undefined);
  });

  it("is no other one because of the way to a destination, unless nothing else says which", () => {
    assert.equal(unitOf({ [ODOMETER]: [12_000, "km"], [RANGE]: [180, "km"] }, { [DESTINATION]: [12, "miles"] }), "km");
    assert.equal(unitOf({ [ODOMETER]: [12_000, null] }, { [DESTINATION]: [12, "miles"] }), "mi");
  });

  describe("without a unit at its odometer", () => {
    /** Begins as told, and drives seven miles. */
    const driven = (unit: string | null, ...begin: readonly Parameters<TestVehicle["data"]>[]) => {
      const car = new TestVehicle();
      for (const part of begin) car.data(...part);
      for (let mile = 1; mile <= 7; mile++) {
        const at = 60 + mile * 90;
        car.fix(at, mile * 1609).data(at, { [ODOMETER]: told(at, 12_000 + mile, unit) });
      }
      return car.at(60 + 7 * 90 + 3600);
    };
    const tripsOf = (car: TestVehicle) => car.events.filter(({ name }) => name === "tripEnded");
    const range = { [RANGE]: told(10, 180, "mi") };
    const odometer = (unit: string | null) => ({ [ODOMETER]: told(10, 12_000, unit) });

    it("is that of its ranges, whichever comes first", () => {
      const named = driven("mi", [20, odometer("mi")]);
      assert.equal(tripsOf(named).length, 1);
      for (const car of [
        driven(null, [10, range], [20, odometer(null), "rest"]),
        driven(null, [10, odometer(null), "rest"], [20, range]),
      ]) {
        const { value, unit, raw } = car.vehicle.readings.get(ODOMETER) ?? {};
        assert.deepEqual([value, unit, raw?.unit], [12_007, "mi", null]);
        assert.deepEqual(tripsOf(car), tripsOf(named));
      }
    });
  });
});
