import { isObject, type JsonObject } from "../support/json.js";
import { accepts, listOf, type IsDeferred, type Setting, type ValidationRules } from "./setting.js";

/** Says how the members of a list are told from each other, and how many there may be. */
interface NamedListRules<Key extends string> extends ValidationRules {
  /** Key of the text for a list or a member that is none. */
  readonly hint: string;
  /** Setting of a member that holds its name. */
  readonly key: Key;
  readonly most: number;
  /** Key of the text for a list that is too long. */
  readonly tooMany: string;
  /** Key of the text for a name that is there twice. */
  readonly twice: string;
}

/**
 * Declares a list of things with names, each of which is there once. What is wrong is said with the name of the thing, or
 * with its number where it has none.
 */
export function namedList<Key extends string, T extends Readonly<Record<Key, string>>>(
  item: Setting<T | null>,
  { key, most, tooMany, twice, ...rules }: NamedListRules<Key>,
): Setting<readonly T[]> {
  const list = listOf(item, rules);
  const nameIn = (entry: unknown) => {
    const name = isObject(entry) ? entry[key] : undefined;
    return typeof name === "string" ? name.trim() : "";
  };
  const repeated = (entries: readonly unknown[]) =>
    entries.findIndex((entry, index) => entries.findIndex((one) => nameIn(one) === nameIn(entry)) < index);
  const findInvalid = (stored: unknown, isDeferred: IsDeferred) => {
    const entries: readonly unknown[] = Array.isArray(stored) ? stored : [];
    if (entries.length > most) return { hint: tooMany, part: String(most) };
    const wrong = entries.findIndex((entry) => !accepts(item, entry, isDeferred));
    const place = wrong < 0 ? repeated(entries) : wrong;
    if (place < 0) return { hint: rules.hint, part: "" };
    const found = wrong < 0 ? twice : item.findInvalid?.(entries[wrong], isDeferred).hint;
    return { hint: found || rules.hint, part: nameIn(entries[place]) || String(place + 1) };
  };
  return {
    ...list,
    read: (stored) => {
      const kept = list.read(stored)?.slice(0, most);
      return kept?.filter((one, index) => kept.findIndex((other) => other[key] === one[key]) === index);
    },
    accepts: (stored, isDeferred) =>
      Array.isArray(stored) &&
      stored.length <= most &&
      stored.every((entry: unknown) => accepts(item, entry, isDeferred)) &&
      repeated(stored) < 0,
    findInvalid,
  };
}

/**
 * Adds a rule about several settings of one thing.
 * @param hint key of the text that names the rule
 */
export function withRule<T extends JsonObject>(
  setting: Setting<T | null>,
  isMet: (value: T) => boolean,
  hint: string,
): Setting<T | null> {
  const isRight = (value: T | null | undefined) => value === undefined || value === null || isMet(value);
  const isWhole = (stored: unknown, isDeferred: IsDeferred) => setting.accepts?.(stored, isDeferred) ?? true;
  return {
    ...setting,
    read: (stored) => {
      const value = setting.read(stored);
      return isRight(value) ? value : undefined;
    },
    // What is left to the runtime cannot be read yet.
    accepts: (stored, isDeferred) => isWhole(stored, isDeferred) && isRight(setting.read(stored)),
    findInvalid: (stored, isDeferred) => {
      if (isWhole(stored, isDeferred)) return { hint, part: "" };
      return setting.findInvalid?.(stored, isDeferred) ?? { hint, part: "" };
    },
  };
}
