import { toDistanceUnit, unitOf, type DistanceFigure, type DistanceUnit } from "../../support/distances.js";
import { fillText } from "../../support/fill-text.js";
import { rounded, type ChargeEntry, type EntryPlace, type JournalEntry, type TripEntry } from "../entry.js";
import type { ColumnName, ExportTexts } from "./languages/texts.js";

/**
 * What a column holds: a text of anybody, a word of ours, a day `2026-03-02`, a time `07:41:05`, or numbers with so many
 * decimals.
 */
export type ColumnForm = "text" | "word" | "date" | "time" | number;

/** Holds an entry with what a column needs beside it. */
export interface Row<Entry extends JournalEntry> {
  readonly car: string;
  readonly entry: Entry;
  readonly texts: ExportTexts;
}

export interface Column<Entry extends JournalEntry> {
  readonly name: ColumnName;
  readonly form: ColumnForm;
  /** `null`: unknown; distances, speeds and consumption in km. */
  readonly valueOf: (row: Row<Entry>) => string | number | null;
}

/** Names the columns that depend on the unit of distances. */
const FIGURES: Readonly<Partial<Record<ColumnName, DistanceFigure>>> = {
  distanceKm: "distance",
  odometerStartKm: "odometer",
  odometerEndKm: "odometer",
  odometerKm: "odometer",
  consumption: "consumption",
  meanKmh: "speed",
  topKmh: "speed",
};

/** Returns the name of a column with its unit. */
export function labelOf(name: ColumnName, { columns }: ExportTexts, distanceUnit: DistanceUnit): string {
  const figure = FIGURES[name];
  return figure === undefined ? columns[name] : fillText(columns[name], { unit: unitOf(figure, distanceUnit) });
}

/** Returns a value of a column in the unit that its name says. @param value in km, km/h or kWh/100 km where it is such a one */
export function shownValue(
  name: ColumnName,
  value: string | number | null,
  distanceUnit: DistanceUnit,
): string | number | null {
  const figure = FIGURES[name];
  return figure === undefined || typeof value !== "number" ? value : toDistanceUnit(value, figure, distanceUnit);
}

/** Where the day and the time of the clock lie in a time with its offset. */
const [DAY, CLOCK] = [
  { from: 0, to: 10 },
  { from: 11, to: 19 },
];

const HEADING: readonly Column<JournalEntry>[] = [
  { name: "car", form: "text", valueOf: ({ car }) => car },
  { name: "id", form: "word", valueOf: ({ entry }) => entry.id },
  { name: "startDate", form: "date", valueOf: ({ entry }) => entry.start.slice(DAY.from, DAY.to) },
  { name: "startTime", form: "time", valueOf: ({ entry }) => entry.start.slice(CLOCK.from, CLOCK.to) },
  { name: "endDate", form: "date", valueOf: ({ entry }) => entry.end.slice(DAY.from, DAY.to) },
  { name: "endTime", form: "time", valueOf: ({ entry }) => entry.end.slice(CLOCK.from, CLOCK.to) },
  { name: "zone", form: "text", valueOf: ({ entry }) => entry.zone },
];

const NOTE: Column<JournalEntry> = { name: "note", form: "text", valueOf: ({ entry }) => entry.note };

/** Lists the columns of the trips. */
export const TRIP_COLUMNS: readonly Column<TripEntry>[] = [
  ...HEADING,
  { name: "from", form: "text", valueOf: ({ entry }) => entry.from?.name ?? null },
  { name: "fromLatitude", form: 5, valueOf: ({ entry }) => entry.from?.latitude ?? null },
  { name: "fromLongitude", form: 5, valueOf: ({ entry }) => entry.from?.longitude ?? null },
  { name: "to", form: "text", valueOf: ({ entry }) => entry.to?.name ?? null },
  { name: "toLatitude", form: 5, valueOf: ({ entry }) => entry.to?.latitude ?? null },
  { name: "toLongitude", form: 5, valueOf: ({ entry }) => entry.to?.longitude ?? null },
  { name: "distanceKm", form: 1, valueOf: ({ entry }) => entry.distanceKm?.value ?? null },
  { name: "odometerStartKm", form: 0, valueOf: ({ entry }) => odometerAtStart(entry) },
  { name: "odometerEndKm", form: 0, valueOf: ({ entry }) => entry.odometerKm },
  { name: "durationMin", form: 0, valueOf: ({ entry }) => entry.durationMin },
  { name: "levelFrom", form: 0, valueOf: ({ entry }) => entry.levelFrom?.value ?? null },
  { name: "levelTo", form: 0, valueOf: ({ entry }) => entry.levelTo?.value ?? null },
  { name: "energyKwh", form: 1, valueOf: ({ entry }) => entry.energyKwh?.value ?? null },
  { name: "energySource", form: "word", valueOf: ({ entry, texts }) => wordOf(texts.sources, entry.energyKwh?.source) },
  { name: "consumption", form: 1, valueOf: ({ entry }) => entry.consumption?.value ?? null },
  { name: "meanKmh", form: 0, valueOf: ({ entry }) => entry.meanKmh?.value ?? null },
  { name: "topKmh", form: 0, valueOf: ({ entry }) => entry.topKmh?.value ?? null },
  { name: "purpose", form: "word", valueOf: ({ entry, texts }) => wordOf(texts.purposes, entry.purpose?.value) },
  { name: "purposeSource", form: "word", valueOf: ({ entry, texts }) => wordOf(texts.sources, entry.purpose?.source) },
  { name: "inferred", form: "word", valueOf: ({ entry, texts }) => (entry.inferred ? texts.yes : texts.no) },
  NOTE,
];

