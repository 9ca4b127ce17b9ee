import { createCipheriv, createDecipheriv, randomBytes } from "node:crypto";
import { LockedContent, type Codec } from "../store/codec.js";
import type { Document } from "../store/document.js";
import type { Store } from "../store/store.js";
import type { Problem } from "../support/errors.js";
import { validTime } from "../support/iso-time.js";
import { isObject, nonEmptyText } from "../support/json.js";
import { shortHash } from "../support/short-hash.js";
import { storedList, needed, object, or, type StoredReader } from "../support/stored-schema.js";
import type { TokenSet } from "./tokens.js";

const CIPHER = "aes-256-gcm";
const KEY_BYTES = 32;
const IV_BYTES = 12;

/** Generates a new vault key, as text for Node-RED's credentials. */
export function generateVaultKey(): string {
  return randomBytes(KEY_BYTES).toString("base64");
}

/** Returns whether a value is a vault key: credentials may contain anything. */
export function isVaultKey(key: unknown): key is string {
  return typeof key === "string" && parseKey(key) !== null;
}

export interface SavedLogin {
  readonly tokens: TokenSet | null;
  readonly problem: Problem | null;
}

/** Stores one account's tokens durably in `tokens.json`, encrypted with a key that lies elsewhere. */
export class TokenVault {
  readonly #document: Document<TokenSet | null>;
  #key: Buffer | null;

  /** Opens the vault with a `key` from `generateVaultKey`; without one nothing can be read or saved. */
  constructor(store: Store, key: string | null) {
    this.#key = parseKey(key);
    this.#document = store.document("tokens", this.#codec(), true);
  }

  /**
   * The saved login, or why it cannot be used: it is damaged, and was kept aside, or it is locked, and stays until its key
   * is back or a new login takes its place. Neither, while the file cannot be read (`isKnown`). Never throws.
   * @param late takes it when it can be read and opened after all, unless a login or logout has taken its place
   */
  async load(late: (saved: SavedLogin) => void = () => undefined): Promise<SavedLogin> {
    return this.#saved(
      await this.#document.load((tokens) => {
        late(this.#saved(tokens));
      }),
    );
  }

  /** Returns false while it is unknown whether there is a saved login, because its file cannot be read or decrypted. */
  get isKnown(): boolean {
    return this.#document.hold === null;
  }

  /** Saves tokens; resolves when they are safely on the disk, or known not to get there for now (`false`). */
  save(tokens: TokenSet): Promise<boolean> {
    return this.#document.replace(tokens);
  }

  #saved(tokens: TokenSet | null): SavedLogin {
    if (this.#document.hold?.kind === "locked") return { tokens: null, problem: { code: "vault_key_missing" } };
    if (this.#document.readable) return { tokens, problem: null };
    return { tokens: null, problem: { code: "vault_unreadable" } };
  }

  /** Uses another key from now on; a new login brings one. */
  rekey(key: string): void {
    this.#key = parseKey(key);
  }

  clear(): Promise<void> {
    return this.#document.clear();
  }

  #codec(): Codec<TokenSet | null> {
    return {
      version: 1,
      initial: () => null,
      encode: (tokens) => (tokens === null || this.#key === null ? null : encrypt(JSON.stringify(tokens), this.#key)),
      decode: (data) => {
        if (data === null) return null;
        if (!isEncryptedBox(data)) throw new Error("not encrypted");
        const tokens = readTokens(JSON.parse(decryptBox(data, this.#key)));
        if (tokens === null) throw new Error("not a token set");
        return tokens;
      },
    };
  }
}

function parseKey(key: string | null): Buffer | null {
  const bytes = Buffer.from(key ?? "", "base64");
  return bytes.length === KEY_BYTES ? bytes : null;
}

/** Encrypted content, in base64; `key` identifies the key without revealing it. */
interface EncryptedBox {
  readonly iv: string;
  readonly tag: string;
  readonly data: string;
  readonly key?: unknown;
}

function isEncryptedBox(data: unknown): data is EncryptedBox {
  return isObject(data) && ["iv", "tag", "data"].every((name) => nonEmptyText(data[name]) !== null);
}

function encrypt(plain: string, key: Buffer): EncryptedBox {
  const iv = randomBytes(IV_BYTES);
  const cipher = createCipheriv(CIPHER, key, iv);
  const data = Buffer.concat([cipher.update(plain, "utf8"), cipher.final()]);
  const base64 = (bytes: Buffer) => bytes.toString("base64");
  return { iv: base64(iv), tag: base64(cipher.getAuthTag()), data: base64(data), key: nameOf(key) };
}

/** @throws LockedContent without the key; any other error if the box is damaged */
function decryptBox(box: EncryptedBox, key: Buffer | null): string {
  if (key === null) throw new LockedContent("no key");
  const isKnown = box.key !== undefined;
  if (isKnown && box.key !== nameOf(key)) throw new LockedContent("another key");
  try {
    return decrypt(box, key);
  } catch (error) {
    // A box that does not name its key may be damaged or another key's; so it is not touched.
    throw isKnown ? error : new LockedContent("another key", { cause: error });
  }
}

function decrypt({ iv, tag, data }: EncryptedBox, key: Buffer): string {
  const bytes = (encoded: string) => Buffer.from(encoded, "base64");
  const decipher = createDecipheriv(CIPHER, key, bytes(iv));
  decipher.setAuthTag(bytes(tag));
  return Buffer.concat([decipher.update(bytes(data)), decipher.final()]).toString("utf8");
}

function nameOf(key: Buffer): string {
  return shortHash(key.toString("base64"));
}

const readTokens: StoredReader<TokenSet | null> = object({
  clientId: needed(nonEmptyText),
  gcid: needed(nonEmptyText),
  accessToken: needed(nonEmptyText),
  idToken: needed(nonEmptyText),
  refreshToken: needed(nonEmptyText),
  scopes: storedList(nonEmptyText),
  receivedAt: or(validTime, 0),
  expiresAt: or(validTime, 0),
  refreshTokenObtainedAt: or(validTime, 0),
});
