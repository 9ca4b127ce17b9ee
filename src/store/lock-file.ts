import { randomBytes } from "node:crypto";
import { readFileSync, rmSync } from "node:fs";
import { mkdir, open, readFile, rename, rm, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { reasonOf, systemCodeOf } from "../support/errors.js";
import { isObject, parseJson, nonEmptyText } from "../support/json.js";
import { FOLDER_MODE } from "./atomic-files.js";
import { decodeIdentity, processStateOf, ownIdentity, type ProcessIdentity } from "./process-identity.js";

/** Holds the owner in a lock file; `null`: it cannot be read, or is being written. */
export interface LockHolder {
  readonly owner: string;
  readonly process: ProcessIdentity;
}

/** `ours`; who has it; or why it can neither be taken nor belong to anybody, as there is none. */
export type LockAttempt = "ours" | { readonly holder: LockHolder | null } | Failure;

/** Nothing can be written there, or not now: the code of the error. */
export interface Failure {
  readonly failure: string;
}

const LOCK = "lock";
const QUESTION = "lock.ask";
/** File mode: other users may read the owner. */
const LOCK_MODE = 0o644;
/** Errors of a file that is not there, or in a folder that may not be searched. */
const NOWHERE: ReadonlySet<string> = new Set(["ENOENT", "ENOTDIR", "EACCES", "EPERM"]);
/** Identifies this process uniquely. */
const OWNER = randomBytes(8).toString("hex");

/** Locks to release when the process exits, so that others need not detect its death. */
const held = new Set<string>();
let isWatchingExit = false;

/** Manages the file that names the process using a folder, and the file by which others ask whether it is alive. */
export class LockFile {
  readonly #path: string;
  readonly #question: string;

  constructor(folder: string) {
    this.#path = join(folder, LOCK);
    this.#question = join(folder, QUESTION);
  }

  /** Makes the file unless there is one. A failure means that there is none. Never rejects. */
  async take(): Promise<LockAttempt> {
    try {
      await mkdir(dirname(this.#path), { recursive: true, mode: FOLDER_MODE });
      await this.#make();
      this.#hold();
      return "ours";
    } catch (error) {
      return this.#standing(error);
    }
  }

  /**
   * Takes the place of a dead holder. Of many that try at once one does: each must make the file that becomes the lock under
   * the name of the dead one first, and then find that one still in the lock. A failure leaves the lock as it is. Never
   * rejects.
   */
  async takeOver(dead: LockHolder | null): Promise<LockAttempt> {
    const heir = `${this.#path}.after-${/^\w{1,40}$/.exec(dead?.owner ?? "")?.[0] ?? "unknown"}`;
    try {
      await removeLeftover(heir);
      await writeFile(heir, await ownContent(), { flag: "wx", mode: LOCK_MODE });
      const isStill = (await this.#read())?.owner === dead?.owner;
      await (isStill ? rename(heir, this.#path) : rm(heir, { force: true }));
    } catch (error) {
      // Another process was quicker, or took it for the file of a dead one.
      if (!["EEXIST", "ENOENT"].includes(codeOf(error))) return { failure: reasonOf(error) };
    }
    return this.#standing(null);
  }

  /**
   * Returns another process that has taken the file, if readable. Writes the file again where it is missing or damaged.
   */
  async rival(): Promise<LockHolder | null> {
    const content = await this.#content();
    if (content === null) return null;
    const holder = decode(content);
    if (holder !== null) return holder.owner === OWNER ? null : holder;
    await writeFile(this.#path, await ownContent(), { mode: LOCK_MODE }).catch(() => undefined);
    this.#hold();
    return null;
  }

  release(): void {
    if (!held.delete(this.#path)) return;
    removeIfOurs(this.#path);
  }

  /** Asks the holder for a sign of life; `null`, or why there is no way to ask. */
  async ask(): Promise<Failure | null> {
    return writeFile(this.#question, "").then(
      () => null,
      (error: unknown) => ({ failure: reasonOf(error) }),
    );
  }

  /** Returns whether the holder has removed the question. */
  async isAnswered(): Promise<boolean> {
    return readFile(this.#question).then(() => false, isMissing);
  }

  /** Answers a question by removing it. */
  async answer(): Promise<void> {
    if (!(await this.isAnswered())) await rm(this.#question, { force: true }).catch(() => undefined);
  }

  /** Rejects if there is one, or none can be written; half a lock would look like that of another process. */
  async #make(): Promise<void> {
    const file = await open(this.#path, "wx", LOCK_MODE);
    try {
      try {
        await file.writeFile(await ownContent());
      } finally {
        await file.close();
      }
    } catch (error) {
      await rm(this.#path, { force: true }).catch(() => undefined);
      throw error;
    }
  }

  #hold(): void {
    held.add(this.#path);
    if (isWatchingExit) return;
    isWatchingExit = true;
    process.once("exit", () => {
      for (const path of held) removeIfOurs(path);
    });
  }

  /**
   * Reads who has the lock. Tries once more to take one that was left in between, which belongs to nobody.
   * @param obstacle why it could not be made; `null`: it was to be taken over
   */
  async #standing(obstacle: unknown): Promise<LockAttempt> {
    try {
      const holder = decode(await readFile(this.#path, "utf8"));
      if (holder?.owner !== OWNER) return { holder };
      this.#hold();
      return "ours";
    } catch (error) {
      if (isMissing(error) && (obstacle === null || codeOf(obstacle) === "EEXIST")) return this.take();
      // If its folder cannot be read, the documents cannot be read either, and report it.
      const isNowhere = obstacle !== null && NOWHERE.has(codeOf(error));
      return isNowhere ? { failure: reasonOf(obstacle) } : { holder: null };
    }
  }

  async #read(): Promise<LockHolder | null> {
    return decode((await this.#content()) ?? "");
  }

  /** Reads the file; `null` if unreadable, "" if missing. */
  #content(): Promise<string | null> {
    return readFile(this.#path, "utf8").catch((error: unknown) => (isMissing(error) ? "" : null));
  }
}

function isMissing(error: unknown): boolean {
  return codeOf(error) === "ENOENT";
}

function codeOf(error: unknown): string {
  return systemCodeOf(error) ?? "";
}

/** Removes the leftover of a process that was killed while taking a lock; a living one notices by the lock itself. */
async function removeLeftover(path: string): Promise<void> {
  const content = await readFile(path, "utf8").catch(() => null);
  if (content === null) return;
  const holder = decode(content);
  if (holder === null || (await processStateOf(holder.process)) !== "alive") await rm(path, { force: true });
}

async function ownContent(): Promise<string> {
  return JSON.stringify({ owner: OWNER, ...(await ownIdentity()) });
}

function decode(content: string): LockHolder | null {
  const saved = parseJson(content);
  if (!isObject(saved)) return null;
  const [owner, identity] = [nonEmptyText(saved["owner"]), decodeIdentity(saved)];
  return owner === null || identity === null ? null : { owner, process: identity };
}

function removeIfOurs(path: string): void {
  try {
    if (decode(readFileSync(path, "utf8"))?.owner === OWNER) rmSync(path);
  } catch {
    // The next process detects it by itself.
  }
}
