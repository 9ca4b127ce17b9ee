import { finiteNumber, isObject, type JsonObject } from "../support/json.js";

/**
 * Returns whether a stored value can be validated only later: the editor cannot know the value of `${NAME}` at the
 * start.
 */
export type IsDeferred = (stored: unknown) => boolean;

const defersNothing: IsDeferred = () => false;

/** How a setting is named and validated: where its texts stand, when it counts, whether it is required. */
export interface ValidationRules {
  /** Key of the text that names the field, where it is not `<type>.label.<setting>`. */
  readonly label?: string;
  /** Key of the text that names the rule, such as `cardata-stream.invalid.vin`. */
  readonly hint?: string;
  /** Values of other settings with which this one counts; else it is not validated. */
  readonly when?: Readonly<Record<string, readonly string[]>>;
  readonly isRequired?: boolean;
}

/** Describes one setting of a node: its initial value, its default, and how it is read and validated. */
export interface Setting<T> extends ValidationRules {
  readonly form: SettingForm;
  /** Stored in a new node. */
  readonly initial: unknown;
  /** Default, where nothing is stored. */
  readonly defaultValue: T;
  /** Reads a stored value, which may be anything; `undefined` if it cannot be used. */
  readonly read: (stored: unknown) => T | undefined;
  /** Returns the replacement of a value that cannot be used; the default by default. */
  readonly fallback?: (stored: unknown) => T;
  /** Returns whether a value can be used, for settings of several parts of which some may be left to the runtime. */
  readonly accepts?: (stored: unknown, isDeferred: IsDeferred) => boolean;
  /** Finds the invalid part of a value, for settings of several parts. */
  readonly findInvalid?: (stored: unknown, isDeferred: IsDeferred) => InvalidSetting;
}

/** Names what is invalid in a setting. */
export interface InvalidSetting {
  /** Key of a text. */
  readonly hint: string;
  /** The invalid part; "" for all. */
  readonly part: string;
}

/** The outer form of a setting, as the help describes it. */
export type SettingForm =
  | { readonly kind: "flag" | "text" | "list" }
  | { readonly kind: "choice"; readonly options: readonly string[] }
  | { readonly kind: "number"; readonly least: number; readonly most: number };

export type SettingDefinitions = Readonly<Record<string, Setting<unknown>>>;

/** The values of settings as the runtime uses them. */
export type ValuesOf<S extends SettingDefinitions> = {
  readonly [Name in keyof S]: S[Name] extends Setting<infer T> ? T : never;
};

/** Returns whether nothing is stored. */
export function isBlank(stored: unknown): boolean {
  return stored === undefined || stored === null || (typeof stored === "string" && stored.trim() === "");
}

/** Returns the value of a setting as the runtime uses it. */
export function settingValue<T>(setting: Setting<T>, stored: unknown): T {
  if (isBlank(stored)) return setting.defaultValue;
  const value = setting.read(stored);
  if (value !== undefined) return value;
  return setting.fallback === undefined ? setting.defaultValue : setting.fallback(stored);
}

/** Returns the values of all settings as the runtime uses them. */
export function settingValues<S extends SettingDefinitions>(settings: S, stored: JsonObject): ValuesOf<S> {
  const values = Object.entries(settings).map(
    ([name, setting]) => [name, settingValue(setting, stored[name])] as const,
  );
  return Object.fromEntries(values) as ValuesOf<S>;
}

/**
 * Returns whether a stored value can be used. Editor and runtime both call this, so that they cannot differ.
 * @param isDeferred which values are left to the runtime; none by default
 */
export function accepts(setting: Setting<unknown>, stored: unknown, isDeferred: IsDeferred = defersNothing): boolean {
  if (isBlank(stored)) return setting.isRequired !== true;
  if (isDeferred(stored)) return true;
  return setting.accepts === undefined ? setting.read(stored) !== undefined : setting.accepts(stored, isDeferred);
}

export function flag(defaultValue = false): Setting<boolean> {
  const read = (stored: unknown) => (typeof stored === "boolean" ? stored : undefined);
  return { form: { kind: "flag" }, initial: defaultValue, defaultValue, read };
}

/** Declares one of several words; the first one is the default. */
export function choice<const T extends string>(options: readonly [T, ...T[]]): Setting<T> {
  const [defaultValue] = options;
  const read = (stored: unknown) => options.find((option) => option === stored);
  return { form: { kind: "choice", options }, initial: defaultValue, defaultValue, read };
}

/** Declares any text, without blanks at its ends. */
export function text(defaultValue = "", rules: ValidationRules = {}): Setting<string> {
  return { ...rules, form: { kind: "text" }, initial: defaultValue, defaultValue, read: trimmed };
}

/**
 * Declares a text of a certain form. An invalid one stays as it is typed: it must not become the default, such as all
 * cars.
 * @param parse gets the text without blanks at its ends; returns `null` if it is invalid
 */
