import { finiteNumber, isObject, type JsonObject } from "../support/json.js";
import { accepts, valueOf, valuesOf, type Fault, type IsLeft, type Settings, type ValuesOf } from "./setting.js";

/** Makes of what one version stored what the next one stores. */
export type Migration = (stored: JsonObject) => JsonObject;

/** Holds all settings of one node, for its dialog, its runtime and its help. */
export interface Schema<S extends Settings = Settings> {
  /** Type of the node. */
  readonly type: string;
  readonly settings: S;
  /** The first one is of flows without a version; where there is none, no version is stored. */
  readonly migrations: readonly Migration[];
}

/** Describes a node by its settings. @param migrations from the oldest version on */
export function schema<const S extends Settings>(
  type: string,
  settings: S,
  migrations: readonly Migration[] = [],
): Schema<S> {
  return { type, settings, migrations };
}

/** Gives the version of what this program stores; 0 where nothing has changed yet. */
export function versionOf({ migrations }: Schema): number {
  return migrations.length;
}

/** Gives what is stored as this version would store it. Properties that are no settings stay as they are. */
export function migrated({ migrations }: Schema, stored: JsonObject): JsonObject {
  const version = finiteNumber(stored["version"]) ?? 0;
  const left = migrations.slice(Math.max(0, Math.floor(version)));
  return left.reduce((properties, migrate) => migrate(properties), stored);
}

/** Reads the settings of a node out of a flow file, which may hold anything; what is missing is as usual. */
export function readSettings<S extends Settings>(node: Schema<S>, stored: JsonObject): ValuesOf<S> {
  return valuesOf(node.settings, migrated(node, stored));
}

/**
 * Says what is wrong with a setting; `null` if it can be used, or does not count by what the others say.
 * @param stored of this version
 * @param other what is stored of another setting
 */
export function faultOf(
  { settings }: Schema,
  name: string,
  stored: unknown,
  other: (name: string) => unknown,
  isLeft?: IsLeft,
): Fault | null {
  const setting = settings[name];
  // Where no text says what is right, the usual value counts without a word.
  if (setting?.hint === undefined || accepts(setting, stored, isLeft)) return null;
  const conditions = Object.entries(setting.when ?? {});
  const isMet = ([needed, words]: readonly [string, readonly string[]]) => {
    const condition = settings[needed];
    return condition === undefined || words.includes(String(valueOf(condition, other(needed))));
  };
  if (!conditions.every(isMet)) return null;
  return setting.faultIn?.(stored, isLeft ?? (() => false)) ?? { hint: setting.hint, part: "" };
}

/** Names the settings of a stored node that cannot be used, though they count. */
export function faultsIn(node: Schema, stored: JsonObject): string[] {
  const now = migrated(node, stored);
  return Object.keys(node.settings).filter((name) => faultOf(node, name, now[name], (other) => now[other]) !== null);
}

/** Changes the members of a list that are objects, in a migration. */
export function eachOf(stored: JsonObject, name: string, change: (member: JsonObject) => JsonObject): JsonObject {
  const members = stored[name];
  if (!Array.isArray(members)) return stored;
  return { ...stored, [name]: members.map((member: unknown) => (isObject(member) ? change(member) : member)) };
}
