import { isoTime } from "../../support/iso-time.js";
import { isGeoPoint } from "../../vehicle/geography.js";
import type { TripEntry } from "../entry.js";
import { placeText } from "./columns.js";
import type { CarEntries } from "./export-options.js";
import { markup, type Markup } from "./markup.js";

/*
 * Tracks as GPX 1.1: one `trk` for each trip of which positions are known. The order of the elements is that of the
 * schema, which programs check.
 */

const MINUTE_MS = 60_000;
/** Decimals of a degree, to 0.1 m; never an exponent (`1e-7`), which the schema refuses. */
const DECIMALS = 6;

interface TrackPoint {
  readonly latitude: string;
  readonly longitude: string;
  /** ISO time. */
  readonly time: string;
}

/** Yields the parts of an export. */
export function* gpxText(cars: readonly CarEntries[]): Generator<string> {
  yield '<?xml version="1.0" encoding="UTF-8"?>\n';
  yield '<gpx version="1.1" creator="CarData for Node-RED" xmlns="http://www.topografix.com/GPX/1/1">\n';
  for (const { name, entries } of cars)
    for (const entry of entries) {
      const points = entry.kind === "trip" ? pointsOf(entry) : [];
      if (entry.kind === "trip" && points.length > 0) yield trackOf(name, entry, points).text;
    }
  yield "</gpx>\n";
}

function trackOf(car: string, trip: TripEntry, points: readonly TrackPoint[]): Markup {
  return markup`<trk>
<name>${nameOf(trip)}</name>
<desc>${car}</desc>
<trkseg>
${points.map(pointMarkup)}</trkseg>
</trk>
`;
}

/** Names a trip by its local time and, where they are known, its places. */
function nameOf({ start, from, to }: TripEntry): string {
  const places = from === null && to === null ? "" : ` ${placeText(from) ?? "?"} – ${placeText(to) ?? "?"}`;
  return `${start.slice(0, "2026-03-02T07:41".length).replace("T", " ")}${places}`;
}

function pointMarkup({ latitude, longitude, time }: TrackPoint): Markup {
  return markup`<trkpt lat="${latitude}" lon="${longitude}"><time>${time}</time></trkpt>
`;
}

/** Returns the points of a track that are positions; a time beyond the trip is that of its end. */
function pointsOf({ start, end, detail }: TripEntry): TrackPoint[] {
  const [begin, until] = [Date.parse(start), Date.parse(end)];
  return detail.track.flatMap(([minutes = null, latitude = null, longitude = null]) => {
    if (minutes === null || latitude === null || longitude === null) return [];
    if (!isGeoPoint({ latitude, longitude })) return [];
    const time = Math.min(until, Math.max(begin, begin + minutes * MINUTE_MS));
    return [{ latitude: degrees(latitude), longitude: withoutEast180(degrees(longitude)), time: isoTime(time) }];
  });
}

function degrees(value: number): string {
  return value.toFixed(DECIMALS);
}

/** Returns a longitude below 180: the schema has that meridian as -180 only. */
function withoutEast180(longitude: string): string {
  return Number(longitude) === 180 ? `-${longitude}` : longitude;
}
