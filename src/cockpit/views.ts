import type { Account } from "../account/account.js";
import { accountView } from "./account-view.js";
import type { CarKeys } from "./car-keys.js";
import { carView } from "./car-view.js";
import { accountChange, carChange } from "./view-difference.js";
import type { CarKey, CockpitAccount, CockpitCar, CockpitChange } from "./contract.js";
import { guarded } from "./guarded.js";

/** What views are made of. */
export interface ViewSources {
  /** Milliseconds. */
  readonly now: () => number;
  /** The deployed accounts, each id once. */
  readonly accounts: () => readonly Account[];
  readonly keys: CarKeys;
  readonly pictureOf: (key: CarKey) => string | null;
  /** How often the journal of a car has changed. */
  readonly journalOf: (key: CarKey) => number;
}

/** Holds what pages show by now, and tells what has become different of it. */
export class Views {
  readonly #accounts = new Map<string, CockpitAccount>();
  readonly #cars = new Map<CarKey, CockpitCar>();

  constructor(private readonly sources: ViewSources) {
    for (const account of sources.accounts()) this.account(account);
  }

  get accounts(): readonly CockpitAccount[] {
    return [...this.#accounts.values()];
  }

  get cars(): readonly CockpitCar[] {
    return [...this.#cars.values()];
  }

  /** Looks at an account again, and at which cars it has. What cannot be described stays as it was. */
  account(account: Account): CockpitChange[] {
    return guarded(() => this.#lookAtAccount(account), []);
  }

  /** Looks at a car again. */
  car(account: Account, vin: string): CockpitChange[] {
    return guarded(() => this.#lookAtCar(account, vin), []);
  }

  /** Forgets the accounts that are deployed no more, with their cars. */
  withoutGone(): CockpitChange[] {
    const present = new Set(this.sources.accounts().map(({ id }) => id));
    const cars = this.#forget(({ account }) => !present.has(account));
    const accounts = [...this.#accounts.keys()].filter((id) => !present.has(id));
    for (const id of accounts) this.#accounts.delete(id);
    return [...cars, ...accounts.map((id): CockpitChange => ({ kind: "accountGone", id }))];
  }

  #lookAtAccount(account: Account): CockpitChange[] {
    const view = accountView(account, (vin) => this.sources.keys.keyOf(account.id, vin));
    const changes = accountChange(this.#accounts.get(account.id), view);
    this.#accounts.set(account.id, view);
    return [...changes, ...this.#gone(account), ...this.#come(account)];
  }

  #lookAtCar(account: Account, vin: string): CockpitChange[] {
    const { keys, pictureOf, journalOf, now } = this.sources;
    const key = keys.keyOf(account.id, vin);
    const view = carView(account, vin, { key, picture: pictureOf(key), journal: journalOf(key), now: now() });
    if (view === null) return this.#forget((known) => known.key === key);
    const changes = carChange(this.#cars.get(key), view);
    this.#cars.set(key, view);
    return changes;
  }

  #gone({ id, registry }: Account): CockpitChange[] {
    const present = new Set([...registry.cars.keys()].map((vin) => this.sources.keys.keyOf(id, vin)));
    return this.#forget(({ account, key }) => account === id && !present.has(key));
  }

  #come(account: Account): CockpitChange[] {
    const news = [...account.registry.cars.keys()].filter(
      (vin) => !this.#cars.has(this.sources.keys.keyOf(account.id, vin)),
    );
    return news.flatMap((vin) => this.car(account, vin));
  }

  #forget(isGone: (car: CockpitCar) => boolean): CockpitChange[] {
    const gone = this.cars.filter(isGone).map(({ key }) => key);
    for (const key of gone) this.#cars.delete(key);
    return gone.map((key) => ({ kind: "carGone", key }));
  }
}
