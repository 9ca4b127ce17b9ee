import type { Problem } from "../support/errors.js";
import type { SavedLogin, TokenVault } from "./token-vault.js";
import type { TokenSet } from "./tokens.js";

/** A login that the user has just made, with the key with which it is to be saved. */
export interface NewLogin {
  readonly tokens: TokenSet;
  readonly vaultKey: string;
}

/** `unsaved`: in use, but not on the disk. `superseded`: a later login or logout has taken its place; nothing was changed. */
export type Taken = "saved" | "unsaved" | "superseded";

/**
 * The one owner of the tokens, in memory and on the disk. Logins and logouts count in the order in which they were asked
 * for, however long a file or BMW's answer takes: what is on its way for an earlier one is dropped.
 */
export class TokenStore {
  #tokens: TokenSet | null = null;
  /** Number of the latest login or logout. */
  #intention = 0;
  /** Number of the one that holds in memory; a later login may be on its way to the disk. */
  #fulfilled = 0;
  /** Settles when every file operation so far has ended; there is one at a time, in the order of the intentions. */
  #files: Promise<unknown> = Promise.resolve();

  constructor(private readonly vault: TokenVault) {}

  /** The tokens in use, valid or not. */
  get tokens(): TokenSet | null {
    return this.#tokens;
  }

  /** Whether a login is on its way to the disk that will take the place of the present one. */
  get isChanging(): boolean {
    return this.#intention !== this.#fulfilled;
  }

  /** False while nobody knows whether there is a saved login, because its file cannot be read. */
  get isKnown(): boolean {
    return this.vault.isKnown;
  }

  /**
   * Reads the saved login of a client; returns why it cannot be used.
   * @param late is told when the file can be read after all, unless a login or logout has taken its place
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

  /** Another process has the file from now on: its tokens are forgotten until it can be read again. */
  suspend(): void {
    this.#tokens = null;
  }

  /** Puts a new login in the place of the present one, once it is safely on the disk or known not to get there. */
  login({ tokens, vaultKey }: NewLogin): Promise<Taken> {
    return this.#take(++this.#intention, tokens, () => {
      this.vault.rekey(vaultKey);
    });
  }

  /**
   * Puts renewed tokens in the place of those from which they were made, once they are safely on the disk or known not to
   * get there: by then the old ones are dead.
   */
  async renew(old: TokenSet, renewed: TokenSet): Promise<Taken> {
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

  /** Resolves when nothing is on its way to the disk. */
  async settled(): Promise<void> {
    const last = this.#files;
    await last;
    if (this.#files !== last) await this.settled();
  }

  /** @param intention what the tokens are for: nothing is done for one that is not the latest any more */
  async #take(intention: number, tokens: TokenSet, prepare: () => void = () => undefined): Promise<Taken> {
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
