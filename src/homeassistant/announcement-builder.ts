import type { CarIdentity } from "../account/vehicle-identity.js";
import { newProblem, type Problem } from "../support/errors.js";
import { announcementOf, type Announcement } from "./announcement.js";
import type { AnnouncerOptions } from "./announcer-dependencies.js";
import { componentsOf } from "./component.js";
import type { BrokerDelivery } from "./broker-delivery.js";
import { packetSizeOf, retained, type MqttMessage } from "./mqtt-message.js";
import type { ShownCar } from "./shown-car.js";
import { carTopic, IMAGE_TOPIC, type DiscoveryLocation } from "./discovery-location.js";

/** Builds the messages that announce a car, so that none is too large for the broker. */
export class AnnouncementBuilder {
  /** Cars whose configuration is too large for one message. */
  readonly #divided = new Set<string>();

  constructor(
    private readonly options: AnnouncerOptions,
    private readonly delivery: Pick<BrokerDelivery, "fits" | "forget">,
    private readonly warn: (problem: Problem) => void,
  ) {}

  /**
   * Builds the announcement; divides a configuration that is too large into one per entity, which stay the same
   * entities.
   */
  announcement(car: ShownCar, identity: CarIdentity): Announcement {
    const components = componentsOf(car, this.options, identity.driveType);
    const place = this.#locationOf(identity);
    const whole = announcementOf(place, identity, components, this.options);
    const messages = [...whole.configs].map(([topic, payload]) => ({ topic, payload }));
    const large = place.mode === "device" ? messages.find((message) => !this.delivery.fits(message)) : undefined;
    if (large === undefined) return whole;
    this.#warnDivided(car.vin, large);
    this.delivery.forget(large.topic);
    return announcementOf({ ...place, mode: "entities" }, identity, components, this.options);
  }

  /** Returns the message with the image of a car. */
  imageMessage(identity: CarIdentity, image: MqttMessage["payload"]): MqttMessage {
    return retained(carTopic(this.#locationOf(identity), IMAGE_TOPIC), image);
  }

  /** Removes an image that the broker has refused since it was announced. */
  dropLargeImage(car: ShownCar, identity: CarIdentity): void {
    const image = car.lastState(IMAGE_TOPIC);
    if (image !== undefined && !this.delivery.fits(this.imageMessage(identity, image))) car.withdrawImage();
  }

  #warnDivided(vin: string, message: Pick<MqttMessage, "topic" | "payload">): void {
    if (this.#divided.has(vin)) return;
    this.#divided.add(vin);
    this.warn(newProblem("ha_device_too_large", { topic: message.topic, size: packetSizeOf(message) }));
  }

  #locationOf({ id }: CarIdentity): DiscoveryLocation {
    const { mode, prefix, base } = this.options;
    return { mode, prefix, base, id };
  }
}
