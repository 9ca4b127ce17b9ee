import { nameLanguageOf } from "../../../src/support/name-languages.js";
import { PACKAGE_NAME } from "../../../src/support/version.js";
import { getResource } from "./api.js";
import { editorLanguage } from "./editor-language.js";

/** Fetches the names of descriptors in the editor's language, by id; none where those of the catalogue, in English, are due. */
export async function namesForEditor(): Promise<ReadonlyMap<string, string>> {
  const language = nameLanguageOf(editorLanguage());
  if (language === undefined) return new Map();
  const names = await getResource<Readonly<Record<string, string>>>(`resources/${PACKAGE_NAME}/names/${language}.json`);
  return new Map(Object.entries(names));
}
