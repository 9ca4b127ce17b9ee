/**
 * The languages in which dialogs are tried out: the one with the long words, and in CI the other one as well, in which all
 * other tests are.
 */
export const LOCALES: readonly string[] = process.env["CI"] === "true" ? ["de-DE", "en-US"] : ["de-DE"];
