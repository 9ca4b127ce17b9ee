import { CHARGING_METHOD } from "../../vehicle/charge.js";
import { IS_MOVING } from "../../vehicle/derived-readings.js";
import { kilometres, ODOMETER } from "../../vehicle/odometer-filter.js";
import type { Reading, ReadingValue } from "../../vehicle/reading.js";
import { KM_PER_MILE } from "../../support/distances.js";
import { CHARGING_STATUS, SOC_SOURCES } from "../../vehicle/source-priority.js";
import { chargingMethod, chargingPhase, isPlugged, phaseCount } from "../../vehicle/words.js";
import { MOST_KW } from "../settings.js";
import { LEVEL_SOURCES, type LevelSource, type Observation } from "./observation.js";

/** A reading with a known value; times in ms. */
interface KnownReading {
  readonly value: ReadingValue;
  readonly unit: string | null;
  readonly at: number;
  readonly now: number;
  readonly pushed: boolean;
}

type ReadingInterpreter = (reading: KnownReading) => Observation | null;

const BATTERY = "vehicle.drivetrain.batteryManagement";
const CHARGING = "vehicle.drivetrain.electricEngine.charging";
const LATITUDE = "vehicle.cabin.infotainment.navigation.currentLocation.latitude";
const LONGITUDE = "vehicle.cabin.infotainment.navigation.currentLocation.longitude";
const W_PER_KW = 1000;

const MAKERS: ReadonlyMap<string, ReadingInterpreter> = new Map(
  Object.entries<ReadingInterpreter>({
    ...Object.fromEntries(LEVEL_SOURCES.map((source, index) => [SOC_SOURCES[index] ?? source, levelMaker(source)])),
    "vehicle.powertrain.electric.battery.stateOfCharge.target": number((soc, { at, now }) => ({
      kind: "target",
      soc,
      at,
      now,
    })),
    [`${BATTERY}.maxEnergy`]: capacityMaker("maxEnergy"),
    [`${BATTERY}.batterySizeMax`]: capacityMaker("batterySizeMax"),
    [CHARGING_STATUS]: ({ value, at, now }) => ({ kind: "status", active: chargingPhase(value) === "active", at, now }),
    [CHARGING_METHOD]: ({ value, at, now }) => ({ kind: "method", method: chargingMethod(value), at, now }),
    "vehicle.powertrain.electric.battery.charging.power": number((value, { unit, at, now }) => ({
      kind: "power",
      kw: kilowatts(value, unit),
      at,
      now,
    })),
    [`${CHARGING}.acVoltage`]: number((volts, { at, now }) => ({ kind: "volts", volts, at, now })),
    [`${CHARGING}.acAmpere`]: number((amps, { at, now }) => ({ kind: "amps", amps, at, now })),
    [`${CHARGING}.phaseNumber`]: ({ value, at, now }) => ({ kind: "phases", phases: phaseCount(value), at, now }),
    [`${CHARGING}.timeRemaining`]: number((minutes, { at, now }) => ({ kind: "minutesLeft", minutes, at, now })),
    "vehicle.body.chargingPort.status": plugMaker,
    "vehicle.powertrain.tractionBattery.charging.port.anyPosition.isPlugged": plugMaker,
    "vehicle.body.chargingPort.plugEventId": ({ at, now }) => ({ kind: "plugged", at, now }),
    [ODOMETER]: odometer,
    [IS_MOVING]: ({ value, at, now }) =>
      typeof value === "boolean" ? { kind: "motion", moving: value, at, now } : null,
  }),
);

/** Order in which a message is read, so that a value meets its circumstances: the charge is known before its power. */
const ORDER: readonly Observation["kind"][] = [
  "capacity",
  "target",
  "method",
  "plugged",
  "status",
  "phases",
  "volts",
  "amps",
  "power",
  "minutesLeft",
  "soc",
];
const RANKS: Readonly<Partial<Record<Observation["kind"], number>>> = Object.fromEntries(
  ORDER.map((kind, rank) => [kind, rank]),
);
const NOTHING: readonly Observation[] = [];

