import { momentOf } from "../support/iso-time.js";
import { finiteNumber, isObject, nonEmptyText } from "../support/json.js";
import {
  clampedNumber,
  isTrue,
  needed,
  object,
  objectOrDefaults,
  oneOf,
  or,
  then,
  type StoredReader,
} from "../support/stored-schema.js";
import { isGeoPoint } from "../vehicle/geography.js";
import type { ChargingEndReason, ChargingMethod } from "../vehicle/vehicle-event.js";
import { compactTime } from "./zoned-time.js";

/*
 * The entries of the journal. An entry has the same form in memory and as a line of its file, but for members that are
 * `null`, which a line leaves out. Whoever changes the meaning of a member increments `SCHEMA`.
 */

/** Version of the entries that this version writes. */
export const SCHEMA = 1;

/**
 * Names where a figure comes from. `level`: levels that the car measured; `estimate`: the estimated level; `meter`: the
 * user's meter; `car`: power, volts and amps, or distance by the car; `chargingHistory`: BMW's charging history;
 * `tracker`: the user's tracker; `track`: the fixes of the trip.
 */
export const FIGURE_SOURCES = ["level", "estimate", "meter", "car", "chargingHistory", "tracker", "track"] as const;
export type FigureSource = (typeof FIGURE_SOURCES)[number];

export const PURPOSES = ["private", "business", "commute"] as const;
export type Purpose = (typeof PURPOSES)[number];

const METHODS: readonly ChargingMethod[] = ["AC", "DC"];
const REASONS: readonly ChargingEndReason[] = ["target", "unplugged", "stopped", "error", "unknown"];

const TIME_WITH_OFFSET = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d[+-]\d\d:\d\d$/;
const ID = /^(trip|charge)-\d{8}T\d{6}Z$/;
/** Limits the points of a curve or a track that are read: no file makes the program hold more. */
const MOST_READ = 1000;

const time: StoredReader<string | null> = then<string, string>(nonEmptyText, (text) =>
  TIME_WITH_OFFSET.test(text) && momentOf(text) !== null ? text : null,
);
const id = then<string, string>(nonEmptyText, (text) => (ID.test(text) ? text : null));
const amount = clampedNumber(0, 1e9);

/** Limits every figure of a car: one beyond makes a sum of years worthless. */
const MOST_FIGURE = 1e9;
/** Limits how long anything goes on [ms]: one that never ends would be the same as all that comes later. */
const LONGEST_MS = 100 * 24 * 3_600_000;

const numberFrom = (least: number): StoredReader<number | null> =>
  then<number, number>(finiteNumber, (value) => (value >= least && value <= MOST_FIGURE ? value : null));

const figureFrom = (least: number) =>
  object({
    value: needed(numberFrom(least)),
    source: needed(oneOf(FIGURE_SOURCES)),
    /** Standard deviation in the unit of the value; `null`: unknown. */
    sigma: amount,
  });
const figure = figureFrom(0);
/** A car that drives downhill charges its battery. */
const signedFigure = figureFrom(-MOST_FIGURE);
/** Holds a number with its source and its uncertainty. */
export type Figure = NonNullable<ReturnType<typeof figure>>;

const place = then(
  object({
    /** `null`: it has no name. */
    name: nonEmptyText,
    /** Degrees. */
    latitude: needed(finiteNumber),
    longitude: needed(finiteNumber),
  }),
  (read) => (isGeoPoint(read) ? read : null),
);
export type EntryPlace = NonNullable<ReturnType<typeof place>>;

/** Reads rows of numbers: `null` within a row is kept, a row that is none is left out. */
const rows: StoredReader<readonly (readonly (number | null)[])[]> = (stored) =>
  Array.isArray(stored) ? stored.slice(0, MOST_READ).flatMap((row: unknown) => numbersOf(row) ?? []) : [];

function numbersOf(row: unknown): (number | null)[][] | null {
  return Array.isArray(row) ? [row.map((value: unknown) => (value === null ? null : finiteNumber(value)))] : null;
}

const purpose = object({ value: needed(oneOf(PURPOSES)), source: needed(oneOf(["rule", "command"])) });

const heading = {
  schema: needed(finiteNumber),
  id: needed(id),
  /** Time with the offset of the zone. */
  start: needed(time),
  end: needed(time),
  /** IANA name of the zone in which days and months are counted. */
  zone: needed(nonEmptyText),
  /** What the user has noted, by command. */
  note: nonEmptyText,
};