export function pattern(
  parse: (typed: string) => string | null,
  defaultValue: string,
  rules: ValidationRules,
): Setting<string> {
  const read = (stored: unknown) => {
    const typed = trimmed(stored);
    return typed === undefined ? undefined : (parse(typed) ?? undefined);
  };
  return { ...text(defaultValue, rules), read, fallback: (stored) => trimmed(stored) ?? defaultValue };
}

/**
 * Declares a text that is parsed to another value; `null` where nothing is stored, or something that cannot be used.
 */
export function parsedText<T>(parse: (stored: unknown) => T | null, rules: ValidationRules): Setting<T | null> {
  const read = (stored: unknown) => parse(typeof stored === "string" ? stored.trim() : stored) ?? undefined;
  return { ...rules, form: { kind: "text" }, initial: "", defaultValue: null, read };
}

interface Range {
  readonly least: number;
  readonly most: number;
}

/** Declares a whole number, typed or not. */
export function wholeNumber(defaultValue: number, { least, most }: Range, rules: ValidationRules): Setting<number> {
  const read = (stored: unknown) => {
    const number = typeof stored === "string" && !/^\d+$/.test(stored.trim()) ? null : typedNumber(stored);
    return number !== null && Number.isInteger(number) && number >= least && number <= most ? number : undefined;
  };
  return { ...rules, form: { kind: "number", least, most }, initial: String(defaultValue), defaultValue, read };
}

/** Declares a number, typed with a point or with a comma. */
export function decimal(defaultValue: number, { least, most }: Range, rules: ValidationRules): Setting<number> {
  const read = (stored: unknown) => {
    const number = typedNumber(stored);
    return number !== null && number >= least && number <= most ? number : undefined;
  };
  return { ...rules, form: { kind: "number", least, most }, initial: String(defaultValue), defaultValue, read };
}

/** Declares a number like `decimal`; nothing and 0 mean that the program finds out itself: `null`. */
export function optionalDecimal(range: Range, rules: ValidationRules = {}): Setting<number | null> {
  const { form, read } = decimal(0, range, rules);
  return {
    ...rules,
    form,
    initial: "",
    defaultValue: null,
    read: (stored) => (typedNumber(stored) === 0 ? null : read(stored)),
  };
}

/** Declares a list of one kind. Invalid members are left out. */
export function listOf<T>(item: Setting<T>, rules: ValidationRules = {}): Setting<readonly NonNullable<T>[]> {
  const wrong = (stored: unknown, isDeferred: IsDeferred) =>
    itemsOf(stored).find((entry) => !accepts(item, entry, isDeferred));
  return {
    ...rules,
    form: { kind: "list" },
    initial: [],
    defaultValue: [],
    read: (stored) => (Array.isArray(stored) ? itemsOf(stored).flatMap((entry) => item.read(entry) ?? []) : undefined),
    accepts: (stored, isDeferred) => Array.isArray(stored) && wrong(stored, isDeferred) === undefined,
    findInvalid: (stored, isDeferred) => {
      const entry = wrong(stored, isDeferred);
      const hint = item.findInvalid?.(entry, isDeferred).hint ?? "";
      return { hint: hint || (rules.hint ?? ""), part: typeof entry === "string" ? entry : "" };
    },
  };
}

/** Declares settings that belong together, such as those of one car: none counts without the required ones. */
export function group<S extends SettingDefinitions>(settings: S): Setting<ValuesOf<S> | null> {
  const all = Object.entries(settings);
  const rules = all.filter(([, { hint, isRequired }]) => hint !== undefined || isRequired);
  const isWhole = (stored: JsonObject) => all.every(([name, one]) => !one.isRequired || accepts(one, stored[name]));
  return {
    form: { kind: "list" },
    initial: {},
    defaultValue: null,
    read: (stored) => (isObject(stored) && isWhole(stored) ? settingValues(settings, stored) : undefined),
    accepts: (stored, isDeferred) =>
      isObject(stored) && rules.every(([name, setting]) => accepts(setting, stored[name], isDeferred)),
    findInvalid: (stored, isDeferred) => {
      if (!isObject(stored)) return { hint: "", part: "" };
      const [name = "", wrong] = rules.find(([one, setting]) => !accepts(setting, stored[one], isDeferred)) ?? [];
      const inside = wrong?.findInvalid?.(stored[name], isDeferred).hint ?? "";
      return { hint: inside || (wrong?.hint ?? ""), part: "" };
    },
  };
}

function itemsOf(stored: unknown): unknown[] {
  return Array.isArray(stored) ? stored.filter((entry) => !isBlank(entry)) : [];
}

function trimmed(stored: unknown): string | undefined {
  return typeof stored === "string" ? stored.trim() : undefined;
}

/** Parses a number as people type it: many have a comma where others have a point. */
export function typedNumber(stored: unknown): number | null {
  return finiteNumber(typeof stored === "string" ? stored.trim().replace(",", ".") : stored);
}
