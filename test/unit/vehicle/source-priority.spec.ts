import assert from "node:assert/strict";
import { allDefinitions } from "../../../src/vehicle/catalogue.js";
import { driveTypeOf, type DriveType } from "../../../src/vehicle/drive-type.js";
import type { ValueName } from "../../../src/vehicle/source-priority.js";
import { chargingPhase } from "../../../src/vehicle/words.js";
import { NAMES_OF_VALUES } from "../../../src/messages/value-names.js";
import { DOORS, iso, measured, ODOMETER, PORT, SOC, STATUS, TestVehicle } from "../../helpers/test-vehicle.js";

const DISPLAYED = "vehicle.powertrain.electric.battery.stateOfCharge.displayed";
const LEVEL = "vehicle.drivetrain.electricEngine.charging.level";
const TRIP_END = "vehicle.trip.segment.end.drivetrain.batteryManagement.hvSoc";
const ELECTRIC = "vehicle.drivetrain.electricEngine.kombiRemainingElectricRange";
const TOTAL = "vehicle.drivetrain.lastRemainingRange";
const FUEL = "vehicle.drivetrain.fuelSystem.remainingFuel";
const FUEL_LEVEL = "vehicle.drivetrain.fuelSystem.level";
const FUEL_RANGE = "vehicle.drivetrain.fuelSystem.remainingFuelRange";

const valueIn = (vehicle: TestVehicle, name: ValueName) => vehicle.vehicle.values.find((value) => value.name === name);
const shown = (vehicle: TestVehicle, name: ValueName) => {
  const value = valueIn(vehicle, name);
  return value && [value.value, value.from];
};
const withType = (driveType: DriveType | null, values: Record<string, unknown>) => {
  const vehicle = new TestVehicle();
  vehicle.vehicle.describe({ basicData: null, driveType, batteryKwh: null });
  return vehicle.stream(0, values);
};

describe("whether a car charges", () => {
  const POWER = "vehicle.powertrain.electric.battery.charging.power";

  it("is not denied while it gives power, of which its status says nothing, until the cable is out", () => {
    const vehicle = new TestVehicle().stream(0, { [STATUS]: "NOCHARGING", [PORT]: "CONNECTED", [POWER]: 3 });
    assert.equal(vehicle.vehicle.isCharging, false);
    assert.equal(vehicle.stream(60, { [POWER]: -3 }).vehicle.isCharging, null);
    assert.equal(vehicle.stream(120, { [POWER]: 0 }).vehicle.isCharging, false);
    vehicle.stream(180, { [POWER]: -3 });
    assert.equal(vehicle.stream(240, { [PORT]: "DISCONNECTED" }).vehicle.isCharging, false);
  });
});

