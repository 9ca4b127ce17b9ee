import type { Account } from "../account/account.js";
import type { Cancel, Clock } from "../support/clock.js";
import type { DistanceUnit } from "../support/distances.js";
import { CarDataError } from "../support/errors.js";
import { isoTime } from "../support/iso-time.js";
import type { Reading } from "../vehicle/reading.js";
import type { CarKey, CockpitChange, CockpitEvent, CockpitSnapshot, CockpitViewer } from "./contract.js";
import { guarded } from "./guarded.js";
import { PageConnection, streamText, type StreamSink } from "./page-connection.js";
import { valueView } from "./values.js";
import { Views, type ViewSources } from "./views.js";

/** Who looks, and what of. */
export interface Watcher {
  readonly viewer: CockpitViewer;
  /** The car of which every value is told; `null`: of none. */
  readonly values: { readonly key: CarKey; readonly language: string } | null;
}

export interface ChangeFeedOptions extends ViewSources {
  readonly clock: Clock;
  /** The newest first. */
  readonly events: () => readonly CockpitEvent[];
}

interface Page extends Watcher {
  readonly connection: PageConnection;
}

/** Collects what changes for so long [ms], so that a car is told of four times a second at most. */
const COLLECTED_MS = 250;
/** Looks again for what no event tells [ms], such as a quota that has opened by the mere passing of time. */
const LOOK_AGAIN_MS = 20_000;
/** More than one household opens; each may hold a quarter of a megabyte of what waits. */
const MOST_PAGES = 50;

/**
 * Tells all open pages what changes: whatever comes within a moment is told at once, and is described once for all of them.
 * Costs next to nothing while no page is open.
 */
export class ChangeFeed {
  readonly #pages = new Set<Page>();
  /** What the pages show; `null` while there is none. */
  #views: Views | null = null;
  readonly #touchedCars = new Map<CarKey, { readonly account: Account; readonly vin: string }>();
  readonly #touchedAccounts = new Set<Account>();
  #events: CockpitEvent[] = [];
  /** The newest reading of each descriptor of cars whose values somebody looks at. */
  readonly #readings = new Map<CarKey, Map<string, Reading>>();
  #collecting: Cancel | null = null;
  #looking: Cancel | null = null;

  constructor(private readonly options: ChangeFeedOptions) {}

  /** Describes everything as it is now. */
  snapshot(viewer: CockpitViewer): CockpitSnapshot {
    const { accounts, cars } = this.#views ?? new Views(this.options);
    return { at: isoTime(this.options.now()), viewer, accounts, cars, events: this.options.events() };
  }

  /**
   * Begins to tell a page, with everything at first.
   * @throws CarDataError `too_many_pages`
   */
  open(sink: StreamSink, watcher: Watcher): PageConnection {
    if (this.#pages.size >= MOST_PAGES) throw new CarDataError("too_many_pages");
    this.#begin();
    const snapshot = () => {
      this.flush();
      return streamText({ kind: "snapshot", snapshot: this.snapshot(watcher.viewer) });
    };
    const onOver = () => {
      this.#pages.delete(page);
      if (this.#pages.size === 0) this.#rest();
    };
    const page: Page = {
      ...watcher,
      connection: new PageConnection(sink, { clock: this.options.clock, snapshot, onOver }),
    };
    this.#pages.add(page);
    return page.connection;
  }

  touchCar(account: Account, vin: string): void {
    if (this.#views === null) return;
    this.#touchedCars.set(this.options.keys.keyOf(account.id, vin), { account, vin });
    this.#collect();
  }

  touchAccount(account: Account): void {
    if (this.#views === null) return;
    this.#touchedAccounts.add(account);
    this.#collect();
  }

  touchAll(): void {
    for (const account of this.options.accounts()) this.touchAccount(account);
    if (this.#views !== null) this.#collect();
  }

  happened(event: CockpitEvent): void {
    if (this.#views === null) return;
    this.#events.push(event);
    this.#collect();
  }

  /** Takes the new readings of a car, for those who look at its values. */
  read(account: Account, vin: string, readings: readonly Reading[]): void {
    if (this.#views === null || readings.length === 0) return;
    const key = this.options.keys.keyOf(account.id, vin);
    if (![...this.#pages].some(({ values }) => values?.key === key)) return;
    const known = this.#readings.get(key) ?? new Map<string, Reading>();
    for (const reading of readings) known.set(reading.descriptor, reading);
    this.#readings.set(key, known);
    this.#collect();
  }

  /** Tells at once what was collected. */
  flush(): void {
    this.#collecting?.();
    this.#collecting = null;
    const changes = this.#changes();
    const text = changes.length === 0 ? "" : this.#textOf(changes);
    for (const page of [...this.#pages]) {
      const values = this.#valuesFor(page);
      if (text !== "") page.connection.send(text);
      if (values.length > 0) page.connection.send(this.#textOf(values));
    }
    this.#readings.clear();
  }

  /** Tells all pages everything anew: what they were told of the past has changed. */
  renewAll(): void {
    for (const { connection } of [...this.#pages]) connection.renew();
  }

  /** Ends all pages' streams; they come again. */
  endAll(): void {
    for (const { connection } of [...this.#pages]) connection.end("closed");
  }

  #begin(): void {
    this.#views ??= new Views(this.options);
    this.#looking ??= this.options.clock.every(LOOK_AGAIN_MS, () => {
      this.touchAll();
    });
  }

  #rest(): void {
    for (const cancel of [this.#looking, this.#collecting]) cancel?.();
    [this.#looking, this.#collecting, this.#views] = [null, null, null];
    for (const touched of [this.#touchedCars, this.#touchedAccounts, this.#readings]) touched.clear();
    this.#events = [];
  }

  #collect(): void {
    this.#collecting ??= this.options.clock.after(COLLECTED_MS, () => {
      this.#collecting = null;
      guarded(() => {
        this.flush();
      }, undefined);
    });
  }

  #changes(): CockpitChange[] {
    const views = this.#views;
    if (views === null) return [];
    const present = new Set(this.options.accounts());
    const accounts = [...this.#touchedAccounts].filter((account) => present.has(account));
    const cars = [...this.#touchedCars.values()].filter(({ account }) => present.has(account));
    const events = this.#events.map((event): CockpitChange => ({ kind: "event", event }));
    this.#touchedAccounts.clear();
    this.#touchedCars.clear();
    this.#events = [];
    return [
      ...views.withoutGone(),
      ...accounts.flatMap((account) => views.account(account)),
      ...cars.flatMap(({ account, vin }) => views.car(account, vin)),
      ...events,
    ];
  }

  #valuesFor({ values: watched }: Page): CockpitChange[] {
    const readings = watched === null ? undefined : this.#readings.get(watched.key);
    if (watched === null || readings === undefined) return [];
    const unit = this.#distanceUnitOf(watched.key);
    const values = [...readings.values()].map((reading) => valueView(reading, watched.language, unit));
    return [{ kind: "values", key: watched.key, values }];
  }

  #distanceUnitOf(key: CarKey): DistanceUnit | undefined {
    const car = this.options.keys.carOf(key);
    const account = this.options.accounts().find(({ id }) => id === car?.account);
    return account?.registry.cars.get(car?.vin ?? "")?.vehicle.distanceUnit;
  }

  #textOf(changes: readonly CockpitChange[]): string {
    return streamText({ kind: "changes", at: isoTime(this.options.now()), changes });
  }
}
