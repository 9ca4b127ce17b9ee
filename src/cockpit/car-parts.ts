import { inUnit } from "../homeassistant/quantity-unit.js";
import { timeState } from "../homeassistant/time-state.js";
import type { DistanceUnit } from "../support/distances.js";
import { isoTime } from "../support/iso-time.js";
import type { Reading } from "../vehicle/reading.js";
import { isOpen } from "../vehicle/words.js";
import {
  OPENING_PLACES,
  TYRE_PLACES,
  type CockpitOpening,
  type CockpitService,
  type CockpitTemperature,
  type CockpitTyre,
} from "./contract.js";
import { quantityOf } from "./quantity.js";

type Readings = ReadonlyMap<string, Reading>;

const CABIN = "vehicle.cabin";
const TRUNK = "vehicle.body.trunk";
const FLAP = "vehicle.powertrain.tractionBattery.charging.port";
const SOCKETS = ["anyPosition", "frontLeft", "frontMiddle", "frontRight", "rearLeft", "rearMiddle", "rearRight"];

/** What tells of a place: with several, one that is open opens it. */
const OPENINGS: Readonly<Record<CockpitOpening["place"], readonly string[]>> = {
  doorFrontDriver: [`${CABIN}.door.row1.driver.isOpen`],
  doorFrontPassenger: [`${CABIN}.door.row1.passenger.isOpen`],
  doorRearDriver: [`${CABIN}.door.row2.driver.isOpen`],
  doorRearPassenger: [`${CABIN}.door.row2.passenger.isOpen`],
  windowFrontDriver: [`${CABIN}.window.row1.driver.status`],
  windowFrontPassenger: [`${CABIN}.window.row1.passenger.status`],
  windowRearDriver: [`${CABIN}.window.row2.driver.status`],
  windowRearPassenger: [`${CABIN}.window.row2.passenger.status`],
  bonnet: ["vehicle.body.hood.isOpen"],
  boot: ["", ".door", ".left.door", ".right.door", ".lower.door", ".upper.door"].map(
    (part) => `${TRUNK}${part}.isOpen`,
  ),
  bootWindow: [`${TRUNK}.window.isOpen`],
  sunroof: ["overallStatus", "status", "tiltStatus"].map((part) => `${CABIN}.sunroof.${part}`),
  chargingFlap: SOCKETS.map((socket) => `${FLAP}.${socket}.flap.isOpen`),
};

const WHEELS: Readonly<Record<CockpitTyre["place"], string>> = {
  frontLeft: "row1.wheel.left",
  frontRight: "row1.wheel.right",
  rearLeft: "row2.wheel.left",
  rearRight: "row2.wheel.right",
};
const KPA_PER_BAR = 100;
const LEAST_TARGET_KPA = 1;

const TEMPERATURES: Readonly<Record<CockpitTemperature["place"], string>> = {
  coolant: "vehicle.drivetrain.internalCombustionEngine.engine.ect",
  cabinTarget: `${CABIN}.hvac.preconditioning.configuration.directStartSettings.targetTemperature`,
};

const SERVICE_DISTANCE = "vehicle.status.serviceDistance.next";
const INSPECTION = "vehicle.status.serviceTime.inspectionDateLegal";
const DAY_LENGTH = 10;

export function openingsOf(readings: Readings): CockpitOpening[] {
  return OPENING_PLACES.flatMap((place) => {
    const told = OPENINGS[place].flatMap((descriptor) => readings.get(descriptor) ?? []);
    const states = told.map(({ value }) => (value === null ? null : isOpen(value)));
    const known = states.filter((state) => state !== null);
    if (told.length === 0) return [];
    return [{ place, isOpen: known.length === 0 ? null : known.includes(true), at: newestOf(told) }];
  });
}

export function tyresOf(readings: Readings): CockpitTyre[] {
  return TYRE_PLACES.flatMap((place) => {
    const tyre = (name: string) => readings.get(`vehicle.chassis.axle.${WHEELS[place]}.tire.${name}`);
    const [pressure, target, temperature] = [tyre("pressure"), tyre("pressureTarget"), tyre("temperature")];
    const told = [pressure, target, temperature].filter((reading) => reading !== undefined);
    if (told.length === 0) return [];
    // A flat tyre has none, but no tyre is to be flat.
    const [pressureKpa, targetKpa] = [kilopascals(pressure, 0), kilopascals(target, LEAST_TARGET_KPA)];
    return [{ place, pressureKpa, targetKpa, temperature: numberIn(temperature, "°C"), at: newestOf(told) }];
  });
}

export function temperaturesOf(readings: Readings): CockpitTemperature[] {
  return Object.entries(TEMPERATURES).flatMap(([name, descriptor]) => {
    const quantity = quantityOf(readings.get(descriptor), undefined);
    return quantity === null ? [] : [{ place: name as CockpitTemperature["place"], ...quantity }];
  });
}

export function serviceOf(readings: Readings, distanceUnit: DistanceUnit | undefined): CockpitService {
  return {
    distance: quantityOf(readings.get(SERVICE_DISTANCE), distanceUnit),
    inspection: timeState(readings.get(INSPECTION)?.value)?.slice(0, DAY_LENGTH) ?? null,
  };
}

function newestOf(told: readonly Reading[]): string {
  return isoTime(Math.max(...told.map(({ timestamp }) => timestamp)));
}

function numberIn(reading: Reading | undefined, unit: string): number | null {
  const value = inUnit(reading?.value, reading?.unit ?? null, unit);
  return typeof value === "number" && Number.isFinite(value) ? value : null;
}

/** Returns a pressure; `null` for less than there can be, by which cars say that they do not know. */
function kilopascals(reading: Reading | undefined, least: number): number | null {
  const value = numberIn(reading, "kPa");
  if (value === null || value < least) return null;
  return reading?.unit === "bar" ? Math.round(value * KPA_PER_BAR) : value;
}
