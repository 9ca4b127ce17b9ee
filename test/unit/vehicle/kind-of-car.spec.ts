import assert from "node:assert/strict";
import { canHave, type DriveType } from "../../../src/vehicle/drive-type.js";
import { VALUE_NAMES } from "../../../src/vehicle/source-priority.js";
import { ODOMETER, PORT, SOC, STATUS, TestVehicle } from "../../helpers/test-vehicle.js";

const DISPLAYED = "vehicle.powertrain.electric.battery.stateOfCharge.displayed";
const LEVEL = "vehicle.drivetrain.electricEngine.charging.level";
const TRIP_LEVEL = "vehicle.trip.segment.end.drivetrain.batteryManagement.hvSoc";
const TARGET = "vehicle.powertrain.electric.battery.stateOfCharge.target";
const MAX_ENERGY = "vehicle.drivetrain.batteryManagement.maxEnergy";
const ELECTRIC = "vehicle.drivetrain.electricEngine.kombiRemainingElectricRange";
const TOTAL = "vehicle.drivetrain.lastRemainingRange";
const FUEL = "vehicle.drivetrain.fuelSystem.remainingFuel";
const FUEL_LEVEL = "vehicle.drivetrain.fuelSystem.level";
const FUEL_RANGE = "vehicle.drivetrain.fuelSystem.remainingFuelRange";

/** Everything at once, as cars list it whatever they have. */
const ALL = { [SOC]: 12, [TRIP_LEVEL]: 40, [PORT]: "DISCONNECTED", [STATUS]: "NOCHARGING", [FUEL]: 30, [ODOMETER]: 1 };

const names = (vehicle: TestVehicle) => vehicle.vehicle.values.map(({ name }) => name);
const reported = (vehicle: TestVehicle) =>
  vehicle.outcomes.flatMap(({ values }) => values.map(({ name, value }) => [name, value] as const));
const described = (vehicle: TestVehicle, basicData: object | null, driveType: DriveType | null = null) => {
  const changes = vehicle.vehicle.describe({
    basicData: basicData as Record<string, unknown>,
    driveType,
    batteryKwh: null,
  });
  vehicle.outcomes.push(changes);
  return changes;
};
const knownAs = (driveType: DriveType | null) => {
  const vehicle = new TestVehicle();
  described(vehicle, null, driveType);
  return vehicle;
};

describe("a car of a kind", () => {
  for (const [driveType, without] of [
    ["combustion", ["soc", "plugged", "charging"]],
    ["bev", ["fuel"]],
    ["phev", []],
  ] as const)
    it(`has what a car of the kind ${driveType} has, whatever it lists`, () => {
      const vehicle = knownAs(driveType).stream(0, ALL);
      const expected = VALUE_NAMES.filter((name) => ![...without, "locked", "openings", "secured"].includes(name));
      assert.deepEqual(
        names(vehicle),
        expected.filter((name) => name !== "range"),
      );
      assert.deepEqual([...new Set(reported(vehicle).map(([name]) => name))].sort(), [...names(vehicle)].sort());
    });

  it("has no electric range as its range if it burns petrol", () => {
    const vehicle = knownAs("combustion").stream(0, { [ELECTRIC]: 5 });
    assert.deepEqual(names(vehicle), []);
    assert.deepEqual(reported(vehicle.stream(60, { [ELECTRIC]: 5, [TOTAL]: 400 })), [["range", 400]]);
  });

  it("gives no level of a petrol car in its trips", () => {
    const moving = "vehicle.isMoving";
    const vehicle = knownAs("combustion")
      .stream(0, { [TRIP_LEVEL]: 40, [SOC]: 40, [ODOMETER]: 1000 })
      .fix(0, 0)
      .stream(60, { [moving]: true })
      .fix(90, 1500)
      .stream(120, { [ODOMETER]: 1002 })
      .stream(600, { [moving]: false, [TRIP_LEVEL]: 38, [SOC]: 38, [ODOMETER]: 1009 });
    for (const event of vehicle.events) {
      if (event.name === "tripStarted") assert.equal(event.soc, null);
      if (event.name === "tripEnded") assert.equal(event.socUsed, null);
    }
    assert.ok(vehicle.names.includes("tripStarted"));
  });
});

