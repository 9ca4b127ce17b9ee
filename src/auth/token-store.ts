import type { Problem } from "../support/errors.js";
import type { SavedLogin, TokenVault } from "./token-vault.js";
import type { TokenSet } from "./tokens.js";

/** Holds a new login and the key with which it is saved. */
export interface NewLogin {
  readonly tokens: TokenSet;
  readonly vaultKey: string;
}

/**
 * Names the result of saving. `unsaved`: in use, but not on the disk. `superseded`: replaced by a later login or
 * logout; nothing was changed.
 */
export type SaveOutcome = "saved" | "unsaved" | "superseded";

/**
 * Owns the tokens, in memory and on the disk. Logins and logouts count in the order of their requests, however long a
 * file or BMW's answer takes: results for an earlier one are dropped.
 */
export class TokenStore {
  #tokens: TokenSet | null = null;
  /** Number of the latest login or logout. */
  #intention = 0;
  /** Number of the one in memory; a later login may still be written. */
  #fulfilled = 0;
  /** Settles when all file operations so far have ended; one runs at a time, in the order of the intentions. */
  #files: Promise<unknown> = Promise.resolve();

  constructor(private readonly vault: TokenVault) {}

  /** The tokens in use, valid or not. */
  get tokens(): TokenSet | null {
    return this.#tokens;
  }

  /** Returns whether a login is being written that will replace the present one. */
  get isChanging(): boolean {
    return this.#intention !== this.#fulfilled;
  }

  /** Returns false while it is unknown whether there is a saved login, because its file cannot be read. */
  get isKnown(): boolean {
    return this.vault.isKnown;
  }

  /**
   * Loads the saved login of a client; returns why it cannot be used.
   * @param late called when the file can be read after all, unless a login or logout has replaced it
   */
  async load(clientId: string, late: (problem: Problem | null) => void): Promise<Problem | null> {
    const intention = this.#intention;
    const take = ({ tokens, problem }: SavedLogin): Problem | null => {
      if (tokens?.clientId === clientId) this.#tokens = tokens;
      return problem;
    };
    const saved = await this.#inTurn(() =>
      this.vault.load((login) => {
        if (intention === this.#intention) late(take(login));
      }),
    );
    return intention === this.#intention ? take(saved) : null;
  }

  /** Forgets the tokens, whose file another process uses from now on, until it can be read again. */
  suspend(): void {
    this.#tokens = null;
  }

  /** Replaces the present login by a new one, once it is safely on the disk or known not to get there. */
  login({ tokens, vaultKey }: NewLogin): Promise<SaveOutcome> {
    return this.#take(++this.#intention, tokens, () => {
      this.vault.rekey(vaultKey);
    });
  }

  /**
   * Replaces tokens by their renewed ones, once these are safely on the disk or known not to get there: by then the old
   * ones are invalid.
   */
  async renew(old: TokenSet, renewed: TokenSet): Promise<SaveOutcome> {
    return this.#tokens === old ? this.#take(this.#fulfilled, renewed) : "superseded";
  }

  /** Forgets the login: in memory at once, on the disk when this resolves. */
  async logout(): Promise<void> {
    const intention = ++this.#intention;
    this.#fulfilled = intention;
    this.#tokens = null;
    await this.#inTurn(async () => {
      if (intention === this.#intention) await this.vault.clear();
    });
  }

  /** Resolves when nothing is being written. */
  async settled(): Promise<void> {
    const last = this.#files;
    await last;
    if (this.#files !== last) await this.settled();
  }

  /**
   * Saves and uses tokens.
   * @param intention number of the login; nothing is done if it is no longer the latest
   */
  async #take(intention: number, tokens: TokenSet, prepare: () => void = () => undefined): Promise<SaveOutcome> {
    const isCurrent = () => intention === this.#intention;
    const saved = await this.#inTurn(async () => {
      if (!isCurrent()) return false;
      prepare();
      return this.vault.save(tokens);
    });
    if (!isCurrent()) return "superseded";
    this.#tokens = tokens;
    this.#fulfilled = intention;
    return saved ? "saved" : "unsaved";
  }

  #inTurn<T>(act: () => Promise<T>): Promise<T> {
    const result = this.#files.then(act);
    this.#files = result.catch(() => undefined);
    return result;
  }
}
