const FALLBACK = "en-US";

/** Begins what Chromium hands on of a Linux machine's language, such as `@posix`; it is no part of a tag. */
const SUFFIX = /@.*/;

/**
 * Returns the first language of the browser that `Intl` takes. On a machine that is set to none, Chromium names
 * `en-US@posix`, at which every format throws.
 */
export function browserLanguage(languages: readonly string[] = navigator.languages): string {
  return languages.map((language) => language.replace(SUFFIX, "")).find(isTag) ?? FALLBACK;
}

function isTag(language: string): boolean {
  try {
    return Intl.getCanonicalLocales(language).length === 1;
  } catch {
    return false;
  }
}
