import { join } from "node:path";
import type { AccountLogger } from "../context/account-logger.js";
import { accountCodec, type AccountState } from "../rest/rest-state.js";
import type { Document } from "../store/document.js";
import { Store } from "../store/store.js";
import { errorOf, type Problem } from "../support/errors.js";
import type { AccountDependencies } from "./account-dependencies.js";
import { announcedCodec, AnnouncementRepository } from "./announcement-repository.js";
import { Recorder } from "./recorder.js";
import { BrokerIdentity, brokerIdentityCodec } from "./broker-identity.js";
import { LevelHistories } from "./level-histories.js";
import type { AccountSettings } from "./settings.js";

/** Holds the files of an account: one folder with its documents and recordings. */
export class AccountFiles {
  /** Provides the documents of other parts. */
  readonly store: Store;
  /** `account.json`; the first document, because late ones are read in this order, and its owner decides about the cars. */
  readonly state: Document<AccountState>;
  readonly announced: AnnouncementRepository;
  /** `broker.json`; `null` where BMW is the source, which has one session for each customer. */
  readonly brokerIdentity: BrokerIdentity | null;
  readonly recorder: Recorder;
  readonly levels: LevelHistories;

  /**
   * @param onChange called when another process has taken the folder, when it is ours again, and when the trouble with
   *   files changes
   */
  constructor(
    { folder, files, clock, random, lock }: AccountDependencies,
    settings: AccountSettings,
    logger: AccountLogger,
    onChange: () => void,
  ) {
    this.store = new Store(folder, files, clock, logger.files, { ...(lock && { lock }), onChange });
    this.state = this.store.document("account", accountCodec);
    this.announced = new AnnouncementRepository(this.store.document("announced", announcedCodec));
    this.brokerIdentity =
      settings.source === "bmw" ? null : new BrokerIdentity(this.store.document("broker", brokerIdentityCodec), random);
    const isOurs = () => this.inUse === null;
    this.recorder = new Recorder(settings.record, join(folder, "recordings"), files, clock, isOurs, (problem) => {
      logger.warn(problem);
    });
    this.levels = new LevelHistories(join(folder, "levels"), files, clock, isOurs);
  }

  /** Returns the trouble with the files; `null` for none. */
  get problem(): Problem | null {
    return this.store.problem;
  }

  /** Returns why no file of the folder may be touched (another process works with it); `null` if all may be. */
  get inUse(): Problem | null {
    return this.store.inUse;
  }

  /** @throws CarDataError `folder_in_use` */
  check(): void {
    if (this.inUse !== null) throw errorOf(this.inUse);
  }

  /** Resolves when it is known whether this process owns the folder; never rejects. */
  open(): Promise<void> {
    return this.store.open();
  }

  /** Writes as much as possible, within seconds and before `deadline`. */
  async close(deadline: AbortSignal): Promise<void> {
    await Promise.all([this.store, this.recorder, this.levels].map((part) => part.close(deadline)));
  }
}
