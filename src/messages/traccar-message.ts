import { FIXED_ENTITIES } from "../homeassistant/fixed-entities.js";
import { haPartOf } from "../homeassistant/ha-part.js";
import { bracketOf } from "../soc/driving/driven-trip.js";
import type { TrackerFix, TrackerPosition } from "../traccar/tracker-types.js";
import { oneDecimal } from "./estimate-part.js";
import { isoText } from "./iso-text.js";
import type { TraccarMessage } from "./types.js";

/** Builds the message of one poll of a tracker; `device` as the node names it. */
export function traccarMessage(
  topicBase: string,
  vin: string,
  { speedKmh, position, at }: TrackerFix,
  device: string,
): TraccarMessage {
  return {
    payload: oneDecimal(speedKmh),
    topic: `${topicBase}/${vin}/traccar`,
    vin,
    unit: "km/h",
    timestamp: isoText(at),
    bracket: speedKmh === null ? null : bracketOf(speedKmh),
    position: position === null ? null : trackerPositionPayload(position),
    device,
    ha: haPartOf(vin, FIXED_ENTITIES.traccar),
  };
}

function trackerPositionPayload(position: TrackerPosition): NonNullable<TraccarMessage["position"]> {
  const { latitude, longitude, altitude, course, fixTime, valid } = position;
  return { latitude, longitude, altitude, course, fixTime: fixTime === null ? null : isoText(fixTime), valid };
}
