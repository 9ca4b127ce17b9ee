import type { CarIdentity } from "../account/vehicle-identity.js";
import { PACKAGE_HOMEPAGE, PACKAGE_NAME, PACKAGE_VERSION } from "../support/version.js";
import type { AnnouncerOptions } from "./announcer-dependencies.js";
import { STATE_ATTRIBUTE, type Component } from "./component.js";
import { UNKNOWN_STATE } from "./entity-state.js";
import { uniqueIdOf } from "./ha-part.js";
import {
  attributesTopic,
  availabilityTopic,
  carTopic,
  configTopics,
  deviceIdAt,
  deviceTopic,
  entityTopic,
  stateTopic,
  subjectAt,
  type DiscoveryLocation,
} from "./discovery-location.js";

type TopicAt = (topic: string) => string;

/** Holds everything that is published to announce a car, except its states. */
export interface Announcement {
  readonly place: DiscoveryLocation;
  /** Returns a topic of the car as the broker gets it, of one that is relative to its topic root. */
  readonly topicAt: TopicAt;
  /** Platform by key. */
  readonly components: Readonly<Record<string, string>>;
  /** JSON text by topic. */
  readonly configs: ReadonlyMap<string, string>;
  /** Retained topics of states, attributes and images. */
  readonly topics: ReadonlySet<string>;
  /** States that say "unknown", by topic, of what has to be one of a list of words. */
  readonly unknownWords: ReadonlyMap<string, string>;
  /** Names which words these are. */
  readonly vocabulary: string;
}

const ORIGIN = { name: PACKAGE_NAME, sw_version: PACKAGE_VERSION, support_url: PACKAGE_HOMEPAGE };

/**
 * Builds the announcement of a car.
 * @param options whether the entities are available only while this node runs, the area of the car, the language, and
 *   how descriptors are written in topics
 */
export function announcementOf(
  place: DiscoveryLocation,
  car: CarIdentity,
  components: readonly Component[],
  options: Pick<AnnouncerOptions, "availability" | "area" | "language" | "separator">,
): Announcement {
  const shared = options.availability ? { availability_topic: availabilityTopic(place.base) } : {};
  const head = { device: deviceOf(place, car, options.area), origin: ORIGIN, ...shared };
  const topicAt: TopicAt = (topic) => carTopic(place, topic, options.separator);
  const configs = components.map((component) => [component, configOf(place, car, component, topicAt)] as const);
  return {
    place,
    topicAt,
    components: Object.fromEntries(components.map(({ key, platform }) => [key, platform])),
    configs:
      // Home Assistant refuses a device without components.
      place.mode === "device" && components.length > 0
        ? new Map([[deviceTopic(place), deviceText(head, configs)]])
        : new Map(configs.map(([one, config]) => [topicOf(place, one), JSON.stringify({ ...config, ...head })])),
    topics: new Set(components.flatMap((component) => keptTopics(topicAt, component))),
    unknownWords: new Map(components.flatMap((component) => unknownWords(topicAt, component))),
    // A new version may have other texts.
    vocabulary: `${options.language} ${PACKAGE_VERSION}`,
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

/** Where owners see which cars and data they share, and what BMW knows of them. */
const CARDATA_PORTAL = "https://bmw-cardata.bmwgroup.com/customer/public/home";

function deviceOf(place: DiscoveryLocation, car: CarIdentity, area: string): object {
  const { name, manufacturer, model, serialNumber, softwareVersion } = car;
  return {
    identifiers: [deviceIdAt(place)],
    name,
    manufacturer,
    ...(model !== null && { model }),
    ...(serialNumber !== null && { serial_number: serialNumber }),
    ...(softwareVersion !== null && { sw_version: softwareVersion }),
    ...(area !== "" && { suggested_area: area }),
    configuration_url: CARDATA_PORTAL,
  };
}

function configOf(
  place: DiscoveryLocation,
  car: CarIdentity,
  { platform, key, name, englishName, options, topics }: Component,
  topicAt: TopicAt,
): object {
  const named = (text: string | null) => (text === null ? null : entityNameOf(text, car.name));
  return {
    unique_id: uniqueIdOf(place.id.toLowerCase(), key),
    default_entity_id: entityIdOf(platform, car.name, named(englishName)),
    name: named(name),
    ...Object.fromEntries(Object.entries(topics).map(([option, topic]) => [option, topicAt(topic)])),
    ...options,
  };
}

function topicOf(place: DiscoveryLocation, { platform, key }: Component): string {
  return entityTopic(place, platform, key);
}

function keptTopics(topicAt: TopicAt, { platform, topics, plainTopics }: Component): string[] {
  // Commands and events are not retained.
  if (platform === "event") return [];
  const kept = Object.entries(topics).filter(([option]) => option !== "command_topic");
  return [...plainTopics, ...kept.map(([, topic]) => topic)].map(topicAt);
}

/** Names both topics, because the words may have come by the other one before. */
function unknownWords(topicAt: TopicAt, { options, topics }: Component): [string, string][] {
  const topic = "options" in options ? topics["state_topic"] : undefined;
  if (topic === undefined) return [];
  const subject = subjectAt(topicAt(topic));
  return [
    [attributesTopic(subject), JSON.stringify({ [STATE_ATTRIBUTE]: UNKNOWN_STATE })],
    [stateTopic(subject), UNKNOWN_STATE],
  ];
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