/** Lists the columns of the charges. */
export const CHARGE_COLUMNS: readonly Column<ChargeEntry>[] = [
  ...HEADING,
  { name: "place", form: "text", valueOf: ({ entry }) => entry.place?.name ?? null },
  { name: "latitude", form: 5, valueOf: ({ entry }) => entry.place?.latitude ?? null },
  { name: "longitude", form: 5, valueOf: ({ entry }) => entry.place?.longitude ?? null },
  { name: "provider", form: "text", valueOf: ({ entry }) => entry.provider },
  { name: "levelFrom", form: 0, valueOf: ({ entry }) => entry.levelFrom?.value ?? null },
  { name: "levelTo", form: 0, valueOf: ({ entry }) => entry.levelTo?.value ?? null },
  { name: "batteryKwh", form: 2, valueOf: ({ entry }) => entry.batteryKwh?.value ?? null },
  {
    name: "batterySource",
    form: "word",
    valueOf: ({ entry, texts }) => wordOf(texts.sources, entry.batteryKwh?.source),
  },
  { name: "drawnKwh", form: 2, valueOf: ({ entry }) => entry.drawnKwh?.value ?? null },
  { name: "drawnSource", form: "word", valueOf: ({ entry, texts }) => wordOf(texts.sources, entry.drawnKwh?.source) },
  { name: "gridKwh", form: 2, valueOf: ({ entry }) => entry.gridKwh },
  { name: "solarKwh", form: 2, valueOf: ({ entry }) => entry.solarKwh },
  { name: "efficiency", form: 1, valueOf: ({ entry }) => percent(entry.efficiency) },
  { name: "method", form: "word", valueOf: ({ entry }) => entry.method },
  { name: "phases", form: 0, valueOf: ({ entry }) => entry.phases },
  { name: "peakKw", form: 1, valueOf: ({ entry }) => entry.peakKw?.value ?? null },
  { name: "meanKw", form: 1, valueOf: ({ entry }) => entry.meanKw?.value ?? null },
  { name: "pauses", form: 0, valueOf: ({ entry }) => entry.pauses },
  { name: "reason", form: "word", valueOf: ({ entry, texts }) => wordOf(texts.reasons, entry.reason) },
  { name: "odometerKm", form: 0, valueOf: ({ entry }) => entry.odometerKm },
  { name: "cost", form: 2, valueOf: ({ entry }) => entry.cost?.amount ?? null },
  { name: "currency", form: "text", valueOf: ({ entry }) => entry.cost?.currency ?? null },
  { name: "costSource", form: "word", valueOf: ({ entry, texts }) => wordOf(texts.sources, entry.cost?.source) },
  { name: "maxEnergyKwh", form: 1, valueOf: ({ entry }) => entry.maxEnergyKwh },
  { name: "batterySizeMaxKwh", form: 1, valueOf: ({ entry }) => entry.batterySizeMaxKwh },
  NOTE,
];

/** Returns the odometer at the start [km], by the distance; `null` where one is unknown. */
function odometerAtStart({ odometerKm, distanceKm }: TripEntry): number | null {
  return odometerKm === null || distanceKm === null ? null : odometerKm - distanceKm.value;
}

function percent(share: number | null): number | null {
  return share === null ? null : rounded(share * 100);
}

function wordOf<Key extends string>(words: Readonly<Record<Key, string>>, key: Key | null | undefined): string | null {
  return key === null || key === undefined ? null : words[key];
}

/** Returns a place for people: its name, else where it is. */
export function placeText(place: EntryPlace | null): string | null {
  if (place === null) return null;
  return place.name ?? `${place.latitude.toFixed(4)}, ${place.longitude.toFixed(4)}`;
}
