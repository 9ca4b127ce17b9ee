import { definitionOf } from "./catalogue.js";
import { canHave, type DriveType } from "./drive-type.js";
import { ODOMETER } from "./odometer-filter.js";
import { OPENINGS, openingsState } from "./openings.js";
import type { Reading, ReadingSource, ReadingValue } from "./reading.js";
import { chargingPhase, isLocked, isPlugged } from "./words.js";

/** Names the plain values that every car has, whichever descriptors it sends. */
export const VALUE_NAMES = [
  "soc",
  "range",
  "fuel",
  "plugged",
  "charging",
  "locked",
  "odometer",
  "openings",
  "secured",
] as const;
export type ValueName = (typeof VALUE_NAMES)[number];
/** Names the values that sum up several descriptors; each of the others is what one of its descriptors says. */
type SummedName = "openings" | "secured";
type PlainName = Exclude<ValueName, SummedName>;

/** Holds a value with the descriptor that it was taken from. */
export interface SourcedValue {
  readonly name: ValueName;
  /** `null`: unknown now, with the last known value in `last`. */
  readonly value: ReadingValue | null;
  readonly unit: string | null;
  readonly from: string;
  /** BMW's time of the source, in milliseconds. */
  readonly timestamp: number;
  readonly source: ReadingSource;
  readonly last?: NonNullable<Reading["last"]>;
  /** Only of `openings`: the descriptors of what is open. */
  readonly data?: readonly string[];
}

type ReadingsByDescriptor = ReadonlyMap<string, Reading>;
/** Interprets a reading's value; returns `null` if it has no meaning here. */
type Meaning = (value: ReadingValue) => ReadingValue | null;

const SOC_HEADER = "vehicle.drivetrain.batteryManagement.header";
export const CHARGING_STATUS = "vehicle.drivetrain.electricEngine.charging.status";
export const DOOR_STATUS = "vehicle.cabin.door.status";
const LOCKS = [DOOR_STATUS, "vehicle.cabin.door.lock.status"];
export const FUEL_LITRES = "vehicle.drivetrain.fuelSystem.remainingFuel";
export const FUEL_LEVEL = "vehicle.drivetrain.fuelSystem.level";
export const TOTAL_RANGE = "vehicle.drivetrain.lastRemainingRange";
export const ELECTRIC_RANGE = "vehicle.drivetrain.electricEngine.kombiRemainingElectricRange";
const ELECTRIC_RANGE_CHARGING = "vehicle.drivetrain.electricEngine.remainingElectricRange";
const TOTAL_RANGE_CHARGING = "vehicle.drivetrain.totalRemainingRange";
const PORT = "vehicle.body.chargingPort";
const SOCKETS = "vehicle.powertrain.tractionBattery.charging.port";
const SOCKET_PLACES = ["anyPosition", "frontLeft", "frontMiddle", "frontRight", "rearLeft", "rearMiddle", "rearRight"];

/** Lists the levels that only cars with a high-voltage battery send. */
export const MEASURED_LEVELS = [
  SOC_HEADER,
  // The newest cars send this one only.
  "vehicle.powertrain.electric.battery.stateOfCharge.displayed",
  "vehicle.drivetrain.electricEngine.charging.level",
];
/** Petrol cars send it too. */
export const TRIP_LEVEL = "vehicle.trip.segment.end.drivetrain.batteryManagement.hvSoc";
export const SOC_SOURCES = [...MEASURED_LEVELS, TRIP_LEVEL];
export const FUEL_SOURCES = [FUEL_LITRES, FUEL_LEVEL];
export const ELECTRIC_RANGES = [ELECTRIC_RANGE, ELECTRIC_RANGE_CHARGING];
const TOTAL_RANGES = [TOTAL_RANGE, TOTAL_RANGE_CHARGING];
const RANGES = [...ELECTRIC_RANGES, ...TOTAL_RANGES];

/**
 * Lists the descriptors of each value, best first: a fresher lower source does not replace a better one unless that is
 * unknown.
 */
const SOURCES: Readonly<Record<Exclude<ValueName, "range">, readonly string[]>> = {
  soc: SOC_SOURCES,
  fuel: FUEL_SOURCES,
  plugged: [
    `${PORT}.status`,
    ...SOCKET_PLACES.map((place) => `${SOCKETS}.${place}.isPlugged`),
    `${PORT}.combinedStatus`,
    `${PORT}.dcStatus`,
  ],
  charging: [CHARGING_STATUS, "vehicle.drivetrain.electricEngine.charging.hvStatus"],
  locked: LOCKS,
  openings: OPENINGS,
  secured: [...LOCKS, ...OPENINGS],
  odometer: [ODOMETER, "vehicle.trip.segment.end.travelledDistance", "vehicle.trip.segment.end.traveledDistance"],
};

/** Returns a battery level [%]; `null` for anything else. */
export function levelOf(value: unknown): number | null {
  return typeof value === "number" && value >= 0 && value <= 100 ? value : null;
}

