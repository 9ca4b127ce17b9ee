import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { CockpitTexts } from "../../src/cockpit/contract.js";
import { ERROR_TEXTS } from "../../src/support/error-table.js";
import { isObject, parseJson } from "../../src/support/json.js";

const FOLDER = join(__dirname, "..", "locales");
const ENGLISH = "en-US";
const made = new Map<string, CockpitTexts>();

/** Returns the texts of a language such as `de` or `de-AT`, as its files hold them; of English where there is none. */
export function textsOf(asked: string): CockpitTexts {
  const language = languageOf(asked);
  const known = made.get(language) ?? read(language);
  made.set(language, known);
  return known;
}

function languageOf(asked: string): string {
  const languages = readdirSync(FOLDER);
  const [withoutRegion = ""] = asked.toLowerCase().split(/[-_]/);
  const find = (code: string) => languages.find((one) => one.toLowerCase() === code);
  return find(asked.toLowerCase()) ?? find(withoutRegion) ?? ENGLISH;
}

function read(language: string): CockpitTexts {
  const [page, account] = [fileOf(language, "cardata-cockpit"), fileOf(language, "cardata-account")];
  return {
    language,
    "cardata-cockpit": page["cardata-cockpit"] ?? {},
    "cardata-account": account["cardata-account"] ?? {},
    errors: { ...ERROR_TEXTS, ...(account["errors"] as Readonly<Record<string, string>> | undefined) },
  };
}

/** Returns nothing for a file that is not there: English is shown then. */
function fileOf(language: string, set: string): Record<string, unknown> {
  try {
    const texts = parseJson(readFileSync(join(FOLDER, language, `${set}.json`), "utf8"));
    return isObject(texts) ? texts : {};
  } catch {
    return {};
  }
}
