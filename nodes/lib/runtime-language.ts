import { exportLanguageOf, type ExportLanguage } from "../../src/journal/export/export-options.js";
import type { NodeAPI } from "./red.js";

/** Variables of the system that name a language, in the order in which Node-RED looks at them. */
const VARIABLES = ["LC_ALL", "LC_MESSAGES", "LANG"];

/** Returns the language of exports: that in which Node-RED itself speaks. @param environment of the process */
export function exportLanguage(
  { settings }: Pick<NodeAPI, "settings">,
  environment: NodeJS.ProcessEnv = process.env,
): ExportLanguage {
  const named = [settings["lang"], ...VARIABLES.map((name) => environment[name])];
  const language = named.find((one): one is string => typeof one === "string" && one !== "") ?? "";
  // Without the encoding: "de_DE.UTF-8".
  return exportLanguageOf(language.split(".")[0] ?? "");
}
