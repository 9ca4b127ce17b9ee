import assert from "node:assert/strict";
import { FIXED_ENTITIES } from "../../../src/homeassistant/fixed-entities.js";
import { entityOf } from "../../../src/homeassistant/entity-rules.js";
import { type ComponentConfig, componentOf, DEVICE_TOPIC, deviceMessage } from "../../helpers/ha-device.js";
import { attributesFinding, findings, stateFinding } from "../../helpers/ha-validator.js";

const soc = entityOf({
  descriptor: "vehicle.drivetrain.batteryManagement.header",
  name: "Battery level",
  unit: "%",
  type: "number",
});
const { location, image, connectivity } = FIXED_ENTITIES;
const message = (more: ComponentConfig = {}) => deviceMessage([soc, location, image, connectivity], more);

/** A car whose battery level has these options besides, or without those that are `undefined`. */
function withSoc(options: ComponentConfig): ComponentConfig {
  const component = Object.fromEntries(
    Object.entries({ ...componentOf(soc), ...options }).filter(([, value]) => value !== undefined),
  );
  return message({ components: { [soc.key]: component, location: componentOf(location) } });
}

function withLocation(options: ComponentConfig): ComponentConfig {
  return message({ components: { location: { ...componentOf(location), ...options } } });
}

describe("the validator of discovery messages", () => {
  it("takes a car, an entity of its own topic, a removal and a migration", () => {
    assert.deepEqual(findings(DEVICE_TOPIC, message()), []);
    assert.deepEqual(findings(DEVICE_TOPIC, JSON.stringify(message())), []);
    const { device, origin } = message();
    const topic = `homeassistant/sensor/bmw_cardata_x/${soc.key}/config`;
    assert.deepEqual(findings(topic, { ...componentOf(soc), device, origin }), []);
    assert.deepEqual(findings(topic, ""), []);
    assert.deepEqual(findings(topic, { migrate_discovery: true }), []);
    assert.deepEqual(findings(DEVICE_TOPIC, message({ components: { gone: { platform: "sensor" } } })), []);
    assert.deepEqual(findings("ha/device/x/config", message(), { prefix: "ha" }), []);
  });

  const negative: readonly (readonly [string, ComponentConfig, RegExp])[] = [
    ["an extra key at the root", message({ json_attributes_topic: "a" }), /root: extra key json_attributes_topic/],
    ["a topic base at the root", message({ "~": "cardata" }), /root: extra key ~/],
    ["a missing origin", message({ origin: undefined }), /origin: missing/],
    ["an extra key of the origin", message({ origin: { name: "x", url: "y" } }), /origin: extra key url/],
    ["an extra key of the device", message({ device: { ...message().device, vin: "x" } }), /device: extra key vin/],
    ["a null in the device", message({ device: { ...message().device, model: null } }), /device: model is no text/],
    ["a device without identity", message({ device: { name: "BMW" } }), /neither identifiers nor connections/],
    ["a device without components", message({ components: {} }), /components: none/],
    [
      "a root state topic, shared with the tracker",
      message({ state_topic: "a" }),
      /location: state_topic is deprecated/,
    ],
    ["a dot in a component's key", message({ components: { "a.b": componentOf(soc) } }), /a\.b is no id/],
    ["a component without platform", withSoc({ platform: undefined }), /no platform/],
    ["an unknown platform", withSoc({ platform: "sensors" }), /unknown platform sensors/],
    ["a component without unique id", withSoc({ unique_id: undefined }), /unique_id is missing/],
    ["a sensor without state topic", withSoc({ state_topic: undefined }), /state_topic is missing/],
    ["a wildcard in a topic", withSoc({ state_topic: "cardata/+/state" }), /state_topic cannot be/],
    [
      "a unit of another class",
      withSoc({ unit_of_measurement: "km" }),
      /unit km does not belong to device_class battery/,
    ],
    ["a class without unit", withSoc({ unit_of_measurement: undefined }), /unit null does not belong/],
    [
      "BMW's spelling of a unit",
      withSoc({ device_class: "temperature", unit_of_measurement: "Celsius" }),
      /unit Celsius does not belong/,
    ],
    [
      "weeks as a duration",
      withSoc({ device_class: "duration", unit_of_measurement: "w" }),
      /unit w does not belong to device_class duration/,
    ],
    ["an unknown class", withSoc({ device_class: "soc" }), /unknown device_class soc/],
    [
      "energy as a measurement",
      withSoc({ device_class: "energy", unit_of_measurement: "kWh" }),
      /state_class measurement does not belong to device_class energy/,
    ],
    ["an unknown state class", withSoc({ state_class: "increasing" }), /unknown state_class increasing/],
    [
      "a class that is too new",
      withSoc({ device_class: "temperature_delta", unit_of_measurement: "°C" }),
      /temperature_delta needs 2025\.11/,
    ],
    [
      "a root option that is too new",
      message({ message_expiry_interval: 60 }),
      /message_expiry_interval needs 2026\.6/,
    ],
    ["an enum without options", withSoc({ device_class: "enum" }), /enum needs options/],
    ["options without enum", withSoc({ options: ["a"] }), /options without device_class enum/],
    ["a timestamp with a unit", withSoc({ device_class: "timestamp" }), /device_class timestamp is no number/],
    ["the category config on a sensor", withSoc({ entity_category: "config" }), /entity_category config is refused/],
    ["an unknown category", withSoc({ entity_category: "system" }), /unknown entity_category system/],
    ["the removed object id", withSoc({ object_id: "soc" }), /object_id was removed/],
    ["a state topic of the tracker", withLocation({ state_topic: "a" }), /state_topic is deprecated/],
    ["a tracker without topic", withLocation({ json_attributes_topic: undefined }), /cannot be/],
    ["an unknown source of the tracker", withLocation({ source_type: "satellite" }), /source_type cannot be/],
    ["a misspelt option", withSoc({ device_clas: "battery" }), /device_clas is unknown/],
    ["a null option", withSoc({ icon: null }), /icon is null/],
    ["a name that begins like the device's", withSoc({ name: "BMW i4 battery" }), /name starts with the name/],
    ["neither name nor class", withSoc({ name: undefined, device_class: undefined }), /neither name nor device_class/],
    [
      "a default entity id of another platform",
      withSoc({ default_entity_id: "number.soc" }),
      /default_entity_id cannot/,
    ],
    ["a malformed default entity id", withSoc({ default_entity_id: "sensor.BMW i4" }), /default_entity_id cannot/],
    ["a malformed icon", withSoc({ icon: "battery" }), /icon cannot be/],
    [
      "two equal unique ids",
      message({ components: { a: componentOf(soc), b: { ...componentOf(soc), name: "Other" } } }),
      /b: unique_id .* is not the only one/,
    ],
    [
      "two kinds of availability",
      withSoc({ availability_topic: "a", availability: [{ topic: "a" }] }),
      /exclude each other/,
    ],
    ["an availability without topic", withSoc({ availability: [{ payload_available: "x" }] }), /topic is missing/],
    [
      "two sources of an image",
      message({ components: { image: { ...componentOf(image), url_topic: "a" } } }),
      /not exactly one of/,
    ],
    [
      "an unknown binary class",
      message({ components: { stream: { ...componentOf(connectivity), device_class: "locked" } } }),
      /unknown device_class locked/,
    ],
  ];
  for (const [what, payload, finding] of negative)
    it(`finds ${what}`, () => {
      assert.match(findings(DEVICE_TOPIC, payload).join("\n"), finding);
    });

  it("finds topics that Home Assistant does not read", () => {
    const topics = [
      "homeassistant/sensor/bmw/vehicle.isMoving/config",
      "homeassistant/sensor/config",
      "homeassistant/device/a/b/c/config",
      "ha/device/a/config",
    ];
    for (const topic of topics) assert.match(findings(topic, message())[0] ?? "", /no discovery topic/);
    assert.match(findings("homeassistant/senor/a/config", componentOf(soc)).join("\n"), /unknown platform senor/);
    const { device, origin } = message();
    const other = { ...componentOf(soc), device, origin };
    assert.match(findings("homeassistant/image/a/config", other).join("\n"), /platform: sensor on a topic of image/);
  });

  it("finds what is no JSON object", () => {
    for (const payload of ["{", "[]", "null", null, 1, Buffer.from("x").toString()])
      assert.deepEqual(findings(DEVICE_TOPIC, payload), ["payload: no JSON object"]);
  });

  it("takes newer classes where a newer Home Assistant is asked for", () => {
    const newer = withSoc({ device_class: "energy_distance", unit_of_measurement: "kWh/100km" });
    assert.deepEqual(findings(DEVICE_TOPIC, newer, { minimum: "2025.3" }), []);
    assert.match(findings(DEVICE_TOPIC, newer, { minimum: "2025.2" }).join(), /energy_distance needs 2025\.3/);
    const angle = withSoc({ device_class: undefined, state_class: "measurement_angle", unit_of_measurement: "°" });
    assert.match(findings(DEVICE_TOPIC, angle, { minimum: "2025.3" }).join(), /measurement_angle needs 2025\.4/);
  });

  it("knows which states each platform takes", () => {
    const text = { platform: "sensor" };
    const number = { platform: "sensor", unit_of_measurement: "%" };
    const time = { platform: "sensor", device_class: "timestamp" };
    const binary = { platform: "binary_sensor" };
    const tracker = { platform: "device_tracker" };
    const good: [ComponentConfig, string][] = [
      [text, "SECURED"],
      [number, "61.5"],
      [number, "1e+21"],
      [number, "None"],
      [time, "2026-03-02T06:41:05.000Z"],
      [{ ...text, device_class: "enum", options: ["A"] }, "A"],
      [binary, "ON"],
      [binary, "None"],
      [{ ...binary, payload_on: "1" }, "1"],
      [tracker, '{"latitude":48.1,"longitude":11.5}'],
    ];
    for (const [component, state] of good) assert.equal(stateFinding(component, state), null, state);
    const bad: [ComponentConfig, string][] = [
      [text, "x".repeat(256)],
      [text, ""],
      [number, "INVALID"],
      [number, "NaN"],
      [time, "2026-03-02T06:41:05"],
      [{ ...text, device_class: "enum", options: ["A"] }, "B"],
      [binary, "OPEN"],
      [binary, "true"],
      [tracker, '{"latitude":48.1}'],
      [tracker, '{"latitude":"48.1","longitude":11.5}'],
      [tracker, "home"],
      [{ platform: "image" }, "x"],
    ];
    for (const [component, state] of bad) assert.notEqual(stateFinding(component, state), null, state);
  });

  it("knows which attributes are dropped", () => {
    assert.equal(attributesFinding({ platform: "sensor" }, '{"timestamp":"x"}'), null);
    assert.match(attributesFinding({ platform: "sensor" }, '{"state_class":"x"}') ?? "", /drops state_class/);
    assert.match(attributesFinding({ platform: "binary_sensor" }, '{"entity_id":"x"}') ?? "", /drops entity_id/);
    assert.match(attributesFinding({ platform: "sensor" }, "[]") ?? "", /no JSON object/);
  });
});
