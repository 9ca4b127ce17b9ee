import { spanOf, type DeletedEntry } from "../journal/entry.js";
import type { Document } from "../store/document.js";
import type { VehicleEvent } from "../vehicle/vehicle-event.js";
import { listen, type AccountEmitter, type AccountEvent } from "./account-events.js";
import { MOST_EVENTS, type LoggedEvent } from "./logged-event.js";

const NOTHING = {
  level: null,
  distanceKm: null,
  durationMin: null,
  energyKwh: null,
  levelUsed: null,
  problem: null,
} as const;
/** By how much the times of an event may differ from those of its entry, which has whole seconds [ms]. */
const TOLERANCE_MS = 1000;
const NAMES_OF: Readonly<Record<DeletedEntry["kind"], readonly LoggedEvent["name"][]>> = {
  trip: ["tripStarted", "tripEnded"],
  charge: ["chargingStarted", "chargingEnded", "chargingInterrupted"],
};

type Figures = Partial<Omit<LoggedEvent, "at" | "vin" | "name">>;

/** Keeps what happened last to an account and its cars, so that people can look back at it after a restart as well. */
export class EventLog {
  /** Names what was read: a car whose state was saved earlier tells it again after a crash. */
  #known: ReadonlySet<string> = new Set();
  /** Deletions that are not on the disk yet: a file that is read late still holds what they meant. */
  readonly #deletions = new Set<(event: LoggedEvent) => boolean>();

  /** @param emitter is listened to, and tells what is new here (`logged`) or has changed (`past`) */
  constructor(
    private readonly document: Pick<Document<readonly LoggedEvent[]>, "value" | "load" | "set" | "save" | "belongTo">,
    private readonly emitter: AccountEmitter,
  ) {
    listen(emitter.events, {
      update: ({ vin, events }) => {
        for (const event of events) this.#add({ at: event.at, vin, name: event.name, ...NOTHING, ...figuresOf(event) });
      },
      event: (event, at) => {
        this.#add(ofAccount(event, at));
      },
    });
  }

  /** The newest last. */
  get events(): readonly LoggedEvent[] {
    return this.document.value;
  }

  /** Never rejects. */
  async load(): Promise<void> {
    const saved = await this.document.load((late) => {
      this.#join(late);
    });
    this.#known = new Set(saved.map(nameOf));
    this.emitter.emit("past");
  }

  /** Takes the login as this customer's: sets aside what happened to another one. */
  belongTo(owner: string, formerly: string): void {
    if (!this.document.belongTo(owner, [], formerly)) return;
    this.#known = new Set();
    this.emitter.emit("past");
  }

  /** Forgets what happened to a car: with an entry of its journal, that of which it tells; with `null` everything. */
  async erase(vin: string, entry: DeletedEntry | null): Promise<void> {
    const isMeant = (event: LoggedEvent) => event.vin === vin && (entry === null || isOf(entry, event));
    this.#deletions.add(isMeant);
    const isSaved = await this.document.save(this.events.filter((event) => !isMeant(event)));
    if (isSaved) this.#deletions.delete(isMeant);
    this.emitter.emit("past");
  }

  #add(event: LoggedEvent): void {
    if (this.#known.has(nameOf(event))) return;
    this.document.set([...this.events, event].slice(-MOST_EVENTS));
    this.emitter.emit("logged", event);
  }

  /** Joins what was read late with what has come meanwhile, some of which may have been written before. */
  #join(saved: readonly LoggedEvent[]): void {
    const kept = saved.filter((event) => ![...this.#deletions].some((isDeleted) => isDeleted(event)));
    const known = new Set(kept.map(nameOf));
    const joined = [...kept, ...this.events.filter((event) => !known.has(nameOf(event)))];
    this.#known = known;
    this.document.set(joined.sort((one, other) => one.at - other.at).slice(-MOST_EVENTS));
    this.emitter.emit("past");
  }
}

function nameOf({ at, vin, name }: LoggedEvent): string {
  return `${at} ${vin ?? ""} ${name}`;
}

function isOf(entry: DeletedEntry, { at, name }: LoggedEvent): boolean {
  const { from, to } = spanOf(entry);
  return NAMES_OF[entry.kind].includes(name) && at > from - TOLERANCE_MS && at < to + TOLERANCE_MS;
}

function ofAccount(event: AccountEvent, at: number): LoggedEvent {
  const [vin, problem] = ["vin" in event ? event.vin : null, "problem" in event ? event.problem : null];
  return { at, vin, name: event.name, ...NOTHING, problem };
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
