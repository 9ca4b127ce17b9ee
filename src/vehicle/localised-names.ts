import { createRequire } from "node:module";
import { nameLanguageOf, type NameLanguage } from "../support/name-languages.js";
import { definitionOf } from "./catalogue.js";

/** Reads a file when it is asked for, and keeps it: most users need one language, many none. */
const load = createRequire(__filename);

/**
 * Returns the short name of a descriptor for people.
 * @param language such as `de` or `de-AT`; the English name where there is none in this language
 * @returns `undefined` for a descriptor that BMW added later
 */
export function localisedNameOf(descriptor: string, language: string): string | undefined {
  const english = definitionOf(descriptor)?.name;
  const file = nameLanguageOf(language);
  if (english === undefined || file === undefined) return english;
  return namesIn(file)[descriptor] ?? english;
}

function namesIn(language: NameLanguage): Readonly<Record<string, string>> {
  return load(`../../resources/names/${language}.json`) as Readonly<Record<string, string>>;
}
