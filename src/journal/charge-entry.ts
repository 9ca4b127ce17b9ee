import type { Position } from "../vehicle/position.js";
import type { VehicleEvent } from "../vehicle/vehicle-event.js";
import { capacitiesOf, odometerKmOf, type CarView } from "./car-view.js";
import { USUAL_EFFICIENCY, type WatchedCharge } from "./charge-draft.js";
import { evenParts, firstParts, rowsOfParts, scaledTo, sumOf, withoutSun, type EnergyPart } from "./energy-course.js";
import { entryId, figureOf, rounded, SCHEMA, type ChargeEntry, type EntryPlace, type Figure } from "./entry.js";
import type { JournalSettings } from "./journal-settings.js";
import { placeOf } from "./places.js";
import { BAND_SIGMAS } from "./robust-line.js";
import { zonedTime } from "./zoned-time.js";

export type ChargingEnded = Extract<VehicleEvent, { name: "chargingEnded" }>;

/** Deviation of a measured level [pp]: cars show whole percents. */
export const LEVEL_SIGMA_PP = 0.29;
const USUAL_EFFICIENCY_SIGMA = 0.04;
/** Deviation of what tells the drawn energy, as a share of it. */
const DRAWN_SIGMAS = { meter: 0.02, car: 0.05, chargingHistory: 0.02 } as const;
type TrustedSource = keyof typeof DRAWN_SIGMAS;
const HOUR_MS = 3_600_000;
/** Limits how much of the energy a charge of few percents may tell: its rounding would be most of it [pp]. */
const LEAST_GAIN_PP = 5;
const [LEAST_EFFICIENCY, MOST_EFFICIENCY] = [0.5, 1.05];
/** Share that can seem to arrive, of a battery that has lost a fifth while its car still tells the capacity of a new one. */
const MOST_ARRIVING = 1.25;
/**
 * Share of what the levels need that a car can tell: it goes on telling its last power when it has fallen silent, and the
 * amps that it may take when its battery is nearly full.
 */
const MOST_TOLD = 1.25;
/** Least share that arrives of a charge with little power, where no charge has told it yet. */
const LEAST_USUAL_EFFICIENCY = 0.75;
/** Deviations within which nearly every difference of levels lies. */
export const MOST_SIGMAS = 2.5;

/**
 * Builds the entry of a charge that has ended.
 * @param place where the car stood, if that is known
 */
export function chargeEntry(
  event: ChargingEnded,
  watched: WatchedCharge,
  view: CarView,
  place: Position | null,
  settings: JournalSettings,
): ChargeEntry {
  const { startedAt, at: end, pauses, reason } = event;
  const { method, phases, curve } = watched;
  const { zone, places } = settings;
  const at = placeOf(place, places);
  const levels = levelsOf(event, watched);
  const batteryKwh = batteryOf(event, levels, watched, view);
  const drawn = drawnOf(watched, batteryKwh);
  const meanKw = meanOf(drawn, watched, end - startedAt);
  const entry: ChargeEntry = {
    schema: SCHEMA,
    kind: "charge",
    id: entryId("charge", startedAt),
    start: zonedTime(startedAt, zone),
    end: zonedTime(end, zone),
    zone,
    note: null,
    place: at,
    ...levels,
    batteryKwh,
    ...NOTHING_DRAWN,
    method,
    phases,
    peakKw: peakOf(watched, meanKw),
    meanKw,
    pauses,
    reason,
    cost: null,
    odometerKm: odometerKmOf(view),
    ...capacitiesOf(view),
    provider: null,
    detail: { curve, parts: [] },
  };
  if (drawn === null) return entry;
  const course = courseOf(drawn, watched);
  return withDrawn(entry, drawn, isElsewhere(at, settings) ? course.map(withoutSun) : course);
}

/**
 * Returns the course of the energy: as it was told, else as the level has risen. What that has seemed to rise beyond its end,
 * while the car was silent, has not flowed.
 */
function courseOf(drawn: Figure, { parts, byLevel }: WatchedCharge): readonly EnergyPart[] {
  if (isTold(drawn) || byLevel.length === 0) return parts;
  return sumOf(byLevel) > drawn.value * MOST_TOLD ? firstParts(byLevel, drawn.value) : byLevel;
}

/** Returns the highest power; `null` where more than that was drawn in the mean, so that the highest was told to nobody. */
function peakOf({ peakKw }: WatchedCharge, meanKw: Figure | null): Figure | null {
  return peakKw !== null && peakKw.value < (meanKw?.value ?? 0) ? null : peakKw;
}

/** Returns whether a charge was at none of the user's places: their sun does not shine there. */
function isElsewhere(place: EntryPlace | null, { places }: JournalSettings): boolean {
  return place?.name === null && places.length > 0;
}

/** Holds the members of a charge of which nobody tells how much was drawn. */
export const NOTHING_DRAWN = { drawnKwh: null, gridKwh: null, solarKwh: null, efficiency: null } as const;

/** Returns the charge with the energy that was drawn; its course is that of the parts, even without any. */
export function withDrawn(entry: ChargeEntry, drawn: Figure, parts: readonly EnergyPart[]): ChargeEntry {
  const [start, end] = [Date.parse(entry.start), Date.parse(entry.end)];
  const known = scaledTo(parts, drawn.value);
  const course = known.length > 0 ? known : evenParts(start, end, drawn.value);
  const solarKwh = course.reduce((sum, part) => sum + part.solarKwh, 0);
  return {
    ...entry,
    drawnKwh: drawn,
    gridKwh: rounded(drawn.value - solarKwh),
    solarKwh: rounded(solarKwh),
    efficiency: efficiencyOf(entry, drawn),
    detail: { ...entry.detail, parts: rowsOfParts(course, start) },
  };
}

