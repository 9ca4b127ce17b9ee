import { isObject, type JsonObject } from "../support/json.js";
import { distanceUnitOf } from "./distance-unit.js";
import type { Reading } from "./reading.js";
import { MESSAGE_LISTS, ServiceMessages } from "./service-messages.js";
import { PRESSURES, TyrePressures } from "./tyre-pressures.js";
import type { VehicleEvent } from "./vehicle-event.js";

const OF_INTEREST: ReadonlySet<string> = new Set([...PRESSURES, ...MESSAGE_LISTS]);
const NOTHING: readonly Reading[] = [];

/** Tells what is wrong with a car besides trips and charges: its tyres, and what BMW has for its owner. */
export class CarWarnings {
  readonly #tyres = new TyrePressures();
  readonly #services = new ServiceMessages();

  /**
   * Takes new readings.
   * @param readings all that are known
   * @param isNews whether they may be told, or are from before
   */
  follow(
    accepted: readonly Reading[],
    readings: ReadonlyMap<string, Reading>,
    now: number,
    isNews = true,
  ): VehicleEvent[] {
    const news = ofInterest(accepted);
    if (news.length === 0) return [];
    const services = this.#services.follow(news, () => distanceUnitOf(readings.values()) ?? null, now, isNews);
    return [...this.#tyres.follow(news, readings, now, isNews), ...services];
  }

  save(): JsonObject {
    return { tyres: this.#tyres.save(), services: this.#services.save() };
  }

  restore(saved: unknown, readings: ReadonlyMap<string, Reading>): void {
    const { tyres, services } = isObject(saved) ? saved : {};
    this.#tyres.restore(tyres, readings);
    this.#services.restore(services, readings);
  }
}

/** Returns the readings that are looked at: with most messages none, so that no list is made. */
function ofInterest(readings: readonly Reading[]): readonly Reading[] {
  let news: Reading[] | null = null;
  for (const reading of readings) if (OF_INTEREST.has(reading.descriptor)) (news ??= []).push(reading);
  return news ?? NOTHING;
}
