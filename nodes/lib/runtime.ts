import { basename, join } from "node:path";
import type { Account, NewLogin } from "../../src/account/account.js";
import { Claims } from "../../src/account/claims.js";
import { LoginDesk } from "../../src/account/login-desk.js";
import { generateVaultKey } from "../../src/auth/token-vault.js";
import { removeAbandonedTokens } from "../../src/store/abandoned.js";
import { diskFiles, memoryFiles, type Files } from "../../src/store/files.js";
import type { FolderLock } from "../../src/store/folder-lock.js";
import { folderName } from "../../src/store/folder-name.js";
import { ProcessLock } from "../../src/store/process-lock.js";
import { backgroundClock, systemClock } from "../../src/support/clock.js";
import { createHttpSend } from "../../src/support/http.js";
import { systemRandom } from "../../src/support/random.js";
import { PACKAGE_NAME, PACKAGE_VERSION } from "../../src/support/version.js";
import type { NodeAPI } from "./red.js";
import { problemText } from "./translate.js";

const FOLDER = "cardata";
const USER_AGENT = `${PACKAGE_NAME}/${PACKAGE_VERSION}`;

export const createSend = (caFile?: string) => createHttpSend(USER_AGENT, caFile);

/** What all account nodes of this Node-RED share: who owns what, running logins, keys of the vaults. */
export class Runtime {
  readonly claims = new Claims();
  readonly logins: LoginDesk;
  readonly files: Files;
  readonly #accounts = new Map<string, Account>();
  readonly #vaultKeys = new Map<string, string>();
  /** Logins made for accounts that are not deployed yet. */
  readonly #waiting = new Map<string, NewLogin>();

  constructor(private readonly RED: NodeAPI) {
    RED.events.on("flows:started", () => {
      for (const id of this.#vaultKeys.keys()) this.saveVaultKey(id);
    });
    this.files = RED.settings.userDir === undefined ? memoryFiles() : diskFiles;
    if (!this.keepsFiles) RED.log.warn(problemText(RED, { code: "store_missing" }));
    this.logins = new LoginDesk({
      clock: systemClock,
      random: systemRandom,
      createSend,
      deliver: async (id, tokens) => {
        const login = { tokens, vaultKey: this.vaultKey(id) ?? generateVaultKey() };
        this.#vaultKeys.set(id, login.vaultKey);
        this.saveVaultKey(id);
        const account = this.#accounts.get(id);
        if (account === undefined) this.#waiting.set(id, login);
        else await account.adoptLogin(login);
      },
    });
  }

  /** Whether files outlive Node-RED. */
  get keepsFiles(): boolean {
    return this.files === diskFiles;
  }

  /** Where the account `id` keeps its files. */
  folder(id: string): string {
    return join(this.#root, folderName(id));
  }

  /** What keeps other processes out of that folder; `undefined` where none can see it. */
  lock(id: string): FolderLock | undefined {
    return this.keepsFiles ? ProcessLock.of(this.folder(id), backgroundClock) : undefined;
  }

  /** Call once all flows have started after Node-RED did, when it is known which accounts are in use. */
  forgetAbandoned(): Promise<void> {
    if (!this.keepsFiles) return Promise.resolve();
    const held = [...this.#accounts.keys()].map((id) => basename(this.folder(id)));
    return removeAbandonedTokens(this.#root, new Set(held), systemClock.now());
  }

  account(id: string): Account | undefined {
    return this.#accounts.get(id);
  }

  /** Enters an account as live; returns the login that was made before it was deployed. */
  enter(id: string, account: Account): NewLogin | null {
    this.#accounts.set(id, account);
    const login = this.#waiting.get(id) ?? null;
    this.#waiting.delete(id);
    return login;
  }

  leave(id: string, account: Account): void {
    if (this.#accounts.get(id) === account) this.#accounts.delete(id);
  }

  get #root(): string {
    return join(this.RED.settings.userDir ?? "", FOLDER);
  }

  /** The key of the account's token vault, from its credentials or from a login that is not deployed yet. */
  vaultKey(id: string): string | null {
    const stored = this.RED.nodes.getCredentials(id)?.["storeKey"];
    return this.#vaultKeys.get(id) ?? (typeof stored === "string" ? stored : null);
  }

  /**
   * Puts a key made at login among the node's credentials, whether or not the node exists yet. Node-RED writes them
   * at the next deploy, and a deploy without this node drops them, so this is repeated after each deploy.
   */
  saveVaultKey(id: string): void {
    const storeKey = this.#vaultKeys.get(id);
    const credentials = this.RED.nodes.getCredentials(id) ?? {};
    if (storeKey !== undefined && credentials["storeKey"] !== storeKey)
      this.RED.nodes.addCredentials(id, { ...credentials, storeKey });
  }
}
