import type { AnnouncedNode } from "../account/announcement-repository.js";
import type { CarIdentity } from "../account/vehicle-identity.js";
import type { Language } from "../settings/homeassistant-schema.js";
import type { SendBudget } from "../mqtt-out/portions.js";
import type { Clock } from "../support/clock.js";
import type { Problem } from "../support/errors.js";
import type { Random } from "../support/random.js";
import type { TopicSeparator } from "../support/topic.js";
import type { MqttMessage } from "./mqtt-message.js";
import type { DiscoveryLocation } from "./discovery-location.js";

export interface AnnouncerOptions {
  readonly mode: DiscoveryLocation["mode"];
  /** Prefix of Home Assistant's discovery topics. */
  readonly prefix: string;
  /** First part of state topics. */
  readonly base: string;
  /** How descriptors are written in state topics. */
  readonly separator: TopicSeparator;
  readonly attributes: boolean;
  /** Time within which an unchanged state is not sent again [ms]. */
  readonly repeatMs: number;
  readonly availability: boolean;
  readonly buttons: boolean;
  /** Language of names and words. */
  readonly language: Language;
  /** Area that is suggested for each car; "" for none. */
  readonly area: string;
  /** Maximum size of a message to the broker, topic included [bytes]. */
  readonly maxPacketSize: number;
}

export interface AnnouncerDependencies {
  readonly clock: Clock;
  readonly random: Random;
  /** Shared by all who send to brokers. */
  readonly budget: SendBudget;
  /** Returns the identity of a car; `null` if the account does not know it or ignores it. */
  readonly carOf: (vin: string) => CarIdentity | null;
  /** Returns the `driveType` of `carOf`, which each value asks for; `undefined` where that is `null`. */
  readonly driveTypeOf: (vin: string) => CarIdentity["driveType"] | undefined;
  /** Returns whether the user has the account ignore a car. */
  readonly isIgnored: (vin: string) => boolean;
  /** Returns whether a car charges; `null` if unknown. */
  readonly isCharging: (vin: string) => boolean | null;
  /** Returns what was announced before the start. */
  readonly saved: () => AnnouncedNode;
  /** Saves what is announced; `isUrgent`: the broker now retains something else than was saved. */
  readonly save: (announced: AnnouncedNode, isUrgent: boolean) => void;
  /** Returns whether another running node uses a topic. */
  readonly isHeld: (topic: string) => boolean;
  /** Sends messages in this order. */
  readonly send: (messages: readonly MqttMessage[]) => void;
  readonly warn: (problem: Problem) => void;
  /** Called when `summary` has changed. */
  readonly onChange: () => void;
}

/** Summarises what is announced. */
export interface AnnouncerSummary {
  readonly cars: number;
  readonly entities: number;
  /** Whether the user has removed all cars. */
  readonly removed: boolean;
  /** Whether something is omitted because it is too large for the broker. */
  readonly leavesOut: boolean;
}
