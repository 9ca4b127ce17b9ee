import type { CarIdentity } from "../account/vehicle-identity.js";
import { PACKAGE_HOMEPAGE, PACKAGE_NAME, PACKAGE_VERSION } from "../support/version.js";
import type { Component } from "./component.js";
import { uniqueIdOf } from "./ha-part.js";
import {
  availabilityTopic,
  configTopics,
  deviceIdAt,
  deviceTopic,
  entityTopic,
  stateTopicRoot,
  type DiscoveryLocation,
} from "./discovery-location.js";

/** Holds everything that is published to announce a car, except its states. */
export interface Announcement {
  readonly place: DiscoveryLocation;
  /** Platform by key. */
  readonly components: Readonly<Record<string, string>>;
  /** JSON text by topic. */
  readonly configs: ReadonlyMap<string, string>;
  /** Retained topics of states, attributes and images. */
  readonly topics: ReadonlySet<string>;
}

const ORIGIN = { name: PACKAGE_NAME, sw_version: PACKAGE_VERSION, support_url: PACKAGE_HOMEPAGE };

/**
 * Builds the announcement of a car.
 * @param availability whether the entities are available only while this node runs
 */
export function announcementOf(
  place: DiscoveryLocation,
  car: CarIdentity,
  components: readonly Component[],
  availability: boolean,
): Announcement {
  const shared = availability ? { availability_topic: availabilityTopic(place.base) } : {};
  const head = { device: deviceOf(place, car), origin: ORIGIN, ...shared };
  const configs = components.map((component) => [component, configOf(place, car, component)] as const);
  return {
    place,
    components: Object.fromEntries(components.map(({ key, platform }) => [key, platform])),
    configs:
      // Home Assistant refuses a device without components.
      place.mode === "device" && components.length > 0
        ? new Map([[deviceTopic(place), deviceText(head, configs)]])
        : new Map(configs.map(([one, config]) => [topicOf(place, one), JSON.stringify({ ...config, ...head })])),
    topics: new Set(components.flatMap((component) => keptTopics(place, component))),
  };
}

/**
 * Returns the device configuration in which a removed component keeps nothing but its platform, which makes Home
 * Assistant delete it. `null` in the mode without a device configuration.
 */
export function withoutGone({ place, configs }: Announcement, gone: Readonly<Record<string, string>>): string | null {
  const text = place.mode === "device" ? configs.get(deviceTopic(place)) : undefined;
  if (text === undefined) return null;
  const config = JSON.parse(text) as { components: object };
  const deleted = Object.entries(gone).map(([key, platform]) => [key, { platform }] as const);
  return JSON.stringify({ ...config, components: { ...config.components, ...Object.fromEntries(deleted) } });
}

/** Returns the configuration topics that no longer exist. */
export function staleConfigs(before: Pick<Announcement, "place" | "components">, now: Announcement): string[] {
  return configTopics(before.place, before.components).filter((topic) => !now.configs.has(topic));
}

function deviceText(head: object, configs: readonly (readonly [Component, object])[]): string {
  const components = configs.map(([{ key, platform }, config]) => [key, { platform, ...config }] as const);
  return JSON.stringify({ ...head, components: Object.fromEntries(components) });
}

function deviceOf(place: DiscoveryLocation, { name, manufacturer, model, serialNumber }: CarIdentity): object {
  return {
    identifiers: [deviceIdAt(place)],
    name,
    manufacturer,
    ...(model !== null && { model }),
    ...(serialNumber !== null && { serial_number: serialNumber }),
  };
}

function configOf(
  place: DiscoveryLocation,
  car: CarIdentity,
  { platform, key, name, options, topics }: Component,
): object {
  const shown = name === null ? null : entityNameOf(name, car.name);
  const root = stateTopicRoot(place);
  return {
    unique_id: uniqueIdOf(place.id.toLowerCase(), key),
    default_entity_id: entityIdOf(platform, car.name, shown),
    name: shown,
    ...Object.fromEntries(Object.entries(topics).map(([option, topic]) => [option, root + topic])),
    ...options,
  };
}

function topicOf(place: DiscoveryLocation, { platform, key }: Component): string {
  return entityTopic(place, platform, key);
}

function keptTopics(place: DiscoveryLocation, { topics, plainTopics }: Component): string[] {
  // Commands are not retained.
  const kept = Object.entries(topics).filter(([option]) => option !== "command_topic");
  return [...plainTopics, ...kept.map(([, topic]) => topic)].map((topic) => stateTopicRoot(place) + topic);
}

const NO_CAR_NAME = "car";

/** Returns a name as Home Assistant writes it in entity ids. */
export function slugOf(name: string): string {
  const plain = name.replace(/ß/g, "ss").normalize("NFD").replace(/\p{M}/gu, "");
  return plain
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, "_")
    .replace(/^_|_$/g, "");
}

/** Returns the id that Home Assistant gives a new entity. */
export function entityIdOf(platform: string, deviceName: string, entityName: string | null): string {
  const parts = [slugOf(deviceName) || NO_CAR_NAME, slugOf(entityName ?? "")];
  return `${platform}.${parts.filter((part) => part !== "").join("_")}`;
}

/** Returns the entity's name without the name of its device, which Home Assistant prepends anyway. */
export function entityNameOf(name: string, deviceName: string): string {
  if (!name.toLowerCase().startsWith(deviceName.toLowerCase())) return name;
  // No device name is the prefix of both.
  const word = "car".startsWith(deviceName.slice(0, 1).toLowerCase()) ? "Its" : "Car";
  return `${word} ${name}`;
}
