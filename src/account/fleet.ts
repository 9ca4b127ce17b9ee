import type { AccountContext } from "../context/account-context.js";
import type { CarView } from "../journal/car-view.js";
import { journalStateCodec } from "../journal/journal-state.js";
import type { JournalStore } from "../journal/journal-store.js";
import { newProblem } from "../support/errors.js";
import { TrackerManager } from "../traccar/tracker-manager.js";
import type { TrackerPosition } from "../traccar/tracker-types.js";
import type { AccountEmitter, Update } from "./account-events.js";
import type { EventLog } from "./event-log.js";
import { JournalService } from "./journal/journal-service.js";
import type { LevelHistories } from "./level-histories.js";
import { carKey, labelOf, vinOfKey, type Owner, type OwnershipRegistry } from "./ownership-registry.js";
import { socParametersOf, userDescriptionOf, type AccountSettings } from "./settings.js";
import { learningCodec } from "./soc/learning-codec.js";
import { SocService } from "./soc/soc-service.js";
import { vehiclesCodec } from "./vehicle-registry-codec.js";
import { VehicleRegistry } from "./vehicle-registry.js";

/** Connects the cars of an account with the rest of it. */
interface FleetOptions {
  readonly settings: AccountSettings;
  readonly ownership: OwnershipRegistry;
  readonly emitter: AccountEmitter;
  readonly journalStore: JournalStore;
  readonly levels: LevelHistories;
  readonly eventLog: Pick<EventLog, "erase">;
  /** Returns whether the account can make use of cars. */
  readonly isInNeed: () => boolean;
  /** A car has been updated; estimates and trackers have received the update already. */
  readonly onUpdate: (update: Update) => void;
  /** A poll of a car's tracker had this result; `null`: no position. */
  readonly onLook: (vin: string, position: TrackerPosition | null) => void;
}

/** Manages the cars of an account: which are its own, their values, their estimates, their trackers and their journal. */
export class Fleet implements Owner {
  readonly registry: VehicleRegistry;
  readonly soc: SocService;
  readonly trackers: TrackerManager;
  readonly journal: JournalService;
  #isAtWork = false;

  constructor(
    private readonly context: AccountContext,
    private readonly options: FleetOptions,
  ) {
    this.registry = this.#createRegistry();
    this.soc = this.#createSoc();
    this.journal = this.#createJournal();
    const isMoving = (vin: string) => this.registry.cars.get(vin)?.vehicle.isOnTrip ?? false;
    this.trackers = new TrackerManager(context, isMoving, {
      onMove: (vin, move) => {
        this.soc.tracked(vin, move);
        this.journal.tracked(vin, move.kmh);
      },
      onLook: options.onLook,
    });
  }

  get id(): string {
    return this.options.settings.id;
  }

  get label(): string {
    return labelOf(this.options.settings);
  }

  get isInNeed(): boolean {
    return this.options.isInNeed();
  }

  /** Whether cars may appear. */
  get isAtWork(): boolean {
    return this.#isAtWork;
  }

  granted(key: string): void {
    if (this.#isAtWork && !this.context.reads.aborted) this.#wake(vinOfKey(key));
  }

  lost(key: string): void {
    if (!this.context.reads.aborted) this.#rest(vinOfKey(key));
  }

  async load(): Promise<void> {
    // The journal first: the cars, once they are there, may end at once what is open in it.
    await this.journal.load();
    await this.registry.load();
    await this.soc.load();
  }

  /** Lets cars appear: the account may work. */
  begin(): void {
    this.#isAtWork = true;
    this.#wakeAll();
  }

  /** Removes all cars: the account may not work. Their data are kept. */
  end(): void {
    this.#isAtWork = false;
    for (const vin of [...this.registry.cars.keys()]) this.#rest(vin);
    this.release();
  }

  /** Offers the claimed cars to accounts that can make use of them, and queues for them again. */
  yield(): void {
    this.options.ownership.yield(this);
  }

  /**
   * Takes the login as this customer's: sets the cars of another one aside. `formerly`: their owner if a file does not
   * name one.
   */
  belongTo(owner: string, formerly: string): void {
    // The cars first: they decide whose learned data are needed.
    this.registry.belongTo(owner, formerly);
    this.soc.belongTo(owner, formerly);
    this.journal.belongTo(owner, formerly);
  }

  /** Takes nothing more; resolves when the entries that are being written are written. */
  async close(): Promise<void> {
    this.registry.close();
    this.trackers.close();
    this.soc.close();
    await this.journal.close();
  }

  /** Closes; the cars are kept for a successor. */
  leave(): void {
    this.options.ownership.leave(this);
  }

  /** Releases all claims, held and queued. */
  release(): void {
    this.options.ownership.release(this, () => true);
  }

  /** Adds a car that has become this account's, with its saved data. */
  #wake(vin: string): void {
    this.#show(this.registry.wake(vin));
  }

