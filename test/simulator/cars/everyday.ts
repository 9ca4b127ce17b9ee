import { SimulatedCar, type CarDesign, type CarTruth } from "./car.js";
import { entry, profileOf, type Profile, type CarReport } from "./profile.js";
import { commute, type ScriptStep } from "./script.js";
import { odometer, position, shownSoc, SOC } from "./stream-data.js";

/** Names how often the battery level is streamed: at ends only (`rarely`), or as often as the position. */
export type StreamedSoc = "never" | "rarely" | "often";

export interface CommuterOptions {
  readonly vin?: string;
  /** Days of the script, from the day (UTC) of the start; default 31. */
  readonly days?: number;
  /** Moves all hours of the day; default 0. */
  readonly shiftMs?: number;
  /** Default `never`: many cars stream their position every minute and the level not at all. */
  readonly streamedSoc?: StreamedSoc;
  /** Repeats the position while parked; default: silence. */
  readonly parkedPositionEveryMs?: number;
}

const MINUTE = 60_000;
const DAY = 24 * 60 * MINUTE;
const POSITION_EVERY_MS = MINUTE;
const CHARGE_REPORT_EVERY_MS = 5 * MINUTE;
const LEVEL = "vehicle.drivetrain.electricEngine.charging.level";
const TRIP_LEVEL = "vehicle.trip.segment.end.drivetrain.batteryManagement.hvSoc";

const ELECTRIC: CarDesign = {
  vin: "WBY1Z2C30N7A00011",
  model: "iX1 xDrive30",
  role: "PRIMARY",
  basicData: { brand: "BMW", modelName: "iX1 xDrive30", driveTrain: "BEV", propulsionType: "BEV", series: "X" },
  capacityKwh: 64.7,
  health: 0.95,
  startSoc: 70,
  odometerKm: 12_345.6,
  latitude: 48.401,
  longitude: 10.012,
  consumptionKwhPerKm: 0.18,
  acEfficiency: 0.9,
  dcEfficiency: 0.94,
  dcPeakKw: 130,
  auxiliaryKw: 0.3,
  fuelL: 0,
  fuelLPerKm: 0,
  profile: electricProfile({}),
  script: [],
};

const MINI_KWH = 49.2;
const MINI: CarDesign = {
  ...ELECTRIC,
  vin: "WMW1Z2C30N7A00015",
  model: "Aceman SE",
  basicData: { brand: "MINI", modelName: "Aceman SE", driveTrain: "BEV", propulsionType: "E" },
  capacityKwh: MINI_KWH,
  health: 1,
  consumptionKwhPerKm: 0.16,
};

const PETROL: CarDesign = {
  ...ELECTRIC,
  vin: "WBA1Z2C30N7A00014",
  model: "X1 sDrive18i",
  // BMW calls a petrol car "BE" in propulsionType.
  basicData: { brand: "BMW", modelName: "X1 sDrive18i", driveTrain: "CONV", propulsionType: "BE", series: "X" },
  capacityKwh: 0,
  dcPeakKw: 0,
  fuelL: 45,
  fuelLPerKm: 0.065,
  tankL: 50,
  profile: profileOf({
    drivingEveryMs: POSITION_EVERY_MS,
    chargingEveryMs: null,
    driving: (truth) => ({ ...position(truth), ...odometer(truth) }),
    charging: () => ({}),
    // Petrol cars report a level of a battery that they do not have.
    summary: (truth) => ({ ...odometer(truth), ...fuel(truth), [TRIP_LEVEL]: entry(truth.time, 0, "percent") }),
  }),
};

/** An electric car that drives to work and back each day and charges at home at night. */
export function commuter(start: number, options: CommuterOptions = {}): SimulatedCar {
  const { vin = ELECTRIC.vin, days = 31, shiftMs = 0 } = options;
  const script = everyDay(start, days, shiftMs);
  return new SimulatedCar({ ...ELECTRIC, vin, script, profile: electricProfile(options) }, start);
}

/** An electric car that nobody moves. */
export function parkedCar(start: number): SimulatedCar {
  return new SimulatedCar({ ...ELECTRIC, vin: "WBY1Z2C30N7A00012", startSoc: 55 }, start);
}

/** An electric MINI on the same way, that reports no level but that of charging, and fuel that it does not have. */
export function levelOnlyCar(start: number): SimulatedCar {
  const level = (truth: CarTruth): CarReport["data"] => ({ [LEVEL]: entry(truth.time, shownSoc(truth), "percent") });
  const profile = profileOf({
    drivingEveryMs: POSITION_EVERY_MS,
    chargingEveryMs: CHARGE_REPORT_EVERY_MS,
    driving: odometer,
    charging: (truth) => ({ ...level(truth), ...power(truth) }),
    summary: (truth) => ({ ...odometer(truth), ...level(truth), ...capacity(truth.time), ...noFuel(truth.time) }),
  });
  return new SimulatedCar({ ...MINI, script: everyDay(start, 31, 0), profile }, start);
}

/** A car of somebody else: it streams into the account, and REST refuses it. */
export function secondaryCar(start: number): SimulatedCar {
  const script = everyDay(start, 31, 90 * MINUTE);
  return new SimulatedCar({ ...ELECTRIC, vin: "WBY1Z2C30N7A00013", role: "SECONDARY", script }, start);
}

/** A petrol car on the same way to work. */
export function petrolCar(start: number): SimulatedCar {
  const drives = everyDay(start, 31, 30 * MINUTE).filter((step) => !["plug", "unplug", "charge"].includes(step.do));
  return new SimulatedCar({ ...PETROL, script: drives }, start);
}

/** The hours are those of the day (UTC), whatever time the script begins at. */
function everyDay(start: number, days: number, shiftMs: number): ScriptStep[] {
  const moved = shiftMs - (start % DAY);
  return Array.from({ length: days }, (_, day) => commute(day))
    .flat()
    .map((step) => ({ ...step, at: step.at + moved }));
}

function electricProfile({ streamedSoc = "never", parkedPositionEveryMs }: CommuterOptions): Profile {
  const soc = (truth: CarTruth): CarReport["data"] => ({ [SOC]: entry(truth.time, shownSoc(truth), "percent") });
  const often = (truth: CarTruth) => (streamedSoc === "often" ? soc(truth) : {});
  return profileOf({
    drivingEveryMs: POSITION_EVERY_MS,
    chargingEveryMs: CHARGE_REPORT_EVERY_MS,
    driving: (truth) => ({ ...position(truth), ...odometer(truth), ...often(truth) }),
    charging: often,
    summary: (truth) => ({ ...position(truth), ...odometer(truth), ...(streamedSoc === "never" ? {} : soc(truth)) }),
    ...(parkedPositionEveryMs !== undefined && { parked: { everyMs: parkedPositionEveryMs, data: position } }),
  });
}

function power({ time, charging }: CarTruth): CarReport["data"] {
  const kw = charging?.powerKw ?? 0;
  return { "vehicle.powertrain.electric.battery.charging.power": entry(time, Math.round(kw * 1000), "W") };
}

const capacity = (time: number): CarReport["data"] => ({
  "vehicle.drivetrain.batteryManagement.maxEnergy": entry(time, MINI_KWH, "kWh"),
});

const noFuel = (time: number): CarReport["data"] => ({
  "vehicle.drivetrain.fuelSystem.remainingFuel": entry(time, "0", "l"),
});

function fuel({ time, fuelL }: CarTruth): CarReport["data"] {
  return { "vehicle.drivetrain.fuelSystem.remainingFuel": entry(time, fuelL.toFixed(1), "l") };
}
