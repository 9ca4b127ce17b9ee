/** Names what a key says about the values below it, as far as privacy is concerned. */
export type KeyRole = CoordinateAxis | "vin" | "customer" | "secret" | "personal";

export type CoordinateAxis = "latitude" | "longitude";

const CUSTOMER = /^(gcid|entityid|vehicleidwithgcid|(customer|user|account|owner)_?id)$/i;
const SECRET =
  /(tokens?|password|passwd|secret|verifier|authorization|cookie|api_?key|store_?key|device_?code|user_?code)$/i;
const LATITUDE = /latitude/i;
const LONGITUDE = /longitude/i;
const LATITUDE_WORDS = new Set(["lat"]);
const LONGITUDE_WORDS = new Set(["lon", "lng"]);
/** Matches parts of keys that stand for a location or a person, in any spelling. */
const PERSONAL =
  /address|street|postal|postcode|zip_?code|municipality|house_?number|cluster_?location|(provider|first|last|sur|user|customer|driver|owner|nick|display|location)_?name|e_?mail|phone_?number|msisdn|imei|iccid|(licen[cs]e|number|registration)_?(plate|number)/i;
const PERSONAL_WORDS = new Set(["city", "town", "village", "suburb", "district", "zip", "alias", "plate"]);
/** Exceptions: keys whose last word is "name" name people or locations otherwise. */
const NAMED_THINGS = new Set(["model", "brand", "series", "engine", "colour", "color", "event", "file", "unit"]);
/** Members that describe the value beside them. */
const DESCRIPTIONS = new Set(["timestamp", "unit", "at"]);

/**
 * Returns the role of the value under `key`, a plain name or a descriptor (`vehicle. ... .latitude`).
 * @param inherited role of the object or array around it
 */
export function roleOf(key: string, inherited: KeyRole | null = null): KeyRole | null {
  const role = ownRole(key);
  return role ?? (DESCRIPTIONS.has(key) ? null : inherited);
}

/** Cache: a recording repeats few keys, and often. */
const known = new Map<string, KeyRole | null>();
const MOST_KNOWN = 5000;

function ownRole(key: string): KeyRole | null {
  let role = known.get(key);
  if (role === undefined) {
    role = findRole(key);
    if (known.size < MOST_KNOWN) known.set(key, role);
  }
  return role;
}

function findRole(key: string): KeyRole | null {
  const name = key.slice(key.lastIndexOf(".") + 1);
  if (CUSTOMER.test(name)) return "customer";
  if (SECRET.test(name)) return "secret";
  const words = wordsOf(name);
  if (words.at(-1) === "vin") return "vin";
  return axisOf(key, words) ?? (isPersonal(key, words) ? "personal" : null);
}

function axisOf(key: string, words: readonly string[]): CoordinateAxis | null {
  if (LATITUDE.test(key) || words.some((word) => LATITUDE_WORDS.has(word))) return "latitude";
  return LONGITUDE.test(key) || words.some((word) => LONGITUDE_WORDS.has(word)) ? "longitude" : null;
}

function isPersonal(key: string, words: readonly string[]): boolean {
  if (PERSONAL.test(key) || words.some((word) => PERSONAL_WORDS.has(word))) return true;
  return words.at(-1) === "name" && !NAMED_THINGS.has(words.at(-2) ?? "");
}

/** Splits `mapMatchedLatitude` or `map_matched_latitude` into words in lower case. */
function wordsOf(name: string): string[] {
  return name
    .replace(/([a-z\d])([A-Z])/g, "$1 $2")
    .split(/[^A-Za-z\d]+/)
    .map((word) => word.toLowerCase());
}
