import type { AnnouncedNode } from "../account/announced.js";
import type { CarIdentity } from "../account/car-identity.js";
import type { Cancel, Clock } from "../support/clock.js";
import { CarDataError } from "../support/errors.js";
import type { Random } from "../support/random.js";
import { maskVin } from "../support/vin.js";
import type { DriveType } from "../vehicle/drive-type.js";
import { announcementOf } from "./announcement.js";
import { componentsOf } from "./components.js";
import { Gathering } from "./gathering.js";
import type { ShownInput } from "./content.js";
import type { Intake } from "./intake.js";
import { emptied, retained, type MqttMessage } from "./mqtt-message.js";
import { ShownCar, type IsTaken, type News } from "./shown-car.js";
import { putConnected, putInto, putLastUpdate } from "./states-of-input.js";
import { availabilityTopic, type Place } from "./topics.js";

export interface AnnouncerOptions {
  readonly mode: Place["mode"];
  /** Of Home Assistant's discovery. */
  readonly prefix: string;
  /** What topics of states begin with. */
  readonly base: string;
  readonly attributes: boolean;
  readonly availability: boolean;
  readonly buttons: boolean;
}

export interface AnnouncerDoors {
  readonly clock: Clock;
  readonly random: Random;
  /** `null`: a car that the account does not know, or that it is told to ignore. */
  readonly carOf: (vin: string) => CarIdentity | null;
  /** What was announced before the start. */
  readonly saved: () => AnnouncedNode;
  readonly save: (announced: AnnouncedNode) => void;
  /** In this order. */
  readonly send: (messages: readonly MqttMessage[]) => void;
  /** Something that `summary` tells has changed. */
  readonly onChange: () => void;
}

/** What is announced. */
export interface AnnouncerSummary {
  readonly cars: number;
  readonly entities: number;
  /** The user has had all cars removed. */
  readonly removed: boolean;
}

const QUIET_MS = 3000;
const MOST_MS = 10_000;
/** Home Assistant asks for some time and chance after its start. */
const BIRTH_FROM_MS = 1000;
const BIRTH_TO_MS = 5000;

interface Entry {
  readonly car: ShownCar;
  readonly news: Gathering;
  readonly update: Gathering;
  /** Newest time of a value, ms. */
  updatedAt: number;
  /** How the car was presented. */
  identity: string;
  /** How the car was known to be driven then. */
  driveType: DriveType | null;
}

/** Announces cars to Home Assistant and keeps their states up to date; all it does is to say what is to be published. */
export class Announcer {
  readonly #cars = new Map<string, Entry>();
  #birth: Cancel | null = null;
  #isConnected: boolean | null = null;
  #isStarted = false;
  /** Whether it said that it is there, and did not take that back. */
  #isOnline = false;
  #isClosed = false;

  constructor(
    private readonly options: AnnouncerOptions,
    private readonly doors: AnnouncerDoors,
  ) {}