describe("a car of which nobody says the kind", () => {
  const kindOf = (values: object) => new TestVehicle().stream(0, values as Record<string, unknown>).vehicle.driveType;

  for (const [title, values, expected] of [
    ["a level", { [SOC]: 63 }, "bev"],
    ["the newest cars' level", { [DISPLAYED]: 63 }, "bev"],
    ["a level of charging", { [LEVEL]: 63 }, "bev"],
    ["an electric range", { [ELECTRIC]: 250 }, "bev"],
    ["a capacity", { [MAX_ENERGY]: 74.1 }, "bev"],
    ["a charge", { [STATUS]: "CHARGINGACTIVE" }, "bev"],
    ["a charge and a tank", { [STATUS]: "CHARGINGACTIVE", [FUEL]: 20 }, "phev"],
    ["a tank and no battery", { [FUEL]: 20, [SOC]: 0 }, "combustion"],
    ["a tank, and a level at the end of a trip", { [FUEL_LEVEL]: 62, [TRIP_LEVEL]: 55 }, "combustion"],
    ["a tank and the battery of a mild hybrid", { [FUEL_LEVEL]: 62, [MAX_ENERGY]: 0.9 }, "combustion"],
    ["a level at the end of a trip alone", { [TRIP_LEVEL]: 55 }, "bev"],
    ["nothing but zeros", { [SOC]: 0, [TRIP_LEVEL]: 0, [FUEL]: 0, [ELECTRIC]: 0, [TARGET]: 80 }, null],
    ["nothing of the kind", { [STATUS]: "NOCHARGING", [ODOMETER]: 1000 }, null],
  ] as const)
    it(`is known by ${title}: ${String(expected)}`, () => {
      assert.equal(kindOf(values), expected);
    });

  it("has neither level nor fuel while all that it lists of them is zero", () => {
    const vehicle = new TestVehicle().stream(0, { [TRIP_LEVEL]: 0, [FUEL]: 0, [ODOMETER]: 5 });
    assert.deepEqual(names(vehicle), ["odometer"]);
  });

  it("keeps its kind when battery or tank are empty, also over a restart", () => {
    const vehicle = new TestVehicle().stream(0, { [SOC]: 30, [FUEL]: 12 }).stream(60, { [SOC]: 0, [FUEL]: 0 });
    for (const car of [vehicle, vehicle.restart(), vehicle.stream(120, { [SOC]: null, [FUEL]: null }).restart()])
      assert.equal(car.vehicle.driveType, "phev");
    assert.deepEqual(
      new TestVehicle()
        .stream(0, { [SOC]: 30 })
        .stream(60, { [SOC]: 0 })
        .vehicle.values.map(({ name, value }) => [name, value]),
      [["soc", 0]],
    );
  });

  it("is known again by what was saved before its signs were", () => {
    const car = new TestVehicle().stream(0, { [SOC]: 30, [FUEL]: 12 });
    const readings = [...car.vehicle.readings.values()];
    const { vehicle } = new TestVehicle();
    vehicle.restore(readings, {});
    assert.equal(vehicle.driveType, "phev");
  });

  it("loses the level that a tank makes implausible, and gets it back with a real one", () => {
    const vehicle = new TestVehicle()
      .stream(0, { [TRIP_LEVEL]: 55 })
      .stream(60, { [FUEL_LEVEL]: 62 })
      .stream(120, { [SOC]: 48 });
    assert.deepEqual(reported(vehicle), [
      ["soc", 55],
      ["soc", null],
      ["fuel", 62],
      ["soc", 48],
    ]);
  });

  it("is corrected by what BMW or the user says later, once", () => {
    const vehicle = new TestVehicle().stream(0, { [SOC]: 12, [FUEL]: 30, [TOTAL]: 430, [ELECTRIC]: 30 });
    assert.deepEqual(names(vehicle), ["soc", "range", "fuel"]);
    vehicle.outcomes.length = 0;
    const { values } = described(vehicle, { driveTrain: "CONV" });
    assert.deepEqual(reported(vehicle), [["soc", null]]);
    assert.deepEqual(values[0]?.last?.value, 12);
    vehicle.outcomes.length = 0;
    described(vehicle, { driveTrain: "CONV" });
    described(vehicle, { driveTrain: "CONV" }, "bev");
    assert.deepEqual(reported(vehicle), [
      ["soc", 12],
      ["range", 30],
      ["fuel", null],
    ]);
  });

  it("takes back the range of a tank that it does not have", () => {
    const vehicle = new TestVehicle().stream(0, { [SOC]: 12, [FUEL]: 30, [TOTAL]: 430, [ELECTRIC]: 30 });
    assert.equal(vehicle.value(FUEL_RANGE), 400);
    const { readings } = described(vehicle, { driveTrain: "BEV" });
    assert.deepEqual(
      readings.map(({ descriptor, value, last }) => [descriptor, value, last?.value]),
      [[FUEL_RANGE, null, 400]],
    );
    assert.deepEqual(described(vehicle, { driveTrain: "BEV", modelName: "i4" }).readings, []);
  });
});

describe("what a car of a kind can have", () => {
  for (const [driveType, descriptor, expected] of [
    ["combustion", "vehicle.predicted_soc", false],
    ["combustion", "vehicle.electricalSystem.battery.stateOfCharge", true],
    ["combustion", "vehicle.electricalSystem.battery48V.stateOfHealth.displayed", true],
    ["combustion", "vehicle.body.chargingPort.status", false],
    ["combustion", "vehicle.trip.segment.accumulated.drivetrain.electricEngine.recuperationTotal", true],
    ["combustion", FUEL, true],
    ["bev", FUEL, false],
    ["bev", "vehicle.drivetrain.internalCombustionEngine.engine.ect", false],
    ["bev", TOTAL, true],
    ["phev", FUEL, true],
    ["phev", SOC, true],
    [null, SOC, true],
  ] as const)
    it(`${String(driveType)} ${descriptor}: ${String(expected)}`, () => {
      assert.equal(canHave(driveType, descriptor), expected);
    });
});
