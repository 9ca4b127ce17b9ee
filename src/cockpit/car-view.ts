import type { Account } from "../account/account.js";
import { carNameOf, modelNameOf } from "../account/vehicle-identity.js";
import type { RegisteredVehicle } from "../rest/vehicles.js";
import type { SocEstimate } from "../soc/estimate.js";
import { cleanText } from "../support/clean-text.js";
import { isoTime } from "../support/iso-time.js";
import { nonEmptyText } from "../support/json.js";
import { maskVin } from "../support/vin.js";
import { levelOf, type SourcedValue, type ValueName } from "../vehicle/source-priority.js";
import { openingsOf, serviceOf, temperaturesOf, tyresOf } from "./car-parts.js";
import type { CarKey, CockpitCar, CockpitCharge, CockpitLevel, CockpitPosition } from "./contract.js";
import { amountOf, rounded } from "./quantity.js";

/** The parts of an account that know its cars. */
export type ShownCars = Pick<Account, "id" | "vehicles" | "registry" | "soc">;

const LONGEST_NAME = 100;
const TARGET = "vehicle.powertrain.electric.battery.stateOfCharge.target";
const POWER = "vehicle.powertrain.electric.battery.charging.power";
const W_PER_KW = 1000;

/** What of a car is known from elsewhere than from its account. */
export interface CarExtras {
  readonly key: CarKey;
  readonly picture: string | null;
  /** How often its journal has changed. */
  readonly journal: number;
  /** Milliseconds. */
  readonly now: number;
}

/** Describes a car as its card shows it; `null`: it is not this account's any more. */
export function carView(account: ShownCars, vin: string, { key, picture, journal, now }: CarExtras): CockpitCar | null {
  const car = account.registry.cars.get(vin);
  if (car === undefined) return null;
  const { vehicle } = car;
  const { readings, distanceUnit, driveType } = vehicle;
  const values = new Map(vehicle.values.map((value): [ValueName, SourcedValue] => [value.name, value]));
  const estimate = account.soc.magic(vin) ?? account.soc.predicted(vin);
  const reported = reportedOf(values.get("soc"));
  return {
    key,
    account: account.id,
    ...namesOf(account, vin, car),
    driveType,
    distanceUnit: distanceUnit ?? "km",
    picture,
    level: estimate === null ? levelOfCar(reported) : estimatedLevel(estimate, now),
    reported,
    target: estimate?.charge?.targetSoc ?? levelOf(readings.get(TARGET)?.value),
    range: amountOf(values.get("range"), distanceUnit),
    fuel: amountOf(values.get("fuel"), distanceUnit),
    odometer: amountOf(values.get("odometer"), distanceUnit),
    isPlugged: truthOf(values.get("plugged")),
    // One word for it on the whole card: what BMW's REST API says of the cable may be older than the charge.
    isCharging: estimate?.charge ? true : vehicle.isCharging,
    isLocked: truthOf(values.get("locked")),
    isDriving: vehicle.isOnTrip,
    charge: chargeOf(car, estimate, now),
    lastHeard: vehicle.updatedAt === 0 ? null : isoTime(vehicle.updatedAt),
    values: readings.size,
    driverSide: driverSideOf(car),
    openings: openingsOf(readings),
    tyres: tyresOf(readings),
    temperatures: temperaturesOf(readings),
    service: serviceOf(readings, distanceUnit),
    position: positionOf(car),
    journal,
  };
}

function namesOf(
  account: ShownCars,
  vin: string,
  car: RegisteredVehicle,
): Pick<CockpitCar, "name" | "model" | "vinEnd"> {
  const name = carNameOf(account, vin) ?? maskVin(vin);
  return { name: shown(name), model: shown(modelNameOf(car) ?? ""), vinEnd: maskVin(vin) };
}

/** Returns a foreign text as it may stand in a list: short, without secrets and whole VINs. */
function shown(text: string): string {
  return cleanText(text, LONGEST_NAME);
}

function truthOf(sourced: SourcedValue | undefined): boolean | null {
  return typeof sourced?.value === "boolean" ? sourced.value : null;
}

function reportedOf(sourced: SourcedValue | undefined): CockpitCar["reported"] {
  const value = levelOf(sourced?.value);
  return sourced === undefined || value === null ? null : { value, at: isoTime(sourced.timestamp) };
}

function levelOfCar(reported: CockpitCar["reported"]): CockpitLevel | null {
  return reported === null ? null : { ...reported, low: null, high: null, source: "car", mode: null };
}

function estimatedLevel({ soc, band90: [low, high], mode }: SocEstimate, now: number): CockpitLevel {
  return { value: rounded(soc), low: rounded(low), high: rounded(high), source: "estimate", mode, at: isoTime(now) };
}

function chargeOf({ vehicle }: RegisteredVehicle, estimate: SocEstimate | null, now: number): CockpitCharge | null {
  const charge = estimate?.charge ?? null;
  if (charge !== null)
    return {
      startedAt: isoTime(charge.startedAt),
      method: charge.method,
      powerKw: charge.powerKw === null ? null : rounded(charge.powerKw),
      minutesToTarget: charge.minutesToTarget === null ? null : Math.round(charge.minutesToTarget),
      energyKwh: rounded(charge.energyKwh),
      efficiency: charge.efficiency === null ? null : rounded(charge.efficiency, 3),
    };
  const told = vehicle.charge;
  if (told === null) return null;
  const left = told.expectedEndAt === null ? null : Math.max(0, Math.round((told.expectedEndAt - now) / 60_000));
  const rest = { method: null, energyKwh: null, efficiency: null };
  return { ...rest, startedAt: isoTime(told.startedAt), powerKw: powerOf(vehicle.readings), minutesToTarget: left };
}

function powerOf(readings: RegisteredVehicle["vehicle"]["readings"]): number | null {
  const { value, unit } = readings.get(POWER) ?? {};
  if (typeof value !== "number") return null;
  return rounded(unit === "kW" ? value : value / W_PER_KW);
}

/** BMW's word for the side of the wheel; a car of which it says nothing is drawn without a driver. */
function driverSideOf({ basicData }: RegisteredVehicle): CockpitCar["driverSide"] {
  const word = nonEmptyText(basicData?.["steering"])?.trim().toUpperCase() ?? "";
  if (/^(LEFT|LL|LHD|L$)/.test(word)) return "left";
  return /^(RIGHT|RL|RHD|R$)/.test(word) ? "right" : null;
}

function positionOf({ vehicle: { position } }: RegisteredVehicle): CockpitPosition | null {
  if (position === null) return null;
  const { latitude, longitude, heading = null, timestamp } = position;
  return { latitude, longitude, heading, at: isoTime(timestamp) };
}
