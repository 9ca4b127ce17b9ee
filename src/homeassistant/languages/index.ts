import type { Language } from "../../settings/homeassistant-schema.js";
import { wordOf } from "../../vehicle/words.js";
import { DE } from "./de.js";
import { EN } from "./en.js";
import type { Texts } from "./texts.js";

const TEXTS: Readonly<Record<Language, Texts>> = { en: EN, de: DE };

/** Returns the name under which an owner finds a value. */
export function nameIn(language: Language, name: string): string {
  return ownText(TEXTS[language].names, name) ?? ownText(EN.names, name) ?? name;
}

/** Returns what a word of BMW means to an owner; one that no table has is written as people write. */
export function wordIn(language: Language, word: string): string {
  const key = wordOf(word);
  return ownText(TEXTS[language].words, key) ?? ownText(EN.words, key) ?? readable(word);
}

/** `HIGH_LEVEL_ERROR` becomes "High level error". */
function readable(word: string): string {
  const words = word
    .trim()
    .replace(/^ASN_/i, "")
    .replace(/([a-z0-9])([A-Z])/g, "$1 $2")
    .replace(/[-_\s]+/g, " ")
    .toLowerCase();
  return words.charAt(0).toUpperCase() + words.slice(1);
}

/** Words come from outside: `constructor` is none of the table. */
function ownText(table: Readonly<Record<string, string>>, key: string): string | undefined {
  return Object.hasOwn(table, key) ? table[key] : undefined;
}
