import { finiteNumber, isObject, type JsonObject } from "../support/json.js";

/** Says of a stored value that it is judged later: the editor cannot know what stands for `${NAME}` at the start. */
export type IsLeft = (stored: unknown) => boolean;

const leavesNothing: IsLeft = () => false;

/** Tells how a setting is judged: where its text stands, when it counts, whether it must be filled in. */
export interface Judged {
  /** Key of the text that says what is right, such as `cardata-stream.invalid.vin`. */
  readonly hint?: string;
  /** Values of other settings with which this one counts; else it is not looked at. */
  readonly when?: Readonly<Record<string, readonly string[]>>;
  readonly isRequired?: boolean;
}

/** Describes one setting of a node: how it begins, what counts without it, and what can be used. */
export interface Setting<T> extends Judged {
  readonly form: Form;
  /** Is stored in a new node. */
  readonly initial: unknown;
  /** Counts where nothing is stored. */
  readonly usual: T;
  /** Reads what is stored, which may be anything; `undefined` if it cannot be used. */
  readonly read: (stored: unknown) => T | undefined;
  /** Gives the value that counts in place of one that cannot be used; `usual` by default. */
  readonly otherwise?: (stored: unknown) => T;
  /** Decides whether a value can be used, for settings of several parts of which some may be left. */
  readonly accepts?: (stored: unknown, isLeft: IsLeft) => boolean;
  /** Finds the part of a value that cannot be used, for settings of several parts. */
  readonly faultIn?: (stored: unknown, isLeft: IsLeft) => Fault;
}

/** Tells what is wrong with a setting. */
export interface Fault {
  /** Key of a text. */
  readonly hint: string;
  /** The wrong part of it; "" for all. */
  readonly part: string;
}

/** Names the outer form of a setting, as the help describes it. */
export type Form =
  | { readonly kind: "flag" | "text" | "list" }
  | { readonly kind: "choice"; readonly options: readonly string[] }
  | { readonly kind: "number"; readonly least: number; readonly most: number };

export type Settings = Readonly<Record<string, Setting<unknown>>>;

/** Gives the values of settings as the runtime uses them. */
export type ValuesOf<S extends Settings> = {
  readonly [Name in keyof S]: S[Name] extends Setting<infer T> ? T : never;
};

/** Says whether nothing is stored. */
export function isBlank(stored: unknown): boolean {
  return stored === undefined || stored === null || (typeof stored === "string" && stored.trim() === "");
}

/** Gives the value that counts. */
export function valueOf<T>(setting: Setting<T>, stored: unknown): T {
  if (isBlank(stored)) return setting.usual;
  const value = setting.read(stored);
  if (value !== undefined) return value;
  return setting.otherwise === undefined ? setting.usual : setting.otherwise(stored);
}

/** Gives the values that count of all settings. */
export function valuesOf<S extends Settings>(settings: S, stored: JsonObject): ValuesOf<S> {
  const values = Object.entries(settings).map(([name, setting]) => [name, valueOf(setting, stored[name])] as const);
  return Object.fromEntries(values) as ValuesOf<S>;
}

/**
 * Decides whether what is stored can be used. Editor and runtime both ask here, so that they cannot differ.
 * @param isLeft nothing by default
 */
export function accepts(setting: Setting<unknown>, stored: unknown, isLeft: IsLeft = leavesNothing): boolean {
  if (isBlank(stored)) return setting.isRequired !== true;
  if (isLeft(stored)) return true;
  return setting.accepts === undefined ? setting.read(stored) !== undefined : setting.accepts(stored, isLeft);
}

export function flag(usual = false): Setting<boolean> {
  const read = (stored: unknown) => (typeof stored === "boolean" ? stored : undefined);
  return { form: { kind: "flag" }, initial: usual, usual, read };
}

/** Takes one of several words; the first one is the usual one. */
export function choice<const T extends string>(options: readonly [T, ...T[]]): Setting<T> {
  const [usual] = options;
  const read = (stored: unknown) => options.find((option) => option === stored);
  return { form: { kind: "choice", options }, initial: usual, usual, read };
}

/** Takes any text, without blanks at its ends. */
export function text(usual = "", judged: Judged = {}): Setting<string> {
  return { ...judged, form: { kind: "text" }, initial: usual, usual, read: trimmed };
}

/**
 * Takes a text of a certain form. One that is wrong stays as it is typed: it must not become the usual one, such as all cars.
 * @param parse gets the text without blanks at its ends; `null` if it is wrong
 */
