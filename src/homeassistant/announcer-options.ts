import { finite, text, type JsonObject } from "../support/json.js";
import type { AnnouncerOptions } from "./announcer-doors.js";
import { LEAST_PACKET_SIZE, MOST_PACKET_SIZE, USUAL_PACKET_SIZE } from "./packet-limits.js";
import { topicPart } from "./topics.js";

/**
 * Reads the properties of a cardata-homeassistant node; every one may be missing in flows of older versions.
 * @param topicBase of the account
 */
export function parseAnnouncerOptions(properties: JsonObject, topicBase: string): AnnouncerOptions {
  const { discoveryPrefix, stateBase, mode, attributes, availability, buttons, maxPacketSize } = properties;
  const size = finite(typeof maxPacketSize === "string" ? maxPacketSize.trim() : maxPacketSize) ?? 0;
  return {
    mode: mode === "entities" ? "entities" : "device",
    prefix: topicPart(text(discoveryPrefix) ?? "", "homeassistant"),
    base: topicPart(text(stateBase) ?? "", topicPart(topicBase, "cardata")),
    attributes: attributes !== false,
    availability: availability === true,
    buttons: buttons === true,
    maxPacketSize: size >= LEAST_PACKET_SIZE && size <= MOST_PACKET_SIZE ? size : USUAL_PACKET_SIZE,
  };
}
