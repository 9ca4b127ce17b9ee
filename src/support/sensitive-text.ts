/*
 * Finds sensitive parts of a text that no parser understands, by their form or by the name before them. Logs redact
 * them, and recordings are searched for them.
 */

/** Replacement for a token. */
export const REDACTED = "[redacted]";

/**
 * Matches a JWT: of any length at the beginning of a word, else of bounded length, so that a text of nothing but
 * beginnings stays fast.
 */
const JWT = /(?<![\w-])eyJ[\w-]{5,}\.[\w-]{5,}\.[\w-]*|eyJ[\w-]{5,2000}\.[\w-]{5,2000}\.[\w-]{0,2000}/g;
const SCHEME = /\b(bearer|basic)\s+([^\s"'\\]+)/gi;
const HEADER = /\b(authorization(?:\\*["'])?\s*[=:]\s*(?:\\*["'])?)((?:\w+\s+)?[^\s"'\\,]+)/gi;
const FORM_PAIR = /\b((?:\w*_)?(?:token|code)=)([^\s"'&,;}]+)/gi;
const UUID = "[\\dA-F]{8}-(?:[\\dA-F]{4}-){3}[\\dA-F]{12}";
/** Matches a VIN. Not `\b`: BMW joins VIN and customer id, with an underscore or directly. */
const VIN_WORD = new RegExp(`(?<![A-Z\\d])[A-HJ-NPR-Z\\d]{17}(?=${UUID}|[^A-Z\\d]|$)`, "gi");
/** Minimum number of digits of a VIN, so that ordinary words of 17 letters stay. */
const FEWEST_DIGITS = 3;
/**
 * Matches a name and its value: `latitude=48.1`, `city: "Oslo"`, also in truncated JSON, and in such JSON inside a
 * text. Groups: name, separator, quote and content, bare value, opening of an object; `[redacted]` opens none.
 */
const PAIR =
  /(?<![\w.-])([A-Z_][\w.-]{0,199})((?:\\*["'])?\s*[=:]\s*)(?:(\\*["'])((?:(?!\3)[^]){0,4000})|([^\s"'\\&,;{}()[\]]{1,2000})|((?!\[[a-z]+\])[{[]))/gi;
/** Matches an unquoted postal address, which contains blanks and commas and has no defined end. */
const ADDRESS = /\b((?:formatted|street)_?address\s*[=:]\s*)([^\s"'\\&;{}[\]][^"'\\&;{}[\]\r\n]*)/gi;
const PRECISE = "-?\\d{1,3}\\.\\d{4,}(?:e[+-]?\\d+)?";
/** Matches two adjacent numbers with at least four decimals, as maps and map URLs write coordinates. */
const PLACE_PAIR = new RegExp(`(?<![\\d.])(${PRECISE})((?:[°NSEWO,;/|\\s]|%2C|%20){1,8})(${PRECISE})(?!\\.?\\d)`, "gi");
/** Matches one such number, with decimal point or comma. */
const DEGREES = /(?<![\d.])-?\d{1,3}[.,]\d{4,}(?:e[+-]?\d+)?(?!\.?\d)/gi;
/** Matches user and password in a URL. */
const ADDRESS_LOGIN = /(:\/\/)[^\s/?#"'<>@]{1,500}@/g;

/** Replaces all tokens that are known by their form or by the name of their scheme. */
export function replaceTokens(text: string, replace: (token: string) => string): string {
  const replaceWord = (match: string, before: string, word: string) =>
    word.endsWith(REDACTED) ? match : before + replace(word);
  return text
    .replace(JWT, (token) => replace(token))
    .replace(HEADER, replaceWord)
    .replace(FORM_PAIR, replaceWord)
    .replace(SCHEME, (match, scheme: string, word: string) =>
      isCredential(scheme, word) ? `${scheme} ${replace(word)}` : match,
    );
}

/** Returns whether a word is a credential: "Basic inspection" is a service, not a login. */
function isCredential(scheme: string, word: string): boolean {
  return word !== REDACTED && (scheme.toLowerCase() === "bearer" || /^(?=.*[\d=]|.+[A-Z])[\w+/=-]{8,}$/.test(word));
}

/**
 * Replaces the values of name-value pairs. A `value` in an object (`"latitude": {"value": 48.1`) counts under the name
 * of the object.
 */
export function replacePairs(text: string, replace: (name: string, value: string) => string): string {
  let around = "value";
  return text.replace(PAIR, (match, name: string, between: string, ...groups: (string | undefined)[]) => {
    const [quote = "", content, bare] = groups;
    const known = name === "value" ? around : name;
    const value = content ?? bare;
    if (value === undefined) {
      around = known;
      return match;
    }
    return `${name}${between}${quote}${replace(known, value)}`;
  });
}

/** Replaces all named postal addresses without quotes. */
export function replaceAddresses(text: string, replace: (address: string) => string): string {
  return text.replace(ADDRESS, (_match, before: string, address: string) => before + replace(address));
}

/** Replaces all words that look like a VIN. */
export function replaceVins(text: string, replace: (vin: string) => string): string {
  return text.replace(VIN_WORD, (word) => (word.replace(/\D/g, "").length < FEWEST_DIGITS ? word : replace(word)));
}

/** Replaces all numbers as precise as coordinates. */
export function replaceDegrees(text: string, replace: () => string): string {
  return text.replace(DEGREES, replace);
}

/** Replaces user and password in all URLs. */
export function replaceAddressLogins(text: string, replace: () => string): string {
  return text.replace(ADDRESS_LOGIN, (_match, before: string) => `${before}${replace()}@`);
}

/** Replaces pairs of coordinates; `null`: the numbers are none. */
export function replacePlaces(text: string, replace: (pair: readonly [number, number]) => [unknown, unknown] | null) {
  return text.replace(PLACE_PAIR, (match, first: string, between: string, second: string) => {
    const pair = replace([Number(first), Number(second)]);
    return pair === null ? match : pair.join(between);
  });
}
