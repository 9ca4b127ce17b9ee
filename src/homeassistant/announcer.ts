import { CarDataError } from "../support/errors.js";
import { maskVin } from "../support/vin.js";
import type { DriveType } from "../vehicle/drive-type.js";
import type { AnnouncerDoors, AnnouncerOptions, AnnouncerSummary } from "./announcer-doors.js";
import { Delivery } from "./delivery.js";
import { Gathering } from "./gathering.js";
import type { ShownInput } from "./content.js";
import type { Intake } from "./intake.js";
import { Memory } from "./memory.js";
import { retained } from "./mqtt-message.js";
import { Presentation } from "./presentation.js";
import { ShownCar, type IsTaken, type News } from "./shown-car.js";
import { putConnected, putInto, putLastUpdate } from "./states-of-input.js";
import { availabilityTopic, rootOf } from "./topics.js";

const QUIET_MS = 3000;
const MOST_MS = 10_000;

interface Entry {
  readonly car: ShownCar;
  readonly news: Gathering;
  readonly update: Gathering;
  /** Newest time of a value [ms]. */
  updatedAt: number;
  /** Identity with which the car was announced. */
  identity: string;
  /** Drive type with which the car was announced. */
  driveType: DriveType | null;
}

/** Announces cars to Home Assistant and keeps their states up to date; only decides what to publish. */
export class Announcer {
  readonly #cars = new Map<string, Entry>();
  readonly #delivery: Delivery;
  readonly #presentation: Presentation;
  readonly #memory: Memory;
  #isConnected: boolean | null = null;
  #isStarted = false;
  /** Whether it has published its availability as online. */
  #isOnline = false;
  #isClosed = false;

