import type { Entity } from "./ha-part.js";

export type FixedKey =
  | "location"
  | "image"
  | "last_update"
  | "connectivity"
  | "learning"
  | "chargingHistory"
  | "tyreDiagnosis"
  | "traccar"
  | "traccar_location";

/** Lists the entities of a car without a descriptor, by key. */
export const FIXED_ENTITIES: Readonly<Record<FixedKey, Readonly<Entity>>> = {
  location: { platform: "device_tracker", key: "location", name: null, icon: "mdi:car", source_type: "gps" },
  image: { platform: "image", key: "image", name: "Picture", icon: "mdi:car-side" },
  last_update: {
    platform: "sensor",
    key: "last_update",
    name: "Last update",
    device_class: "timestamp",
    entity_category: "diagnostic",
  },
  connectivity: {
    platform: "binary_sensor",
    key: "connectivity",
    name: "CarData stream",
    device_class: "connectivity",
    entity_category: "diagnostic",
  },
  learning: report("learning", "Learning", "mdi:school-outline"),
  // The obvious names belong to two descriptors.
  chargingHistory: report("chargingHistory", "Recent charges", "mdi:ev-station"),
  tyreDiagnosis: report("tyreDiagnosis", "Tyre report", "mdi:tire"),
  traccar: {
    platform: "sensor",
    key: "traccar",
    name: "Tracker speed",
    device_class: "speed",
    unit_of_measurement: "km/h",
    state_class: "measurement",
    suggested_display_precision: 0,
  },
  traccar_location: {
    platform: "device_tracker",
    key: "traccar_location",
    name: "Tracker",
    icon: "mdi:crosshairs-gps",
    source_type: "gps",
  },
};

/** Returns an entity with a text whose details are attributes. */
function report(key: FixedKey, name: string, icon: string): Entity {
  return { platform: "sensor", key, name, icon, entity_category: "diagnostic" };
}
