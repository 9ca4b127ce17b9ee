import type { AnnouncedCar, AnnouncedNode } from "../account/announcement-repository.js";
import { CarDataError } from "../support/errors.js";
import { maskVin } from "../support/vin.js";
import type { AnnouncerDependencies, AnnouncerOptions, AnnouncerSummary } from "./announcer-dependencies.js";
import { BrokerDelivery } from "./broker-delivery.js";
import { CarEntry, QUIET_MS } from "./car-entry.js";
import type { CarInput, KnownInput } from "./car-input.js";
import type { AnnouncerInput } from "./announcer-input.js";
import { AnnouncementStore } from "./announcement-store.js";
import { eventTopicOf } from "./event-entities.js";
import { passing, retained } from "./mqtt-message.js";
import { AnnouncementBuilder } from "./announcement-builder.js";
import { CarStates } from "./car-states.js";
import { ShownCar, type IsTopicTaken, type AnnouncementChange } from "./shown-car.js";
import { applyConnected, applyInput } from "./apply-input.js";
import { availabilityTopic, carTopic, IMAGE_TOPIC, stateTopic, stateTopicRoot } from "./discovery-location.js";

/** Announces cars to Home Assistant and keeps their states up to date; only decides what to publish. */
export class Announcer {
  readonly #cars = new Map<string, CarEntry>();
  readonly #delivery: BrokerDelivery;
  readonly #builder: AnnouncementBuilder;
  readonly #store: AnnouncementStore;
  #isConnected: boolean | null = null;
  #isStarted = false;
  /** Whether it has published its availability as online. */
  #isOnline = false;
  #isClosed = false;

