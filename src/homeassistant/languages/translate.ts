import type { Language } from "../../settings/homeassistant-schema.js";
import { allDefinitions } from "../../vehicle/catalogue.js";
import { localisedNameOf } from "../../vehicle/localised-names.js";
import { wordOf } from "../../vehicle/words.js";
import { DE } from "./de.js";
import { EN } from "./en.js";
import { ES } from "./es.js";
import { FR } from "./fr.js";
import { IT } from "./it.js";
import { NL } from "./nl.js";
import { PT } from "./pt.js";
import type { Texts } from "./texts.js";

const TEXTS: Readonly<Record<Language, Texts>> = { en: EN, de: DE, es: ES, fr: FR, it: IT, nl: NL, pt: PT };

/** Maps the English names of the catalogue, which are unique, to the descriptors. */
const descriptors: ReadonlyMap<string, string> = new Map([...allDefinitions()].map(({ id, name }) => [name, id]));

/**
 * Returns the name under which an owner finds an entity.
 * @param name our English name of the value; one that a flow has given stays as it is
 */
export function nameIn(language: Language, name: string): string {
  return ownText(TEXTS[language].names, name) ?? nameOfDescriptor(language, name) ?? name;
}

function nameOfDescriptor(language: Language, name: string): string | undefined {
  const descriptor = descriptors.get(name);
  return descriptor === undefined ? undefined : localisedNameOf(descriptor, language);
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
