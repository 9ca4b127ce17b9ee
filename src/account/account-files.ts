import { join } from "node:path";
import { Store } from "../store/store.js";
import { errorOf, type Problem } from "../support/errors.js";
import { accountCodec } from "./account-codec.js";
import type { AccountDoors } from "./account-doors.js";
import { AnnouncedSets } from "./announced.js";
import { announcedCodec } from "./announced-codec.js";
import { Recorder } from "./recorder.js";
import type { AccountSettings } from "./settings.js";
import { StateFile, type StateFileDoors } from "./state-file.js";
import type { Voice } from "./voice.js";

export interface AccountFilesDoors extends Pick<StateFileDoors, "rest"> {
  readonly settings: AccountSettings;
  readonly doors: AccountDoors;
  readonly voice: Voice;
  /** The folder is another process's now, or is ours again, or the trouble with files is another. */
  readonly onChange: () => void;
}

/** What an account has on the disk: one folder with its documents and recordings. */
export class AccountFiles {
  /** For the documents of other parts. */
  readonly store: Store;
  readonly state: StateFile;
  readonly announced: AnnouncedSets;
  readonly recorder: Recorder;

  constructor({ settings, doors, voice, rest, onChange }: AccountFilesDoors) {
    const { folder, files, clock, lock } = doors;
    this.store = new Store(folder, files, clock, voice.files, { ...(lock && { lock }), onChange });
    this.state = new StateFile({
      document: this.store.document("account", accountCodec),
      clock,
      rest,
      onQuotaLow: (remaining, resetsAt) => {
        voice.tell({ name: "quotaLow", remaining, resetsAt }, clock.now());
      },
    });
    this.announced = new AnnouncedSets(this.store.document("announced", announcedCodec));
    const isOurs = () => this.inUse === null;
    this.recorder = new Recorder(settings.record, join(folder, "recordings"), files, clock, isOurs, (problem) => {
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
