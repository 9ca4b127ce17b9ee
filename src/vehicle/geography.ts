/** Holds a point on earth [degrees]. */
export interface GeoPoint {
  readonly latitude: number;
  readonly longitude: number;
}

/** Returns whether the point exists on earth. */
export function isGeoPoint({ latitude, longitude }: GeoPoint): boolean {
  return Math.abs(latitude) <= 90 && Math.abs(longitude) <= 180;
}

const EARTH_RADIUS_M = 6_371_000;
const radians = (degrees: number) => (degrees * Math.PI) / 180;

/** Returns the great-circle distance [m]. */
export function metresBetween(one: GeoPoint, other: GeoPoint): number {
  const north = Math.sin(radians(other.latitude - one.latitude) / 2) ** 2;
  const east = Math.sin(radians(other.longitude - one.longitude) / 2) ** 2;
  const share = north + Math.cos(radians(one.latitude)) * Math.cos(radians(other.latitude)) * east;
  return 2 * EARTH_RADIUS_M * Math.asin(Math.min(1, Math.sqrt(share)));
}

/** Returns the plain average, exact enough for points that are metres apart. */
export function centreOf(places: readonly GeoPoint[]): GeoPoint {
  const sum = (pick: (point: GeoPoint) => number) => places.reduce((total, point) => total + pick(point), 0);
  return {
    latitude: sum(({ latitude }) => latitude) / places.length,
    longitude: sum(({ longitude }) => longitude) / places.length,
  };
}
