import type { AnnouncedNode } from "../account/announced.js";
import type { AnnouncerDoors } from "./announcer-doors.js";

/** Stores what has to survive a restart, and decides how urgently it is written. */
export class Memory {
  /** Content of the broker at the last save. */
  #atBroker = "";

  constructor(private readonly doors: Pick<AnnouncerDoors, "saved" | "save">) {}

  load(): AnnouncedNode {
    const saved = this.doors.saved();
    this.#atBroker = atBrokerOf(saved);
    return saved;
  }

  save(announced: AnnouncedNode): void {
    const atBroker = atBrokerOf(announced);
    this.doors.save(announced, atBroker !== this.#atBroker);
    this.#atBroker = atBroker;
  }
}

/** Returns what the broker retains, and what it must no longer retain; everything else can be learned again. */
function atBrokerOf({ availability, cars, stale = [] }: AnnouncedNode): string {
  const kept = cars.map(({ vin, place, components, topics }) => ({ vin, place, components, topics }));
  return JSON.stringify({ availability, kept, stale });
}