  constructor(
    private readonly options: AnnouncerOptions,
    private readonly doors: AnnouncerDoors,
  ) {
    this.#memory = new Memory(doors);
    this.#delivery = new Delivery({
      ...doors,
      maxPacketSize: options.maxPacketSize,
      resend: () => {
        this.#sendAgain([...this.#cars.values()].filter(({ car }) => !car.isRemoved));
      },
      onCleared: () => {
        this.#save();
      },
    });
    this.#presentation = new Presentation(options, this.#delivery, doors.warn);
  }

  get summary(): AnnouncerSummary {
    const shown = [...this.#cars.values()].flatMap(({ car }) => car.announcement ?? []);
    const entities = shown.reduce((sum, { components }) => sum + Object.keys(components).length, 0);
    const removed = shown.length === 0 && [...this.#cars.values()].some(({ car }) => car.isRemoved);
    return { cars: shown.length, entities, removed, leavesOut: this.#delivery.leavesOut };
  }

  /** Returns the announced cars. */
  get vins(): readonly string[] {
    return [...this.#cars].flatMap(([vin, { car }]) => (car.announcement === null ? [] : vin));
  }

  /** Returns whether it uses a topic. */
  holds(topic: string): boolean {
    return (
      (this.#isOnline && topic === this.#availability) || [...this.#cars.values()].some(({ car }) => car.holds(topic))
    );
  }

  /** Restores what was announced before; call once the saved state is loaded. */
  start(): void {
    if (this.#isStarted || this.#isClosed) return;
    this.#isStarted = true;
    const { cars, availability, stale = [] } = this.#memory.load();
    for (const { topic, migrates } of stale) this.#stale.add([topic], migrates);
    const topic = this.#availability;
    if (availability !== null && availability !== topic) this.#stale.add([availability]);
    // Entities have to be migrated before they are announced again.
    this.#delivery.clearAfter(QUIET_MS);
    for (const car of cars) this.#enter(car.vin, new ShownCar(car.vin, car, this.#stale)).news.touch();
    this.#sayOnline();
    if (availability !== topic) this.#save();
  }

  /** Handles an input message; returns why it is ignored, `null` if it is not. */
  take(input: Intake): string | null {
    if (this.#isClosed) return "the node is closed";
    switch (input.kind) {
      case "ignored":
        return input.reason;
      case "resend": {
        const chosen = this.#chosen(input.vin);
        this.#delivery.resend(() => {
          this.#sendAgain(chosen);
        });
        return null;
      }
      case "remove":
        this.#remove(this.#chosen(input.vin));
        return null;
      case "broker":
        if (input.isConnected) this.#delivery.connected(input.node);
        else this.#delivery.away(input.node);
        this.doors.onChange();
        return null;
      case "birth":
        this.#delivery.birth();
        return null;
      default:
        return this.#show(input);
    }
  }

  /** Publishes everything again, because another node may have overwritten it. */
  resend(): void {
    if (!this.#isClosed) this.#delivery.resend();
  }

  /** Checks a car after its data changed: withdraws entities that its drive type cannot have. */
  look(vin: string): void {
    const entry = this.#cars.get(vin);
    if (entry !== undefined && !this.#isClosed && this.#isOtherKind(entry)) this.#announce(entry);
  }

  /** Publishes whether the stream of the account is live. */
  stream(isConnected: boolean): void {
    this.#isConnected = isConnected;
    for (const entry of this.#cars.values()) this.#showConnected(entry);
  }

  close(): void {
    this.#isClosed = true;
    this.#delivery.close();
    for (const { news, update } of this.#cars.values()) {
      news.stop();
      update.stop();
    }
  }

  // Values

  #show(input: ShownInput): string | null {
    const { vin } = input;
    const identity = this.doors.carOf(vin);
    if (identity === null) return "the account does not know this car, or is told to ignore it";
    if (input.kind === "image" && !this.#delivery.accepts(this.#presentation.picture(identity, input.image))) {
      this.doors.onChange();
      return "the picture is too large for the broker";
    }
    const entry = this.#cars.get(vin) ?? this.#newcomer(vin);
    const put = putInto(entry.car, input);
    if (put.at > entry.updatedAt) {
      entry.updatedAt = put.at;
      if (!entry.update.waits) entry.update.touch();
    }
    this.#follow(entry, this.#isOtherKind(entry) ? "changed" : put.news);
    return entry.car.isRemoved ? "the car was removed" : put.reason;
  }

  #newcomer(vin: string): Entry {
    const entry = this.#enter(vin, new ShownCar(vin, null, this.#stale));
    this.#showConnected(entry);
    return entry;
  }

  #showConnected(entry: Entry): void {
    if (this.#isConnected !== null) this.#follow(entry, putConnected(entry.car, this.#isConnected));
  }

  #enter(vin: string, car: ShownCar): Entry {
    const { clock } = this.doors;
    const entry: Entry = {
      car,
      news: new Gathering(clock, QUIET_MS, MOST_MS, () => {
        this.#tellUpdate(entry);
        this.#announce(entry);
      }),
      update: new Gathering(clock, QUIET_MS, MOST_MS, () => {
        // A pending announcement includes it.
        if (entry.news.waits) {
          entry.update.touch();
          return;
        }
        const news = putLastUpdate(car, entry.updatedAt);
        this.#follow(entry, this.#isOther(entry) ? "changed" : news);
      }),
      updatedAt: 0,
      identity: "",
      driveType: null,
    };
    this.#cars.set(vin, entry);
    return entry;
  }

  /** Sends what need not wait for an announcement. */
  #follow(entry: Entry, news: News | null): void {
    const { car } = entry;
    if (car.isRemoved) return;
    if (news === "changed") {
      this.#announce(entry);
      return;
    }
    this.#delivery.publish(car.states());
    if (news === "new" || (car.announcement === null && !entry.news.waits)) entry.news.touch();
  }

  /** Returns whether the identity of the car has changed: BMW may have sent its model meanwhile. */
  #isOther({ car, identity }: Entry): boolean {
    return car.announcement !== null && identity !== JSON.stringify(this.doors.carOf(car.vin));
  }

  #isOtherKind({ car, driveType }: Entry): boolean {
    const identity = car.announcement === null ? null : this.doors.carOf(car.vin);
    return identity !== null && identity.driveType !== driveType;
  }

  /** Includes the time of the last update in what is sent now. */
  #tellUpdate({ car, update, updatedAt }: Entry): void {
    if (update.waits) putLastUpdate(car, updatedAt);
    update.stop();
  }

  // Announcing

  #announce(entry: Entry, all = false): void {
    const { car, news } = entry;
    const identity = this.doors.carOf(car.vin);
    if (identity === null) return;
    news.stop();
    entry.identity = JSON.stringify(identity);
    entry.driveType = identity.driveType;
    if (!this.#isOnline) this.#sayOnline();
    this.#presentation.dropLargePicture(car, identity);
    const now = this.#presentation.announcement(car, identity);
    this.#delivery.publish(car.announce(now, this.#takenByOthers(car), all));
    this.#save();
    this.doors.onChange();
  }

  #sendAgain(entries: readonly Entry[]): void {
    if (this.#isOnline) this.#sayOnline();
    for (const entry of entries) {
      this.#tellUpdate(entry);
      this.#announce(entry, true);
    }
  }

  #remove(entries: readonly Entry[]): void {
    for (const { car, news, update } of entries) {
      news.stop();
      update.stop();
      if (car.announcement !== null) this.#delivery.forget(rootOf(car.announcement.place));
      car.remove();
    }
    const isEmpty = [...this.#cars.values()].every(({ car }) => car.isRemoved);
    if (isEmpty && this.#availability !== null) {
      this.#stale.add([this.#availability]);
      this.#isOnline = false;
    }
    this.#delivery.clear();
    this.#save();
    this.doors.onChange();
  }

  /** @throws CarDataError `vehicle_unknown` */
  #chosen(vin: string | null): Entry[] {
    if (vin !== null && !this.#cars.has(vin)) throw new CarDataError("vehicle_unknown", { vin: maskVin(vin) });
    return [...this.#cars.values()].filter(({ car }) => vin === null || car.vin === vin);
  }

  /** Returns whether a topic belongs to another car or node: two cars may have swapped their aliases. */
  #takenByOthers(car: ShownCar): IsTaken {
    const others = [...this.#cars.values()].flatMap((entry) =>
      entry.car === car || entry.car.announcement === null ? [] : entry.car.announcement,
    );
    return (topic) =>
      this.doors.isHeld(topic) || others.some(({ configs, topics }) => configs.has(topic) || topics.has(topic));
  }

  get #availability(): string | null {
    return this.options.availability ? availabilityTopic(this.options.base) : null;
  }

  get #stale() {
    return this.#delivery.stale;
  }

  #sayOnline(): void {
    this.#isOnline = true;
    if (this.#availability === null) return;
    this.#stale.drop([this.#availability]);
    this.#delivery.publish([retained(this.#availability, "online")]);
  }

  #save(): void {
    const cars = [...this.#cars.values()].flatMap(({ car }) => car.save() ?? []);
    const stale = this.#stale.saved;
    this.#memory.save({ availability: this.#availability, cars, ...(stale.length > 0 && { stale }) });
  }
}