describe("values with a source", () => {
  it("prefer what is measured, then what the car shows, then guesses, then the last trip", () => {
    const sources = { [TRIP_END]: 51, [LEVEL]: 52, [DISPLAYED]: 53, [SOC]: 54 };
    const known: Record<string, number> = {};
    for (const [descriptor, value] of Object.entries(sources)) {
      known[descriptor] = value;
      assert.deepEqual(shown(new TestVehicle().stream(0, known), "soc"), [value, descriptor]);
    }
  });

  it("are not taken from a fresher lower source, unless the better one is unknown", () => {
    const vehicle = new TestVehicle().stream(0, { [SOC]: 54 }).stream(600, { [LEVEL]: 60 });
    assert.deepEqual(shown(vehicle, "soc"), [54, SOC]);
    assert.deepEqual(shown(vehicle.stream(700, { [SOC]: "INVALID" }), "soc"), [60, LEVEL]);
  });

  it("are emitted when value or source changes, and not otherwise", () => {
    const vehicle = new TestVehicle()
      .stream(0, { [LEVEL]: 54 })
      .stream(60, { [LEVEL]: 54 })
      .stream(120, { [SOC]: 54 })
      .stream(180, { [LEVEL]: 60 })
      .stream(240, { [SOC]: 55 });
    const reported = vehicle.outcomes.flatMap(({ values }) => values.map(({ value, from }) => [value, from]));
    assert.deepEqual(reported, [
      [54, LEVEL],
      [54, SOC],
      [55, SOC],
    ]);
    vehicle.outcomes.length = 0;
    vehicle.restart().stream(300, { [SOC]: 55 });
    assert.deepEqual(
      vehicle.outcomes.flatMap(({ values }) => values),
      [],
    );
  });

  it("are emitted as unknown, with what was known, when no source knows any more", () => {
    const vehicle = new TestVehicle().stream(0, { [DOORS]: "LOCKED" }).stream(60, { [DOORS]: "INVALID" });
    const reported = vehicle.outcomes.at(-1)?.values[0];
    assert.deepEqual([reported?.value, reported?.last?.value, reported?.from], [null, true, DOORS]);
    assert.equal(reported?.timestamp, Date.parse(iso(60)));
    assert.deepEqual(vehicle.vehicle.values, []);
  });

  it("carry the time of their source", () => {
    const vehicle = new TestVehicle().data(600, measured(60, { [SOC]: 54 }));
    assert.equal(valueIn(vehicle, "soc")?.timestamp, Date.parse(iso(60)));
  });

  for (const [title, type, values, expected] of [
    ["the dashboard's range of an electric car", "bev", { [ELECTRIC]: 310, [TOTAL]: 305 }, [310, ELECTRIC]],
    ["the total range of a plug-in hybrid", "phev", { [ELECTRIC]: 30, [TOTAL]: 430 }, [430, TOTAL]],
    ["the total range of a petrol car", "combustion", { [ELECTRIC]: 0, [TOTAL]: 430 }, [430, TOTAL]],
    ["no total of zero beside an electric range", "phev", { [ELECTRIC]: 30, [TOTAL]: 0 }, [30, ELECTRIC]],
    ["no electric range of zero beside a total", null, { [ELECTRIC]: 0, [TOTAL]: 430 }, [430, TOTAL]],
    ["zero where everything is zero", "bev", { [ELECTRIC]: 0 }, [0, ELECTRIC]],
  ] as const)
    it(`take ${title}`, () => {
      assert.deepEqual(shown(withType(type, values), "range"), expected);
    });

  it("take litres before percent", () => {
    assert.deepEqual(shown(new TestVehicle().stream(0, { [FUEL_LEVEL]: 60 }), "fuel"), [60, FUEL_LEVEL]);
    assert.deepEqual(shown(new TestVehicle().stream(0, { [FUEL_LEVEL]: 60, [FUEL]: 31.5 }), "fuel"), [31.5, FUEL]);
  });

  for (const [word, plugged] of [
    ["CONNECTED", true],
    ["DISCONNECTED", false],
    ["connected", true],
    ["ASN_isTrue", true],
    ["UNPLUGGED", false],
    ["PLUGGED", true],
    ["INVALID", undefined],
    ["SOMETHING_NEW", undefined],
  ] as const)
    it(`read the cable's ${word} as ${String(plugged)}`, () => {
      assert.equal(valueIn(new TestVehicle().stream(0, { [PORT]: word }), "plugged")?.value, plugged);
    });

  it("find the cable where the newest cars say it", () => {
    const socket = "vehicle.powertrain.tractionBattery.charging.port.rearRight.isPlugged";
    assert.deepEqual(shown(new TestVehicle().stream(0, { [PORT]: null, [socket]: true }), "plugged"), [true, socket]);
    const combined = "vehicle.body.chargingPort.combinedStatus";
    const vehicle = new TestVehicle().rest(0, { [combined]: "CONNECTED" });
    assert.deepEqual(shown(vehicle, "plugged"), [true, combined]);
  });

  for (const [word, locked] of [
    ["LOCKED", true],
    ["SECURED", true],
    ["ASN_LOCKED", true],
    ["UNLOCKED", false],
    ["SELECTIVELOCKED", false],
    ["SELECTIVE-LOCKED", false],
    ["UNKNOWN", undefined],
  ] as const)
    it(`read the doors' ${word} as ${String(locked)}`, () => {
      assert.equal(valueIn(new TestVehicle().stream(0, { [DOORS]: word }), "locked")?.value, locked);
    });

  it("prefer the streamed lock to the one of REST", () => {
    const vehicle = new TestVehicle()
      .stream(0, { [DOORS]: "LOCKED" })
      .rest(60, { "vehicle.cabin.door.lock.status": "UNLOCKED" });
    assert.deepEqual(shown(vehicle, "locked"), [true, DOORS]);
  });

  for (const [word, phase] of [
    ["CHARGINGACTIVE", "active"],
    ["CHARGING_ACTIVE", "active"],
    ["CHARGING", "active"],
    ["CHARGING_IN_PROGRESS", "active"],
    ["CHARGINGPAUSED", "paused"],
    ["INITIALIZATION", "paused"],
    ["CHARGINGENDED", "over"],
    ["NOCHARGING", "over"],
    ["NOT_CHARGING", "over"],
    ["CHARGINGERROR", "error"],
    ["FINISHED_FULLY_CHARGED", "complete"],
    ["TARGET_REACHED", "complete"],
    ["SOMETHING_NEW", null],
  ] as const)
    it(`read the charging status ${word} as ${String(phase)}`, () => {
      assert.equal(chargingPhase(word), phase);
    });

  it("know charging by yes and no", () => {
    assert.equal(valueIn(new TestVehicle().stream(0, { [STATUS]: "CHARGINGACTIVE" }), "charging")?.value, true);
    assert.equal(valueIn(new TestVehicle().stream(0, { [STATUS]: "NOCHARGING" }), "charging")?.value, false);
  });

  it("take the odometer of the last trip where the car reports no other", () => {
    const trip = "vehicle.trip.segment.end.travelledDistance";
    assert.deepEqual(shown(new TestVehicle().stream(0, { [trip]: 1000 }), "odometer"), [1000, trip]);
    assert.deepEqual(shown(new TestVehicle().stream(0, { [trip]: 1000, [ODOMETER]: 1001 }), "odometer"), [
      1001,
      ODOMETER,
    ]);
  });

  it("have names that no descriptor has", () => {
    const names = new Set([...allDefinitions()].map(({ name }) => name.toLowerCase()));
    for (const name of Object.values(NAMES_OF_VALUES)) assert.ok(!names.has(name.toLowerCase()), name);
  });
});

