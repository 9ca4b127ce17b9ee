import type { JournalValueName } from "../journal/journal-values.js";
import type { Language } from "../settings/homeassistant-schema.js";
import { canHave, type DriveType } from "../vehicle/drive-type.js";
import { companionsOf } from "./companion-entities.js";
import type { Subject } from "./entity-rules.js";
import { EVENT_ENTITIES } from "./event-entities.js";
import { factsOf, type Facts } from "./facts.js";
import { FIXED_ENTITIES, type FixedKey } from "./fixed-entities.js";
import type { Entity } from "./ha-part.js";
import { nameIn } from "./languages/translate.js";
import { ownerEntity } from "./owner-entity.js";
import { attributesTopic, IMAGE_TOPIC, stateTopic } from "./discovery-location.js";

/** Provides what is known of a car and can be shown. */
export interface ShownContent {
  readonly subjects: Iterable<Subject>;
  readonly fixed: Iterable<FixedKey>;
  /** `null` while there is no image. */
  readonly imageType: string | null;
}

export interface ComponentOptions {
  /** Whether values have their time and descriptor as attributes. */
  readonly attributes: boolean;
  /** Whether buttons are announced. */
  readonly buttons: boolean;
  readonly language: Language;
}

/** Describes one entity of a car as it is announced to Home Assistant. */
export interface Component {
  readonly platform: string;
  readonly key: string;
  /** In the owner's language; `null`: named like the car. */
  readonly name: string | null;
  /** Entity ids are made of it, so that they are the same in all languages. */
  readonly englishName: string | null;
  /** Further members of its configuration, except topics. */
  readonly options: object;
  /** Topic by option name, relative to the topic root of the car. */
  readonly topics: Readonly<Record<string, string>>;
  /** Topics that are published for others who read the broker. */
  readonly plainTopics: readonly string[];
}

/** Names the member of a JSON of attributes that holds the state; Home Assistant never shows it as an attribute. */
export const STATE_ATTRIBUTE = "state";

/** Lists the entities that are useless without their attributes. */
const REPORTS: ReadonlySet<FixedKey> = new Set(["learning", "chargingHistory", "tyreDiagnosis"]);

/** Values of the journal that say little without what belongs to them. */
const DETAILED: ReadonlySet<string> = new Set<JournalValueName>([
  "journal.lastTrip",
  "journal.lastCharge",
  "journal.capacity",
]);

/** Returns whether a value has attributes in any case. */
export function hasDetails(descriptor: string): boolean {
  return DETAILED.has(descriptor);
}

const BUTTONS = [
  ["refresh", "Refresh", "mdi:refresh"],
  ["reset-ac", "Reset AC learning", "mdi:restore"],
  ["reset-dc", "Reset DC learning", "mdi:restore"],
  ["reset-driving", "Reset driving learning", "mdi:restore"],
] as const;

/** Lists the descriptors of the battery level, best first: Home Assistant shows one as that of the device. */
const BATTERIES = [
  "vehicle.predicted_soc",
  "vehicle.drivetrain.batteryManagement.header",
  "vehicle.powertrain.electric.battery.stateOfCharge.displayed",
];

/** Lists the keys that need a high-voltage battery. */
const BATTERY_KEYS: ReadonlySet<string> = new Set<FixedKey | (typeof BUTTONS)[number][0] | "event_charge">([
  "learning",
  "chargingHistory",
  "event_charge",
  "reset-ac",
  "reset-dc",
  "reset-driving",
]);

