import { finiteNumber, isObject, type JsonObject } from "../support/json.js";
import {
  accepts,
  settingValue,
  settingValues,
  type InvalidSetting,
  type IsDeferred,
  type SettingDefinitions,
  type ValuesOf,
} from "./setting.js";

/** Converts the settings of one version to those of the next. */
export type Migration = (stored: JsonObject) => JsonObject;

/** Holds all settings of one node, for its dialog, its runtime and its help. */
export interface Schema<S extends SettingDefinitions = SettingDefinitions> {
  /** Type of the node. */
  readonly type: string;
  readonly settings: S;
  /** Migrations by version, the first from flows without a version; if there are none, no version is stored. */
  readonly migrations: readonly Migration[];
}

/**
 * Describes a node by its settings.
 * @param migrations from the oldest version on
 */
export function schema<const S extends SettingDefinitions>(
  type: string,
  settings: S,
  migrations: readonly Migration[] = [],
): Schema<S> {
  return { type, settings, migrations };
}

/** Returns the version that this program stores; 0 where nothing has changed yet. */
export function versionOf({ migrations }: Schema): number {
  return migrations.length;
}

/** Returns the key of the text that names the field of a setting. */
export function labelKey({ type, settings }: Schema, name: string): string {
  return settings[name]?.label ?? `${type}.label.${name}`;
}

/** Migrates stored properties to this version. Properties that are no settings stay as they are. */
export function migrated({ migrations }: Schema, stored: JsonObject): JsonObject {
  const version = finiteNumber(stored["version"]) ?? 0;
  const left = migrations.slice(Math.max(0, Math.floor(version)));
  return left.reduce((properties, migrate) => migrate(properties), stored);
}

/** Reads the settings of a node from a flow file, which may hold anything; missing ones get their defaults. */
export function readSettings<S extends SettingDefinitions>(node: Schema<S>, stored: JsonObject): ValuesOf<S> {
  return settingValues(node.settings, migrated(node, stored));
}

/**
 * Validates a stored setting; `null` if it can be used, or does not count because of the others.
 * @param stored of this version
 * @param other returns the stored value of another setting
 */
export function faultOf(
  { settings }: Schema,
  name: string,
  stored: unknown,
  other: (name: string) => unknown,
  isDeferred?: IsDeferred,
): InvalidSetting | null {
  const setting = settings[name];
  // Without a text that names the rule, the default counts silently.
  if (setting?.hint === undefined || accepts(setting, stored, isDeferred)) return null;
  const conditions = Object.entries(setting.when ?? {});
  const isMet = ([needed, words]: readonly [string, readonly string[]]) => {
    const condition = settings[needed];
    return condition === undefined || words.includes(String(settingValue(condition, other(needed))));
  };
  if (!conditions.every(isMet)) return null;
  return setting.findInvalid?.(stored, isDeferred ?? (() => false)) ?? { hint: setting.hint, part: "" };
}

/** Lists the settings of a stored node that cannot be used, though they count. */
export function faultsIn(node: Schema, stored: JsonObject): string[] {
  const now = migrated(node, stored);
  return Object.keys(node.settings).filter((name) => faultOf(node, name, now[name], (other) => now[other]) !== null);
}

/** Migrates the members of a list that are objects. */
export function eachOf(stored: JsonObject, name: string, change: (member: JsonObject) => JsonObject): JsonObject {
  const members = stored[name];
  if (!Array.isArray(members)) return stored;
  return { ...stored, [name]: members.map((member: unknown) => (isObject(member) ? change(member) : member)) };
}