/** Tells whether a value of that name says anything of the battery or the way. */
export function concernsBattery(descriptor: string): boolean {
  return MAKERS.has(descriptor) || descriptor === LATITUDE || descriptor === LONGITUDE;
}

/**
 * Makes observations of accepted readings of one car; unknown values tell nothing, what the desk concluded itself only
 * motion.
 */
export function observationsOf(readings: readonly Reading[], now: number): Observation[] {
  const observations: Observation[] = [];
  for (const { descriptor, value, unit, timestamp: at, source } of readings) {
    const make = MAKERS.get(descriptor);
    if (value === null || make === undefined || (source === "derived" && descriptor !== IS_MOVING)) continue;
    const observation = make({ value, unit, at, now, pushed: source === "stream" });
    if (observation !== null) insert(observations, observation);
  }
  const place = position(readings, now);
  if (place !== null) observations.push(place);
  return observations;
}

/**
 * Finds the end of a charge without a word of its status: BMW says that the car moves. A status that nobody knows any
 * more ends nothing.
 * @param since when the charge began, ms; `null` without one
 */
export function silentEnd(readings: readonly Reading[], since: number | null, now: number): readonly Observation[] {
  if (since === null) return NOTHING;
  const sign = readings.find(
    ({ descriptor, value, source, timestamp }) =>
      descriptor === IS_MOVING && value === true && source !== "derived" && timestamp > since,
  );
  return sign === undefined ? NOTHING : [{ kind: "status", active: false, at: sign.timestamp, now }];
}

/** Puts an observation behind all that are read before it or with it: a message has so few that nothing needs sorting. */
function insert(observations: Observation[], observation: Observation): void {
  const own = rank(observation);
  let place = observations.length;
  while (place > 0) {
    const before = observations[place - 1];
    if (before === undefined || rank(before) <= own) break;
    observations[place--] = before;
  }
  observations[place] = observation;
}

function rank({ kind }: Observation): number {
  return RANKS[kind] ?? ORDER.length;
}

function levelMaker(source: LevelSource): ReadingInterpreter {
  return number((soc, { at, now, pushed }) =>
    soc >= 0 && soc <= 100 ? { kind: "soc", source, soc, at, now, pushed } : null,
  );
}

function capacityMaker(source: "maxEnergy" | "batterySizeMax"): ReadingInterpreter {
  return number((kwh, { at, now }) => ({ kind: "capacity", source, kwh, at, now }));
}

function plugMaker({ value, at, now }: KnownReading): Observation | null {
  return isPlugged(value) === true ? { kind: "plugged", at, now } : null;
}

function number(make: (value: number, reading: KnownReading) => Observation | null): ReadingInterpreter {
  return (reading) =>
    typeof reading.value === "number" && Number.isFinite(reading.value) ? make(reading.value, reading) : null;
}

function odometer({ value, unit, at, now }: KnownReading): Observation | null {
  const km = kilometres({ value, unit });
  if (km === null || !Number.isFinite(km)) return null;
  if (unit !== "mi") return { kind: "odometer", km, at, now };
  // Whole miles look like a lot of decimals in kilometres.
  return { kind: "odometer", km, stepKm: Number.isInteger(value) ? KM_PER_MILE : KM_PER_MILE / 10, at, now };
}

function kilowatts(value: number, unit: string | null): number {
  // Without a unit, more than any charger gives is told in W.
  const isWatts = unit === null ? Math.abs(value) > MOST_KW : unit.toLowerCase() === "w";
  return isWatts ? value / W_PER_KW : value;
}

/** Finds a fix: both halves in one message, of the same moment. */
function position(readings: readonly Reading[], now: number): Observation | null {
  const latitude = readings.find(({ descriptor }) => descriptor === LATITUDE);
  if (latitude === undefined) return null;
  const longitude = readings.find(({ descriptor }) => descriptor === LONGITUDE);
  if (typeof latitude.value !== "number" || typeof longitude?.value !== "number") return null;
  if (latitude.timestamp !== longitude.timestamp) return null;
  return { kind: "position", latitude: latitude.value, longitude: longitude.value, at: latitude.timestamp, now };
}
