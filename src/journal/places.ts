import { CarDataError } from "../support/errors.js";
import { finiteNumber, isObject, nonEmptyText } from "../support/json.js";
import { needed, object, oneOf, then, type StoredReader } from "../support/stored-schema.js";
import { isGeoPoint, metresBetween, type GeoPoint } from "../vehicle/geography.js";
import { PURPOSES, rounded, type EntryPlace, type Purpose } from "./entry.js";
import { MOST_PLACES, MOST_RADIUS_M, USUAL_RADIUS_M } from "./limits.js";

/** Names a place, as the user did. */
export interface NamedPlace extends GeoPoint {
  readonly name: string;
  /** Metres around it that belong to it. */
  readonly radius: number;
  /** Purpose of the trips that lead to it or away from it; `null`: it says nothing. */
  readonly purpose: Purpose | null;
}

/** Five decimals are a metre. */
const PLACE_DIGITS = 5;

/** Reads a member that may be missing; one that is there and wrong makes the place unusable. */
function optional<T, U>(read: StoredReader<T | null>, usual: U): StoredReader<T | U | undefined> {
  return (stored) => (stored === undefined || stored === null ? usual : (read(stored) ?? undefined));
}

const readPlace = object({
  name: needed(then(nonEmptyText, (name: string) => name.trim())),
  latitude: needed(finiteNumber),
  longitude: needed(finiteNumber),
  radius: optional(
    then(finiteNumber, (radius: number) => (radius > 0 && radius <= MOST_RADIUS_M ? radius : null)),
    USUAL_RADIUS_M,
  ),
  purpose: optional(oneOf(PURPOSES), null),
});

function parsePlace(value: unknown): NamedPlace {
  const place = readPlace(value);
  if (place !== null && isGeoPoint(place)) return place;
  const name = isObject(value) ? nonEmptyText(value["name"]) : null;
  throw new CarDataError("place_invalid", { place: name ?? "?" });
}

/**
 * Parses the user's places: a list of `{name, latitude, longitude, radius, purpose}`.
 * @throws CarDataError `place_invalid`
 */
export function parsePlaces(value: unknown): NamedPlace[] {
  if (!Array.isArray(value) || value.length > MOST_PLACES) throw new CarDataError("place_invalid", { place: "?" });
  const places = value.map(parsePlace);
  const twice = places.find(({ name }, index) => places.findIndex((one) => one.name === name) < index);
  if (twice !== undefined) throw new CarDataError("place_invalid", { place: twice.name });
  return places;
}

/** Returns the place of a point for an entry, with the name of the nearest place that it belongs to. */
export function placeOf(point: GeoPoint | null, places: readonly NamedPlace[]): EntryPlace | null {
  if (point === null) return null;
  const near = places
    .map((place) => ({ place, metres: metresBetween(place, point) }))
    .filter(({ place, metres }) => metres <= place.radius)
    .sort((one, other) => one.metres - other.metres)[0];
  return {
    name: near?.place.name ?? null,
    latitude: rounded(point.latitude, PLACE_DIGITS),
    longitude: rounded(point.longitude, PLACE_DIGITS),
  };
}

/** Ranks the purposes of the two ends of a trip: the way to work from a customer is business. */
const RANKS: readonly Purpose[] = ["business", "commute", "private"];

/** Returns the purpose of a trip by the places at its ends; `null` if they say nothing. */
export function purposeByPlaces(
  from: EntryPlace | null,
  to: EntryPlace | null,
  places: readonly NamedPlace[],
): Purpose | null {
  const names = [from?.name, to?.name];
  const said = places.filter(({ name }) => names.includes(name)).map(({ purpose }) => purpose);
  return RANKS.find((purpose) => said.includes(purpose)) ?? null;
}
