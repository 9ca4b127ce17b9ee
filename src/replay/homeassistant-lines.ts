import type { AnnouncedNode } from "../account/announcement-repository.js";
import { carIdentity, driveTypeOf } from "../account/vehicle-identity.js";
import type { VehicleRegistry } from "../account/vehicle-registry.js";
import { Announcer } from "../homeassistant/announcer.js";
import { usualAnnouncerOptions } from "../homeassistant/announcer-options.js";
import { parseAnnouncerInput } from "../homeassistant/announcer-input.js";
import { SendBudget } from "../mqtt-out/portions.js";
import type { Clock } from "../support/clock.js";
import { eventAttributes } from "../messages/event-message.js";
import type { VehicleUpdate } from "../vehicle/vehicle-changes.js";
import { parseVin } from "../support/vin.js";

interface HomeAssistantLinesDependencies {
  readonly clock: Clock;
  readonly topicBase: string;
  /** A message of cardata-homeassistant. */
  readonly send: (message: unknown) => void;
}

/** Replaces randomness, so that the same input gives the same output. */
const NO_CHANCE = { bytes: (count: number) => Buffer.alloc(count), fraction: () => 0 };

/** A recording knows no settings of cars. */
const NAMELESS = {
  vehicles: [],
  announced: { idOf: () => null, vinOf: () => null },
  aliases: { isTaken: () => false },
};

/**
 * Simulates a cardata-homeassistant node in a replay, to which all other nodes are wired; the state of its broker is
 * unknown.
 */
export class HomeAssistantLines {
  #announcer: Announcer | null = null;
  /** State that survives a restart. */
  #kept: AnnouncedNode = { availability: null, cars: [] };

  constructor(private readonly dependencies: HomeAssistantLinesDependencies) {}

  /** Begins with the cars of a registry, and with what was announced before. */
  begin(registry: VehicleRegistry): void {
    const { clock, topicBase, send } = this.dependencies;
    const announcer = new Announcer(usualAnnouncerOptions(topicBase), {
      clock,
      budget: new SendBudget(clock),
      random: NO_CHANCE,
      carOf: (vin) => carIdentity({ ...NAMELESS, registry }, vin),
      driveTypeOf: (vin) => driveTypeOf({ ...NAMELESS, registry }, vin),
      isIgnored: () => false,
      isCharging: (vin) => registry.cars.get(vin)?.vehicle.isCharging ?? null,
      saved: () => this.#kept,
      save: (announced) => {
        this.#kept = announced;
      },
      isHeld: () => false,
      send: (messages) => {
        for (const message of messages) send(message);
      },
      warn: () => undefined,
      onChange: () => undefined,
    });
    this.#announcer = announcer;
    announcer.start();
  }

  close(): void {
    this.#announcer?.close();
    this.#announcer = null;
  }

  /**
   * Handles a message of another node.
   * @throws CarDataError those of `parseAnnouncerInput` and of the announcer
   */
  handle(message: unknown): void {
    this.#announcer?.handle(parseAnnouncerInput(message, parseVin));
  }

  /** Checks a car after its data changed, and tells its events. */
  follow({ vin, events }: VehicleUpdate): void {
    this.#announcer?.refresh(vin);
    for (const event of events) this.#announcer?.tell(vin, event.name, eventAttributes(event));
  }
}
