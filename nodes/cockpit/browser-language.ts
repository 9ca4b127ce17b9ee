const FALLBACK = "en-US";

/**
 * Returns the first language of the browser that `Intl` takes. On a machine that is set to none, Chromium names
 * `en-US@posix`, at which every format throws.
 */
export function browserLanguage(languages: readonly string[] = navigator.languages): string {
  return languages.find(isTag) ?? FALLBACK;
}

function isTag(language: string): boolean {
  try {
    return Intl.getCanonicalLocales(language).length === 1;
  } catch {
    return false;
  }
}
