import type { AnnouncedNode } from "../account/announced.js";
import type { AnnouncerDoors } from "./announcer-doors.js";

/** What outlives a restart, and how soon it has to be safe. */
export class Memory {
  /** What lay at the broker when it was saved. */
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

/** What lies at the broker, and what must not any longer; all else can be learned again. */
function atBrokerOf({ availability, cars, stale = [] }: AnnouncedNode): string {
  const kept = cars.map(({ vin, place, components, topics }) => ({ vin, place, components, topics }));
  return JSON.stringify({ availability, kept, stale });
}
