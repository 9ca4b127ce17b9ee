import {
  REDACTED,
  replaceAddresses,
  replacePairs,
  replacePlaces,
  replaceTokens,
  replaceVins,
} from "./delicate-text.js";
import { isObject } from "./json.js";
import { maskVin, parseVin } from "./vin.js";

const LONGEST_TEXT = 10_000;
const DEEPEST = 20;
const SHORTEST_SECRET = 6;
const LOCATION = "[location]";

const SECRET_KEYS =
  /^(access_?token|refresh_?token|id_?token|token|device_?code|user_?code|code_?verifier|authorization|password|client_?secret|store_?key|gcid|entityid|vehicleidwithgcid)$/i;
const LOCATION_KEYS = /^(latitude|longitude|mapmatched.*|formattedaddress|streetaddress)$|\.currentlocation\./i;

/** Takes secrets, coordinates and full VINs out of everything that a person who is not the owner might read. */
export class Redactor {
  readonly #secrets = new Map<string, Set<string>>();

  /**
   * Replaces what is known under `owner` (say `tokens`, `cars`): of a VIN the last four characters stay. Texts under 6
   * characters are not secrets.
   */
  know(owner: string, secrets: readonly string[]): void {
    this.#secrets.set(owner, new Set(secrets.filter((secret) => secret.length >= SHORTEST_SECRET)));
  }

  /** A text without secrets. Never throws. */
  text(value: string): string {
    let result = value;
    // Before the text is cut: no pattern knows the half of a secret.
    for (const secrets of this.#secrets.values())
      for (const secret of secrets) result = result.replaceAll(secret, shownOf(secret));
    return redacted(shortened(result));
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
}

/** A text without what is known by its form or its name alone. */
export function redacted(text: string): string {
  const unaddressed = replaceAddresses(
    replaceTokens(text, () => REDACTED),
    () => LOCATION,
  );
  const named = replacePairs(unaddressed, (name, value) => insteadOf(name) ?? value);
  return replacePlaces(replaceVins(named, maskVin), () => [LOCATION, LOCATION]);
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

/** Where a text is cut, the begun word goes: it may be the half of a VIN or of a token. */
function shortened(text: string): string {
  return text.length <= LONGEST_TEXT ? text : text.slice(0, LONGEST_TEXT).replace(/[^\s"',:=]{1,2000}$/, "…");
}
