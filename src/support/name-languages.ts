/** Languages in which `resources/names/` names the descriptors, beside the English of the catalogue. */
export const NAME_LANGUAGES = ["de", "es", "fr", "it", "nl", "pt"] as const;

export type NameLanguage = (typeof NAME_LANGUAGES)[number];

/** Returns the file of names for a language such as `de`, `de-AT` or `pt_BR`; `undefined` where the English names are due. */
export function nameLanguageOf(language: string): NameLanguage | undefined {
  const [withoutRegion = ""] = language.toLowerCase().split(/[-_]/);
  return NAME_LANGUAGES.find((known) => known === withoutRegion);
}
