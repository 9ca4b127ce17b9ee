import type { EventEmitter } from "node:events";
import type { NewLogin } from "../auth/token-store.js";
import type { RestService } from "../rest/rest-service.js";
import type { Problem } from "../support/errors.js";
import type { TrackerManager } from "../traccar/tracker-manager.js";
import type { AccountDependencies } from "./account-dependencies.js";
import { AccountLifecycle } from "./account-lifecycle.js";
import type { AccountParts } from "./account-parts.js";
import type { AliasClaims } from "./aliases.js";
import type { AnnouncementRepository } from "./announced.js";
import type { AccountEvents } from "./events.js";
import type { AccountSettings, VehicleSettings } from "./settings.js";
import type { SocService } from "./soc/soc-service.js";
import { describeAccount, type AccountStatus } from "./status.js";
import type { VehicleRegistry } from "./vehicle-registry.js";

export type { AccountDependencies };

/** One BMW login with everything that belongs to it: tokens, stream, REST, cars and files. */
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

  get trackers(): TrackerManager {
    return this.#parts.fleet.trackers;
  }

  /** The cars as they stand at the users' brokers, by node. */
  get announced(): AnnouncementRepository {
    return this.#parts.files.announced;
  }

  /** The cars as the user has set them up, without aliases that another account has. */
  get vehicles(): readonly VehicleSettings[] {
    return this.#parts.aliases.vehicles;
  }

  get status(): AccountStatus {
    return describeAccount(this.settings, this.#parts);
  }

  /** Resolves when the account works for the first time: its saved values are there, and it is no other one's double. */
  get atWork(): Promise<void> {
    return this.#lifecycle.atWork;
  }

  /** The aliases of the cars, which are decided on when all accounts of a deploy are there. */
  get aliases(): AliasClaims {
    return this.#parts.aliases;
  }

  /** Why the account may not work at all, until that is over. */
  get refusal(): Problem | null {
    return this.#parts.login.refusal;
  }

  /** From its opening until what was under way at its close has ended. */
  get takesLogins(): boolean {
    return this.#lifecycle.takesLogins;
  }

  /** Whether the saved login, or the one that it was opened with, was there before it left. */
  get isLoaded(): boolean {
    return this.#lifecycle.isLoaded;
  }

  /** The account must not even look at its files until it is opened: this is why. */
  refuse(problem: Problem): void {
    this.#parts.login.refuse(problem);
  }

  /**
   * Loads what was saved and starts working, if it may; resolves when that is under way. Never rejects.
   * @param login a login that was made before the account existed
   * @param turn settles when those have started that go before
   */
  open(login: NewLogin | null = null, turn: Promise<unknown> = Promise.resolve()): Promise<void> {
    return this.#lifecycle.open(login, turn);
  }

  /**
   * Resolves when the account can deal with what is asked of it.
   * @throws CarDataError the reason why it may not work, or `rest_aborted` once it is closed
   */
  ready(): Promise<void> {
    return this.#lifecycle.ready();
  }

  /** A node begins to use this account; the first one opens the stream. */
  retain(user: string): void {
    this.#parts.stream.retain(user);
  }

  /** A node stops using this account; without any node left the stream is closed. `removed`: it will not come back. */
  release(user: string, removed: boolean): void {
    this.#parts.stream.release(user, removed);
  }

  /**
   * Takes a new login made in the editor: saves it, connects at once and asks BMW for the cars. While the account closes,
   * it is saved for its successor.
   * @returns `false` if the account had to go before it could: the login is its successor's
   * @throws CarDataError the reason why the account could not work with it; then nothing was changed
   */
  adoptLogin(login: NewLogin): Promise<boolean> {
    return this.#lifecycle.adoptLogin(login);
  }

  /** Renews the tokens now, although the clock may call them valid. */
  refresh(): Promise<void> {
    return this.#lifecycle.refresh();
  }

  /** Connects the stream anew. */
  reconnect(): void {
    this.#lifecycle.reconnect();
  }

  /** @throws CarDataError `folder_in_use`, `rest_aborted` if the account had to go before the login was forgotten */
  logout(): Promise<void> {
    return this.#lifecycle.logout();
  }

  /** Takes secrets, coordinates and full VINs out of a text for others. */
  redact(text: string): string {
    return this.#parts.context.logger.redact(text);
  }

  /**
   * Ends everything within seconds. Nothing new begins; what changes something at BMW gets ten seconds to be answered, and
   * is saved before the rest ends.
   * @param isOnTrip what may still bring a login: it is waited for in the same time
   */
  close(underWay: Promise<unknown> = Promise.resolve()): Promise<void> {
    return this.#lifecycle.close(underWay);
  }
}
