import type { CockpitCar, CockpitTracks } from "../../src/cockpit/contract.js";

/** Leads the track of a trip that goes on to where the car is. */
export function withPosition(tracks: CockpitTracks, { isDriving, position }: CockpitCar): CockpitTracks {
  const last = tracks.trips.at(-1);
  if (!isDriving || position === null || last?.to !== null) return tracks;
  const { latitude, longitude } = position;
  const [knownLatitude, knownLongitude] = last.points.at(-1) ?? [];
  if (latitude === knownLatitude && longitude === knownLongitude) return tracks;
  const longer = { ...last, points: [...last.points, [latitude, longitude] as const] };
  return { ...tracks, trips: [...tracks.trips.slice(0, -1), longer] };
}
