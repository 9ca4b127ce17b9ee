import type { AnnouncedNode } from "../account/announced.js";
import type { CarIdentity } from "../account/vehicle-identity.js";
import type { Clock } from "../support/clock.js";
import type { Problem } from "../support/errors.js";
import type { Random } from "../support/random.js";
import type { MqttMessage } from "./mqtt-message.js";
import type { Place } from "./topics.js";

export interface AnnouncerOptions {
  readonly mode: Place["mode"];
  /** Of Home Assistant's discovery. */
  readonly prefix: string;
  /** What topics of states begin with. */
  readonly base: string;
  readonly attributes: boolean;
  readonly availability: boolean;
  readonly buttons: boolean;
  /** Bytes that one message to the broker may have, its topic included. */
  readonly maxPacketSize: number;
}

export interface AnnouncerDoors {
  readonly clock: Clock;
  readonly random: Random;
  /** `null`: a car that the account does not know, or that it is told to ignore. */
  readonly carOf: (vin: string) => CarIdentity | null;
  /** What was announced before the start. */
  readonly saved: () => AnnouncedNode;
  /** `isUrgent`: something else lies at the broker by now than was saved before. */
  readonly save: (announced: AnnouncedNode, isUrgent: boolean) => void;
  /** Whether another node at work keeps something at a topic. */
  readonly isHeld: (topic: string) => boolean;
  /** In this order. */
  readonly send: (messages: readonly MqttMessage[]) => void;
  readonly warn: (problem: Problem) => void;
  /** Something that `summary` tells has changed. */
  readonly onChange: () => void;
}

/** What is announced. */
export interface AnnouncerSummary {
  readonly cars: number;
  readonly entities: number;
  /** The user has had all cars removed. */
  readonly removed: boolean;
  /** Something is too large for the broker and left out. */
  readonly leavesOut: boolean;
}
