import assert from "node:assert/strict";
import fc from "fast-check";
import { observationsOf } from "../../../src/soc/observations/observation-reader.js";
import type { Reading } from "../../../src/vehicle/reading.js";

const AT = Date.parse("2026-03-01T06:00:00Z");
const NOW = AT + 5000;
const CHARGING = "vehicle.drivetrain.electricEngine.charging";
const POWER = "vehicle.powertrain.electric.battery.charging.power";
const HEADER = "vehicle.drivetrain.batteryManagement.header";
const DISPLAYED = "vehicle.powertrain.electric.battery.stateOfCharge.displayed";

const reading = (descriptor: string, value: Reading["value"], more: Partial<Reading> = {}): Reading => ({
  descriptor,
  value,
  unit: null,
  timestamp: AT,
  source: "stream",
  ...more,
});
const one = (descriptor: string, value: Reading["value"], more: Partial<Reading> = {}) => {
  const [signal, ...others] = observationsOf([reading(descriptor, value, more)], NOW);
  assert.deepEqual(others, []);
  return signal;
};
const time = { at: AT, now: NOW };

describe("observations of the battery", () => {
  it("tell levels with their source, and whether the car sent them by itself", () => {
    assert.deepEqual(one(HEADER, 57), { kind: "soc", source: "header", soc: 57, ...time, pushed: true });
    const rest = one(DISPLAYED, 57.4, { source: "rest" });
    assert.deepEqual(rest, { kind: "soc", source: "displayed", soc: 57.4, ...time, pushed: false });
    assert.equal(one(HEADER, 101), undefined);
    assert.equal(one(HEADER, "INVALID"), undefined);
  });

  it("tell power in kW, whatever unit it comes in", () => {
    const kw = (value: number, unit: string | null) => one(POWER, value, { unit });
    assert.deepEqual(kw(11000, "W"), { kind: "power", kw: 11, ...time });
    assert.deepEqual(kw(11, "kW"), { kind: "power", kw: 11, ...time });
    assert.deepEqual(kw(150, null), { kind: "power", kw: 150, ...time });
    assert.deepEqual(kw(11000, null), { kind: "power", kw: 11, ...time });
  });

  it("tell the odometer in kilometres, and what its last digit counts", () => {
    const ODOMETER = "vehicle.vehicle.travelledDistance";
    assert.deepEqual(one(ODOMETER, 1000, { unit: "km" }), { kind: "odometer", km: 1000, ...time });
    assert.deepEqual(one(ODOMETER, 1000), { kind: "odometer", km: 1000, ...time });
    const mile = 1.609344;
    const miles = { kind: "odometer", km: 1000 * mile, stepKm: mile, ...time };
    assert.deepEqual(one(ODOMETER, 1000, { unit: "mi" }), miles);
    assert.deepEqual(one(ODOMETER, 1000.5, { unit: "mi" }), { ...miles, km: 1000.5 * mile, stepKm: mile / 10 });
    assert.equal(one(ODOMETER, "far", { unit: "mi" }), undefined);
  });

  it("tell the count of phases, or that there is none", () => {
    const count = (value: string | number) => one(`${CHARGING}.phaseNumber`, value);
    for (const value of ["3-PHASES", 3, "3"]) assert.deepEqual(count(value), { kind: "phases", phases: 3, ...time });
    for (const value of ["NO_CHARGING", "INVALID", "", 0])
      assert.deepEqual(count(value), { kind: "phases", phases: null, ...time });
  });

  it("tell charging for BMW's words of it only, and no end where the status is unknown", () => {
    const status = (value: string | null) => one(`${CHARGING}.status`, value);
    assert.deepEqual(status("CHARGINGACTIVE"), { kind: "status", active: true, ...time });
    for (const value of ["CHARGINGPAUSED", "NOCHARGING", "CHARGINGENDED"])
      assert.deepEqual(status(value), { kind: "status", active: false, ...time });
    assert.equal(status(null), undefined);
  });

  it("tell the method by what is in its name", () => {
    const method = (value: string) => one(`${CHARGING}.method`, value);
    assert.deepEqual(method("DC_TYP2COMBO"), { kind: "method", method: "DC", ...time });
    assert.deepEqual(method("AC_TYPE2PLUG"), { kind: "method", method: "AC", ...time });
    assert.deepEqual(method("NOCHARGING"), { kind: "method", method: null, ...time });
  });

  it("put the circumstances of a message before its power, and its level last", () => {
    const readings = [
      reading(HEADER, 57),
      reading(POWER, 11, { unit: "kW" }),
      reading(`${CHARGING}.status`, "CHARGINGACTIVE"),
      reading(`${CHARGING}.method`, "AC_TYPE2PLUG"),
    ];
    assert.deepEqual(
      observationsOf(readings, NOW).map(({ kind }) => kind),
      ["method", "status", "power", "soc"],
    );
  });

  it("tell a position only where both halves are of one moment", () => {
    const place = "vehicle.cabin.infotainment.navigation.currentLocation";
    const halves = (later: number) => [
      reading(`${place}.latitude`, 48.1),
      reading(`${place}.longitude`, 11.5, { timestamp: AT + later }),
    ];
    assert.deepEqual(observationsOf(halves(0), NOW), [{ kind: "position", latitude: 48.1, longitude: 11.5, ...time }]);
    assert.deepEqual(observationsOf(halves(60_000), NOW), []);
  });

  it("leave out what the vehicle has derived, but for motion", () => {
    const derived = { source: "derived" as const };
    assert.deepEqual(one("vehicle.isMoving", true, derived), { kind: "motion", moving: true, ...time });
    assert.equal(one(HEADER, 57, derived), undefined);
  });

  it("hold finite numbers only, whatever a car sends", () => {
    const descriptors = [
      HEADER,
      DISPLAYED,
      POWER,
      `${CHARGING}.phaseNumber`,
      `${CHARGING}.acVoltage`,
      `${CHARGING}.level`,
    ];
    const value = fc.oneof(fc.string(), fc.double(), fc.boolean(), fc.constant(null));
    const unit = fc.option(fc.constantFrom("W", "kW", "%", ""));
    fc.assert(
      fc.property(fc.constantFrom(...descriptors), value, unit, (descriptor, told, inUnit) => {
        for (const signal of observationsOf([reading(descriptor, told, { unit: inUnit })], NOW))
          for (const member of Object.values(signal)) assert.ok(typeof member !== "number" || Number.isFinite(member));
      }),
    );
  });
});
