import { FIXED_ENTITIES } from "../homeassistant/fixed-entities.js";
import { haPartFor } from "../homeassistant/ha-part.js";
import type { Position } from "../vehicle/position.js";
import type { MessageOrigin } from "./descriptor-message.js";
import { isoText } from "./iso-text.js";
import type { PositionMessage } from "./types.js";

/** Name of positions in a node's filter. */
export const LOCATION = "location";

/** Builds the message of one fix. */
export function positionMessage(
  { topicBase, carName }: MessageOrigin,
  vin: string,
  position: Position,
): PositionMessage {
  const message: PositionMessage = {
    payload: positionPayload(position),
    topic: `${topicBase}/${vin}/${LOCATION}`,
    vin,
    descriptor: LOCATION,
    name: "Location",
    unit: null,
    timestamp: isoText(position.timestamp),
    source: position.source,
    known: true,
    ha: haPartFor(vin, FIXED_ENTITIES.location),
  };
  const car = carName?.(vin) ?? null;
  if (car !== null) message.car = car;
  return message;
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
