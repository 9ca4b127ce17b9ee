import { browserLanguage } from "../../cockpit/browser-language.js";

/**
 * Returns the language in which Node-RED shows the texts of nodes: the one chosen in its settings, or the browser's.
 * `RED.i18n.lang()` knows only the languages of Node-RED's own texts, so it would take Italian and Dutch for English.
 */
export function editorLanguage(): string {
  const chosen = localStorage.getItem("editor-language") ?? "";
  return chosen === "" ? browserLanguage() : chosen;
}