const readTrip = object({
  ...heading,
  kind: needed(oneOf(["trip"])),
  /** Whether its start was not heard: then `start` is the first sign of it. */
  inferred: isTrue,
  from: place,
  to: place,
  distanceKm: figure,
  /** At the end of the trip; `null` if it was not read there. */
  odometerKm: amount,
  /** `null` if its start or its end was not heard. */
  durationMin: amount,
  /** Percent. */
  levelFrom: figure,
  levelTo: figure,
  /** Energy out of the battery [kWh]. */
  energyKwh: signedFigure,
  /** kWh/100 km. */
  consumption: signedFigure,
  meanKmh: figure,
  topKmh: figure,
  purpose,
  detail: objectOrDefaults({
    /** Minutes since the start, latitude, longitude. */
    track: rows,
  }),
});
export type TripEntry = NonNullable<ReturnType<typeof readTrip>>;

const cost = object({
  /** In `currency`, to the cent; `null`: no price is known. */
  amount: numberFrom(-MOST_FIGURE),
  currency: needed(nonEmptyText),
  /** `tariff`: of the place; `price`: by message; `chargingHistory`: BMW's own reckoning. */
  source: oneOf(["tariff", "price", "chargingHistory"]),
});

const readCharge = object({
  ...heading,
  kind: needed(oneOf(["charge"])),
  place,
  /** Percent. */
  levelFrom: figure,
  levelTo: figure,
  /** Energy into the battery [kWh]. */
  batteryKwh: figure,
  /** Energy drawn, before losses and with the load beside the battery; from the grid and from the sun [kWh]. */
  drawnKwh: figure,
  gridKwh: amount,
  solarKwh: amount,
  /** Share of the drawn energy that arrived in the battery. */
  efficiency: amount,
  method: oneOf(METHODS),
  phases: amount,
  peakKw: figure,
  /** While power flowed. */
  meanKw: figure,
  pauses: or(amount, 0),
  reason: oneOf(REASONS),
  cost,
  odometerKm: amount,
  /** Capacity by the car [kWh]. */
  maxEnergyKwh: amount,
  batterySizeMaxKwh: amount,
  /** Provider of a public charging point, by BMW's charging history. */
  provider: nonEmptyText,
  detail: objectOrDefaults({
    /** Minutes since the start, level [%], power [kW]. */
    curve: rows,
    /** One row per quarter of an hour: see `EnergyPart`. */
    parts: rows,
  }),
});
export type ChargeEntry = NonNullable<ReturnType<typeof readCharge>>;

export type JournalEntry = TripEntry | ChargeEntry;

const readDeletedLine = object({
  ...heading,
  kind: needed(oneOf(["trip", "charge"])),
  deleted: needed(oneOf([true])),
});
/** Stands for an entry that the user has deleted, so that it does not come back when it is told again. */
export type DeletedEntry = NonNullable<ReturnType<typeof readDeletedLine>>;

/** Says why a line is no entry: it is damaged, a newer version has written it, or it says that one was deleted. */
export type EntryRefusal = "damaged" | "newer" | "deleted";

/** Reads an entry out of a parsed line; a member that cannot be used is `null`. */
export function readEntry(stored: unknown): JournalEntry | EntryRefusal {
  if (!isObject(stored)) return "damaged";
  const schema = finiteNumber(stored["schema"]);
  if (schema !== null && schema > SCHEMA) return "newer";
  if (stored["deleted"] === true) return readDeleted(stored) === null ? "damaged" : "deleted";
  const entry = stored["kind"] === "charge" ? readCharge(stored) : readTrip(stored);
  return entry !== null && momentsInOrder(entry) && entry.id.startsWith(entry.kind) ? entry : "damaged";
}

/** Reads a parsed line that says that an entry was deleted; `null` if it says something else. */
export function readDeleted(stored: unknown): DeletedEntry | null {
  return readDeletedLine(stored);
}

/** Returns what stays of an entry that is deleted: nothing of what it told, but when it was. */
export function deletedEntry({ kind, id, start, end, zone }: JournalEntry): DeletedEntry {
  return { schema: SCHEMA, kind, id, start, end, zone, note: null, deleted: true };
}

function momentsInOrder(entry: Pick<JournalEntry, "start" | "end">): boolean {
  const { from, to } = spanOf(entry);
  return from <= to && to - from <= LONGEST_MS;
}

/** Returns the id of an entry: what began at the same second is the same, also after a restart. */
export function entryId(kind: JournalEntry["kind"], start: number): string {
  return `${kind}-${compactTime(start)}`;
}

/** Returns the beginning and the end of an entry [ms]. */
export function spanOf({ start, end }: Pick<JournalEntry, "start" | "end">): {
  readonly from: number;
  readonly to: number;
} {
  return { from: Date.parse(start), to: Date.parse(end) };
}

/** Makes a figure, rounded to thousandths; `null` without a value. */
export function figureOf(value: number | null, source: FigureSource, sigma: number | null = null): Figure | null {
  if (value === null || !Number.isFinite(value)) return null;
  return { value: rounded(value), source, sigma: sigma === null ? null : rounded(sigma) };
}

export function rounded(value: number, digits = 3): number {
  const scale = 10 ** digits;
  return Math.round(value * scale) / scale;
}
