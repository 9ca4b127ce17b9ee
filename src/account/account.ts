import type { EventEmitter } from "node:events";
import type { NewLogin } from "../auth/token-store.js";
import type { RestService } from "../rest/rest-service.js";
import type { Problem } from "../support/errors.js";
import type { TrackerManager } from "../traccar/tracker-manager.js";
import type { AccountDependencies } from "./account-dependencies.js";
import { AccountLifecycle } from "./account-lifecycle.js";
import type { AccountParts } from "./account-parts.js";
import type { AliasClaims } from "./aliases.js";
import type { AnnouncementRepository } from "./announcement-repository.js";
import type { AccountEvents } from "./account-events.js";
import type { EventLog } from "./event-log.js";
import type { LevelHistories } from "./level-histories.js";
import type { JournalService } from "./journal/journal-service.js";
import type { AccountSettings, VehicleSettings } from "./settings.js";
import type { SocService } from "./soc/soc-service.js";
import { describeAccount, type AccountStatus } from "./status.js";
import type { VehicleRegistry } from "./vehicle-registry.js";

export type { AccountDependencies };

/** Represents one BMW login with everything that belongs to it: tokens, stream, REST, cars and files. */
export class Account {
  readonly #lifecycle: AccountLifecycle;
  readonly #parts: AccountParts;

  constructor(
    readonly settings: AccountSettings,
    dependencies: AccountDependencies,
  ) {
    this.#lifecycle = new AccountLifecycle(settings, dependencies);
    this.#parts = this.#lifecycle.parts;
  }

  get id(): string {
    return this.settings.id;
  }

  /** Names this account to other accounts and in logs. */
  get label(): string {
    return this.#parts.login.label;
  }

  get events(): EventEmitter<AccountEvents> {
    return this.#parts.emitter.events;
  }

  get rest(): RestService {
    return this.#parts.rest;
  }

  get registry(): VehicleRegistry {
    return this.#parts.fleet.registry;
  }

  get soc(): SocService {
    return this.#parts.fleet.soc;
  }

  get journal(): JournalService {
    return this.#parts.fleet.journal;
  }

  get trackers(): TrackerManager {
    return this.#parts.fleet.trackers;
  }

  /** Returns what happened last to the account and its cars. */
  get eventLog(): Pick<EventLog, "events"> {
    return this.#parts.eventLog;
  }

  /** Returns the levels of the cars as they were shown and as BMW told them, for charts. */
  get levels(): Pick<LevelHistories, "between" | "reportedBetween"> {
    return this.#parts.files.levels;
  }

  /** Returns the cars as announced at the users' brokers, by node. */
  get announced(): AnnouncementRepository {
    return this.#parts.files.announced;
  }

  /** Returns the user's settings of the cars, without aliases that another account has. */
  get vehicles(): readonly VehicleSettings[] {
    return this.#parts.aliases.vehicles;
  }

  get status(): AccountStatus {
    return describeAccount(this.settings, this.#parts);
  }

  /**
   * Resolves when the account works for the first time: its saved values are loaded, and no other account with its id
   * is at work.
   */
  get atWork(): Promise<void> {
    return this.#lifecycle.atWork;
  }

  /** Claims the aliases of the cars, once all accounts of a deploy exist. */
  get aliases(): AliasClaims {
    return this.#parts.aliases;
  }

  /** Returns why the account may not work at all at present; `null` if it may. */
  get refusal(): Problem | null {
    return this.#parts.login.refusal;
  }

  /** Resolves when what was under way at the close has ended; pending from the opening until then. */
  get takesLogins(): boolean {
    return this.#lifecycle.takesLogins;
  }

  /** Whether the login, saved or passed to `open`, had been loaded before the account left. */
  get isLoaded(): boolean {
    return this.#lifecycle.isLoaded;
  }

  /** Keeps the account from touching its files until it is opened, with the reason. */
  refuse(problem: Problem): void {
    this.#parts.login.refuse(problem);
  }

  /**
   * Loads the saved state and starts working, if permitted; resolves when that is under way. Never rejects.
   * @param login a login that was made before the account existed
   * @param turn settles when the accounts that go first have started
   */
  open(login: NewLogin | null = null, turn: Promise<unknown> = Promise.resolve()): Promise<void> {
    return this.#lifecycle.open(login, turn);
  }

  /**
   * Resolves when the account can handle requests.
   * @throws CarDataError the reason why it may not work, or `rest_aborted` once it is closed
   */
  ready(): Promise<void> {
    return this.#lifecycle.ready();
  }

  /** Registers a node that uses this account; the first one opens the stream. */
  retain(user: string): void {
    this.#parts.stream.retain(user);
  }

  /**
   * Releases the account for a node; without any node left the stream is closed. `removed`: the node will not come
   * back.
   */
  release(user: string, removed: boolean): void {
    this.#parts.stream.release(user, removed);
  }

  /**
   * Takes a new login made in the editor: saves it, connects at once and asks BMW for the cars. While the account
   * closes, it is saved for its successor.
   * @returns `false` if the account had to go before it could take the login, which is then its successor's
   * @throws CarDataError the reason why the account could not work with it; then nothing was changed
   */
  adoptLogin(login: NewLogin): Promise<boolean> {
    return this.#lifecycle.adoptLogin(login);
  }

  /** Renews the tokens now, even if they are valid by the clock. */
  refresh(): Promise<void> {
    return this.#lifecycle.refresh();
  }

  /** Reconnects the stream. */
  reconnect(): void {
    this.#lifecycle.reconnect();
  }

  /**
   * Forgets the login.
   * @returns `false` if the account had to go before the login was forgotten, which is then for its successor to do
   * @throws CarDataError `folder_in_use`
   */
  logout(): Promise<boolean> {
    return this.#lifecycle.logout();
  }

  /** Removes secrets, coordinates and full VINs from a text for others. */
  redact(text: string): string {
    return this.#parts.context.logger.redact(text);
  }

  /**
   * Ends everything within seconds. Begins nothing new; gives requests that change something at BMW ten seconds to be
   * answered, and saves that before the rest ends.
   * @param isOnTrip settles what may still bring a login, which is awaited within the same time
   */
  close(underWay: Promise<unknown> = Promise.resolve()): Promise<void> {
    return this.#lifecycle.close(underWay);
  }
}
