import { join } from "node:path";
import { Store } from "../store/store.js";
import { errorOf, type Problem } from "../support/errors.js";
import { accountCodec } from "../rest/rest-state.js";
import type { AccountDependencies } from "./account-doors.js";
import { announcedCodec, AnnouncedSets } from "./announced.js";
import { Recorder } from "./recorder.js";
import type { AccountSettings } from "./settings.js";
import { RestStateFile, type StateFileDoors } from "../rest/rest-state-file.js";
import type { AccountLogger } from "./account-logger.js";

export interface AccountFilesDoors extends Pick<StateFileDoors, "rest" | "onFormerOwner"> {
  readonly settings: AccountSettings;
  readonly doors: AccountDependencies;
  readonly voice: AccountLogger;
  /** The folder is another process's now, or is ours again, or the trouble with files is another. */
  readonly onChange: () => void;
}

/** What an account has on the disk: one folder with its documents and recordings. */
export class AccountFiles {
  /** For the documents of other parts. */
  readonly store: Store;
  readonly state: RestStateFile;
  readonly announced: AnnouncedSets;
  readonly recorder: Recorder;

  constructor({ settings, doors, voice, rest, onChange, onFormerOwner }: AccountFilesDoors) {
    const { folder, files, clock, lock } = doors;
    this.store = new Store(folder, files, clock, voice.files, { ...(lock && { lock }), onChange });
    this.state = new RestStateFile({
      document: this.store.document("account", accountCodec),
      clock,
      rest,
      onQuotaLow: (remaining, resetsAt) => {
        voice.tell({ name: "quotaLow", remaining, resetsAt }, clock.now());
      },
      onFormerOwner,
    });
    this.announced = new AnnouncedSets(this.store.document("announced", announcedCodec));
    this.recorder = new Recorder(settings.record, join(folder, "recordings"), files, clock, (problem) => {
      voice.warn(problem);
    });
  }

  /** What is wrong with them; `null`: nothing. */
  get problem(): Problem | null {
    return this.store.problem;
  }

  /** Why nothing of the folder may be touched: another process works with it. */
  get inUse(): Problem | null {
    return this.store.inUse;
  }

  /** @throws CarDataError `folder_in_use` */
  check(): void {
    if (this.inUse !== null) throw errorOf(this.inUse);
  }

  /** Resolves when it is known whether the folder is ours; never rejects. */
  open(): Promise<void> {
    return this.store.open();
  }

  /** Loads what belongs to no other part. */
  async load(): Promise<void> {
    await Promise.all([this.state.load(), this.announced.load()]);
  }

  /** Writes what it can, within seconds and before `deadline`. */
  async close(deadline: AbortSignal): Promise<void> {
    await Promise.all([this.store.close(deadline), this.recorder.close(deadline)]);
  }
}