  get summary(): AnnouncerSummary {
    const shown = [...this.#cars.values()].flatMap(({ car }) => car.announcement ?? []);
    const entities = shown.reduce((sum, { components }) => sum + Object.keys(components).length, 0);
    const removed = shown.length === 0 && [...this.#cars.values()].some(({ car }) => car.isRemoved);
    return { cars: shown.length, entities, removed };
  }

  /** The cars that are announced. */
  get vins(): readonly string[] {
    return [...this.#cars].flatMap(([vin, { car }]) => (car.announcement === null ? [] : vin));
  }

  /** Takes over what was announced before; once what was saved is loaded. */
  start(): void {
    if (this.#isStarted || this.#isClosed) return;
    this.#isStarted = true;
    const { cars, availability } = this.doors.saved();
    const topic = this.#availability;
    if (availability !== null && availability !== topic) this.#publish([emptied(availability)]);
    for (const saved of cars) this.#enter(saved.vin, new ShownCar(saved.vin, saved)).news.touch();
    this.#sayOnline();
    if (availability !== topic) this.#save();
  }

  /** Takes an input message; returns why it is left out, `null` if it is not. */
  take(input: Intake): string | null {
    if (this.#isClosed) return "the node is closed";
    switch (input.kind) {
      case "ignored":
        return input.reason;
      case "resend":
        this.#resend(this.#chosen(input.vin));
        return null;
      case "remove":
        this.#remove(this.#chosen(input.vin));
        return null;
      case "broker":
        this.#resend([...this.#cars.values()].filter(({ car }) => !car.isRemoved));
        this.#sendEmptied();
        return null;
      case "birth":
        this.#planBirth();
        return null;
      default:
        return this.#show(input);
    }
  }

  /** Something is known of a car: if that it is of another kind, what was announced wrongly is taken back. */
  look(vin: string): void {
    const entry = this.#cars.get(vin);
    if (entry !== undefined && !this.#isClosed && this.#isOtherKind(entry)) this.#announce(entry);
  }

  /** Whether the stream of the account lives. */
  stream(isConnected: boolean): void {
    this.#isConnected = isConnected;
    for (const entry of this.#cars.values()) this.#showConnected(entry);
  }

  close(): void {
    this.#isClosed = true;
    this.#birth?.();
    for (const { news, update } of this.#cars.values()) {
      news.stop();
      update.stop();
    }
  }

  // Values

  #show(input: ShownInput): string | null {
    const { vin } = input;
    if (this.doors.carOf(vin) === null) return "the account does not know this car, or is told to ignore it";
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
    const entry = this.#enter(vin, new ShownCar(vin, null));
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
        // What is announced in a moment takes it along.
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

  /** Sends what may be sent at once. */
  #follow(entry: Entry, news: News | null): void {
    const { car } = entry;
    if (car.isRemoved) return;
    if (news === "changed") {
      this.#announce(entry);
      return;
    }
    this.#publish(car.states());
    if (news === "new" || (car.announcement === null && !entry.news.waits)) entry.news.touch();
  }

  /** BMW may have told its model meanwhile. */
  #isOther({ car, identity }: Entry): boolean {
    return car.announcement !== null && identity !== JSON.stringify(this.doors.carOf(car.vin));
  }

  #isOtherKind({ car, driveType }: Entry): boolean {
    const identity = car.announcement === null ? null : this.doors.carOf(car.vin);
    return identity !== null && identity.driveType !== driveType;
  }

  /** What goes out now takes the time of the last update along. */
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
    const { mode, prefix, base, availability } = this.options;
    const place = { mode, prefix, base, id: identity.id };
    const now = announcementOf(place, identity, componentsOf(car, this.options, identity.driveType), availability);
    if (!this.#isOnline) this.#sayOnline();
    this.#publish(car.announce(now, this.#takenByOthers(car), all));
    this.#save();
    this.doors.onChange();
  }

  #resend(entries: readonly Entry[]): void {
    this.#birth?.();
    this.#birth = null;
    this.#sayOnline();
    for (const entry of entries) {
      this.#tellUpdate(entry);
      this.#announce(entry, true);
    }
  }

  #planBirth(): void {
    const { clock, random } = this.doors;
    this.#birth?.();
    const wait = BIRTH_FROM_MS + random.fraction() * (BIRTH_TO_MS - BIRTH_FROM_MS);
    this.#birth = clock.after(wait, () => {
      this.#resend([...this.#cars.values()].filter(({ car }) => !car.isRemoved));
    });
  }

  #remove(entries: readonly Entry[]): void {
    for (const { car, news, update } of entries) {
      news.stop();
      update.stop();
      this.#publish(car.remove(this.#takenByOthers(car)));
    }
    const isEmpty = [...this.#cars.values()].every(({ car }) => car.isRemoved);
    if (isEmpty && this.#availability !== null) {
      this.#publish([emptied(this.#availability)]);
      this.#isOnline = false;
    }
    this.#save();
    this.doors.onChange();
  }

  /** A broker that was away may have missed that cars were removed. */
  #sendEmptied(): void {
    for (const { car } of this.#cars.values())
      if (car.isRemoved) this.#publish(car.emptiedAgain(this.#takenByOthers(car)));
  }

  /** @throws CarDataError `vehicle_unknown` */
  #chosen(vin: string | null): Entry[] {
    if (vin !== null && !this.#cars.has(vin)) throw new CarDataError("vehicle_unknown", { vin: maskVin(vin) });
    return [...this.#cars.values()].filter(({ car }) => vin === null || car.vin === vin);
  }

  /** Two cars may have swapped their aliases. */
  #takenByOthers(car: ShownCar): IsTaken {
    const others = [...this.#cars.values()].flatMap((entry) =>
      entry.car === car || entry.car.announcement === null ? [] : entry.car.announcement,
    );
    return (topic) => others.some(({ configs, topics }) => configs.has(topic) || topics.has(topic));
  }

  get #availability(): string | null {
    return this.options.availability ? availabilityTopic(this.options.base) : null;
  }

  #sayOnline(): void {
    this.#isOnline = true;
    if (this.#availability !== null) this.#publish([retained(this.#availability, "online")]);
  }

  #publish(messages: readonly MqttMessage[]): void {
    if (messages.length > 0) this.doors.send(messages);
  }

  #save(): void {
    const cars = [...this.#cars.values()].flatMap(({ car }) => car.save() ?? []);
    this.doors.save({ availability: this.#availability, cars });
  }
}
