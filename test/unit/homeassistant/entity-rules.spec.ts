import assert from "node:assert/strict";
import fc from "fast-check";
import { companionsOf } from "../../../src/homeassistant/companion-entities.js";
import { entityOf, haPartOfValue, subjectOf } from "../../../src/homeassistant/entity-rules.js";
import { FIXED_ENTITIES } from "../../../src/homeassistant/fixed-entities.js";
import { haPartOf, type Entity } from "../../../src/homeassistant/ha-part.js";
import { stateOf } from "../../../src/homeassistant/entity-state.js";
import { NAMES_OF_VALUES } from "../../../src/messages/value-names.js";
import { allDefinitions, definitionOf } from "../../../src/vehicle/catalogue.js";
import { canonicalUnit } from "../../../src/vehicle/units.js";
import { VALUE_NAMES } from "../../../src/vehicle/source-priority.js";
import { OTHER_VIN, VIN } from "../../helpers/fakes.js";
import { componentOf, DEVICE_TOPIC, deviceMessage } from "../../helpers/ha-device.js";
import { findings, stateFinding } from "../../helpers/ha-validator.js";
import { runs } from "../../helpers/random.js";

const TWINS = [
  ["km", "mi", "m", "ft"],
  ["km/h", "mph"],
  ["kW", "W"],
  ["°C", "°F"],
  ["L", "gal"],
  ["kPa", "bar", "psi"],
  ["kWh/100km", "mi/kWh", "kWh/100mi", "km/kWh"],
];
/** Values that BMW writes or may write, by our spelling, and unforeseen ones. */
const UNITS = ["percent", "days", "weeks", "months", "h", "min", "s", "degrees", "stars", "A", "V", "Wh", "kWh", "lx"];
const ALL_UNITS = [null, ...TWINS.flat(), ...UNITS.map(canonicalUnit)];

/** With the unit that the catalogue says, or another. */
function entity(descriptor: string, unit = definitionOf(descriptor)?.unit ?? null, payload: unknown = 1): Entity {
  const name = definitionOf(descriptor)?.name ?? "Something";
  return entityOf(subjectOf({ descriptor, name, unit, payload }));
}

/** The units that a descriptor may come in; any where BMW's list names none, because BMW leaves it to the car. */
function unitsOf(unit: string | null): readonly (string | null)[] {
  return unit === null ? ALL_UNITS : (TWINS.find((twins) => twins.includes(unit)) ?? [unit]);
}

describe("entities of the whole catalogue", () => {
  const definitions = [...allDefinitions()];
  const fixed = Object.values(FIXED_ENTITIES);
  const values = VALUE_NAMES.map((name) => ({ descriptor: name, name: NAMES_OF_VALUES[name], unit: null, payload: 1 }));

  it("are one for each descriptor, with its name", () => {
    assert.equal(definitions.length, 303);
    for (const { id, name } of definitions) assert.equal(entity(id).name, name);
  });

  it("are all taken by Home Assistant, together in one car", () => {
    const companions = definitions.flatMap(({ id }) => companionsOf(id).map((companion) => companion.entity));
    const all = [
      ...definitions.map(({ id }) => entity(id)),
      ...values.map((value) => entityOf(subjectOf(value))),
      ...fixed,
      ...companions,
    ];
    assert.equal(companions.length, 14);
    assert.deepEqual(findings(DEVICE_TOPIC, deviceMessage(all)), []);
  });

  it("are taken in every unit that they may come in", () => {
    let count = 0;
    for (const { id, unit } of definitions)
      for (const other of unitsOf(unit))
        for (const payload of [1, true, "text", null]) {
          const one = entity(id, other, payload);
          assert.deepEqual(findings(DEVICE_TOPIC, deviceMessage([one])), [], `${id} in ${other ?? "no unit"}`);
          count++;
        }
    assert.ok(count > 10_000);
  });

  it("are taken in units that nobody expects", () => {
    const unit = fc.oneof(fc.constantFrom(...ALL_UNITS), fc.string({ minLength: 1, maxLength: 32 }));
    const descriptor = fc.oneof(
      fc.constantFrom(...definitions.map(({ id }) => id), ...VALUE_NAMES),
      fc.stringMatching(/^vehicle(\.[A-Za-z0-9_-]{1,12}){1,4}$/),
    );
    const payload = fc.oneof(fc.double(), fc.boolean(), fc.string(), fc.constant(null));
    fc.assert(
      fc.property(descriptor, unit, payload, (id, reported, value) => {
        const one = entity(id, reported?.trim() === "" ? null : reported, value);
        assert.deepEqual(findings(DEVICE_TOPIC, deviceMessage([one])), []);
        const state = stateOf(one, value);
        if (state !== null) assert.equal(stateFinding(componentOf(one), state), null);
      }),
      { numRuns: runs(2000) },
    );
  });

  it("keep their shape whatever comes, where the catalogue knows the type", () => {
    for (const { id, type, unit } of definitions.filter((one) => one.type !== null))
      for (const payload of [1, true, "text", null])
        assert.deepEqual(entity(id, unit, payload), entity(id, unit, 2), `${id} ${type ?? ""}`);
  });

  it("have keys of their own", () => {
    const keys = [...definitions.map(({ id }) => entity(id).key), ...VALUE_NAMES, ...Object.keys(FIXED_ENTITIES)];
    assert.equal(new Set(keys).size, keys.length);
  });
});