/** Returns all entities that a car of this drive type can have, each key once. */
export function componentsOf(
  { subjects, fixed, imageType }: ShownContent,
  options: ComponentOptions,
  driveType: DriveType | null,
): Component[] {
  const known = [...subjects].filter(({ descriptor }) => canHave(driveType, descriptor));
  const battery = BATTERIES.find((descriptor) => known.some((subject) => subject.descriptor === descriptor));
  const facts = factsOf(
    known.map(({ descriptor }) => descriptor),
    driveType,
  );
  const all = [
    ...EVENT_ENTITIES.map(({ entity, topic }) => component(entity, { state_topic: topic })),
    ...[...fixed].map((key) => fixedComponent(key, imageType, options)),
    ...(options.buttons ? BUTTONS.map(button) : []),
    ...known.flatMap((subject) => componentsOfSubject(subject, subject.descriptor === battery, facts, options)),
  ].map((one) => named(one, options.language));
  // Dots and underscores of descriptors are equal in keys.
  const components = [...new Map(all.reverse().map((component) => [component.key, component])).values()].reverse();
  return driveType === "combustion" ? components.filter(({ key }) => !BATTERY_KEYS.has(key)) : components;
}

function componentsOfSubject(
  subject: Subject,
  isBattery: boolean,
  { mains, twins }: Facts,
  { attributes, language }: ComponentOptions,
): Component[] {
  const { descriptor } = subject;
  const isTwin = twins.has(descriptor);
  const companions = companionsOf(descriptor).map(({ suffix, entity }) =>
    valueComponent(isTwin ? asTwin(entity) : entity, `${descriptor}/${suffix}`, false),
  );
  const entity = asBattery(ownerEntity(subject, language), isBattery);
  // What a companion says is the same fact.
  const isSaid = companionsOf(descriptor).some(({ isSameFact }) => isSameFact);
  const shown = isTwin || isSaid ? asTwin(entity) : mains.has(descriptor) ? asMain(entity) : entity;
  return [valueComponent(shown, descriptor, attributes || hasDetails(descriptor)), ...companions];
}

/**
 * Returns the component of an entity with a state. With attributes both come in one message: Home Assistant would write
 * a row for each.
 */
function valueComponent(entity: Entity, subject: string, hasAttributes: boolean): Component {
  const state = stateTopic(subject);
  if (!hasAttributes) return component(entity, { state_topic: state });
  const whole = attributesTopic(subject);
  const template = { value_template: `{{ value_json.${STATE_ATTRIBUTE} }}` };
  return component(entity, { state_topic: whole, json_attributes_topic: whole }, template, [state]);
}

function asTwin(entity: Entity): Entity {
  return { ...entity, enabled_by_default: false };
}

function asMain(entity: Entity): Entity {
  const { enabled_by_default: _, ...shown } = entity;
  return shown;
}

function named(one: Component, language: Language): Component {
  if (one.name === null) return one;
  return { ...one, name: nameIn(language, one.name), englishName: nameIn("en", one.name) };
}

/** Gives the class `battery` to one entity of a device only. */
function asBattery(entity: Entity, isBattery: boolean): Entity {
  const { device_class, ...plain } = entity;
  if (device_class !== undefined && device_class !== "battery") return entity;
  if (entity.unit_of_measurement !== "%") return plain;
  const { icon = "mdi:battery", ...classless } = plain;
  return isBattery ? { ...classless, device_class: "battery" } : { ...plain, icon };
}

function fixedComponent(key: FixedKey, imageType: string | null, { attributes }: ComponentOptions): Component {
  const entity = FIXED_ENTITIES[key];
  if (entity.platform === "device_tracker") return component(entity, { json_attributes_topic: attributesTopic(key) });
  if (entity.platform === "image")
    return component(entity, { image_topic: IMAGE_TOPIC }, { content_type: imageType ?? "image/png" });
  return valueComponent(entity, key, REPORTS.has(key) || (attributes && key === "traccar"));
}

function component(
  entity: Entity,
  topics: Component["topics"],
  more: object = {},
  plainTopics: readonly string[] = [],
): Component {
  const { platform, key, name, ...options } = entity;
  return { platform, key, name, englishName: name, options: { ...options, ...more }, topics, plainTopics };
}

function button([key, name, icon]: (typeof BUTTONS)[number]): Component {
  const options = { icon, entity_category: "config", payload_press: "PRESS" };
  const topics = { command_topic: `command/${key}` };
  return { platform: "button", key, name, englishName: name, options, topics, plainTopics: [] };
}