describe("fuel range", () => {
  const range = (vehicle: TestVehicle) => vehicle.vehicle.readings.get(FUEL_RANGE);

  it("is the total without the electric range, never below zero", () => {
    const vehicle = withType("phev", { [TOTAL]: 430, [ELECTRIC]: 30 });
    assert.deepEqual([range(vehicle)?.value, range(vehicle)?.source], [400, "derived"]);
    assert.equal(range(vehicle.stream(60, { [TOTAL]: 10 }))?.value, 0);
  });

  it("is known again after a restart, without a word of the car", () => {
    const { vehicle: before } = withType("phev", { [TOTAL]: 430, [ELECTRIC]: 30 });
    const after = withType("phev", {});
    const saved = [...before.readings.values()].filter(({ source }) => source !== "derived");
    after.vehicle.restore(saved, before.save());
    assert.equal(range(after)?.value, 400);
  });

  it("is not derived for electric cars, nor with a half", () => {
    assert.equal(range(withType("bev", { [TOTAL]: 430, [ELECTRIC]: 30 })), undefined);
    assert.equal(range(withType("phev", { [TOTAL]: 430 })), undefined);
  });

  it("mixes no units", () => {
    const vehicle = withType("phev", {});
    vehicle.data(0, {
      [TOTAL]: { value: 250, unit: "miles", timestamp: iso(0) },
      [ELECTRIC]: { value: 16.09344, unit: "km", timestamp: iso(0) },
    });
    assert.deepEqual([range(vehicle)?.value, range(vehicle)?.unit], [240, "mi"]);
  });

  it("is what the car tells itself, in whatever order the values come", () => {
    const told = (vehicle: TestVehicle) =>
      vehicle.outcomes.flatMap(({ readings }) =>
        readings.flatMap(({ descriptor, value }) => (descriptor === FUEL_RANGE ? [value] : [])),
      );
    const at = withType("phev", { [TOTAL]: 430, [ELECTRIC]: 30, [FUEL_RANGE]: 396 }).stream(60, { [TOTAL]: 429 });
    assert.deepEqual(told(at), [396]);
    const later = withType("phev", { [TOTAL]: 430, [ELECTRIC]: 30 }).stream(60, { [FUEL_RANGE]: 396, [TOTAL]: 429 });
    assert.deepEqual(told(later.stream(120, { [TOTAL]: 428 })), [400, 396]);
  });

  it("is emitted when it changes", () => {
    const vehicle = withType("phev", { [TOTAL]: 430, [ELECTRIC]: 30 }).stream(60, { [TOTAL]: 430, [ELECTRIC]: 30 });
    const reported = vehicle.outcomes.flatMap(({ readings }) =>
      readings.filter(({ descriptor }) => descriptor === FUEL_RANGE),
    );
    assert.equal(reported.length, 1);
  });
});

describe("drive type", () => {
  const none = { battery: false, tripLevel: false, tank: false };
  const both = { battery: true, tripLevel: false, tank: true };

  for (const [basicData, signs, expected] of [
    [{ driveTrain: "BEV" }, none, "bev"],
    [{ driveTrain: "ELECTRIC" }, none, "bev"],
    [{ driveTrain: "PHEV_OTTO" }, none, "phev"],
    [{ driveTrain: "BEV_REX" }, none, "phev"],
    [{ driveTrain: "CONV", propulsionType: "BE" }, both, "combustion"],
    [{ driveTrain: "MHEV_OTTO" }, both, "combustion"],
    [{ driveTrain: "PLUGIN_ELECTRIC_X" }, none, null],
    [{ modelName: "i4 eDrive35" }, both, "bev"],
    [{ modelName: "IX xDrive50" }, both, "bev"],
    [{ modelName: "330e" }, both, "phev"],
    [
      { modelName: "X1 sDrive18i", propulsionType: "BE" },
      { battery: false, tripLevel: true, tank: true },
      "combustion",
    ],
    [{ driveTrain: 7, modelName: [] }, { battery: true, tripLevel: true, tank: false }, "bev"],
    [null, none, null],
  ] as const)
    it(`of ${JSON.stringify(basicData)} with ${JSON.stringify(signs)} is ${String(expected)}`, () => {
      assert.equal(driveTypeOf(null, basicData, signs), expected);
    });

  it("is what the user says", () => {
    assert.equal(driveTypeOf("phev", { driveTrain: "BEV" }, none), "phev");
  });

  it("does not take an empty tank for a tank", () => {
    assert.equal(new TestVehicle().stream(0, { [SOC]: 50, [FUEL]: 0, [FUEL_LEVEL]: null }).vehicle.driveType, "bev");
    assert.equal(new TestVehicle().stream(0, { [SOC]: 50, [FUEL]: 20 }).vehicle.driveType, "phev");
  });
});
