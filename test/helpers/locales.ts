import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { ROOT } from "./node-red.js";

const LOCALES = join(ROOT, "dist", "nodes", "locales");

/** Folders of the languages of dialogs, help, statuses and errors, as they are built. */
export const LOCALE_FOLDERS: readonly string[] = readdirSync(LOCALES).sort();
export const ENGLISH = "en-US";
export const TRANSLATIONS: readonly string[] = LOCALE_FOLDERS.filter((one) => one !== ENGLISH);
/** The sets of texts: one for each node, and that of the cockpit page. */
export const TEXT_SETS: readonly string[] = readdirSync(join(LOCALES, ENGLISH))
  .filter((file) => file.endsWith(".json"))
  .map((file) => file.replace(".json", ""));

/** The sets that have a help: the nodes. */
export const NODE_SETS: readonly string[] = TEXT_SETS.filter((set) => set !== "cardata-cockpit");

/** Holds texts by their keys, such as `cardata-stream.label.account`. */
export type Texts = ReadonlyMap<string, string>;

/** Returns the texts of a set in a language. */
export function textsOf(language: string, set: string): Texts {
  const texts = new Map<string, string>();
  const collect = (value: unknown, path: string): void => {
    if (typeof value === "string") texts.set(path, value);
    else
      for (const [key, member] of Object.entries(value as object))
        collect(member, path === "" ? key : `${path}.${key}`);
  };
  collect(JSON.parse(readFileSync(join(LOCALES, language, `${set}.json`), "utf8")), "");
  return texts;
}

/** Returns all texts of a language. */
export function allTextsOf(language: string): Texts {
  return new Map(TEXT_SETS.flatMap((set) => [...textsOf(language, set)]));
}

/** Returns the help of a node in a language, with the table of its settings. */
export function helpOf(language: string, set: string): string {
  return readFileSync(join(LOCALES, language, `${set}.html`), "utf8");
}
