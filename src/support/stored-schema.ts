import { finiteNumber, isObject, nonEmptyText } from "./json.js";

/*
 * Readers of stored documents. A store may be damaged, written by hand or by an older version, so every reader is
 * tolerant: it gives what it can use, and never throws.
 */

/** Reads one value out of what was stored, which may be anything. `null` says that it cannot be used. */
export type StoredReader<T> = (stored: unknown) => T;

type MemberReaders = Readonly<Record<string, StoredReader<unknown>>>;

/** Gives the object that its members make; one that is `needed` is there. */
export type ObjectOf<M extends MemberReaders> = { readonly [Name in keyof M]: Exclude<ReturnType<M[Name]>, undefined> };

/** Reads an object by its members. `null` if it is none, or if a member that is `needed` cannot be used. */
export function object<M extends MemberReaders>(members: M): StoredReader<ObjectOf<M> | null> {
  const readers = Object.entries(members);
  return (stored) => {
    if (!isObject(stored)) return null;
    // Ten thousands of entries pass here when a journal is read: lists in between would cost more than the reading.
    const values: Record<string, unknown> = {};
    for (const [name, read] of readers) {
      const value = read(stored[name]);
      if (value === undefined) return null;
      values[name] = value;
    }
    return values as ObjectOf<M>;
  };
}

/** Marks a member without which its object is of no use. */
export function needed<T>(read: StoredReader<T | null>): StoredReader<T | undefined> {
  return (stored) => read(stored) ?? undefined;
}

/** Reads a value, else takes `usual`. */
export function or<T>(read: StoredReader<T | null>, usual: T): StoredReader<T> {
  return (stored) => read(stored) ?? usual;
}

/** Reads an object that is there in any case: of one that is missing all members are read as missing. */
export function objectOrDefaults<M extends MemberReaders>(members: M): StoredReader<ObjectOf<M>> {
  const read = object(members);
  const nothing = read({});
  if (nothing === null) throw new Error("a member is needed, so there is no object without it");
  return or(read, nothing);
}

/** Changes what a reader gives; `null` stays. */
export function then<T, U>(read: StoredReader<T | null>, change: (value: T) => U | null): StoredReader<U | null> {
  return (stored) => {
    const value = read(stored);
    return value === null ? null : change(value);
  };
}

/** Reads the members of a list that can be used. @param most of the list are looked at */
export function storedList<T>(read: StoredReader<T | null>, most = Infinity): StoredReader<T[]> {
  return (stored) =>
    Array.isArray(stored) ? stored.slice(0, most).flatMap((member: unknown) => read(member) ?? []) : [];
}

/** Reads the entries that can be used of an object with any names. @param key gives the name that counts */
export function byKey<T>(
  key: StoredReader<string | null>,
  read: StoredReader<T | null>,
): StoredReader<Readonly<Record<string, T>>> {
  return (stored) => {
    const entries = Object.entries(isObject(stored) ? stored : {});
    return Object.fromEntries(
      entries.flatMap(([name, member]) => {
        const [known, value] = [key(name), read(member)];
        return known === null || value === null ? [] : [[known, value] as const];
      }),
    );
  };
}

export function oneOf<const T>(words: readonly T[]): StoredReader<T | null> {
  return (stored) => words.find((word) => word === stored) ?? null;
}

/** Reads a number that is neither below `least` nor above `most`; one that is becomes the nearest. */
export function clampedNumber(least: number, most: number): StoredReader<number | null> {
  return then<number, number>(finiteNumber, (number) => Math.min(most, Math.max(least, number)));
}

/** Reads `true`; everything else is `false`. */
export const isTrue: StoredReader<boolean> = (stored) => stored === true;

/** Reads a text; nothing else is "". */
export const word: StoredReader<string> = or(nonEmptyText, "");
