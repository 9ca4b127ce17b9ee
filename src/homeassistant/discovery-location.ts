import type { DiscoveryLocation } from "../account/announcement-repository.js";
import { descriptorTopic, NOT_IN_TOPICS, type TopicSeparator } from "../support/topic.js";
import { deviceIdOf } from "./ha-part.js";

/** Describes where a car is, was or will be announced. */
export type { DiscoveryLocation } from "../account/announcement-repository.js";

/** Topics of a car's states, relative to its topic root. */
export const stateTopic = (subject: string) => `${subject}/state`;
export const attributesTopic = (subject: string) => `${subject}/attributes`;

/** Topic of the image, relative to the same; `image` alone is that of the answer of cardata-telematics. */
export const IMAGE_TOPIC = "image/data";

/** Returns what a topic of a state or of attributes is about. */
export const subjectAt = (topic: string) => topic.slice(0, topic.lastIndexOf("/"));

/** Returns the topic root of a car's states. */
export function stateTopicRoot({ base, id }: Pick<DiscoveryLocation, "base" | "id">): string {
  return `${base}/${id}/`;
}

/**
 * Returns the topic of a car as the broker gets it.
 * @param topic relative to the topic root of the car
 */
export function carTopic(
  place: Pick<DiscoveryLocation, "base" | "id">,
  topic: string,
  separator?: TopicSeparator,
): string {
  return stateTopicRoot(place) + descriptorTopic(topic, separator);
}

/** Returns the device id, which configuration topics contain as well, so that both modes mean the same entities. */
export function deviceIdAt({ id }: Pick<DiscoveryLocation, "id">): string {
  return deviceIdOf(id.toLowerCase());
}

/** Returns the configuration topic of the mode `device`. */
export function deviceTopic(place: DiscoveryLocation): string {
  return `${place.prefix}/device/${deviceIdAt(place)}/config`;
}

/** Returns the configuration topic of one entity in the mode `entities`. */
export function entityTopic(place: DiscoveryLocation, platform: string, key: string): string {
  return `${place.prefix}/${platform}/${deviceIdAt(place)}/${key}/config`;
}

/** Returns whether a topic is one of a configuration; those of states never end so. */
export function isConfigTopic(topic: string): boolean {
  return topic.endsWith("/config");
}

/** Returns all configuration topics of a car; `components`: platform by key. */
export function configTopics(place: DiscoveryLocation, components: Readonly<Record<string, string>>): string[] {
  if (place.mode === "device") return [deviceTopic(place)];
  return Object.entries(components).map(([key, platform]) => entityTopic(place, platform, key));
}

/** Returns the topic of this node's availability. */
export function availabilityTopic(base: string): string {
  return `${base}/availability`;
}

/** Cleans a typed part of a topic: no wildcards, no slash at its ends; `usual` if nothing is left. */
export function topicPart(typed: string, usual: string): string {
  const clean = typed.trim().split(NOT_IN_TOPICS).join("_");
  return clean.replace(/^\/+|\/+$/g, "") || usual;
}
