import simplify from "simplify-js";
import type { Point } from "./bounded-series.js";

/** Limits how far a point may lie from the line of those that stay [degrees of latitude]: about 10 m, as inexact as a fix. */
const TOLERANCE_DEGREES = 0.0001;

/** A point on a plane on which a degree is as long in all directions. */
interface PointOfTrack {
  readonly x: number;
  readonly y: number;
  readonly point: Point;
}

/**
 * Leaves out the points of a track (minutes, latitude, longitude) that a line through the others passes (Douglas and
 * Peucker), and those that are none. Fewer than two are no track.
 */
export function simplifiedTrack(points: readonly Point[]): Point[] {
  const found = points.filter(isPlace);
  // One scale for all: a plane that bends would bend straight roads.
  const scale = Math.cos(((found[0]?.[1] ?? 0) * Math.PI) / 180);
  const placed = found.map((point): PointOfTrack => ({ x: point[2] * scale, y: point[1], point }));
  const kept = new Set<unknown>(simplify(placed, TOLERANCE_DEGREES, true));
  return placed.length > 1 ? placed.filter((one) => kept.has(one)).map(({ point }) => point) : [];
}

function isPlace(point: Point): point is [at: number, latitude: number, longitude: number] {
  return point.length === 3 && point.every((value) => Number.isFinite(value));
}
