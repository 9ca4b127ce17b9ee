import assert from "node:assert/strict";
import { companionsOf } from "../../../src/homeassistant/companion-entities.js";
import { allDefinitions } from "../../../src/vehicle/catalogue.js";
import { stateFinding } from "../../helpers/ha-validator.js";

const WINDOW = "vehicle.cabin.window.row1.driver.status";
const ROOF = "vehicle.cabin.sunroof.overallStatus";
const CABLE = "vehicle.body.chargingPort.status";
const DOORS = "vehicle.cabin.door.status";

function companion(descriptor: string) {
  const [only] = companionsOf(descriptor);
  assert.ok(only);
  return only;
}

describe("companion of a text", () => {
  it("exists for windows, roofs, cables and locks", () => {
    const all = [...allDefinitions()].flatMap(({ id }) =>
      companionsOf(id).map(({ suffix, entity }) => `${id} ${suffix} ${entity.device_class ?? ""}`),
    );
    assert.deepEqual(all, [
      "vehicle.body.chargingPort.combinedStatus plugged plug",
      "vehicle.body.chargingPort.dcStatus plugged plug",
      "vehicle.body.chargingPort.status plugged plug",
      "vehicle.body.chargingPort.statusClearText plugged plug",
      "vehicle.cabin.door.lock.status unlocked lock",
      "vehicle.cabin.door.status unlocked lock",
      "vehicle.cabin.sunroof.overallStatus open window",
      "vehicle.cabin.sunroof.status open window",
      "vehicle.cabin.sunroof.tiltStatus open window",
      "vehicle.cabin.window.row1.driver.status open window",
      "vehicle.cabin.window.row1.passenger.status open window",
      "vehicle.cabin.window.row2.driver.status open window",
      "vehicle.cabin.window.row2.passenger.status open window",
      "vehicle.drivetrain.electricEngine.charging.connectorStatus plugged plug",
    ]);
    assert.deepEqual(companionsOf("vehicle.cabin.window.row9.driver.status"), []);
  });

  it("has a key and a name of its own", () => {
    assert.deepEqual(companion(WINDOW).entity, {
      platform: "binary_sensor",
      key: "cabin_window_row1_driver_status_open",
      name: "Window front, driver side",
      device_class: "window",
    });
  });

  for (const [descriptor, payload, state] of [
    [WINDOW, "OPEN", "ON"],
    [WINDOW, "INTERMEDIATE", "ON"],
    [WINDOW, "CLOSED", "OFF"],
    [WINDOW, "ASN_closed", "OFF"],
    [WINDOW, "INVALID", "None"],
    [ROOF, "OPEN_TILT", "ON"],
    [ROOF, "intermediate-tilt", "ON"],
    [ROOF, "CLOSED", "OFF"],
    [CABLE, "CONNECTED", "ON"],
    [CABLE, "ASN_Connected", "ON"],
    [CABLE, "DISCONNECTED", "OFF"],
    [CABLE, "not connected", "OFF"],
    [CABLE, "ERROR", "None"],
    [CABLE, true, "ON"],
    [DOORS, "UNLOCKED", "ON"],
    [DOORS, "SELECTIVE-LOCKED", "ON"],
    [DOORS, "ASN_selective_locked", "ON"],
    [DOORS, "LOCKED", "OFF"],
    [DOORS, "secured", "OFF"],
    [DOORS, "UNKNOWN", "None"],
    [DOORS, "", "None"],
    [DOORS, null, "None"],
    [DOORS, 1, "None"],
    [DOORS, undefined, "None"],
    [DOORS, {}, "None"],
  ] as const)
    it(`reads ${JSON.stringify(payload)} of ${descriptor} as ${state}`, () => {
      const { entity, stateOf } = companion(descriptor);
      assert.equal(stateOf(payload), state);
      assert.equal(stateFinding({ ...entity }, state), null);
    });
});
