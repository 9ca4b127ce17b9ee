import {
  HA_CONSTANTS,
  isFilled,
  isFilledList,
  isJsonObject,
  parsed,
  shown,
  type Json,
  type PlatformConstants,
} from "./ha-constants.js";

export { attributesFinding, stateFinding, stateIn } from "./ha-states.js";

/*
 * Home Assistant's rules for MQTT discovery, by the constants in the fixture. Stricter than Home Assistant where it
 * would ignore something silently: nothing that this package publishes should be ignored.
 */

const { discovery, platforms, sensor } = HA_CONSTANTS;

export interface ValidatorOptions {
  /** Prefix of the discovery topics. */
  prefix?: string;
  /** The oldest Home Assistant that has to take the message. */
  minimum?: string;
}

const ENTITY_ID = /^(?!.*__)[a-z_]+\.(?!_)[0-9a-z_]+(?<!_)$/;
const ICON = /^[a-z0-9]+:[a-z0-9-]+$/;
const ID = /^[a-zA-Z0-9_-]+$/;

/**
 * Returns what Home Assistant would refuse, warn of or ignore in a retained discovery message; empty if valid.
 * @param payload JSON text or its value; an empty text removes what was announced
 */
export function findings(topic: string, payload: unknown, options: ValidatorOptions = {}): string[] {
  const { prefix = "homeassistant", minimum = "2025.4" } = options;
  const component = componentOf(topic, prefix);
  if (component === null) return [`topic ${topic}: no discovery topic`];
  if (payload === "") return [];
  const message = typeof payload === "string" ? parsed(payload) : payload;
  if (!isJsonObject(message)) return ["payload: no JSON object"];
  if (JSON.stringify(message) === '{"migrate_discovery":true}') return [];
  return component === "device" ? deviceFindings(message, minimum) : singleFindings(component, message, minimum);
}

function componentOf(topic: string, prefix: string): string | null {
  if (!topic.startsWith(`${prefix}/`)) return null;
  return new RegExp(discovery.topicRegex).exec(topic.slice(prefix.length + 1))?.groups?.["component"] ?? null;
}

function deviceFindings(message: Json, minimum: string): string[] {
  const { required, optional } = discovery.deviceRoot;
  const found = [
    ...strict("root", message, required, optional),
    ...newerThan("root", message, minimum),
    ...availabilityFindings("root", message),
    ...aboutDevice(message["device"]),
    ...aboutOrigin(message["origin"]),
  ];
  const components = message["components"];
  if (!isJsonObject(components) || Object.keys(components).length === 0) return [...found, "components: none"];
  const shared = pick(message, discovery.sharedOptionsMergedIntoComponents);
  const name = nameOf(message["device"]);
  const merged: [string, Json][] = [];
  for (const [key, component] of Object.entries(components)) {
    if (!ID.test(key)) found.push(`components: ${key} is no id`);
    if (!isJsonObject(component)) found.push(`${key}: no object`);
    else if (isRemoval(component)) found.push(...platformFindings(key, component["platform"]));
    else merged.push([key, { ...shared, ...component }]);
  }
  for (const [key, component] of merged)
    found.push(...platformFindings(key, component["platform"]), ...entityFindings(key, component, name, minimum));
  return [...found, ...twins(merged)];
}

function singleFindings(platform: string, message: Json, minimum: string): string[] {
  const found = [...platformFindings("topic", platform), ...aboutDevice(message["device"])];
  found.push(...aboutOrigin(message["origin"]));
  if (isRemoval(message)) return [...found, "payload: only device payloads remove a component so"];
  const reported = message["platform"];
  if (reported !== undefined && reported !== platform)
    found.push(`platform: ${shown(reported)} on a topic of ${platform}`);
  return [...found, ...entityFindings("payload", { ...message, platform }, nameOf(message["device"]), minimum)];
}

function isRemoval(component: Json): boolean {
  return Object.keys(component).join() === "platform";
}

function platformFindings(where: string, platform: unknown): string[] {
  if (typeof platform !== "string") return [`${where}: no platform`];
  if (!discovery.entityPlatforms.includes(platform)) return [`${where}: unknown platform ${platform}`];
  return platform in platforms ? [] : [`${where}: platform ${platform} is not covered by this validator`];
}

function strict(where: string, object: Json, required: readonly string[], optional: readonly string[]): string[] {
  const allowed = [...required, ...optional];
  return [
    ...required.filter((key) => !(key in object)).map((key) => `${where}: ${key} is missing`),
    ...Object.keys(object)
      .filter((key) => !allowed.includes(key))
      .map((key) => `${where}: extra key ${key}`),
  ];
}

function aboutDevice(device: unknown): string[] {
  if (!isJsonObject(device)) return ["device: missing"];
  const { atLeastOneOf, optional } = discovery.device;
  const found = strict("device", device, [], [...atLeastOneOf, ...optional]);
  if (!atLeastOneOf.some((key) => isFilledList(device[key]))) found.push("device: neither identifiers nor connections");
  if (nameOf(device) === "") found.push("device: no name");
  for (const key of optional) if (key in device && !isFilled(device[key])) found.push(`device: ${key} is no text`);
  const url = device["configuration_url"];
  if (url !== undefined && !/^(https?|homeassistant):\/\/\S+$/.test(shown(url)))
    found.push("device: configuration_url is no address");
  return found;
}

