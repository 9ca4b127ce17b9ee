import { nameLanguageOf } from "../../../src/support/name-languages.js";
import { PACKAGE_NAME } from "../../../src/support/version.js";
import { getResource } from "./api.js";

/** Fetches the names of descriptors in the editor's language, by id; none where those of the catalogue, in English, are due. */
export async function namesForEditor(): Promise<ReadonlyMap<string, string>> {
  const language = nameLanguageOf(editorLanguage());
  if (language === undefined) return new Map();
  const names = await getResource<Readonly<Record<string, string>>>(`resources/${PACKAGE_NAME}/names/${language}.json`);
  return new Map(Object.entries(names));
}

/**
 * Returns the language in which Node-RED shows the texts of nodes: the one chosen in its settings, or the browser's.
 * `RED.i18n.lang()` knows only the languages of Node-RED's own texts, so it would take Italian and Dutch for English.
 */
function editorLanguage(): string {
  const chosen = localStorage.getItem("editor-language") ?? "";
  return chosen === "" ? navigator.language : chosen;
}
