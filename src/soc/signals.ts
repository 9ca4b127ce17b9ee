import { CHARGING_STATUS } from "../vehicle/values.js";
import { chargingMethod, chargingPhase, isPlugged, phaseCount } from "../vehicle/words.js";
import { CHARGING_METHOD } from "../vehicle/charging.js";
import { kilometres, ODOMETER } from "../vehicle/odometer.js";
import type { Reading, Value } from "../vehicle/reading.js";
import { KM_PER_MILE } from "../vehicle/units.js";
import { MOST_KW } from "./limits.js";
import type { SocValue } from "./soc-value.js";
import type { SocSignal } from "./types.js";

/** A reading with a known value; `at` is BMW's time, `now` the receive time, ms. */
interface Told {
  readonly value: Value;
  readonly unit: string | null;
  readonly at: number;
  readonly now: number;
  readonly pushed: boolean;
}

type Maker = (told: Told) => SocSignal | null;

const BATTERY = "vehicle.drivetrain.batteryManagement";
const CHARGING = "vehicle.drivetrain.electricEngine.charging";
const SOC = "vehicle.powertrain.electric.battery.stateOfCharge";
const LATITUDE = "vehicle.cabin.infotainment.navigation.currentLocation.latitude";
const LONGITUDE = "vehicle.cabin.infotainment.navigation.currentLocation.longitude";
const W_PER_KW = 1000;

const MAKERS: Readonly<Record<string, Maker>> = {
  [`${BATTERY}.header`]: soc("header"),
  [`${SOC}.displayed`]: soc("displayed"),
  [`${CHARGING}.level`]: soc("level"),
  "vehicle.trip.segment.end.drivetrain.batteryManagement.hvSoc": soc("tripEnd"),
  [`${SOC}.target`]: number((value, { at, now }) => ({ kind: "target", soc: value, at, now })),
  [`${BATTERY}.maxEnergy`]: number((kwh, { at, now }) => ({ kind: "capacity", source: "maxEnergy", kwh, at, now })),
  [`${BATTERY}.batterySizeMax`]: number((kwh, { at, now }) => ({
    kind: "capacity",
    source: "batterySizeMax",
    kwh,
    at,
    now,
  })),
  [CHARGING_STATUS]: ({ value, at, now }) => ({ kind: "status", active: chargingPhase(value) === "active", at, now }),
  [CHARGING_METHOD]: ({ value, at, now }) => {
    const method = chargingMethod(value);
    return method && { kind: "method", method, at, now };
  },
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
  "vehicle.body.chargingPort.status": ({ value, at, now }) =>
    isPlugged(value) === true ? { kind: "plugged", at, now } : null,
  "vehicle.powertrain.tractionBattery.charging.port.anyPosition.isPlugged": ({ value, at, now }) =>
    value === true ? { kind: "plugged", at, now } : null,
  "vehicle.body.chargingPort.plugEventId": ({ at, now }) => ({ kind: "plugged", at, now }),
  [ODOMETER]: odometer,
  "vehicle.isMoving": ({ value, at, now }) =>
    typeof value === "boolean" ? { kind: "motion", moving: value, at, now } : null,
};

/** So that a value meets what the same message says of its circumstances: the charge is known before its power. */
const ORDER = [
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

/** Whether a value of that name tells anything of it. */
export function concernsBattery(descriptor: string): boolean {
  return Object.hasOwn(MAKERS, descriptor) || descriptor === LATITUDE || descriptor === LONGITUDE;
}

/**
 * What accepted readings of one car tell about its battery; unknown values tell nothing, what the desk concluded itself only
 * motion. Units: kW, kWh, %, V, A, km, min.
 */
export function signalsOf(readings: readonly Reading[], now: number): SocSignal[] {
  const signals = readings.flatMap((reading) => {
    const { descriptor, value, unit, timestamp: at, source } = reading;
    const make = MAKERS[descriptor];
    if (value === null || make === undefined || (source === "derived" && descriptor !== "vehicle.isMoving")) return [];
    return make({ value, unit, at, now, pushed: source === "stream" }) ?? [];
  });
  const place = position(readings, now);
  return [...signals.sort((one, other) => rank(one) - rank(other)), ...(place === null ? [] : [place])];
}

function rank({ kind }: SocSignal): number {
  const rank = ORDER.indexOf(kind);
  return rank < 0 ? ORDER.length : rank;
}

function soc(source: SocValue["source"]): Maker {
  return number((value, { at, now, pushed }) =>
    value >= 0 && value <= 100 ? { kind: "soc", source, soc: value, at, now, pushed } : null,
  );
}

function number(make: (value: number, told: Told) => SocSignal | null): Maker {
  return (told) => (typeof told.value === "number" && Number.isFinite(told.value) ? make(told.value, told) : null);
}

function odometer({ value, unit, at, now }: Told): SocSignal | null {
  const km = kilometres({ value, unit });
  if (km === null || !Number.isFinite(km)) return null;
  if (unit !== "mi") return { kind: "odometer", km, at, now };
  // Whole miles look like a lot of decimals in kilometres.
  return { kind: "odometer", km, stepKm: Number.isInteger(value) ? KM_PER_MILE : KM_PER_MILE / 10, at, now };
}

function kilowatts(value: number, unit: string | null): number {
  // Without a unit, more than any charger gives is told in W.
  const isWatts = unit === null ? value > MOST_KW : unit.toLowerCase() === "w";
  return isWatts ? value / W_PER_KW : value;
}

/** A fix: both halves in one message, of the same moment. */
function position(readings: readonly Reading[], now: number): SocSignal | null {
  const [latitude, longitude] = [LATITUDE, LONGITUDE].map((name) =>
    readings.find(({ descriptor }) => descriptor === name),
  );
  if (typeof latitude?.value !== "number" || typeof longitude?.value !== "number") return null;
  if (latitude.timestamp !== longitude.timestamp) return null;
  return { kind: "position", latitude: latitude.value, longitude: longitude.value, at: latitude.timestamp, now };
}
