/*
 * What is delicate in a text that no parser understands: known by its form, or by the name before it. Logs take it out,
 * and recordings are searched for it.
 */

/** What stands where a token stood. */
export const REDACTED = "[redacted]";

/** Of any length where it begins a word, else of the usual one: thus a text of nothing but beginnings takes no hour. */
const JWT = /(?<![\w-])eyJ[\w-]{5,}\.[\w-]{5,}\.[\w-]*|eyJ[\w-]{5,2000}\.[\w-]{5,2000}\.[\w-]{0,2000}/g;
const SCHEME = /\b(bearer|basic)\s+([^\s"'\\]+)/gi;
const HEADER = /\b(authorization(?:\\*["'])?\s*[=:]\s*(?:\\*["'])?)((?:\w+\s+)?[^\s"'\\,]+)/gi;
const FORM_PAIR = /\b((?:\w*_)?(?:token|code)=)([^\s"'&,;}]+)/gi;
const UUID = "[\\dA-F]{8}-(?:[\\dA-F]{4}-){3}[\\dA-F]{12}";
/** Not `\b`: BMW joins VIN and customer id, by an underscore or by nothing. */
const VIN_WORD = new RegExp(`(?<![A-Z\\d])[A-HJ-NPR-Z\\d]{17}(?=${UUID}|[^A-Z\\d]|$)`, "gi");
/** Ordinary words of 17 letters stay. */
const FEWEST_DIGITS = 3;
/**
 * A name and its value: `latitude=48.1`, `city: "Oslo"`, also in JSON that was cut off, and in such JSON inside a text.
 * Groups: name, what stands between, quote and content, bare value, opening of an object; `[redacted]` opens none.
 */
const PAIR =
  /(?<![\w.-])([A-Z_][\w.-]{0,199})((?:\\*["'])?\s*[=:]\s*)(?:(\\*["'])((?:(?!\3)[^]){0,4000})|([^\s"'\\&,;{}()[\]]{1,2000})|((?!\[[a-z]+\])[{[]))/gi;
/** An address without quotes has blanks and commas in it, and ends nobody knows where. */
const ADDRESS = /\b((?:formatted|street)_?address\s*[=:]\s*)([^\s"'\\&;{}[\]][^"'\\&;{}[\]\r\n]*)/gi;
const PRECISE = "-?\\d{1,3}\\.\\d{4,}(?:e[+-]?\\d+)?";
/** Two numbers with at least four decimals beside each other, as maps and addresses of maps write places. */
const PLACE_PAIR = new RegExp(`(?<![\\d.])(${PRECISE})((?:[°NSEWO,;/|\\s]|%2C|%20){1,8})(${PRECISE})(?!\\.?\\d)`, "gi");
/** One such number, in whatever language it is written. */
const DEGREES = /(?<![\d.])-?\d{1,3}[.,]\d{4,}(?:e[+-]?\d+)?(?!\.?\d)/gi;
/** User and password in an address. */
const ADDRESS_LOGIN = /(:\/\/)[^\s/?#"'<>@]{1,500}@/g;

/** The text with all tokens replaced that are known by their form, or by the name of their scheme. */
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

/** "Basic inspection" is a service, not a login. */
function isCredential(scheme: string, word: string): boolean {
  return word !== REDACTED && (scheme.toLowerCase() === "bearer" || /^(?=.*[\d=]|.+[A-Z])[\w+/=-]{8,}$/.test(word));
}

/**
 * The text with the values of pairs replaced. A `value` in an object (`"latitude": {"value": 48.1`) goes by the name of
 * the object.
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

/** The text with all addresses replaced that have a name but no quotes around them. */
export function replaceAddresses(text: string, replace: (address: string) => string): string {
  return text.replace(ADDRESS, (_match, before: string, address: string) => before + replace(address));
}

/** The text with all words replaced that look like a VIN. */
export function replaceVins(text: string, replace: (vin: string) => string): string {
  return text.replace(VIN_WORD, (word) => (word.replace(/\D/g, "").length < FEWEST_DIGITS ? word : replace(word)));
}

/** The text with all numbers replaced that are as precise as the degrees of a place. */
export function replaceDegrees(text: string, replace: () => string): string {
  return text.replace(DEGREES, replace);
}

/** The text with user and password replaced in all addresses that hold them. */
export function replaceAddressLogins(text: string, replace: () => string): string {
  return text.replace(ADDRESS_LOGIN, (_match, before: string) => `${before}${replace()}@`);
}

/** The text with pairs of degrees replaced; `null`: the numbers are no place. */
export function replacePlaces(text: string, replace: (pair: readonly [number, number]) => [unknown, unknown] | null) {
  return text.replace(PLACE_PAIR, (match, first: string, between: string, second: string) => {
    const pair = replace([Number(first), Number(second)]);
    return pair === null ? match : pair.join(between);
  });
}