  #wakeAll(): void {
    this.#show(this.registry.wakeAll());
  }

  #show(appeared: readonly string[]): void {
    for (const vin of appeared) {
      this.soc.wake(vin);
      this.journal.show(vin);
      this.options.emitter.emit("appeared", vin);
    }
  }

  /** Removes a car that has become another account's; its data are kept. */
  #rest(vin: string): void {
    this.registry.rest(vin);
    this.soc.rest(vin);
  }

  #createRegistry(): VehicleRegistry {
    const { store, clock, logger } = this.context;
    const { settings, ownership, emitter } = this.options;
    return new VehicleRegistry({
      document: store.document("vehicles", vehiclesCodec),
      clock,
      descriptionOf: (vin) => userDescriptionOf(settings, vin),
      claim: (vin) => this.#isAtWork && ownership.claim(carKey(vin), this) === null,
      ignored: new Set(settings.vehicles.filter(({ ignore }) => ignore).map(({ vin }) => vin)),
      onUpdate: this.#distribute.bind(this),
      estimateOf: (vin) => this.soc.levelOf(vin),
      onLate: () => {
        this.#wakeAll();
      },
      onFound: (vin) => {
        emitter.emit("event", { name: "vehicleFound", vin }, clock.now());
      },
      onOdometerConflict: (vin, { reported, expected, unit }) => {
        logger.warn(newProblem("odometer_refused", { vin, told: reported, known: expected, unit: unit ?? "" }));
      },
      onFull: (most) => {
        logger.warn(newProblem("too_many_vehicles", { most }));
      },
    });
  }

  #distribute(update: Update): void {
    const { logger } = this.context;
    logger.guarded(() => {
      this.options.levels.follow(update);
    });
    logger.guarded(() => {
      this.soc.follow(update);
    });
    logger.guarded(() => {
      this.journal.follow(update);
    });
    logger.guarded(() => {
      this.trackers.follow(update);
    });
    this.options.onUpdate(update);
    this.options.emitter.emit("update", update);
  }

  #createSoc(): SocService {
    const { store, clock } = this.context;
    const { settings, emitter, levels } = this.options;
    return new SocService({
      document: store.document("learning", learningCodec),
      clock,
      registry: this.registry,
      parametersOf: (vin) => socParametersOf(settings, vin),
      onEstimate: (vin) => {
        const shown = this.soc.magic(vin) ?? this.soc.predicted(vin);
        if (shown !== null) levels.record(vin, shown, clock.now());
        emitter.emit("estimate", vin);
      },
      onStep: (vin) => {
        this.journal.look(vin);
      },
      onLearned: (vin) => {
        emitter.emit("learned", vin);
      },
    });
  }

  #createJournal(): JournalService {
    const { store, clock, logger } = this.context;
    const { settings, emitter, journalStore, levels, eventLog } = this.options;
    return new JournalService({
      document: store.document("journal", journalStateCodec),
      store: journalStore,
      levels,
      eventLog,
      clock,
      settings: settings.journal,
      viewOf: (vin) => this.#viewOf(vin),
      cars: () => this.registry.cars.keys(),
      onChange: (vin, change) => {
        emitter.emit("entry", vin, change);
      },
      onValues: (vin, values, why) => {
        emitter.emit("journal", vin, values, why);
      },
      onProblem: (problem) => {
        if (problem === null) logger.info("The journal can be written again");
        // Another process that works with the folder is no news.
        else if (store.inUse === null) logger.warn(problem);
        emitter.changed();
      },
      onMistake: (problem) => {
        logger.error(problem);
      },
    });
  }

  #viewOf(vin: string): CarView | null {
    const car = this.registry.cars.get(vin)?.vehicle;
    if (car === undefined) return null;
    const { position, readings } = car;
    return { estimate: this.soc.predicted(vin), magic: this.soc.magic(vin), position, readings };
  }
}
