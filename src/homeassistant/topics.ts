import type { DiscoveryLocation } from "../account/announced.js";
import { NOT_IN_TOPICS } from "../support/topic.js";
import { deviceIdOf } from "./ha-part.js";

/** Where a car was, is or will be announced. */
export type Place = DiscoveryLocation;

/** The topics of a car's states, without what stands before them. */
export const stateTopic = (subject: string) => `${subject}/state`;
export const attributesTopic = (subject: string) => `${subject}/attributes`;

/** What all topics of a car's states begin with. */
export function rootOf({ base, id }: Pick<Place, "base" | "id">): string {
  return `${base}/${id}/`;
}

/** The device's id, in topics of configurations as well: so both modes mean the same entities. */
export function deviceOfPlace({ id }: Pick<Place, "id">): string {
  return deviceIdOf(id.toLowerCase());
}

/** The one configuration of the mode `device`. */
export function deviceTopic(place: Place): string {
  return `${place.prefix}/device/${deviceOfPlace(place)}/config`;
}

/** The configuration of one entity in the mode `entities`. */
export function entityTopic(place: Place, platform: string, key: string): string {
  return `${place.prefix}/${platform}/${deviceOfPlace(place)}/${key}/config`;
}

/** All topics of configurations of a car; `components`: key to platform. */
export function configTopics(place: Place, components: Readonly<Record<string, string>>): string[] {
  if (place.mode === "device") return [deviceTopic(place)];
  return Object.entries(components).map(([key, platform]) => entityTopic(place, platform, key));
}

/** Beside the cars: whether this node is there at all. */
export function availabilityTopic(base: string): string {
  return `${base}/availability`;
}

/** A part of a topic out of what was typed: no wildcards, no slash at its ends; `usual` if nothing is left. */
export function topicPart(typed: string, usual: string): string {
  const clean = typed.trim().split(NOT_IN_TOPICS).join("_");
  return clean.replace(/^\/+|\/+$/g, "") || usual;
}
