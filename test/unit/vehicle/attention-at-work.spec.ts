import assert from "node:assert/strict";
import { SimulatedCar } from "../../simulator/cars/car.js";
import { restValues } from "../../simulator/cars/rest-values.js";
import { homeCharge, type ScriptStep } from "../../simulator/cars/script.js";
import { standardCars } from "../../simulator/cars/standard.js";
import { START } from "../../helpers/fakes.js";
import { TestVehicle } from "../../helpers/test-vehicle.js";

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const NEWS = new Set(["chargingInterrupted", "pluggedNotCharging", "tyrePressureLow", "serviceDue"]);

/** A day on which much goes wrong: it is not charged, then the charge fails, a tyre loses air, and the oil has to be changed. */
const SCRIPT: readonly ScriptStep[] = [
  { at: HOUR, do: "plug" },
  { at: 2 * HOUR, do: "unplug" },
  { at: 3 * HOUR, do: "charge", charge: homeCharge },
  { at: 4 * HOUR, do: "failCharge" },
  { at: 6 * HOUR, do: "unplug" },
  { at: 7 * HOUR, do: "tyre", kPa: 200 },
  { at: 8 * HOUR, do: "tyre", kPa: 190 },
  { at: 9 * HOUR, do: "tyre", kPa: 255 },
  { at: 10 * HOUR, do: "service", status: "PENDING" },
  { at: 20 * HOUR, do: "service", status: "OVERDUE" },
];

/** Plays the day with a poll every hour, and with a restart after each if wanted. */
function playDay(restarts: boolean): TestVehicle {
  const [standard] = standardCars(START);
  assert.ok(standard);
  const car = new SimulatedCar({ ...standard.design, startSoc: 40, script: SCRIPT }, START);
  const vehicle = new TestVehicle();
  for (let at = 0; at <= 24 * HOUR; at += HOUR) {
    for (const { time, data } of car.advanceTo(START + at)) vehicle.data((time - START) / 1000, { ...data });
    const { measured, states } = restValues(car.design, car.truth());
    vehicle.rest(at / 1000, Object.fromEntries([...measured, ...states]));
    if (restarts) vehicle.restart();
  }
  return vehicle;
}

describe("a simulated day on which much goes wrong", () => {
  for (const restarts of [false, true])
    it(`is told once for each thing${restarts ? ", with a restart every hour" : ""}`, () => {
      const { names } = playDay(restarts);
      assert.deepEqual(
        names.filter((name) => NEWS.has(name)),
        ["pluggedNotCharging", "chargingInterrupted", "tyrePressureLow", "serviceDue"],
      );
    });

  it("ends with a car that is secured", () => {
    const { vehicle } = playDay(false);
    const values = new Map(vehicle.values.map(({ name, value }) => [name, value]));
    assert.deepEqual([values.get("openings"), values.get("secured")], ["CLOSED", true]);
  });
});