function aboutOrigin(origin: unknown): string[] {
  if (!isJsonObject(origin)) return ["origin: missing"];
  const { required, optional } = discovery.origin;
  const found = strict("origin", origin, required, optional);
  for (const [key, value] of Object.entries(origin)) if (!isFilled(value)) found.push(`origin: ${key} is no text`);
  const url = origin["support_url"];
  if (url !== undefined && !/^https?:\/\/\S+$/.test(shown(url))) found.push("origin: support_url is no address");
  return found;
}

/** Checks what two components of one device must not share. */
function twins(components: readonly (readonly [string, Json])[]): string[] {
  const seen = new Set<string>();
  const found: string[] = [];
  for (const [key, component] of components)
    for (const option of ["unique_id", "default_entity_id", "name"]) {
      const value = component[option];
      if (value === undefined) continue;
      const id = [option, option === "default_entity_id" ? "" : component["platform"], value].join(" ");
      if (seen.has(id)) found.push(`${key}: ${option} ${shown(value)} is not the only one`);
      seen.add(id);
    }
  return found;
}

function entityFindings(where: string, component: Json, deviceName: string, minimum: string): string[] {
  const platform = shown(component["platform"]);
  const constants = platforms[platform];
  if (constants === undefined) return [];
  return [
    ...keyFindings(platform, constants, component),
    ...requiredFindings(constants, component),
    ...typeFindings(component),
    ...nameFindings(component, deviceName),
    ...categoryFindings(constants, component),
    ...newerThan("", component, minimum),
    ...availabilityFindings("", component),
    ...classFindings(platform, component),
  ].map((finding) => `${where}: ${finding.replace(/^: /, "")}`);
}

function keyFindings(platform: string, constants: PlatformConstants, component: Json): string[] {
  const { required = [], requiredAnyOf = [], requiredExactlyOneOf = [], optional } = constants;
  const own = ["platform", ...required, ...requiredAnyOf, ...requiredExactlyOneOf, ...optional];
  const deprecated = discovery.deprecatedKeys[platform] ?? [];
  // Options that the root shares with all components are accepted where they have no meaning.
  const known = [...own, ...discovery.entityCommonKeys, ...discovery.sharedOptionsMergedIntoComponents];
  return Object.keys(component).flatMap((key) => {
    if (key in discovery.removedKeys) return [`${key} was removed from Home Assistant`];
    if (deprecated.includes(key)) return [`${key} is deprecated`];
    if (!known.includes(key)) return [`${key} is unknown`];
    return component[key] === null && key !== "name" ? [`${key} is null`] : [];
  });
}

function requiredFindings(constants: PlatformConstants, component: Json): string[] {
  const { required = [], requiredAnyOf = [], requiredExactlyOneOf = [] } = constants;
  const has = (key: string) => key in component;
  const found = [...required, "unique_id"].filter((key) => !has(key)).map((key) => `${key} is missing`);
  if (requiredAnyOf.length > 0 && !requiredAnyOf.some(has)) found.push(`none of ${requiredAnyOf.join(", ")}`);
  if (requiredExactlyOneOf.length > 0 && requiredExactlyOneOf.filter(has).length !== 1)
    found.push(`not exactly one of ${requiredExactlyOneOf.join(", ")}`);
  return found;
}

const CHECKS: Record<string, (value: unknown) => boolean> = {
  unique_id: isFilled,
  icon: (value) => typeof value === "string" && ICON.test(value),
  enabled_by_default: (value) => typeof value === "boolean",
  suggested_display_precision: (value) => Number.isInteger(value) && Number(value) >= 0,
  expire_after: (value) => Number.isInteger(value) && Number(value) > 0,
  unit_of_measurement: isFilled,
  qos: (value) => value === 0 || value === 1 || value === 2,
  source_type: (value) => HA_CONSTANTS.device_tracker.sourceTypes.includes(shown(value)),
  image_encoding: (value) => value === "b64",
  content_type: (value) => typeof value === "string" && /^image\/[a-z+]+$/.test(value),
  payload_press: isFilled,
  payload_on: isFilled,
  payload_off: isFilled,
};

function typeFindings(component: Json): string[] {
  const found = Object.entries(component).flatMap(([key, value]) => {
    const isGood = /(^|_)topic$/.test(key) ? isTopic(value) : (CHECKS[key]?.(value) ?? true);
    return isGood ? [] : [`${key} cannot be ${JSON.stringify(value)}`];
  });
  const id = component["default_entity_id"];
  if (id !== undefined && !(ENTITY_ID.test(shown(id)) && shown(id).startsWith(`${shown(component["platform"])}.`)))
    found.push(`default_entity_id cannot be ${JSON.stringify(id)}`);
  return found;
}

