import type { VehicleEvent } from "../vehicle/vehicle-event.js";
import { odometerKmOf, type CarView } from "./car-view.js";
import { deviationOf, LEVEL_SIGMA_PP, MOST_SIGMAS } from "./charge-entry.js";
import { entryId, figureOf, SCHEMA, type Figure, type TripEntry } from "./entry.js";
import type { JournalSettings } from "./journal-settings.js";
import { placeOf, purposeByPlaces } from "./places.js";
import type { TripDraft } from "./trip-draft.js";
import { zonedTime } from "./zoned-time.js";

export type TripEnded = Extract<VehicleEvent, { name: "tripEnded" }>;

/** Deviation of a distance [km], which has one decimal. */
const DISTANCE_SIGMA_KM = 0.3;
/** A shorter trip tells no consumption [km]: the rounding of the levels would be most of it. */
const LEAST_CONSUMING_KM = 5;
const LEAST_SPEED_MIN = 1;
/** Limits what the battery gains on a way: by the height of a pass, less what each kilometre takes at least [kWh]. */
const MOST_DESCENT_KWH = 12;
const LEAST_KWH_PER_KM = 0.1;
/** By how much the odometer may be read before the end of a trip [ms]: a car tells both, but not at once. */
const ODOMETER_AT_END_MS = 60_000;

/**
 * Builds the entry of a trip that has ended.
 * @param draft `null`: it was not watched
 */
export function tripEntry(
  event: TripEnded,
  draft: TripDraft | null,
  view: CarView,
  settings: JournalSettings,
): TripEntry {
  const { zone, places } = settings;
  const start = event.startedAt ?? draft?.startedAt ?? event.at;
  const end = Math.max(start, event.at);
  const [from, to] = [placeOf(event.from, places), placeOf(event.to, places)];
  const byRule = purposeByPlaces(from, to, places);
  const distanceKm = figureOf(event.distanceKm, "car", DISTANCE_SIGMA_KM);
  const levels = levelsOf(event, draft, view);
  const energyKwh = energyOf(levels, view, distanceKm?.value ?? 0);
  const meanKmh = meanOf(event);
  return {
    schema: SCHEMA,
    kind: "trip",
    id: entryId("trip", start),
    start: zonedTime(start, zone),
    end: zonedTime(end, zone),
    zone,
    note: null,
    inferred: event.inferred,
    from,
    to,
    distanceKm,
    odometerKm: odometerKmOf(view, Math.max(start + 1, end - ODOMETER_AT_END_MS)),
    durationMin: event.durationMin,
    ...levels,
    energyKwh,
    consumption: consumptionOf(energyKwh, distanceKm),
    meanKmh,
    topKmh: topOf(draft, meanKmh),
    purpose: byRule === null ? null : { value: byRule, source: "rule" },
    detail: { track: draft?.trackUntil(end) ?? [] },
  };
}

type Levels = Pick<TripEntry, "levelFrom" | "levelTo">;

/** Returns both levels by what the car measured, else both by the estimate: a difference of the two kinds means little. */
function levelsOf({ socUsed }: TripEnded, draft: TripDraft | null, { magic }: CarView): Levels {
  const start = draft?.start;
  const measured = start?.startSoc ?? null;
  if (measured !== null && socUsed !== null)
    return {
      levelFrom: figureOf(measured, "level", LEVEL_SIGMA_PP),
      levelTo: figureOf(measured - socUsed, "level", LEVEL_SIGMA_PP),
    };
  return {
    levelFrom: figureOf(start?.estimatedSoc ?? null, "estimate", start?.estimatedSigma),
    levelTo: figureOf(magic?.soc ?? null, "estimate", magic?.sigma),
  };
}

/** Returns the energy out of the battery; `null` too where it has gained more than any way gives: it was charged unheard. */
function energyOf(levels: Levels, { estimate }: CarView, km: number): Figure | null {
  const { levelFrom, levelTo } = levels;
  const capacityKwh = estimate?.capacity?.kwh ?? null;
  if (levelFrom === null || levelTo === null || capacityKwh === null) return null;
  const used = ((levelFrom.value - levelTo.value) * capacityKwh) / 100;
  const sigma = (deviationOf(levels) * capacityKwh) / 100;
  const mostGained = Math.max(0, MOST_DESCENT_KWH - km * LEAST_KWH_PER_KM) + MOST_SIGMAS * sigma;
  return -used > mostGained ? null : figureOf(used, levelFrom.source, sigma);
}

function consumptionOf(energy: Figure | null, distance: Figure | null): Figure | null {
  if (energy === null || distance === null || distance.value < LEAST_CONSUMING_KM) return null;
  const share = 100 / distance.value;
  return figureOf(energy.value * share, energy.source, (energy.sigma ?? 0) * share);
}

function meanOf({ distanceKm, durationMin }: TripEnded): Figure | null {
  if (distanceKm === null || durationMin === null || durationMin < LEAST_SPEED_MIN) return null;
  return figureOf((distanceKm / durationMin) * 60, "car");
}

/** Returns the highest speed; `null` where the mean is higher, because few fixes were close enough to tell it. */
function topOf(draft: TripDraft | null, mean: Figure | null): Figure | null {
  const top = figureOf(draft?.top.trackerKmh ?? null, "tracker") ?? figureOf(draft?.top.trackKmh ?? null, "track");
  return top !== null && top.value < (mean?.value ?? 0) ? null : top;
}