export function pattern(parse: (typed: string) => string | null, usual: string, judged: Judged): Setting<string> {
  const read = (stored: unknown) => {
    const typed = trimmed(stored);
    return typed === undefined ? undefined : (parse(typed) ?? undefined);
  };
  return { ...text(usual, judged), read, otherwise: (stored) => trimmed(stored) ?? usual };
}

/** Takes a text for something else that it stands for; `null` where nothing is stored, or something that cannot be used. */
export function parsed<T>(parse: (stored: unknown) => T | null, judged: Judged): Setting<T | null> {
  const read = (stored: unknown) => parse(typeof stored === "string" ? stored.trim() : stored) ?? undefined;
  return { ...judged, form: { kind: "text" }, initial: "", usual: null, read };
}

interface Range {
  readonly least: number;
  readonly most: number;
}

/** Takes a whole number, typed or not. */
export function whole(usual: number, { least, most }: Range, judged: Judged): Setting<number> {
  const read = (stored: unknown) => {
    const number = typeof stored === "string" && !/^\d+$/.test(stored.trim()) ? null : typedNumber(stored);
    return number !== null && Number.isInteger(number) && number >= least && number <= most ? number : undefined;
  };
  return { ...judged, form: { kind: "number", least, most }, initial: String(usual), usual, read };
}

/** Takes a number, typed with a point or with a comma. */
export function decimal(usual: number, { least, most }: Range, judged: Judged): Setting<number> {
  const read = (stored: unknown) => {
    const number = typedNumber(stored);
    return number !== null && number >= least && number <= most ? number : undefined;
  };
  return { ...judged, form: { kind: "number", least, most }, initial: String(usual), usual, read };
}

/** Takes a number as `decimal` does; nothing and 0 mean that the program finds out itself: `null`. */
export function measure(range: Range, judged: Judged = {}): Setting<number | null> {
  const { form, read } = decimal(0, range, judged);
  return {
    ...judged,
    form,
    initial: "",
    usual: null,
    read: (stored) => (typedNumber(stored) === 0 ? null : read(stored)),
  };
}

/** Takes several of one kind. Those that cannot be used are left out. */
export function list<T>(item: Setting<T>, judged: Judged = {}): Setting<readonly NonNullable<T>[]> {
  const wrong = (stored: unknown, isLeft: IsLeft) => itemsOf(stored).find((entry) => !accepts(item, entry, isLeft));
  return {
    ...judged,
    form: { kind: "list" },
    initial: [],
    usual: [],
    read: (stored) => (Array.isArray(stored) ? itemsOf(stored).flatMap((entry) => item.read(entry) ?? []) : undefined),
    accepts: (stored, isLeft) => Array.isArray(stored) && wrong(stored, isLeft) === undefined,
    faultIn: (stored, isLeft) => {
      const entry = wrong(stored, isLeft);
      const hint = item.faultIn?.(entry, isLeft).hint ?? "";
      return { hint: hint || (judged.hint ?? ""), part: typeof entry === "string" ? entry : "" };
    },
  };
}

/** Takes settings that belong together, such as those of one car: none counts without those that are required. */
export function group<S extends Settings>(settings: S): Setting<ValuesOf<S> | null> {
  const all = Object.entries(settings);
  const judged = all.filter(([, { hint, isRequired }]) => hint !== undefined || isRequired);
  const isWhole = (stored: JsonObject) => all.every(([name, one]) => !one.isRequired || accepts(one, stored[name]));
  return {
    form: { kind: "list" },
    initial: {},
    usual: null,
    read: (stored) => (isObject(stored) && isWhole(stored) ? valuesOf(settings, stored) : undefined),
    accepts: (stored, isLeft) =>
      isObject(stored) && judged.every(([name, setting]) => accepts(setting, stored[name], isLeft)),
    faultIn: (stored, isLeft) => {
      const [, wrong] = judged.find(([name, one]) => isObject(stored) && !accepts(one, stored[name], isLeft)) ?? [];
      return { hint: wrong?.hint ?? "", part: "" };
    },
  };
}

function itemsOf(stored: unknown): unknown[] {
  return Array.isArray(stored) ? stored.filter((entry) => !isBlank(entry)) : [];
}

function trimmed(stored: unknown): string | undefined {
  return typeof stored === "string" ? stored.trim() : undefined;
}

/** Reads a number as people type it: many have a comma where others have a point. */
function typedNumber(stored: unknown): number | null {
  return finiteNumber(typeof stored === "string" ? stored.trim().replace(",", ".") : stored);
}