function isTopic(value: unknown): boolean {
  return isFilled(value) && !/[+#\0]/.test(shown(value));
}

function nameFindings({ name, device_class }: Json, deviceName: string): string[] {
  if (name === undefined) return device_class === undefined ? ["neither name nor device_class"] : [];
  if (name === null) return [];
  if (!isFilled(name)) return ["name is no text"];
  const startsAlike = deviceName !== "" && shown(name).toLowerCase().startsWith(deviceName.toLowerCase());
  return startsAlike ? ["name starts with the name of the device"] : [];
}

function categoryFindings({ entityCategoryForbidden = [] }: PlatformConstants, { entity_category }: Json): string[] {
  if (entity_category === undefined) return [];
  const category = shown(entity_category);
  if (!HA_CONSTANTS.entityCategories.includes(category)) return [`unknown entity_category ${category}`];
  return entityCategoryForbidden.includes(category) ? [`entity_category ${category} is refused here`] : [];
}

/** Options, classes and state classes that the oldest supported Home Assistant does not know. */
function newerThan(where: string, object: Json, minimum: string): string[] {
  // Unknown options inside a component are ignored, at the root they cost the whole device.
  const reported = [object["device_class"], object["state_class"], ...(where === "root" ? Object.keys(object) : [])];
  return reported.flatMap((name) => {
    const since = discovery.minHomeAssistant[shown(name)];
    return since !== undefined && isNewer(since, minimum) ? [`${where}: ${shown(name)} needs ${since}`] : [];
  });
}

function isNewer(version: string, than: string): boolean {
  const months = (text: string) => {
    const [year = 0, month = 0] = text.split(".").map(Number);
    return year * 12 + month;
  };
  return months(version) > months(than);
}

function availabilityFindings(where: string, object: Json): string[] {
  const { availability, availability_topic, availability_mode } = object;
  const found: string[] = [];
  if (availability !== undefined && availability_topic !== undefined)
    found.push(`${where}: availability and availability_topic exclude each other`);
  if (availability_mode !== undefined && !discovery.availabilityModes.includes(shown(availability_mode)))
    found.push(`${where}: unknown availability_mode`);
  if (availability === undefined) return found;
  const items = Array.isArray(availability) ? (availability as unknown[]) : [availability];
  const { required, optional } = discovery.availabilityItem;
  for (const item of items)
    found.push(
      ...(isJsonObject(item) ? strict(`${where}: availability`, item, required, optional) : [`${where}: availability`]),
    );
  return found;
}

function classFindings(platform: string, component: Json): string[] {
  const deviceClass = component["device_class"];
  if (platform === "sensor") return sensorFindings(component);
  if (deviceClass === undefined) return [];
  const known = platform === "binary_sensor" || platform === "button" ? HA_CONSTANTS[platform].deviceClasses : [];
  return known.includes(shown(deviceClass)) ? [] : [`unknown device_class ${shown(deviceClass)}`];
}

function sensorFindings(component: Json): string[] {
  const { device_class, unit_of_measurement, state_class, suggested_display_precision } = component;
  const found = optionsFindings(component);
  if (state_class !== undefined) found.push(...stateClassFindings(shown(state_class), unit_of_measurement));
  if (device_class === undefined) return found;
  const name = shown(device_class);
  if (!sensor.deviceClasses.includes(name)) return [...found, `unknown device_class ${name}`];
  if (sensor.nonNumericDeviceClasses.includes(name)) {
    const numeric = [unit_of_measurement, state_class, suggested_display_precision];
    if (numeric.some((option) => option !== undefined)) found.push(`device_class ${name} is no number`);
    return found;
  }
  const units = sensor.unitsByDeviceClass[name];
  const unit = unit_of_measurement ?? null;
  if (units !== undefined && !units.includes(unit as string | null))
    found.push(`unit ${shown(unit)} does not belong to device_class ${name}`);
  const allowed = sensor.stateClassesByDeviceClass[name];
  if (state_class !== undefined && allowed?.includes(shown(state_class)) === false)
    found.push(`state_class ${shown(state_class)} does not belong to device_class ${name}`);
  return found;
}

function optionsFindings({ device_class, options, state_class, unit_of_measurement }: Json): string[] {
  if (device_class === "enum" && !isFilledList(options)) return ["device_class enum needs options"];
  if (options === undefined) return [];
  if (device_class !== "enum") return ["options without device_class enum"];
  return state_class === undefined && unit_of_measurement === undefined ? [] : ["options of a number"];
}

function stateClassFindings(stateClass: string, unit: unknown): string[] {
  if (!sensor.stateClasses.includes(stateClass)) return [`unknown state_class ${stateClass}`];
  const units = sensor.unitsByStateClass[stateClass];
  return units === undefined || units.includes(shown(unit)) ? [] : [`state_class ${stateClass} needs another unit`];
}

function nameOf(device: unknown): string {
  const name = isJsonObject(device) ? device["name"] : undefined;
  return typeof name === "string" ? name.trim() : "";
}

function pick(object: Json, keys: readonly string[]): Json {
  return Object.fromEntries(Object.entries(object).filter(([key]) => keys.includes(key)));
}
