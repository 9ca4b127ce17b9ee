import { HOMEASSISTANT_SCHEMA } from "../settings/homeassistant-schema.js";
import { readSettings, versionOf } from "../settings/schema.js";
import type { JsonObject } from "../support/json.js";
import { TOPIC_SEPARATORS, type TopicSeparator } from "../support/topic.js";
import type { AnnouncerOptions } from "./announcer-dependencies.js";
import { topicPart } from "./discovery-location.js";

/** Holds how an account writes its topics. */
interface AccountTopics {
  readonly topicBase: string;
  /** Dots by default. */
  readonly topicSeparator?: TopicSeparator;
}

/**
 * Parses the properties of a cardata-homeassistant node; each may be missing in flows of older versions.
 * @param account settings of the account
 */
export function parseAnnouncerOptions(properties: JsonObject, account: AccountTopics): AnnouncerOptions {
  const { discoveryPrefix, stateBase, repeatMinutes, ...options } = readSettings(HOMEASSISTANT_SCHEMA, properties);
  return {
    ...options,
    repeatMs: repeatMinutes === 0 ? Infinity : repeatMinutes * 60_000,
    prefix: topicPart(discoveryPrefix, HOMEASSISTANT_SCHEMA.settings.discoveryPrefix.defaultValue),
    base: topicPart(stateBase, topicPart(account.topicBase, "cardata")),
    separator: account.topicSeparator ?? TOPIC_SEPARATORS[0],
  };
}

/**
 * Returns the options of a new cardata-homeassistant node.
 * @param topicBase topic base of the account
 */
export function usualAnnouncerOptions(topicBase: string): AnnouncerOptions {
  return parseAnnouncerOptions({ version: versionOf(HOMEASSISTANT_SCHEMA) }, { topicBase });
}
