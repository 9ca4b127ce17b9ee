import assert from "node:assert/strict";
import { entityIdOf, entityNameOf, slugOf } from "../../../src/homeassistant/announcement.js";
import { topicPart } from "../../../src/homeassistant/discovery-location.js";

describe("names for Home Assistant", () => {
  it("become ids as Home Assistant writes them", () => {
    assert.equal(slugOf("Größe: 48 V, Tür (vorn)"), "grosse_48_v_tur_vorn");
    assert.equal(entityIdOf("sensor", "BMW i4", "Battery level"), "sensor.bmw_i4_battery_level");
    assert.equal(entityIdOf("device_tracker", "BMW i4", null), "device_tracker.bmw_i4");
    assert.equal(entityIdOf("sensor", "汽车", "…"), "sensor.car");
  });

  it("of entities never begin with that of their device", () => {
    for (const device of ["Battery", "battery level", "B", "C", "Car", "I", "Its", "CHARGING", "T"])
      for (const entity of ["Battery level", "Charging status", "Car wash", "Its own", "Tracker"]) {
        const name = entityNameOf(entity, device);
        assert.ok(!name.toLowerCase().startsWith(device.toLowerCase()), `${device}: ${name}`);
      }
    assert.equal(entityNameOf("Battery level", "BMW i4"), "Battery level");
  });

  it("of topics are what was typed, without what no topic may hold", () => {
    assert.equal(topicPart(" /home/cars/ ", "x"), "home/cars");
    assert.equal(topicPart("a/+/#", "x"), "a/_/_");
    assert.equal(topicPart(" / ", "usual"), "usual");
  });
});
