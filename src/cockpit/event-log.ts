import type { AccountEvent } from "../account/account-events.js";
import { isoTime } from "../support/iso-time.js";
import type { VehicleEvent } from "../vehicle/vehicle-event.js";
import type { CarKey, CockpitEvent } from "./contract.js";

const MOST_KEPT = 200;
const NOTHING = {
  level: null,
  distanceKm: null,
  durationMin: null,
  energyKwh: null,
  levelUsed: null,
  problem: null,
} as const;

type Figures = Partial<Omit<CockpitEvent, "number" | "at" | "account" | "car" | "name">>;
type Origin = Pick<CockpitEvent, "account" | "car">;

/** Holds what happened last, to cars and accounts; bounded. */
export class EventLog {
  readonly #events: CockpitEvent[] = [];
  #count = 0;

  /** The newest first. */
  get newest(): readonly CockpitEvent[] {
    return [...this.#events].reverse();
  }

  ofCar(account: string, car: CarKey, event: VehicleEvent): CockpitEvent {
    return this.#add({ account, car }, event.name, event.at, figuresOf(event));
  }

  /** @param at milliseconds */
  ofAccount(account: string, car: CarKey | null, event: AccountEvent, at: number): CockpitEvent {
    return this.#add({ account, car }, event.name, at, "problem" in event ? { problem: event.problem } : {});
  }

  /** Forgets what accounts did that are deployed no more. */
  keepOnly(accounts: ReadonlySet<string>): void {
    const kept = this.#events.filter(({ account }) => accounts.has(account));
    this.#events.splice(0, this.#events.length, ...kept);
  }

  #add(origin: Origin, name: CockpitEvent["name"], at: number, figures: Figures): CockpitEvent {
    const event = { number: ++this.#count, at: isoTime(at), ...origin, name, ...NOTHING, ...figures };
    this.#events.push(event);
    if (this.#events.length > MOST_KEPT) this.#events.shift();
    return event;
  }
}

function figuresOf(event: VehicleEvent): Figures {
  switch (event.name) {
    case "tripStarted":
    case "chargingStarted":
      return { level: event.soc };
    case "tripEnded":
      return { distanceKm: event.distanceKm, durationMin: event.durationMin, levelUsed: event.socUsed };
    case "chargingEnded":
      return { level: event.soc, energyKwh: event.energyKwh, durationMin: event.durationMin };
    case "chargingInterrupted":
    case "pluggedNotCharging":
      return { level: event.soc };
    default:
      return {};
  }
}
