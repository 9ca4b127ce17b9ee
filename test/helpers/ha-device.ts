import { deviceIdOf, haPartOf, type Entity } from "../../src/homeassistant/ha-part.js";
import { VIN } from "./fakes.js";

export type ComponentConfig = Record<string, unknown>;

export const DEVICE_TOPIC = `homeassistant/device/${deviceIdOf(VIN.toLowerCase())}/config`;

/** An entity as it is announced, with the least that it needs besides. */
export function componentOf(entity: Readonly<Entity>): ComponentConfig {
  const { key, ...options } = haPartOf(VIN, entity);
  const topic = `cardata/${VIN}/${key}`;
  switch (entity.platform) {
    case "device_tracker":
      return { ...options, json_attributes_topic: topic };
    case "image":
      return { ...options, image_topic: topic };
    default:
      return { ...options, state_topic: `${topic}/state` };
  }
}

/** The discovery message of a car with these entities. */
export function deviceMessage(entities: readonly Readonly<Entity>[], more: ComponentConfig = {}) {
  return {
    device: { identifiers: [deviceIdOf(VIN.toLowerCase())], name: "BMW i4", manufacturer: "BMW", serial_number: VIN },
    origin: { name: "CarData", sw_version: "1.0.0", support_url: "https://example.org" },
    components: Object.fromEntries(entities.map((entity) => [entity.key, componentOf(entity)])),
    ...more,
  };
}
