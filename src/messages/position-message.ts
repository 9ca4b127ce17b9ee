import { FIXED_ENTITIES } from "../homeassistant/fixed-entities.js";
import { haPartOf } from "../homeassistant/ha-part.js";
import type { Position } from "../vehicle/position.js";
import { isoText } from "./iso-text.js";
import type { PositionMessage } from "./types.js";

/** Name of positions in a node's filter. */
export const LOCATION = "location";

/** Builds the message of one fix. */
export function positionMessage(topicBase: string, vin: string, position: Position): PositionMessage {
  const timestamp = isoText(position.timestamp);
  return {
    payload: positionPayload(position),
    topic: `${topicBase}/${vin}/${LOCATION}`,
    vin,
    descriptor: LOCATION,
    name: "Location",
    unit: null,
    timestamp,
    source: position.source,
    known: true,
    ha: haPartOf(vin, FIXED_ENTITIES.location),
  };
}

export function positionPayload({
  latitude,
  longitude,
  altitude,
  heading,
  timestamp,
}: Position): PositionMessage["payload"] {
  return {
    latitude,
    longitude,
    ...(altitude !== undefined && { altitude }),
    ...(heading !== undefined && { heading }),
    timestamp: isoText(timestamp),
  };
}
