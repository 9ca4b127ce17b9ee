/** Describes an entity in Home Assistant's own terms; members that do not apply are absent, never `null`. */
export interface HaPart {
  platform: "sensor" | "binary_sensor" | "device_tracker" | "image" | "event";
  /** The descriptor without `vehicle.`, every character but letters, digits, `_` and `-` replaced by `_`. */
  key: string;
  /** `bmw_cardata_<vin in lower case>_<key>` */
  unique_id: string;
  /** `null`: the entity is named like its device. */
  name: string | null;
  device_class?: string;
  unit_of_measurement?: string;
  state_class?: "measurement" | "measurement_angle" | "total" | "total_increasing";
  suggested_display_precision?: number;
  icon?: string;
  /** Home Assistant's `config` exists only for buttons. */
  entity_category?: "diagnostic";
  /** Only `false`: rarely useful entities, which users enable if needed. */
  enabled_by_default?: false;
  source_type?: "gps";
  /** All states of the class `enum`. */
  options?: readonly string[];
  /** All types of an `event`. */
  event_types?: readonly string[];
}

/** Describes an entity of any car. */
export type Entity = Omit<HaPart, "unique_id">;

/** Returns the device id; `<id>`: the VIN in lower case, or its alias. */
export function deviceIdOf(id: string): string {
  return `bmw_cardata_${id}`;
}

export function uniqueIdOf(id: string, key: string): string {
  return `${deviceIdOf(id)}_${key}`;
}

/** Returns the `ha` part of a message: the entity with its unique id. */
export function haPartOf(vin: string, entity: Readonly<Entity>): HaPart {
  const { platform, key, ...more } = entity;
  // The platform first, as people read it in the debug sidebar.
  return { platform, key, unique_id: uniqueIdOf(vin.toLowerCase(), key), ...more };
}

let lastVin = "";
/** The unique ids of the last car up to the key. */
let lastPrefix = uniqueIdOf("", "");

/**
 * Returns an `ha` part for a car, in an object of its own: flows may change what they receive. Named members instead of
 * spreading, which takes twice as long where objects have many shapes.
 */
export function haPartFor(vin: string, part: Readonly<Entity>): HaPart {
  if (vin !== lastVin) {
    lastPrefix = uniqueIdOf(vin.toLowerCase(), "");
    lastVin = vin;
  }
  const { platform, key, name } = part;
  const copy: HaPart = { platform, key, unique_id: lastPrefix + key, name };
  if (part.device_class !== undefined) copy.device_class = part.device_class;
  if (part.unit_of_measurement !== undefined) copy.unit_of_measurement = part.unit_of_measurement;
  if (part.state_class !== undefined) copy.state_class = part.state_class;
  if (part.suggested_display_precision !== undefined)
    copy.suggested_display_precision = part.suggested_display_precision;
  if (part.icon !== undefined) copy.icon = part.icon;
  if (part.entity_category !== undefined) copy.entity_category = part.entity_category;
  if (part.enabled_by_default !== undefined) copy.enabled_by_default = part.enabled_by_default;
  if (part.source_type !== undefined) copy.source_type = part.source_type;
  return copy;
}

/** Returns the key of a descriptor; Home Assistant's topics allow no dots. */
export function keyOf(descriptor: string): string {
  return descriptor.replace(/^vehicle\./, "").replace(/[^A-Za-z0-9_-]/g, "_");
}