describe("the entity of a value", () => {
  const D = "vehicle.drivetrain.";
  const cases: readonly (readonly [string, string | null, string])[] = [
    [`${D}batteryManagement.header`, "%", "sensor battery % measurement 0"],
    ["vehicle.predicted_soc", "%", "sensor battery % measurement 1"],
    ["vehicle.magic_soc", "%", "sensor - % measurement 1"],
    ["soc", "%", "sensor - % measurement 0"],
    [`${D}electricEngine.charging.level`, "%", "sensor - % measurement 0"],
    ["vehicle.powertrain.electric.battery.stateOfCharge.displayed", "%", "sensor - % measurement 0"],
    ["vehicle.powertrain.electric.battery.stateOfCharge.target", "%", "sensor - % measurement 0"],
    ["vehicle.electricalSystem.battery.stateOfCharge", "%", "sensor - % measurement 0"],
    ["vehicle.vehicle.travelledDistance", "km", "sensor distance km total_increasing 0"],
    ["vehicle.vehicle.travelledDistance", "mi", "sensor distance mi total_increasing 0"],
    ["vehicle.vehicle.travelledDistance", null, "sensor distance km total_increasing 0"],
    ["odometer", "km", "sensor distance km total_increasing 0"],
    ["range", "mi", "sensor distance mi measurement 0"],
    ["vehicle.cabin.infotainment.navigation.remainingRange", "km", "sensor distance km measurement 0"],
    [`${D}electricEngine.kombiRemainingElectricRange`, "km", "sensor distance km measurement 0"],
    [`${D}fuelSystem.level`, "%", "sensor - % measurement 0"],
    [`${D}fuelSystem.remainingFuel`, "L", "sensor volume_storage L measurement 1"],
    [`${D}fuelSystem.remainingFuel`, "gal", "sensor volume_storage gal measurement 1"],
    ["fuel", "%", "sensor - % measurement 0"],
    ["fuel", "L", "sensor volume_storage L measurement 1"],
    ["vehicle.chassis.axle.row1.wheel.left.tire.pressure", "kPa", "sensor pressure kPa measurement 0"],
    ["vehicle.chassis.axle.row1.wheel.left.tire.pressureTarget", "kPa", "sensor pressure kPa measurement 0 diagnostic"],
    ["vehicle.chassis.axle.row1.wheel.left.tire.temperature", "°C", "sensor temperature °C measurement 1"],
    [`${D}batteryManagement.maxEnergy`, "kWh", "sensor energy_storage kWh measurement 1 diagnostic"],
    [`${D}batteryManagement.batterySizeMax`, "kWh", "sensor energy_storage kWh measurement 1 diagnostic"],
    [`${D}electricEngine.hvsMaxEnergyAbsolute`, "kWh", "sensor energy_storage kWh measurement 1 diagnostic"],
    [
      `${D}electricEngine.charging.consumptionOverLifeTime.overall.gridEnergy`,
      "kWh",
      "sensor energy kWh total_increasing 0 diagnostic off",
    ],
    [
      `${D}fuelSystem.consumptionOverLifeTime.overall.referenceDistance`,
      "km",
      "sensor distance km total_increasing 0 diagnostic off",
    ],
    [`${D}fuelSystem.consumptionOverLifeTime.overall.fuel`, "L", "sensor volume L total_increasing 0 diagnostic off"],
    [`${D}electricEngine.charging.timeRemaining`, "min", "sensor duration min measurement 0"],
    [`${D}electricEngine.charging.timeRemaining`, "m", "sensor duration min measurement 0"],
    ["vehicle.vehicle.preConditioning.remainingTime", "min", "sensor duration min measurement 0"],
    ["vehicle.powertrain.electric.battery.charging.power", "W", "sensor power W measurement 0"],
    ["vehicle.powertrain.electric.battery.charging.power", "kW", "sensor power kW measurement 2"],
    ["vehicle.powertrain.electric.battery.charging.power", null, "sensor power W measurement 0"],
    ["vehicle.vehicle.avgAuxPower", "kW", "sensor power kW measurement 2"],
    [`${D}electricEngine.charging.acVoltage`, "V", "sensor voltage V measurement 0"],
    ["vehicle.electricalSystem.battery.voltage", "V", "sensor voltage V measurement 1"],
    [`${D}electricEngine.charging.acAmpere`, "A", "sensor current A measurement 0"],
    ["vehicle.powertrain.electric.battery.charging.acLimit.selected", "A", "sensor current A measurement 0"],
    ["vehicle.cabin.door.row1.driver.isOpen", null, "binary_sensor door - - -"],
    ["vehicle.body.trunk.isOpen", null, "binary_sensor opening - - -"],
    ["vehicle.body.trunk.left.door.isOpen", null, "binary_sensor opening - - -"],
    ["vehicle.body.hood.isOpen", null, "binary_sensor opening - - -"],
    ["vehicle.powertrain.tractionBattery.charging.port.anyPosition.flap.isOpen", null, "binary_sensor opening - - -"],
    ["vehicle.powertrain.tractionBattery.charging.port.anyPosition.isPlugged", null, "binary_sensor plug - - -"],
    ["plugged", null, "binary_sensor plug - - -"],
    ["vehicle.body.flap.isLocked", null, "binary_sensor lock - - -"],
    ["vehicle.body.trunk.isLocked", null, "binary_sensor lock - - -"],
    ["locked", null, "binary_sensor lock - - -"],
    ["charging", null, "binary_sensor battery_charging - - -"],
    ["vehicle.isMoving", null, "binary_sensor moving - - -"],
    [`${D}engine.isIgnitionOn`, null, "binary_sensor - - - -"],
    ["vehicle.cabin.window.row1.driver.status", null, "sensor - - - -"],
    ["vehicle.cabin.door.lock.status", null, "sensor - - - -"],
    [`${D}electricEngine.charging.status`, null, "sensor - - - -"],
    ["vehicle.cabin.infotainment.navigation.currentLocation.latitude", "°", "sensor - ° - 6 off"],
    ["vehicle.cabin.infotainment.navigation.currentLocation.heading", "°", "sensor - ° measurement_angle 0 off"],
    ["vehicle.cabin.infotainment.navigation.currentLocation.altitude", "m", "sensor distance m measurement 0 off"],
    ["vehicle.cabin.climate.timers.weekdaysTimer1.hour", "h", "sensor - - - - diagnostic off"],
    ["vehicle.status.serviceTime.yellow", "weeks", "sensor - weeks - 0 diagnostic"],
    ["vehicle.status.serviceTime.hUandAuServiceYellow", "months", "sensor - months - 0 diagnostic"],
    ["vehicle.trip.segment.accumulated.acceleration.starsAverage", "stars", "sensor - - measurement 1"],
    [`${D}avgElectricRangeConsumption`, "kWh/100km", "sensor - kWh/100km measurement 1"],
    ["vehicle.status.serviceTime.inspectionDateLegal", null, "sensor timestamp - - -"],
    ["vehicle.trip.segment.end.time", null, "sensor timestamp - - -"],
    ["vehicle.vehicle.antiTheftAlarmSystem.alarm.activationTime", null, "sensor - - - -"],
    ["vehicle.status.conditionBasedServices", null, "sensor - - - - diagnostic"],
    ["vehicle.look.image", null, "sensor - - - - diagnostic off"],
  ];
  for (const [descriptor, unit, shape] of cases)
    it(`${descriptor} in ${unit ?? "no unit"} is ${shape}`, () => {
      const payload = /status$|image$|conditionBased/.test(descriptor) ? "text" : 1;
      const { platform, device_class, unit_of_measurement, state_class, suggested_display_precision, ...more } = entity(
        descriptor,
        unit,
        payload,
      );
      const parts = [device_class, unit_of_measurement, state_class, suggested_display_precision].map(
        (part) => part ?? "-",
      );
      const hidden = [more.entity_category, more.enabled_by_default === false ? "off" : undefined].filter(Boolean);
      assert.equal([platform, ...parts, ...hidden].join(" "), shape);
    });

  it("has an icon only where the class gives none", () => {
    for (const { id } of allDefinitions()) {
      const { device_class, icon } = entity(id);
      assert.ok(device_class === undefined || icon === undefined, id);
    }
    assert.equal(entity("vehicle.drivetrain.fuelSystem.level").icon, "mdi:gas-station");
  });

  it("has no dots in its key", () => {
    assert.equal(entity("vehicle.cabin.door.status").key, "cabin_door_status");
    assert.equal(entity("vehicle.newThing.ümlaut").key, "newThing__mlaut");
  });

  it("of an unknown descriptor follows its unit and its value", () => {
    const shape = (unit: string | null, payload: unknown) => {
      const { platform, device_class, unit_of_measurement } = entity("vehicle.new.thing", unit, payload);
      return [platform, device_class, unit_of_measurement].filter(Boolean).join(" ");
    };
    assert.equal(shape("km", 5), "sensor distance km");
    assert.equal(shape("furlong", 5), "sensor furlong");
    assert.equal(shape("days", 5), "sensor duration d");
    assert.equal(shape(null, true), "binary_sensor");
    assert.equal(shape(null, "SECURED"), "sensor");
    assert.equal(shape("km", "far away"), "sensor");
    assert.equal(shape(null, null), "sensor");
  });

  it("of an unknown descriptor stays what it was while the value is unknown", () => {
    const reported = { descriptor: "vehicle.new.thing", name: "New thing", unit: null };
    const known = subjectOf({ ...reported, payload: true });
    assert.deepEqual(subjectOf({ ...reported, payload: null, last: { value: true } }), known);
    const part = (payload: unknown, last?: unknown) =>
      haPartOfValue(VIN, { ...reported, payload, ...(last !== undefined && { last: { value: last } }) }).platform;
    const platforms = [part(true), part(null, true), part(null, 5), part(5), part(null, true), part(null)];
    assert.deepEqual(platforms, ["binary_sensor", "binary_sensor", "sensor", "sensor", "binary_sensor", "sensor"]);
  });

  it("follows its unit from message to message, each in an object of its own", () => {
    const reported = { descriptor: "vehicle.vehicle.travelledDistance", name: "Odometer", payload: 58_240 };
    const part = (unit: string | null, vin = VIN) => haPartOfValue(vin, { ...reported, unit });
    assert.equal(part("mi").unit_of_measurement, "mi");
    assert.equal(part("km").unit_of_measurement, "km");
    assert.equal(part(null).unit_of_measurement, "km");
    assert.equal(part("km", OTHER_VIN).unique_id, `bmw_cardata_${OTHER_VIN.toLowerCase()}_vehicle_travelledDistance`);
    part("km").name = "changed";
    assert.equal(part("km").name, "Odometer");
  });

  it("has every member of the entity, in the same order", () => {
    for (const { id: descriptor, name, unit, type } of allDefinitions()) {
      const value = { descriptor, name, unit, payload: type === "boolean" ? true : 5 };
      const whole = haPartOf(VIN, entityOf(subjectOf(value)));
      assert.deepEqual(Object.keys(haPartOfValue(VIN, value)), Object.keys(whole), descriptor);
    }
  });
});
