import type { Account } from "../account/account.js";
import { listen, type Update } from "../account/account-events.js";
import { learningPayload } from "../messages/learning-payload.js";
import type { BinaryContent } from "../rest/rest-call.js";
import type { RegisteredVehicle } from "../rest/vehicles.js";
import type { Clock } from "../support/clock.js";
import { CarDataError } from "../support/errors.js";
import { isoTime } from "../support/iso-time.js";
import { CarKeys } from "./car-keys.js";
import type {
  CarKey,
  CockpitFile,
  CockpitHistory,
  CockpitJournal,
  CockpitLearned,
  CockpitMonth,
  CockpitSnapshot,
  CockpitTracks,
  CockpitValues,
  CockpitViewer,
} from "./contract.js";
import { historyOf, tracksOf } from "./car-history.js";
import { EventViews } from "./event-views.js";
import { guarded } from "./guarded.js";
import { ChangeFeed, type Watcher } from "./change-feed.js";
import { exportFile, journalView, monthView, type ExportWish } from "./journal-views.js";
import type { PageConnection, StreamSink } from "./page-connection.js";
import { Pictures } from "./pictures.js";
import { valuesView } from "./values.js";

export interface CockpitOptions {
  readonly clock: Clock;
  /** Random bytes of this process. */
  readonly secret: Buffer;
  /** The deployed accounts; of several with one id the one that works comes first. */
  readonly accounts: () => readonly Account[];
}

interface ShownCar {
  readonly account: Account;
  readonly vin: string;
  readonly car: RegisteredVehicle;
}

/** Knows all that the cockpit page shows, of all accounts of this Node-RED. */
export class Cockpit {
  readonly #keys: CarKeys;
  readonly #events: EventViews;
  readonly #pictures: Pictures;
  /** How often the journal of a car has changed. */
  readonly #journals = new Map<CarKey, number>();
  readonly #feed: ChangeFeed;

  constructor(private readonly options: CockpitOptions) {
    const { clock, secret } = options;
    this.#keys = new CarKeys(secret);
    this.#events = new EventViews(this.#keys);
    this.#pictures = new Pictures((key) => {
      const shown = this.#find(key);
      if (shown !== null) this.#feed.touchCar(shown.account, shown.vin);
    });
    this.#feed = new ChangeFeed({
      clock,
      now: () => clock.now(),
      accounts: () => this.#accounts,
      keys: this.#keys,
      pictureOf: (key) => this.#pictures.versionOf(key),
      journalOf: (key) => this.#journals.get(key) ?? 0,
      events: () => this.#events.newest(this.#accounts),
    });
  }

  /** Follows an account; returns a function that ends it, and with it the streams of the pages, which come again. */
  follow(account: Account): () => void {
    const stop = listen(account.events, {
      update: (update) => {
        guarded(() => {
          this.#updated(account, update);
        }, undefined);
      },
      entry: (vin) => {
        const key = this.#keys.keyOf(account.id, vin);
        this.#journals.set(key, (this.#journals.get(key) ?? 0) + 1);
        this.#feed.touchCar(account, vin);
      },
      estimate: (vin) => {
        this.#feed.touchCar(account, vin);
      },
      logged: (event) => {
        this.#feed.happened(this.#events.of(account.id, event));
      },
      past: () => {
        this.#feed.renewAll();
      },
      status: () => {
        this.#feed.touchAccount(account);
      },
      appeared: () => {
        this.#feed.touchAccount(account);
      },
      pictured: (vin, picture) => {
        this.#pictures.found(this.#keys.keyOf(account.id, vin), picture);
      },
    });
    this.#feed.touchAll();
    return () => {
      stop();
      this.#feed.endAll();
    };
  }

  /** Takes note that a deploy is over: accounts may be gone. */
  deployed(): void {
    const present = new Set(this.#accounts.map(({ id }) => id));
    for (const key of this.#journals.keys())
      if (!present.has(this.#keys.carOf(key)?.account ?? "")) this.#journals.delete(key);
    this.#feed.touchAll();
  }

  snapshot(viewer: CockpitViewer): CockpitSnapshot {
    this.#lookForPictures();
    return this.#feed.snapshot(viewer);
  }

  /**
   * Begins to tell a page what happens, with everything at first.
   * @throws CarDataError `too_many_pages`
   */
  open(sink: StreamSink, watcher: Watcher): PageConnection {
    const connection = this.#feed.open(sink, watcher);
    this.#lookForPictures();
    return connection;
  }

  /** @throws CarDataError `page_car_gone`, as all that follow */
  values(key: CarKey, language: string): CockpitValues {
    const { account, vin, car } = this.#shown(key);
    const values = valuesView(car.vehicle, language);
    return { key, at: isoTime(this.#now), vin, account: account.id, values };
  }

  async history(key: CarKey): Promise<CockpitHistory> {
    const { account, vin } = this.#shown(key);
    return historyOf(account, vin, key, this.#now);
  }

  async tracks(key: CarKey): Promise<CockpitTracks> {
    const { account, vin } = this.#shown(key);
    return tracksOf(account, vin, key);
  }

  learned(key: CarKey): CockpitLearned {
    const { account, vin } = this.#shown(key);
    const report = account.soc.report(vin);
    return { key, learned: report === null ? null : learningPayload(report) };
  }

  async journal(key: CarKey): Promise<CockpitJournal> {
    const { account, vin } = this.#shown(key);
    return journalView(account, vin, { key, now: this.#now });
  }

  async month(key: CarKey, month: string): Promise<CockpitMonth> {
    const { account, vin } = this.#shown(key);
    return monthView(account, vin, { key, month });
  }

  async exported(key: CarKey, wish: ExportWish): Promise<CockpitFile> {
    const { account, vin } = this.#shown(key);
    return exportFile(account, vin, wish);
  }

  /** `null`: BMW has none, or it was never fetched. */
  async picture(key: CarKey): Promise<BinaryContent | null> {
    const { account, vin } = this.#shown(key);
    const picture = await account.rest.keptImage(vin);
    if (picture !== null) this.#pictures.found(key, picture);
    return picture;
  }

  /** The deployed accounts, each id once: instances of a subflow share one. */
  get #accounts(): readonly Account[] {
    const seen = new Set<string>();
    return this.options.accounts().filter(({ id }) => !seen.has(id) && seen.add(id));
  }

  get #now(): number {
    return this.options.clock.now();
  }

  #updated(account: Account, update: Update): void {
    const { vin, readings } = update;
    this.#feed.read(account, vin, readings);
    this.#feed.touchCar(account, vin);
  }

  #lookForPictures(): void {
    for (const account of this.#accounts) void this.#pictures.look(account, (vin) => this.#keys.keyOf(account.id, vin));
  }

  #find(key: CarKey): ShownCar | null {
    const keyed = this.#keys.carOf(key);
    const account = this.#accounts.find(({ id }) => id === keyed?.account);
    const car = account?.registry.cars.get(keyed?.vin ?? "");
    return keyed === null || account === undefined || car === undefined ? null : { account, vin: keyed.vin, car };
  }

  #shown(key: CarKey): ShownCar {
    const shown = this.#find(key);
    if (shown === null) throw new CarDataError("page_car_gone");
    return shown;
  }
}
