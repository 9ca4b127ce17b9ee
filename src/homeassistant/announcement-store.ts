import type { AnnouncedNode } from "../account/announcement-repository.js";
import type { AnnouncerDependencies } from "./announcer-dependencies.js";

/** Stores what has to survive a restart, and decides how urgently it is written. */
export class AnnouncementStore {
  /** Content of the broker at the last save. */
  #atBroker = "";

  constructor(private readonly dependencies: Pick<AnnouncerDependencies, "saved" | "save">) {}

  load(): AnnouncedNode {
    const saved = this.dependencies.saved();
    this.#atBroker = atBrokerOf(saved);
    return saved;
  }

  save({ removed = [], stale = [], ...kept }: AnnouncedNode): void {
    const announced = { ...kept, ...(removed.length > 0 && { removed }), ...(stale.length > 0 && { stale }) };
    const atBroker = atBrokerOf(announced);
    this.dependencies.save(announced, atBroker !== this.#atBroker);
    this.#atBroker = atBroker;
  }
}

/** Returns what the broker retains, and what it must no longer retain; everything else can be learned again. */
function atBrokerOf({ availability, cars, removed = [], stale = [] }: AnnouncedNode): string {
  const kept = cars.map(({ vin, place, components, topics }) => ({ vin, place, components, topics }));
  return JSON.stringify({ availability, kept, removed, stale });
}
