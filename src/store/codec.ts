import type { StoredReader } from "../support/stored-schema.js";

/** Encodes and decodes the value of a document. */
export interface Codec<T> {
  /** Incremented when an older version could not read what this one writes. */
  readonly version: number;
  /** Returns the value of a document that was never saved. */
  initial(): T;
  /** Encodes a value as JSON value. */
  encode(value: T): unknown;
  /** Decodes the result of `encode` of this or an older version; throws if that is not possible. */
  decode(data: unknown, version: number): T;
}

/** Thrown by `decode` for content that is complete, but cannot be decrypted with the present key, if any. */
export class LockedContent extends Error {
  override readonly name = "LockedContent";
}

/** Describes a document by a reader. */
export interface DocumentSchema<T> {
  readonly initial: () => T;
  /** A JSON value; the value itself by default. */
  readonly encode?: (value: T) => unknown;
  /** Gives `null` for a document that cannot be used at all. */
  readonly read: StoredReader<T | null>;
  /** Make of what one version wrote what the next one writes; the first one is of version 1. */
  readonly migrations?: readonly ((data: unknown) => unknown)[];
}

/** Makes the codec of a document that is read by one reader, whichever version wrote it. */
export function codecOf<T>({ initial, encode, read, migrations = [] }: DocumentSchema<T>): Codec<T> {
  return {
    version: 1 + migrations.length,
    initial,
    encode: encode ?? ((value) => value),
    decode: (data, version) => {
      const left = migrations.slice(Math.max(0, version - 1));
      const value = read(left.reduce((former, migrate) => migrate(former), data));
      if (value === null) throw new Error("this is no such document");
      return value;
    },
  };
}