const number: Meaning = (value) => (typeof value === "number" ? value : null);
const MEANINGS: Readonly<Record<PlainName, Meaning>> = {
  soc: number,
  range: number,
  fuel: number,
  odometer: number,
  plugged: isPlugged,
  charging: (value) => {
    const phase = chargingPhase(value);
    return phase === null ? null : phase === "active";
  },
  locked: isLocked,
};

/** Maps each source descriptor to its values. */
export const VALUES_OF_SOURCE: ReadonlyMap<string, readonly ValueName[]> = valuesBySource();

function valuesBySource(): ReadonlyMap<string, readonly ValueName[]> {
  const values = new Map<string, ValueName[]>();
  for (const name of VALUE_NAMES)
    for (const source of orderOf(name, null)) values.set(source, [...(values.get(source) ?? []), name]);
  return values;
}

type Sources = Readonly<Record<ValueName, readonly string[]>>;

const SOURCES_OF: Readonly<Record<DriveType | "unknown", Sources>> = {
  bev: sourcesFor("bev"),
  phev: sourcesFor("phev"),
  combustion: sourcesFor("combustion"),
  // Without any value above zero of a battery or a tank, a zero may describe something that the car does not have.
  unknown: { ...sourcesFor(null), soc: [], fuel: [] },
};

/** Returns the sourced value; `null` if the car does not send it or cannot have it. */
export function sourcedValue(
  name: ValueName,
  readings: ReadingsByDescriptor,
  driveType: DriveType | null,
): SourcedValue | null {
  if (name === "openings") return openingsIn(readings);
  return name === "secured" ? securedIn(readings, driveType) : plainValue(name, readings, driveType);
}

/** Words of `openings` while all is closed, as BMW spells it. */
export const ALL_CLOSED = "CLOSED";
/** Stands between the names of what is open. */
export const BETWEEN_NAMES = "; ";

function openingsIn(readings: ReadingsByDescriptor): SourcedValue | null {
  const state = openingsState(readings);
  if (state === null) return null;
  const { open, ...origin } = state;
  const names = open.map((descriptor) => definitionOf(descriptor)?.name ?? descriptor);
  const value = names.length === 0 ? ALL_CLOSED : names.join(BETWEEN_NAMES);
  return { name: "openings", value, unit: null, ...origin, data: open };
}

/** Returns whether the car is locked and all of it closed: not locked or something open is enough for a no. */
function securedIn(readings: ReadingsByDescriptor, driveType: DriveType | null): SourcedValue | null {
  const lock = plainValue("locked", readings, driveType);
  const openings = openingsState(readings);
  const secured = { name: "secured", unit: null } as const;
  if (lock?.value === false) return { ...lock, ...secured };
  if (openings === null) return null;
  const { open, from, timestamp, source } = openings;
  if (open.length > 0) return { ...secured, value: false, from, timestamp, source };
  if (lock === null) return null;
  return lock.timestamp >= timestamp ? { ...lock, ...secured } : { ...lock, ...secured, timestamp, source };
}

function plainValue(name: PlainName, readings: ReadingsByDescriptor, driveType: DriveType | null): SourcedValue | null {
  for (const from of sourcesOf(name, driveType)) {
    const reading = readings.get(from);
    if (reading === undefined) continue;
    const value = reading.value === null ? null : MEANINGS[name](reading.value);
    if (value === null || (name === "range" && isVoidRange(reading, readings))) continue;
    return { name, value, unit: reading.unit, from, timestamp: reading.timestamp, source: reading.source };
  }
  return null;
}

/** Returns the descriptors of a value in a car of this kind, best first. */
export function sourcesOf(name: ValueName, driveType: DriveType | null): readonly string[] {
  return SOURCES_OF[driveType ?? "unknown"][name];
}

function sourcesFor(driveType: DriveType | null): Sources {
  const sources = (name: ValueName) => orderOf(name, driveType).filter((source) => canHave(driveType, source));
  return {
    soc: sources("soc"),
    range: sources("range"),
    fuel: sources("fuel"),
    plugged: sources("plugged"),
    charging: sources("charging"),
    locked: sources("locked"),
    odometer: sources("odometer"),
    openings: sources("openings"),
    secured: sources("secured"),
  };
}

function orderOf(name: ValueName, driveType: DriveType | null): readonly string[] {
  if (name !== "range") return SOURCES[name];
  return driveType === "phev" || driveType === "combustion" ? [...TOTAL_RANGES, ...ELECTRIC_RANGES] : RANGES;
}

/**
 * Returns whether a range of zero is void: some cars send a total of zero beside an electric range, petrol cars an
 * electric range of zero.
 */
function isVoidRange({ value, descriptor }: Reading, readings: ReadingsByDescriptor): boolean {
  if (value !== 0) return false;
  return RANGES.some((other) => {
    const range = other === descriptor ? null : readings.get(other)?.value;
    return typeof range === "number" && range > 0;
  });
}
