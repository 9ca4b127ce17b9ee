/** Attributes of these names Home Assistant leaves out: they are its own. */
const BLOCKED: ReadonlySet<string> = new Set([
  "assumed_state",
  "available",
  "device_class",
  "device_info",
  "entity_category",
  "entity_picture",
  "entity_registry_enabled_default",
  "extra_state_attributes",
  "force_update",
  "icon",
  "name",
  "should_poll",
  "state",
  "supported_features",
  "unique_id",
  "unit_of_measurement",
  "last_reset",
  "state_class",
]);

/** The JSON text of attributes. */
export function attributesText(attributes: object): string {
  return JSON.stringify(Object.fromEntries(Object.entries(attributes).filter(([name]) => !BLOCKED.has(name))));
}
