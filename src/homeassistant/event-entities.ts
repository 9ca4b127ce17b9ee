import type { VehicleEvent } from "../vehicle/vehicle-event.js";
import type { Entity } from "./ha-part.js";

type EventName = VehicleEvent["name"];

interface EventEntity {
  readonly entity: Entity;
  /** Topic relative to that of the car. */
  readonly topic: string;
}

/** Lists the entities that tell an automation what has happened. */
export const EVENT_ENTITIES = [
  eventEntity("trip", "Trip", "mdi:road-variant", ["tripStarted", "tripEnded"]),
  eventEntity("charge", "Charge", "mdi:ev-station", [
    ...(["chargingStarted", "chargingEnded", "chargingInterrupted"] as const),
    ...(["pluggedIn", "unplugged", "pluggedNotCharging"] as const),
  ]),
  eventEntity("lock", "Locking", "mdi:car-key", ["locked", "unlocked"]),
  eventEntity("warning", "Warning", "mdi:car-wrench", ["serviceDue", "tyrePressureLow"]),
] as const;

/** Returns the topic at which an event is told, relative to that of the car; `null` for one that has no entity. */
export function eventTopicOf(name: string): string | null {
  return EVENT_ENTITIES.find(({ entity }) => entity.event_types?.includes(name))?.topic ?? null;
}

function eventEntity(what: string, name: string, icon: string, types: readonly EventName[]): EventEntity {
  return {
    entity: { platform: "event", key: `event_${what}`, name, icon, event_types: types },
    topic: `event/${what}`,
  };
}
