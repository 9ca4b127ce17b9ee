/** What Home Assistant needs to know of an entity, by its own names; what does not apply is absent, never `null`. */
export interface HaPart {
  platform: "sensor" | "binary_sensor" | "device_tracker" | "image";
  /** The descriptor without `vehicle.`, every character but letters, digits, `_` and `-` replaced by `_`. */
  key: string;
  /** `bmw_cardata_<vin in lower case>_<key>` */
  unique_id: string;
  /** `null`: the entity is called like its device. */
  name: string | null;
  device_class?: string;
  unit_of_measurement?: string;
  state_class?: "measurement" | "measurement_angle" | "total" | "total_increasing";
  suggested_display_precision?: number;
  icon?: string;
  /** `config` exists only for buttons. */
  entity_category?: "diagnostic";
  /** Only `false`: noise that people switch on if they want it. */
  enabled_by_default?: false;
  source_type?: "gps";
}

/** An entity of any car. */
export type Entity = Omit<HaPart, "unique_id">;

/** `<id>`: the VIN in lower case, or what the user has put in its place. */
export function deviceIdOf(id: string): string {
  return `bmw_cardata_${id}`;
}

export function uniqueIdOf(id: string, key: string): string {
  return `${deviceIdOf(id)}_${key}`;
}

/** The part of a message about a car: the entity with an id of its own. */
export function haPartOf(vin: string, entity: Readonly<Entity>): HaPart {
  const { platform, key, ...more } = entity;
  // What it is first, as people read it in the debug sidebar.
  return { platform, key, unique_id: uniqueIdOf(vin.toLowerCase(), key), ...more };
}

/** Topics of Home Assistant allow no dots. */
export function keyOf(descriptor: string): string {
  return descriptor.replace(/^vehicle\./, "").replace(/[^A-Za-z0-9_-]/g, "_");
}
