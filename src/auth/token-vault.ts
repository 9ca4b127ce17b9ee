import { createCipheriv, createDecipheriv, randomBytes } from "node:crypto";
import type { Codec, Document } from "../store/document.js";
import type { Store } from "../store/store.js";
import type { Problem } from "../support/errors.js";
import { timeIn } from "../support/iso-time.js";
import { isObject, text, type JsonObject } from "../support/json.js";
import { list, needed, object, or, type Read } from "../support/stored.js";
import type { TokenSet } from "./tokens.js";

const CIPHER = "aes-256-gcm";
const KEY_BYTES = 32;
const IV_BYTES = 12;

/** A new key for a vault, as text for Node-RED's credentials. */
export function generateVaultKey(): string {
  return randomBytes(KEY_BYTES).toString("base64");
}

/** Whether a vault can be locked with it: what stands among credentials may be anything. */
export function isVaultKey(key: unknown): key is string {
  return typeof key === "string" && parseKey(key) !== null;
}

export interface SavedLogin {
  readonly tokens: TokenSet | null;
  readonly problem: Problem | null;
}

/** The durable place of one account's tokens: `tokens.json`, encrypted with a key that lies elsewhere. */
export class TokenVault {
  readonly #document: Document<TokenSet | null>;
  #key: Buffer | null;

  /** `key` from `generateVaultKey`; without one nothing can be opened or saved. */
  constructor(store: Store, key: string | null) {
    this.#key = parseKey(key);
    this.#document = store.document("tokens", this.#codec(), true);
  }

  /**
   * The saved login, or why it cannot be used: then the old file was kept aside. Neither, while the file cannot be read
   * (`isKnown`). Never throws.
   * @param late takes it when it can be read after all, unless a login or logout has taken its place
   */
  async load(late: (saved: SavedLogin) => void = () => undefined): Promise<SavedLogin> {
    return this.#saved(
      await this.#document.load((tokens) => {
        late(this.#saved(tokens));
      }),
    );
  }

  /** False while nobody knows whether there is a saved login, because its file cannot be read. */
  get isKnown(): boolean {
    return this.#document.hold === null;
  }

  /** Resolves when the tokens are safely on the disk, or known not to get there for now (`false`). */
  save(tokens: TokenSet): Promise<boolean> {
    return this.#document.replace(tokens);
  }

  #saved(tokens: TokenSet | null): SavedLogin {
    if (this.#document.readable) return { tokens, problem: null };
    return { tokens: null, problem: { code: this.#key === null ? "vault_key_missing" : "vault_unreadable" } };
  }

  /** From now on uses another key: a new login brings one. */
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
        if (this.#key === null || !isObject(data)) throw new Error("no key");
        const tokens = readTokens(JSON.parse(decrypt(data, this.#key)));
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

function encrypt(plain: string, key: Buffer): JsonObject {
  const iv = randomBytes(IV_BYTES);
  const cipher = createCipheriv(CIPHER, key, iv);
  const data = Buffer.concat([cipher.update(plain, "utf8"), cipher.final()]);
  const encoded = { iv, tag: cipher.getAuthTag(), data };
  return Object.fromEntries(Object.entries(encoded).map(([name, bytes]) => [name, bytes.toString("base64")]));
}

function decrypt(box: JsonObject, key: Buffer): string {
  const bytes = (name: string) => Buffer.from(text(box[name]) ?? "", "base64");
  const decipher = createDecipheriv(CIPHER, key, bytes("iv"));
  decipher.setAuthTag(bytes("tag"));
  return Buffer.concat([decipher.update(bytes("data")), decipher.final()]).toString("utf8");
}

const readTokens: Read<TokenSet | null> = object({
  clientId: needed(text),
  gcid: needed(text),
  accessToken: needed(text),
  idToken: needed(text),
  refreshToken: needed(text),
  scopes: list(text),
  receivedAt: or(timeIn, 0),
  expiresAt: or(timeIn, 0),
  refreshTokenObtainedAt: or(timeIn, 0),
});
