import {
  REDACTED,
  replaceAddresses,
  replaceAddressLogins,
  replaceDegrees,
  replacePairs,
  replacePlaces,
  replaceTokens,
  replaceVins,
} from "./delicate-text.js";
import { isObject } from "./json.js";
import { SecretTexts, SHORTEST_SECRET } from "./secret-texts.js";
import { maskVin, parseVin } from "./vin.js";

const LONGEST_TEXT = 10_000;
const DEEPEST = 20;
const LOCATION = "[location]";
/** What ends a word, where a text is cut. */
const BOUNDARY = /[\s"',:=]/;

const SECRET_KEYS =
  /^(access_?token|refresh_?token|id_?token|token|device_?code|user_?code|code_?verifier|authorization|password|client_?secret|store_?key|gcid|entityid|vehicleidwithgcid)$/i;
const LOCATION_KEYS = /^(latitude|longitude|mapmatched.*|formattedaddress|streetaddress)$|\.currentlocation\./i;

/** Takes secrets, coordinates and full VINs out of everything that a person who is not the owner might read. */
export class Redactor {
  readonly #secrets = new SecretTexts();

  /**
   * Replaces what is known under `owner` (any object, or a name): of a VIN the last four characters stay. Texts under 6
   * characters are not secrets.
   */
  know(owner: unknown, secrets: Iterable<string>): void {
    this.#secrets.know(owner, secrets);
  }

  /** A text without secrets, of at most 10,000 characters; takes milliseconds, however long `value` is. Never throws. */
  text(value: string): string {
    const known = this.#secrets.replace(this.#shortened(value), shownOf);
    return redacted(known).slice(0, LONGEST_TEXT);
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
      return [this.text(key), insteadOf(key) ?? this.value(member, depth + 1)];
    });
    return Object.fromEntries(entries);
  }

  /** Where a text is cut, the begun secret and the begun word go: it may be the half of a VIN or of a token. */
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
 * The one redactor of the process: whoever holds a secret makes it known here, and whoever makes a text for others takes
 * out what anybody knows. The log, the editor and flows are the same for all accounts.
 */
export const redactor = new Redactor();

/** A text without what is known by its form or its name alone. */
function redacted(text: string): string {
  const location = () => LOCATION;
  const redact = () => REDACTED;
  const unaddressed = replaceAddresses(replaceTokens(replaceAddressLogins(text, redact), redact), location);
  const named = replacePairs(unaddressed, (name, value) => insteadOf(name) ?? value);
  const placed = replacePlaces(replaceVins(named, maskVin), () => [LOCATION, LOCATION]);
  return replaceDegrees(placed, location);
}

/** What stands in place of a value with this name; `null`: the value itself. */
function insteadOf(key: string): string | null {
  const names = [key, key.slice(key.lastIndexOf(".") + 1)];
  if (names.some((name) => SECRET_KEYS.test(name))) return REDACTED;
  return names.some((name) => LOCATION_KEYS.test(name)) ? LOCATION : null;
}

function shownOf(secret: string): string {
  const vin = parseVin(secret);
  return vin === null ? REDACTED : maskVin(vin);
}