  constructor(
    private readonly options: AnnouncerOptions,
    private readonly dependencies: AnnouncerDependencies,
  ) {
    this.#store = new AnnouncementStore(dependencies);
    this.#delivery = new BrokerDelivery({
      ...dependencies,
      maxPacketSize: options.maxPacketSize,
      resend: () => {
        this.#sendAgain([...this.#cars.values()].filter(({ car }) => !car.isRemoved));
      },
      onCleared: () => {
        this.#save();
      },
    });
    this.#builder = new AnnouncementBuilder(options, this.#delivery, dependencies.warn);
  }

  get summary(): AnnouncerSummary {
    const shown = [...this.#cars.values()].flatMap(({ car }) => car.announcement ?? []);
    const platforms = shown.flatMap(({ components }) => Object.values(components));
    // An event is no value.
    const entities = platforms.filter((platform) => platform !== "event").length;
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
    const saved = this.#store.load();
    for (const { topic, migrates } of saved.stale ?? []) this.#stale.add([topic], migrates);
    const isMoved = saved.availability !== this.#availability;
    if (saved.availability !== null && isMoved) this.#stale.add([saved.availability]);
    // Entities have to be migrated before they are announced again.
    this.#delivery.clearAfter(QUIET_MS);
    this.#restoreCars(saved);
    const isChanged = this.#removeIgnored();
    const isUnused = this.#isEmpty && (isChanged || this.#cars.size > 0);
    if (isUnused) this.#goOffline();
    else this.#sendOnline();
    if (isMoved || isChanged) this.#save();
  }

  #restoreCars({ cars, removed = [] }: AnnouncedNode): void {
    for (const car of cars) this.#addEntry(car.vin, car).announceDebouncer.trigger();
    for (const vin of removed) this.#takeOut(this.#cars.get(vin) ?? this.#addEntry(vin, null));
  }

  /**
   * Takes what was known of an announced car before the start and no message tells again; newer ones win.
   * @param updatedAt time of its newest value [ms]
   */
  restore(vin: string, updatedAt: number, inputs: readonly KnownInput[]): void {
    const entry = this.#cars.get(vin);
    if (entry === undefined || this.#isClosed) return;
    const { car } = entry;
    if (car.shows("last_update")) entry.noteUpdate(updatedAt);
    for (const input of inputs) {
      const key = input.kind === "image" ? input.kind : input.key;
      const topic = key === "image" ? IMAGE_TOPIC : stateTopic(key);
      if (car.shows(key) && car.lastState(topic) === undefined) this.#applyCar(input);
    }
  }

  /** Returns whether a car was announced with a picture. */
  showsImage(vin: string): boolean {
    return this.#cars.get(vin)?.car.shows("image") ?? false;
  }

  /** Handles an input message; returns why it is ignored, `null` if it is not. */
  handle(input: AnnouncerInput): string | null {
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
        else this.#delivery.disconnected(input.node);
        this.dependencies.onChange();
        return null;
      case "birth":
        this.#delivery.onBirth();
        return null;
      default:
        return this.#applyCar(input);
    }
  }

  /** Publishes everything again, because another node may have overwritten it. */
  resend(): void {
    if (!this.#isClosed) this.#delivery.resend();
  }

  /**
   * Checks a car after its data changed: withdraws entities that its drive type cannot have, and what is no longer true
   * of a charge.
   */
  refresh(vin: string): void {
    const entry = this.#cars.get(vin);
    if (entry === undefined || this.#isClosed) return;
    if (this.#isOtherKind(entry)) this.#announce(entry);
    const values = entry.chargeValues.changedBy(this.dependencies.isCharging(vin), this.dependencies.clock.now());
    if (values.length > 0) this.#applyCar({ kind: "values", vin, values });
  }

  /**
   * Tells Home Assistant what has happened.
   * @param attributes what is known of it
   */
  tell(vin: string, name: string, attributes: object): void {
    const place = this.#cars.get(vin)?.car.place ?? null;
    const topic = eventTopicOf(name);
    if (this.#isClosed || place === null || topic === null) return;
    const payload = JSON.stringify({ event_type: name, ...attributes });
    this.#delivery.publish([passing(carTopic(place, topic), payload)]);
  }

  /** Publishes whether the stream of the account is live. */
  setStreamConnected(isConnected: boolean): void {
    this.#isConnected = isConnected;
    for (const entry of this.#cars.values()) this.#showConnected(entry);
  }

  close(): void {
    this.#isClosed = true;
    this.#delivery.close();
    for (const entry of this.#cars.values()) entry.cancel();
  }

  // Values

  #applyCar(input: CarInput): string | null {
    const { vin } = input;
    if (this.dependencies.driveTypeOf(vin) === undefined)
      return "the account does not know this car, or has to ignore it";
    if (input.kind === "image" && !this.#acceptsImage(vin, input.image)) {
      this.dependencies.onChange();
      return "the picture is too large for the broker";
    }
    const entry = this.#cars.get(vin) ?? this.#addCar(vin);
    if (input.kind === "values") entry.chargeValues.keep(input.values);
    const { language, attributes } = this.options;
    const isCharging = this.dependencies.isCharging(vin);
    const put = applyInput(entry.car, input, { language, attributes, isCharging });
    entry.noteUpdate(put.at);
    entry.noteHeld();
    this.#sendChanges(entry, this.#isOtherKind(entry) ? "changed" : put.change);
    return entry.car.isRemoved ? "the car was removed" : put.reason;
  }

  #acceptsImage(vin: string, image: Buffer): boolean {
    const identity = this.dependencies.carOf(vin);
    return identity !== null && this.#delivery.accepts(this.#builder.imageMessage(identity, image));
  }

  #addCar(vin: string): CarEntry {
    const entry = this.#addEntry(vin, null);
    this.#showConnected(entry);
    return entry;
  }

  #showConnected(entry: CarEntry): void {
    if (this.#isConnected !== null) this.#sendChanges(entry, applyConnected(entry.car, this.#isConnected));
  }

  #addEntry(vin: string, saved: AnnouncedCar | null): CarEntry {
    const { clock } = this.dependencies;
    const car = new ShownCar(vin, saved, this.#stale, new CarStates(clock, this.options.repeatMs));
    const entry: CarEntry = new CarEntry(car, clock, {
      announce: () => {
        this.#announce(entry);
      },
      sendUpdate: (change) => {
        this.#sendChanges(entry, this.#isOther(entry) ? "changed" : change);
      },
    });
    this.#cars.set(vin, entry);
    return entry;
  }

  /** Sends what need not wait for an announcement. */
  #sendChanges(entry: CarEntry, change: AnnouncementChange | null): void {
    const { car } = entry;
    if (car.isRemoved) return;
    if (change === "changed") {
      this.#announce(entry);
      return;
    }
    this.#delivery.publish(car.takeStates());
    if (change === "new" || (car.announcement === null && !entry.announceDebouncer.isPending))
      entry.announceDebouncer.trigger();
  }

  /** Returns whether the identity of the car has changed: BMW may have sent its model meanwhile. */
  #isOther(entry: CarEntry): boolean {
    return entry.isOther(this.dependencies.carOf(entry.car.vin));
  }

  #isOtherKind(entry: CarEntry): boolean {
    return entry.isOtherKind(this.dependencies.driveTypeOf(entry.car.vin));
  }

  // Announcing

  #announce(entry: CarEntry, all = false): void {
    const { car } = entry;
    const identity = this.dependencies.carOf(car.vin);
    if (identity === null) return;
    if (!this.#isOnline) this.#sendOnline();
    this.#builder.dropLargeImage(car, identity);
    car.settleUnits();
    const now = this.#builder.announcement(car, identity);
    const isTaken = this.#takenByOthers(car);
    car.leaveOtherMode(now, isTaken);
    if (this.#delivery.move()) entry.postponeAnnouncement();
    else {
      const isAll = all || entry.isPostponed;
      entry.noteAnnouncement(identity);
      this.#delivery.publish(car.announce(now, isTaken, isAll));
    }
    this.#save();
    this.dependencies.onChange();
  }

  #sendAgain(entries: readonly CarEntry[]): void {
    if (this.#isOnline) this.#sendOnline();
    for (const entry of entries) {
      entry.applyLastUpdate();
      this.#announce(entry, true);
      entry.noteSentAgain();
    }
  }

  #remove(entries: readonly CarEntry[]): void {
    for (const entry of entries) this.#takeOut(entry);
    if (this.#isEmpty) this.#goOffline();
    this.#delivery.clear();
    this.#save();
    this.dependencies.onChange();
  }

  /** Takes out the cars that the account has to ignore since they were announced; returns whether there are any. */
  #removeIgnored(): boolean {
    // A car that the user has removed stays so, also when it is ignored no more.
    const shown = [...this.#cars.values()].filter(({ car }) => !car.isRemoved);
    const ignored = shown.filter(({ car }) => this.dependencies.isIgnored(car.vin));
    for (const entry of ignored) {
      this.#takeOut(entry);
      this.#cars.delete(entry.car.vin);
    }
    return ignored.length > 0;
  }

  #takeOut(entry: CarEntry): void {
    const { car } = entry;
    entry.cancel();
    if (car.announcement !== null) this.#delivery.forget(stateTopicRoot(car.announcement.place));
    car.remove();
  }

  /** Returns whether no car is shown or to be shown. */
  get #isEmpty(): boolean {
    return [...this.#cars.values()].every(({ car }) => car.isRemoved);
  }

  /** Takes the availability off the broker. */
  #goOffline(): void {
    this.#isOnline = false;
    if (this.#availability !== null) this.#stale.add([this.#availability]);
  }

  /** @throws CarDataError `vehicle_unknown` */
  #chosen(vin: string | null): CarEntry[] {
    if (vin !== null && !this.#cars.has(vin)) throw new CarDataError("vehicle_unknown", { vin: maskVin(vin) });
    return [...this.#cars.values()].filter(({ car }) => vin === null || car.vin === vin);
  }

  /** Returns whether a topic belongs to another car or node: two cars may have swapped their aliases. */
  #takenByOthers(car: ShownCar): IsTopicTaken {
    const others = [...this.#cars.values()].flatMap((entry) =>
      entry.car === car || entry.car.announcement === null ? [] : entry.car.announcement,
    );
    return (topic) =>
      this.dependencies.isHeld(topic) || others.some(({ configs, topics }) => configs.has(topic) || topics.has(topic));
  }

  get #availability(): string | null {
    return this.options.availability ? availabilityTopic(this.options.base) : null;
  }

  get #stale() {
    return this.#delivery.stale;
  }

  #sendOnline(): void {
    this.#isOnline = true;
    if (this.#availability === null) return;
    this.#stale.drop([this.#availability]);
    this.#delivery.publish([retained(this.#availability, "online")]);
  }

  #save(): void {
    const cars = [...this.#cars.values()].flatMap(({ car }) => car.save() ?? []);
    const removed = [...this.#cars.values()].flatMap(({ car }) => (car.isRemoved ? car.vin : []));
    this.#store.save({ availability: this.#availability, cars, removed, stale: this.#stale.saved });
  }
}
