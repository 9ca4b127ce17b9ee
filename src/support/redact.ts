import {
  REDACTED,
  replaceAddresses,
  replaceAddressLogins,
  replaceDegrees,
  replacePairs,
  replacePlaces,
  replaceTokens,
  replaceVins,
} from "./sensitive-text.js";
import { isObject } from "./json.js";
import { SecretTexts, SHORTEST_SECRET } from "./secret-texts.js";
import { maskVin, parseVin } from "./vin.js";

const LONGEST_TEXT = 10_000;
const DEEPEST = 20;
const LOCATION = "[location]";
/** Matches the end of a word, where a text is truncated. */
const BOUNDARY = /[\s"',:=]/;

const SECRET_KEYS =
  /^(access_?token|refresh_?token|id_?token|token|device_?code|user_?code|code_?verifier|authorization|password|client_?secret|store_?key|gcid|entityid|vehicleidwithgcid)$/i;
const LOCATION_KEYS = /^(latitude|longitude|mapmatched.*|formattedaddress|streetaddress)$|\.currentlocation\./i;

/** Removes secrets, coordinates and full VINs from everything that a person other than the owner might read. */
export class Redactor {
  readonly #secrets = new SecretTexts();

  /**
   * Replaces the secrets known under `owner` (any object, or a name). Of a VIN the last four characters stay visible.
   * Texts under 6 characters are no secrets.
   */
  know(owner: unknown, secrets: Iterable<string>): void {
    this.#secrets.know(owner, secrets);
  }

  /**
   * Returns a text without secrets, of at most 10,000 characters; takes milliseconds, however long `value` is. Never
   * throws.
   */
  text(value: string): string {
    const known = this.#secrets.replace(this.#shortened(value), shownOf);
    return redacted(known).slice(0, LONGEST_TEXT);
  }

  /** Returns a copy of any JSON-like value without secrets, in keys and values. Never throws. */
  value(value: unknown, depth = 0): unknown {
    if (typeof value === "string") return this.text(value);
    if (typeof value !== "object" || value === null) return value;
    if (depth >= DEEPEST) return "[too deep]";
    if (Array.isArray(value)) return value.map((member) => this.value(member, depth + 1));
    return isObject(value) ? this.#object(value, depth) : "[object]";
  }

  #object(value: Record<string, unknown>, depth: number): unknown {
    const entries = Object.entries(value).map(([key, member]): [string, unknown] => {
      return [this.text(key), insteadOf(key) ?? this.value(member, depth + 1)];
    });
    return Object.fromEntries(entries);
  }

  /** Truncates a text and drops the last, incomplete word: it may be half a VIN or token. */
  #shortened(text: string): string {
    if (text.length <= LONGEST_TEXT) return text;
    const cut = text.slice(0, LONGEST_TEXT);
    const begun = this.#secrets.begunAtEnd(cut);
    if (begun >= SHORTEST_SECRET) return cut.slice(0, -begun) + REDACTED;
    let end = cut.length - begun;
    while (end > 0 && !BOUNDARY.test(cut.charAt(end - 1))) end--;
    return `${cut.slice(0, end)}…`;
  }
}

/**
 * The one redactor of the process: every holder of a secret registers it here, and every text for others is redacted by
 * all of them. Log, editor and flows are shared by all accounts.
 */
export const redactor = new Redactor();

/** Redacts what is known by its form or its name alone. */
function redacted(text: string): string {
  const location = () => LOCATION;
  const redact = () => REDACTED;
  const unaddressed = replaceAddresses(replaceTokens(replaceAddressLogins(text, redact), redact), location);
  const named = replacePairs(unaddressed, (name, value) => insteadOf(name) ?? value);
  const placed = replacePlaces(replaceVins(named, maskVin), () => [LOCATION, LOCATION]);
  return replaceDegrees(placed, location);
}

/** Returns the replacement of a value with this name; `null`: the value itself stays. */
function insteadOf(key: string): string | null {
  const names = [key, key.slice(key.lastIndexOf(".") + 1)];
  if (names.some((name) => SECRET_KEYS.test(name))) return REDACTED;
  return names.some((name) => LOCATION_KEYS.test(name)) ? LOCATION : null;
}

function shownOf(secret: string): string {
  const vin = parseVin(secret);
  return vin === null ? REDACTED : maskVin(vin);
}
