import assert from "node:assert/strict";
import { traccarMessage } from "../../../src/messages/traccar-message.js";

const VIN = "WBA00000000000001";
const AT = Date.parse("2026-03-02T06:41:05Z");

describe("Output of cardata-traccar", () => {
  it("gives speed, bracket and place", () => {
    const place = { latitude: 48.1, longitude: 11.5, altitude: 520, course: 90, valid: true };
    const position = { ...place, speedKmh: 100.008, fixTime: AT - 5000 };
    assert.deepEqual(traccarMessage("cardata", VIN, { speedKmh: 100.008, position, at: AT }, "i4"), {
      payload: 100,
      topic: `cardata/${VIN}/traccar`,
      vin: VIN,
      unit: "km/h",
      timestamp: "2026-03-02T06:41:05.000Z",
      bracket: "highway",
      position: { ...place, fixTime: "2026-03-02T06:41:00.000Z" },
      device: "i4",
      ha: {
        platform: "sensor",
        key: "traccar",
        unique_id: `bmw_cardata_${VIN.toLowerCase()}_traccar`,
        name: "Tracker speed",
        device_class: "speed",
        unit_of_measurement: "km/h",
        state_class: "measurement",
        suggested_display_precision: 0,
      },
    });
  });

  it("has no speed of a silent tracker", () => {
    const message = traccarMessage("cardata", VIN, { speedKmh: null, position: null, at: AT }, "i4");
    assert.deepEqual([message.payload, message.bracket, message.position], [null, null, null]);
  });
});
