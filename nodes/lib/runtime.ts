import { basename, join } from "node:path";
import type { Account } from "../../src/account/account.js";
import { AccountRegistry } from "../../src/account/account-registry.js";
import { LoginManager } from "../../src/auth/login-manager.js";
import { Cockpit } from "../../src/cockpit/cockpit.js";
import { generateVaultKey, isVaultKey } from "../../src/auth/token-vault.js";
import { AbandonedLogins } from "../../src/store/abandoned-logins.js";
import { accountFolder, type AccountFolder } from "../../src/store/account-folder.js";
import { diskFiles, memoryFiles, type Files } from "../../src/store/atomic-files.js";
import type { FolderLock } from "../../src/store/folder-lock.js";
import { folderName } from "../../src/store/folder-name.js";
import { FolderSearch, type Found } from "../../src/store/folder-search.js";
import { ProcessLock } from "../../src/store/process-lock.js";
import { backgroundClock, systemClock } from "../../src/support/clock.js";
import { newProblem } from "../../src/support/errors.js";
import { createHttpSend } from "../../src/support/http.js";
import { unreadable } from "../../src/store/trouble-reporter.js";
import { systemRandom } from "../../src/support/random.js";
import { unexpectedErrors } from "../../src/support/unexpected-errors.js";
import { PACKAGE_NAME, PACKAGE_VERSION } from "../../src/support/version.js";
import type { NodeAPI } from "./red.js";
import { translatedProblem } from "./translate.js";

const FOLDER = "cardata";
const SECRET_BYTES = 32;
const USER_AGENT = `${PACKAGE_NAME}/${PACKAGE_VERSION}`;

export const createSend = (caFile?: string) => createHttpSend(USER_AGENT, caFile);

/** Where an account keeps its files. */
interface Place {
  readonly folder: string;
  readonly lock?: FolderLock;
}

/** Holds what all account nodes of this Node-RED share: accounts, running logins, vault keys. */
export class Runtime {
  readonly accounts = new AccountRegistry(systemClock);
  readonly logins: LoginManager;
  readonly cockpit = new Cockpit({
    clock: backgroundClock,
    secret: systemRandom.bytes(SECRET_BYTES),
    accounts: () => this.accounts.all,
  });
  readonly files: Files;
  /** Keys with which vaults were opened or saved since Node-RED started. */
  readonly #vaultKeys = new Map<string, string>();
  readonly #folders = new Map<string, string>();

  constructor(private readonly RED: NodeAPI) {
    unexpectedErrors.reportTo((stack) => {
      RED.log.error(`CarData: an unexpected error. Please report these lines:\n${stack}`);
    });
    RED.events.on("flows:stopping", () => {
      this.accounts.deploying();
      abandoned.stop();
    });
    RED.events.on("flows:started", () => {
      for (const id of this.#vaultKeys.keys()) this.saveVaultKey(id);
      void this.accounts.deployed();
      this.cockpit.deployed();
      this.logins.resume();
      if (this.keepsFiles) abandoned.start();
    });
    // Without a folder a path would be one of the folder in which Node-RED was started.
    this.files = this.#userDir === "" ? memoryFiles() : diskFiles;
    if (!this.keepsFiles) RED.log.warn(translatedProblem(RED, { code: "store_missing" }));
    const held = () => new Set([...this.accounts.ids].map((id) => basename(this.#folder(id))));
    const abandoned = new AbandonedLogins(this.#root, this.files, systemClock, held);
    this.logins = new LoginManager({
      clock: systemClock,
      random: systemRandom,
      createSend,
      rejection: (id, clientId) => this.accounts.rejection(id, clientId),
      deliver: async (id, tokens) => {
        const vaultKey = this.vaultKey(id) ?? generateVaultKey();
        this.#vaultKeys.set(id, vaultKey);
        this.saveVaultKey(id);
        await this.accounts.deliver(id, { tokens, vaultKey });
      },
    });
  }

  /** Returns whether files survive Node-RED. */
  get keepsFiles(): boolean {
    return this.files === diskFiles;
  }

  /**
   * Where the account `id` keeps its files, and what keeps other processes out of there; no lock where none can see it. The
   * folder that was found at first counts as long as this process lives.
   */
  place(id: string): Place {
    const folder = this.#folder(id);
    if (!this.keepsFiles) return { folder };
    const found = this.#find(id);
    if ("lock" in found) return { folder: this.#folder(id), lock: found.lock };
    const search = new FolderSearch(backgroundClock, () => this.#find(id, folder));
    return { folder, lock: search };
  }

  /** Closes an account; keeps a login that BMW has just confirmed. */
  leave(account: Account): Promise<void> {
    return this.accounts.leave(account, this.logins.suspend(account.id));
  }

  /** Where it is known to be, or else ought to be. */
  #folder(id: string): string {
    return this.#folders.get(id) ?? join(this.#root, folderName(id));
  }

  /** @param wanted where it has to be for an account that is at work by now */
  #find(id: string, wanted?: string): Found {
    try {
      const { folder, problem } = this.#folders.has(id)
        ? { folder: this.#folder(id), problem: null }
        : this.#lookUp(id);
      // A login that cannot be moved there keeps the account waiting until it can, or until it is deployed anew.
      if (wanted !== undefined && folder !== wanted)
        return { problem: newProblem("store_no_right", { path: folder, reason: "EACCES" }) };
      this.#folders.set(id, folder);
      if (problem !== null) this.RED.log.warn(translatedProblem(this.RED, problem));
      return { lock: ProcessLock.of(folder, backgroundClock) };
    } catch (cause) {
      return { problem: unreadable(this.#root, cause) };
    }
  }

  #lookUp(id: string): AccountFolder {
    const others = new Set<string>();
    this.RED.nodes.eachNode((node) => {
      if (node.id !== id) others.add(folderName(node.id));
    });
    return accountFolder(this.#root, id, (name) => others.has(name), systemClock.now());
  }

  /** Returns Node-RED's user folder, or an empty text where it has none. */
  get #userDir(): string {
    return this.RED.settings.userDir ?? "";
  }

  get #root(): string {
    return join(this.#userDir, FOLDER);
  }

  /** Returns the key of the account's token vault, from its credentials or from a login that is not deployed yet. */
  vaultKey(id: string): string | null {
    const stored = this.RED.nodes.getCredentials(id)?.["storeKey"];
    if (isVaultKey(stored) && !this.#vaultKeys.has(id)) this.#vaultKeys.set(id, stored);
    return this.#vaultKeys.get(id) ?? null;
  }

  /**
   * Adds the vault key to the node's credentials, whether or not the node exists yet. Node-RED writes them at the next
   * deploy. A deploy without this node drops them, which the user may undo; so this is repeated after each deploy.
   */
  saveVaultKey(id: string): void {
    const storeKey = this.#vaultKeys.get(id);
    const credentials = this.RED.nodes.getCredentials(id) ?? {};
    if (storeKey !== undefined && credentials["storeKey"] !== storeKey)
      this.RED.nodes.addCredentials(id, { ...credentials, storeKey });
  }
}
