import { isObject } from "./json.js";
import { maskVin, parseVin } from "./vin.js";

const LONGEST_TEXT = 10_000;
const DEEPEST = 20;
const SHORTEST_SECRET = 6;

const SECRET_KEYS =
  /^(access_?token|refresh_?token|id_?token|device_?code|user_?code|code_?verifier|authorization|password|store_?key|gcid|entityid|vehicleidwithgcid)$/i;
const LOCATION_KEYS = /^(latitude|longitude|mapmatched.*|formattedaddress|streetaddress)$|\.currentlocation\./i;

export const JWT = /eyJ[\w-]{5,2000}\.[\w-]{5,2000}\.[\w-]{0,2000}/g;
export const BEARER = /(bearer|basic)\s+[^\s"',]{1,2000}/gi;
export const FORM_PAIR = /\b((?:\w*_)?(?:token|code|verifier)|password|gcid)(["']?\s*[=:]\s*["']?)[^\s"'&,}]{1,2000}/gi;
const COORDINATE_PAIR = /\b(latitude|longitude)(["']?\s*[=:]\s*["']?)-?\d[\d.]*/gi;
const VIN_WORD = /\b[A-HJ-NPR-Z0-9]{17}\b/gi;

/** Takes secrets, coordinates and full VINs out of everything that a person who is not the owner might read. */
export class Redactor {
  readonly #secrets = new Map<string, Set<string>>();

  /** Replaces what is known under `owner` (say `tokens`, `login`); texts under 6 characters are not secrets. */
  know(owner: string, secrets: readonly string[]): void {
    this.#secrets.set(owner, new Set(secrets.filter((secret) => secret.length >= SHORTEST_SECRET)));
  }

  /** A text without secrets. Never throws. */
  text(value: string): string {
    let result = value.slice(0, LONGEST_TEXT);
    for (const secrets of this.#secrets.values())
      for (const secret of secrets) result = result.replaceAll(secret, "[redacted]");
    return result
      .replace(JWT, "[redacted]")
      .replace(BEARER, "$1 [redacted]")
      .replace(FORM_PAIR, "$1$2[redacted]")
      .replace(COORDINATE_PAIR, "$1$2[location]")
      .replace(VIN_WORD, maskWord);
  }

  /** A copy of any JSON-like value without secrets, in keys and values. Never throws. */
  value(value: unknown, depth = 0): unknown {
    if (typeof value === "string") return this.text(value);
    if (typeof value !== "object" || value === null) return value;
    if (depth >= DEEPEST) return "[too deep]";
    if (Array.isArray(value)) return value.map((member) => this.value(member, depth + 1));
    return isObject(value) ? this.#object(value, depth) : "[object]";
  }

  #object(value: Record<string, unknown>, depth: number): unknown {
    const entries = Object.entries(value).map(([key, member]): [string, unknown] => {
      if (SECRET_KEYS.test(key)) return [key, "[redacted]"];
      if (LOCATION_KEYS.test(key)) return [key, "[location]"];
      return [this.text(key), this.value(member, depth + 1)];
    });
    return Object.fromEntries(entries);
  }
}

/** Ordinary words of 17 letters stay: a VIN has at least three digits. */
function maskWord(word: string): string {
  const vin = parseVin(word);
  return vin !== null && word.replace(/\D/g, "").length >= 3 ? maskVin(vin) : word;
}
