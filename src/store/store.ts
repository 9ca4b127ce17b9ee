import { join } from "node:path";
import type { Clock } from "../support/clock.js";
import type { Problem } from "../support/errors.js";
import { withTimeLimit } from "../support/time-limit.js";
import type { Codec } from "./codec.js";
import { Document } from "./document.js";
import type { Files } from "./atomic-files.js";
import { NO_LOCK, type FolderLock } from "./folder-lock.js";
import { PendingWrites } from "./pending-writes.js";
import { Retry } from "./retry.js";
import { TroubleReporter, type StoreEvent } from "./trouble-reporter.js";

/**
 * Limits the wait for the lock [ms]: asking another machine takes ten seconds; a disk that does not answer, forever.
 */
const LOCK_LIMIT_MS = 20_000;
/** Limits the wait for the disk on close [ms]. */
const CLOSE_LIMIT_MS = 3000;

export interface StoreOptions {
  /** Lock that keeps other processes out; none by default. */
  readonly lock?: FolderLock;
  /** Called when `problem`, or the `hold` of a document, may have changed. */
  readonly onChange?: () => void;
}

/** Lists what is done to all documents alike. */
type AnyDocument = Pick<Document<never>, "path" | "hold" | "readAgain" | "rename" | "suspend" | "flush">;

/** Manages the durable documents of one account, all in one folder. */
export class Store {
  readonly #documents: AnyDocument[] = [];
  readonly #troubles: TroubleReporter;
  readonly #reads: Retry;
  readonly #lock: FolderLock;
  readonly #stopListening: () => void;
  #inUse: Problem | null = null;
  #isClosed = false;

  /**
   * Creates the store.
   * @param report called once per trouble, and at its end
   */
  constructor(
    readonly folder: string,
    private readonly files: Files,
    private readonly clock: Clock,
    report: (event: StoreEvent) => void,
    { lock = NO_LOCK, onChange = () => undefined }: StoreOptions = {},
  ) {
    this.#lock = lock;
    this.#troubles = new TroubleReporter(report, onChange);
    this.#reads = new Retry(clock, () => this.#readAgain());
    this.#stopListening = PendingWrites.of(files, clock).listen(folder, () => {
      this.#review();
    });
  }

  /** Returns the worst trouble of the files: used by another process, unreadable, of a newer version or unwritable. */
  get problem(): Problem | null {
    return this.#troubles.problem;
  }

  /** Reads and writes other files of the folder; what cannot be written is tried again by itself. */
  get writes(): PendingWrites {
    return PendingWrites.of(this.files, this.clock);
  }

  /** Returns why the folder must not be touched: another process uses it. */
  get inUse(): Problem | null {
    return this.#inUse;
  }

  /**
   * Opens the store; call once before documents are loaded. Resolves when it is known whether the folder is free, or
   * when its disk does not answer: then a later result counts. Never rejects.
   */
  async open(): Promise<void> {
    const word = this.#lock.join(this.#follow);
    try {
      this.#inUse = await withTimeLimit(this.clock, LOCK_LIMIT_MS, word);
    } catch {
      void word.then(this.#follow);
    }
    this.#review();
    if (this.#inUse === null) await this.#tidy();
  }

  /** Creates the document `<name>.json`; call once per name. `isUrgent`: its writes precede those of the others. */
  document<T>(name: string, codec: Codec<T>, isUrgent = false): Document<T> {
    const document = new Document(codec, {
      path: join(this.folder, `${name}.json`),
      files: this.files,
      clock: this.clock,
      isUrgent,
      // Later changes must not overwrite what a successor has written.
      isOurs: () => this.#inUse === null && !this.#isClosed,
      onAside: (file) => {
        this.#troubles.forward(file);
      },
      onTakenBack: (path) => {
        this.#troubles.forward({ kind: "taken-back", path });
      },
      onHold: () => {
        this.#review();
      },
    });
    this.#documents.push(document);
    return document;
  }

  /** The owner of documents has another name by now. */
  rename(former: string, owner: string): void {
    for (const document of this.#documents) document.rename(former, owner);
  }

  /** Writes everything that is not written yet; never rejects. */
  async flush(): Promise<void> {
    await Promise.all(this.#documents.map((document) => document.flush()));
  }

  /** Writes what it can within seconds and before `deadline`. The process retries the rest while it lives. */
  async close(deadline?: AbortSignal): Promise<void> {
    this.#reads.close();
    await withTimeLimit(this.clock, CLOSE_LIMIT_MS, this.flush(), deadline).catch(() => undefined);
    this.#isClosed = true;
    this.#stopListening();
    this.#lock.leave(this.#follow);
  }

  async #tidy(): Promise<void> {
    await withTimeLimit(this.clock, CLOSE_LIMIT_MS, this.files.tidy?.(this.folder) ?? Promise.resolve()).catch(
      () => undefined,
    );
  }

  /** Handles that another process uses the folder (a problem), or that it is free for this one (`null`). */
  readonly #follow = (inUse: Problem | null): void => {
    if (this.#isClosed) return;
    this.#inUse = inUse;
    if (inUse === null) void this.#tidy().then(() => this.#readAgain());
    else this.#suspend();
    this.#review();
  };

  #suspend(): void {
    this.#reads.over();
    this.writes.drop(this.folder);
    for (const document of this.#documents) document.suspend();
  }

  /** Reads the documents in the order of their creation: the first may determine the others. */
  async #readAgain(): Promise<boolean> {
    // Another process may have worked with files that could not be read here.
    await this.#lock.check();
    if (this.#inUse !== null || this.#isClosed) return true;
    let isOver = true;
    for (const document of this.#documents) isOver = (await document.readAgain()) && isOver;
    if (!isOver) this.#reads.plan();
    return isOver;
  }

  #review(): void {
    if (this.#documents.some(({ hold }) => hold !== null && hold.kind !== "in-use")) this.#reads.plan();
    const { writes } = this;
    this.#troubles.review(
      this.#inUse,
      this.#documents.map(({ path, hold }) => ({ path, hold, cause: writes.causeOf(path) })),
    );
  }
}
