import { readdir } from "node:fs/promises";
import { join } from "node:path";
import type { Cancel, Clock } from "../support/clock.js";
import { finiteNumber, isObject, parseJson } from "../support/json.js";
import type { Files } from "./atomic-files.js";

const HOUR_MS = 3600 * 1000;
const CHECK_INTERVAL_MS = 6 * HOUR_MS;
/** 30 days. */
const CHECKS_UNTIL_REMOVED = 120;
const NOTES = "unused.json";

/** Counts how often each folder was found unused since its last use. */
type UnusedCounts = ReadonlyMap<string, number>;

/**
 * Removes the saved logins of accounts that no flow has used for 30 days in which Node-RED ran. A deploy without an
 * account proves nothing: it, or its tab, may be disabled. Counts checks instead of days, because a clock that is wrong
 * at the start would make everything look ancient.
 */
export class AbandonedLogins {
  #timer: Cancel | null = null;
  #checking: Promise<void> = Promise.resolve();

  /**
   * Prepares the checks.
   * @param root folder of the accounts' folders
   * @param held returns the names of the folders in use
   */
  constructor(
    private readonly root: string,
    private readonly files: Files,
    private readonly clock: Clock,
    private readonly held: () => ReadonlySet<string>,
  ) {}

  /** Starts the checks, once the flows run and it is known which accounts are in use. */
  start(): void {
    this.stop();
    this.#timer = this.clock.every(CHECK_INTERVAL_MS, () => {
      // Unreadable or undeletable files do no harm.
      this.#checking = this.#checking.then(() => this.#check()).catch(() => undefined);
    });
  }

  stop(): void {
    this.#timer?.();
    this.#timer = null;
  }

  /** Resolves when a running check has ended. */
  settled(): Promise<void> {
    return this.#checking;
  }

  async #check(): Promise<void> {
    const before = await this.#read();
    const after = new Map<string, number>();
    for (const name of await this.#unused()) {
      const looks = (before.get(name) ?? 0) + 1;
      if (looks < CHECKS_UNTIL_REMOVED) after.set(name, looks);
      else await this.#forget(name);
    }
    if (before.size > 0 || after.size > 0) await this.#write(after);
  }

  /** Returns the folders with a saved login that nobody uses. */
  async #unused(): Promise<string[]> {
    const names = await readdir(this.root).catch(() => []);
    const withLogin = await Promise.all(names.map(async (name) => (await this.#logins(name)).length > 0));
    const held = this.held();
    return names.filter((name, index) => withLogin[index] === true && !held.has(name));
  }

  /** Returns the files of a folder that hold a login, including damaged ones. */
  async #logins(name: string): Promise<string[]> {
    const entries = await readdir(join(this.root, name)).catch(() => []);
    return entries.filter((entry) => entry.startsWith("tokens.json"));
  }

  async #forget(name: string): Promise<void> {
    for (const login of await this.#logins(name)) await this.files.remove(join(this.root, name, login));
  }

  async #read(): Promise<UnusedCounts> {
    const content = await this.files.read(join(this.root, NOTES));
    const saved = content === null ? null : parseJson(content.toString("utf8"));
    const looks = isObject(saved) && isObject(saved["data"]) ? Object.entries(saved["data"]) : [];
    return new Map(looks.map(([name, count]) => [name, Math.max(0, Math.trunc(finiteNumber(count) ?? 0))]));
  }

  async #write(looks: UnusedCounts): Promise<void> {
    await this.files.write(join(this.root, NOTES), JSON.stringify({ version: 1, data: Object.fromEntries(looks) }));
  }
}