/** Makes the figure of energy that somebody has told; `null` without any. */
export function toldDrawn(kwh: number, source: TrustedSource): Figure | null {
  return kwh > 0 ? figureOf(kwh, source, kwh * DRAWN_SIGMAS[source]) : null;
}

/** Returns whether the drawn energy was told, not concluded from the levels. */
function isTold(drawn: Figure): boolean {
  return Object.hasOwn(DRAWN_SIGMAS, drawn.source);
}

function levelsOf(event: ChargingEnded, { levels }: WatchedCharge): Pick<ChargeEntry, "levelFrom" | "levelTo"> {
  const { startSoc, soc, from, band90 } = event;
  const deviation = band90 === null ? LEVEL_SIGMA_PP : (band90[1] - band90[0]) / 2 / BAND_SIGMAS;
  return {
    levelFrom: figureOf(startSoc, "level", LEVEL_SIGMA_PP) ?? figureOf(levels.startSoc, "estimate", levels.startSigma),
    levelTo: figureOf(soc, from ?? "level", deviation) ?? figureOf(levels.endSoc, "estimate", levels.endSigma),
  };
}

/** Returns the energy in the battery: by its levels, else what arrives of the drawn energy; `null` where the level has fallen. */
function batteryOf(
  { energyKwh, from }: ChargingEnded,
  levels: ReturnType<typeof levelsOf>,
  { parts, efficiency }: WatchedCharge,
  { estimate }: CarView,
): Figure | null {
  if (energyKwh !== null) {
    const kwhPerPercent = (estimate?.capacity?.kwh ?? 0) / 100;
    return figureOf(energyKwh, from ?? "estimate", deviationOf(levels) * kwhPerPercent || null);
  }
  const drawn = sumOf(parts);
  if (drawn === 0 || hasFallen(levels)) return null;
  const arrived = drawn * (efficiency ?? USUAL_EFFICIENCY);
  return figureOf(arrived, "estimate", arrived * Math.hypot(USUAL_EFFICIENCY_SIGMA, DRAWN_SIGMAS.car));
}

/** Returns whether the level was lower at the end than at the start: then what was drawn went to the load beside the battery. */
function hasFallen({ levelFrom, levelTo }: ReturnType<typeof levelsOf>): boolean {
  if (levelFrom === null || levelTo?.source !== "level") return false;
  return levelFrom.value - levelTo.value > deviationOf({ levelFrom, levelTo });
}

/** Returns the deviation of the gain of two levels [pp]. */
export function deviationOf({ levelFrom, levelTo }: Pick<ChargeEntry, "levelFrom" | "levelTo">): number {
  return Math.hypot(levelFrom?.sigma ?? 0, levelTo?.sigma ?? 0);
}

/** Returns the mean power while power flowed; over the whole time where nobody told it. @param ms duration [ms] */
function meanOf(drawn: Figure | null, { hours }: WatchedCharge, ms: number): Figure | null {
  const time = drawn !== null && isTold(drawn) && hours > 0 ? hours : ms / HOUR_MS;
  return drawn === null || time <= 0 ? null : figureOf(drawn.value / time, drawn.source);
}

/** Returns what was drawn: as told, else what the gain of the battery needs. */
function drawnOf({ parts, source, efficiency }: WatchedCharge, battery: Figure | null): Figure | null {
  const told = source === "meter" || source === "car" ? toldDrawn(sumOf(parts), source) : null;
  if (told === null || battery?.source !== "level") return told ?? concludedDrawn(battery, efficiency);
  if (isTooMuch(told, battery, efficiency)) return concludedDrawn(battery, efficiency);
  // More cannot arrive than was drawn: then a part of it was told to nobody. That of an old battery seems to.
  const isWhole = battery.value <= told.value * MOST_ARRIVING;
  return isWhole ? told : (concludedDrawn(battery, efficiency) ?? told);
}

/** Returns whether a car tells more than can have been drawn, by the levels that it has measured. A meter knows better. */
function isTooMuch(told: Figure, { value, sigma }: Figure, efficiency: number | null): boolean {
  const most = (value + MOST_SIGMAS * (sigma ?? 0)) / (efficiency ?? LEAST_USUAL_EFFICIENCY);
  return told.source === "car" && told.value > most * MOST_TOLD;
}

/** Concludes the drawn energy from that in the battery. */
export function concludedDrawn(battery: Figure | null, efficiency: number | null): Figure | null {
  if (battery === null || battery.value <= 0) return null;
  const drawn = battery.value / (efficiency ?? USUAL_EFFICIENCY);
  return figureOf(drawn, "estimate", Math.hypot(battery.sigma ?? 0, drawn * USUAL_EFFICIENCY_SIGMA));
}

/** Returns the share that has arrived; `null` where one of the two energies was concluded from the other. */
function efficiencyOf({ batteryKwh, levelFrom, levelTo }: ChargeEntry, drawn: Figure): number | null {
  const gain = (levelTo?.value ?? 0) - (levelFrom?.value ?? 0);
  if (batteryKwh === null || batteryKwh.source === "estimate" || !isTold(drawn) || gain < LEAST_GAIN_PP) return null;
  const share = batteryKwh.value / drawn.value;
  return share >= LEAST_EFFICIENCY && share <= MOST_EFFICIENCY ? rounded(share) : null;
}
