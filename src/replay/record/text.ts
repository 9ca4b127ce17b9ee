import {
  replaceAddresses,
  replacePairs,
  replacePlaces,
  replaceTokens,
  replaceVins,
} from "../../support/delicate-text.js";
import { LIMITS } from "./places.js";
import { roleOf, type Axis } from "./roles.js";
import { treatDegrees, treatRoleText, type Treatment } from "./treatment.js";

/** With dashes wherever it stands, without them only as a word of its own. */
const ID_WORD = /[\dA-F]{8}-(?:[\dA-F]{4}-){3}[\dA-F]{12}|(?<![A-Z\d])[\dA-F]{32}(?![A-Z\d])/gi;
/** The topic of a stream message. A customer id that is no UUID has a digit, as the first part of no other path has. */
const TOPIC = /^(?=[^/]*\d)([\w-]{6,})(\/[A-HJ-NPR-Z\d]{17})$/i;

/** A text that is not JSON, with everything delicate in it treated. */
export function treatText(text: string, treatment: Treatment): string {
  const withoutTokens = replaceTokens(text, (token) => treatment.secret(token));
  const withoutAddresses = replaceAddresses(withoutTokens, (address) => treatment.personal(address));
  const withoutPairs = replacePairs(withoutAddresses, (name, value) => {
    const role = roleOf(name);
    return role === null ? value : treatRoleText(role, value, treatment);
  });
  const withoutWords = treatWords(withoutPairs, treatment);
  return treatment.rest(replacePlaces(withoutWords, (pair) => treatPlacePair(...pair, treatment)));
}

function treatWords(text: string, treatment: Treatment): string {
  // The VIN is looked for first, because it may end where the customer id begins.
  return replaceVins(text, (vin) => treatment.vin(vin))
    .replace(ID_WORD, (id) => treatment.customer(id))
    .replace(TOPIC, (_match, id: string, vin: string) => treatment.customer(id) + vin);
}

/** Latitude and longitude in the order that fits; `null` if the numbers can be no place. */
export function treatPlacePair(first: number, second: number, treatment: Treatment): [number, number] | null {
  const isTurned = Math.abs(first) > LIMITS.latitude;
  const [one, other]: [Axis, Axis] = isTurned ? ["longitude", "latitude"] : ["latitude", "longitude"];
  if (Math.abs(first) > LIMITS[one] || Math.abs(second) > LIMITS[other]) return null;
  return [treatDegrees(one, first, treatment), treatDegrees(other, second, treatment)];
}
