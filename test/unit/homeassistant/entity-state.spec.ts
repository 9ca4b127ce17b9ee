import assert from "node:assert/strict";
import { entityOf, subjectOf } from "../../../src/homeassistant/entity-rules.js";
import { FIXED_ENTITIES } from "../../../src/homeassistant/fixed-entities.js";
import { stateOf } from "../../../src/homeassistant/entity-state.js";
import { definitionOf } from "../../../src/vehicle/catalogue.js";

function state(descriptor: string, payload: unknown): string | null {
  const unit = definitionOf(descriptor)?.unit ?? null;
  return stateOf(entityOf(subjectOf({ descriptor, name: "Something", unit, payload })), payload);
}

const SOC = "vehicle.drivetrain.batteryManagement.header";
const LOCK = "vehicle.cabin.door.status";
const INSPECTION = "vehicle.status.serviceTime.inspectionDateLegal";

describe("MQTT state of an entity", () => {
  it("of a number is the number", () => {
    assert.equal(state(SOC, 61.5), "61.5");
    assert.equal(state(SOC, -0), "0");
    assert.equal(state("vehicle.new.thing", 1e21), "1e+21");
  });

  it("of a boolean is ON or OFF, and of a lock the other way round", () => {
    assert.equal(state("vehicle.isMoving", true), "ON");
    assert.equal(state("vehicle.isMoving", false), "OFF");
    assert.equal(state("vehicle.body.trunk.isLocked", true), "OFF");
    assert.equal(state("locked", false), "ON");
  });

  it("of what is unknown is None", () => {
    for (const descriptor of [SOC, LOCK, INSPECTION, "vehicle.isMoving", "locked", "vehicle.new.thing"])
      assert.equal(state(descriptor, null), "None", descriptor);
  });

  it("of a text is at most 255 characters, none of them halved", () => {
    assert.equal(state(LOCK, "SECURED"), "SECURED");
    assert.equal(state(LOCK, "  "), "None");
    assert.equal(state(LOCK, "x".repeat(300)), "x".repeat(255));
    assert.equal(state(LOCK, `${"x".repeat(254)}🚗 and more`), "x".repeat(254));
    assert.equal(state(LOCK, `${"x".repeat(253)}🚗 and more`), `${"x".repeat(253)}🚗`);
  });

  it("of a text entity may be a number or a boolean", () => {
    assert.equal(state(LOCK, 3), "3");
    assert.equal(state(LOCK, true), "ON");
  });

  for (const [payload, expected] of [
    ["17.01.2027 00:00:00 UTC", "2027-01-17T00:00:00.000Z"],
    ["17.01.2027 23:00 UTC", "2027-01-17T23:00:00.000Z"],
    ["01/17/2027 23:00 UTC", "2027-01-17T23:00:00.000Z"],
    ["2026-03-02T06:41:05Z", "2026-03-02T06:41:05.000Z"],
    ["2026-03-02 06:41:05.5+01:00", "2026-03-02T05:41:05.500Z"],
    ["2026-03-02T06:41:05 UTC", "2026-03-02T06:41:05.000Z"],
    [1_772_433_665, "2026-03-02T06:41:05.000Z"],
    [1_772_433_665_000, "2026-03-02T06:41:05.000Z"],
    ["2026-03-02T06:41:05", null],
    ["31.04.2027 00:00 UTC", null],
    ["13/13/2027 00:00 UTC", null],
    ["soon", null],
    ["", null],
    [0, null],
    [NaN, null],
    [true, null],
  ] as const)
    it(`of the time ${JSON.stringify(payload)} is ${expected ?? "nothing"}`, () => {
      assert.equal(state(INSPECTION, payload), expected);
    });

  it("is nothing where the payload cannot be one", () => {
    for (const payload of ["61", "", true, NaN, Infinity, {}, [], undefined, () => 1])
      assert.equal(state(SOC, payload), null, typeof payload);
    for (const payload of ["OPEN", "", 1, {}, undefined]) assert.equal(state("vehicle.isMoving", payload), null);
    for (const payload of [{}, [], undefined, NaN, Symbol("x")]) assert.equal(state(LOCK, payload), null);
  });

  it("does not exist for trackers and images", () => {
    for (const key of ["location", "image", "traccar_location"] as const)
      for (const payload of [null, "home", 1]) assert.equal(stateOf(FIXED_ENTITIES[key], payload), null);
  });
});
