import { SimulatedCar, type CarDesign } from "./car.js";
import { entry, profileOf, type CarReport, type Profile } from "./profile.js";
import { fastCharge, homeCharge, trip, useDoor, type ScriptStep } from "./script.js";
import { charging } from "./standard.js";
import { odometer, position, shownSoc, SOC } from "./stream-data.js";

/*
 * Three cars of one household, to look at: one that charges at home, one that is driven, one that is parked. They come back to
 * where they went from, as cars do.
 */

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
const MONDAY = 1;
const SATURDAY = 6;
/** The evening on which somebody looks at them, by hours of UTC. */
const LOOKED_AT = 18 * HOUR;

export const HOME = { name: "Home", latitude: 48.13743, longitude: 11.57549 };
/** Where the saloon is driven to on workdays. */
export const WORK = { name: "Work", latitude: 48.2404, longitude: 11.99707 };
const [COMMUTE_MIN, COMMUTE_KMH] = [38, 66];

const SEATS = ["row1.driver", "row1.passenger", "row2.driver", "row2.passenger"];
const CLOSED = [
  ...SEATS.flatMap((seat) => [`vehicle.cabin.window.${seat}.status`, `vehicle.cabin.door.${seat}.isOpen`]),
  "vehicle.body.hood.isOpen",
  "vehicle.cabin.sunroof.overallStatus",
];
const WHEELS = ["row1.wheel.left", "row1.wheel.right", "row2.wheel.left", "row2.wheel.right"].map(
  (wheel) => `vehicle.chassis.axle.${wheel}.tire`,
);
const TOLD: Readonly<Record<string, string>> = Object.fromEntries([
  ...CLOSED.map((opening): [string, string] => [opening, "CLOSED"]),
  ...WHEELS.map((wheel): [string, string] => [`${wheel}.temperature`, "14"]),
]);
const TARGET_C = "vehicle.cabin.hvac.preconditioning.configuration.directStartSettings.targetTemperature";

const RANGE = "vehicle.drivetrain.electricEngine.kombiRemainingElectricRange";

/** @param kmPerPercent of the range that it shows; `parkedEveryMs`: repeats its position while parked, `null`: it does not */
function profileWith(kmPerPercent: number, parkedEveryMs: number | null): Profile {
  const level = (truth: Parameters<typeof shownSoc>[0]): CarReport["data"] => ({
    [SOC]: entry(truth.time, shownSoc(truth), "percent"),
    [RANGE]: entry(truth.time, Math.round(truth.soc * kmPerPercent), "km"),
  });
  return profileOf({
    drivingEveryMs: MINUTE,
    chargingEveryMs: 5 * MINUTE,
    driving: (truth) => ({ ...position(truth), ...odometer(truth), ...level(truth) }),
    charging: (truth) => ({ ...charging(truth), ...level(truth) }),
    summary: (truth) => ({ ...position(truth), ...odometer(truth), ...level(truth) }),
    ...(parkedEveryMs !== null && { parked: { everyMs: parkedEveryMs, data: position } }),
  });
}

/** From -1 in the middle of summer to 1 in that of winter. */
function cold(time: number): number {
  const [year, day] = [365.25 * DAY, 15 * DAY];
  return Math.cos((2 * Math.PI * ((time % year) - day)) / year);
}

const BASE = {
  role: "PRIMARY",
  latitude: HOME.latitude,
  longitude: HOME.longitude,
  acEfficiency: 0.91,
  dcEfficiency: 0.945,
  auxiliaryKw: 0.3,
  fuelL: 0,
  fuelLPerKm: 0,
  services: { hasImage: false },
} as const;

/** A car without what it does. */
type Build = Omit<CarDesign, "script" | "profile">;

const SALOON: Build = {
  ...BASE,
  vin: "WBY1Z2C30N7A00041",
  model: "i4 eDrive40",
  basicData: { brand: "BMW", modelName: "i4 eDrive40", driveTrain: "BEV", propulsionType: "BEV", steering: "LEFT" },
  capacityKwh: 80.7,
  health: 0.97,
  startSoc: 80,
  odometerKm: 21_300.4,
  consumptionKwhPerKm: 0.182,
  // Faster is dearer, and so is the cold.
  consumptionAt: (speedKmh, time) => (0.135 + 0.065 * (speedKmh / 100) ** 2) * (1 + 0.14 * cold(time)),
  dcPeakKw: 180,
  settled: { ...TOLD, [TARGET_C]: "21", "vehicle.status.serviceDistance.next": "8200" },
};

const FAMILY: Build = {
  ...BASE,
  vin: "WBA7X4C50P9B00042",
  model: "330e Touring",
  basicData: {
    brand: "BMW",
    modelName: "330e Touring",
    driveTrain: "PHEV_OTTO",
    propulsionType: "PHEV",
    steering: "LEFT",
  },
  capacityKwh: 19.5,
  health: 0.94,
  startSoc: 100,
  odometerKm: 87_120.3,
  consumptionKwhPerKm: 0.21,
  dcPeakKw: 0,
  fuelL: 31.5,
  fuelLPerKm: 0.068,
  tankL: 40,
  settled: TOLD,
};

const SMALL: Build = {
  ...BASE,
  vin: "WMW1Z2C30N7A00043",
  model: "Cooper SE",
  basicData: { brand: "MINI", modelName: "Cooper SE", driveTrain: "BEV", propulsionType: "BEV", steering: "LEFT" },
  capacityKwh: 49.2,
  health: 1,
  startSoc: 64,
  odometerKm: 6210.7,
  consumptionKwhPerKm: 0.152,
  dcPeakKw: 95,
  settled: TOLD,
};

/** There, and back some hours later by the same way. */
function outAndBack(at: number, stayMs: number, minutes: number, speedKmh: number): ScriptStep[] {
  const turn: ScriptStep = { at: at + minutes * MINUTE + 5 * MINUTE, do: "turn" };
  const backAt = at + minutes * MINUTE + stayMs;
  const again: ScriptStep = { at: backAt + minutes * MINUTE + 5 * MINUTE, do: "turn" };
  return [
    { at: at - 2 * MINUTE, do: "unplug" },
    ...trip(at, minutes, speedKmh),
    turn,
    ...trip(backAt, minutes, speedKmh),
    again,
  ];
}

function chargeAtHome(at: number, target: number): ScriptStep[] {
  return [
    { at, do: "plug" },
    { at: at + MINUTE, do: "charge", charge: { ...homeCharge, target } },
  ];
}

/** A far day: to the mountains, a fast charge there, and home. */
function farDay(midnight: number): ScriptStep[] {
  const [leaves, minutes] = [midnight + 7 * HOUR, 85];
  const arrives = leaves + minutes * MINUTE;
  return [
    ...outAndBack(leaves, 5 * HOUR, minutes, 125),
    { at: arrives + 10 * MINUTE, do: "charge", charge: fastCharge },
    { at: arrives + 60 * MINUTE, do: "unplug" },
    ...chargeAtHome(midnight + 15 * HOUR, 80),
  ];
}

function saloonDay(midnight: number, day: number): ScriptStep[] {
  const weekday = new Date(midnight).getUTCDay();
  const moved = (day * 7) % 23;
  if (weekday === 0)
    return day % 4 === 0 ? farDay(midnight) : outAndBack(midnight + 10 * HOUR, 2 * HOUR, 18 + moved, 45);
  if (weekday === SATURDAY) return outAndBack(midnight + 9 * HOUR + moved * MINUTE, 90 * MINUTE, 25, 90);
  const work = outAndBack(midnight + 6 * HOUR + moved * MINUTE, 8.5 * HOUR, COMMUTE_MIN, COMMUTE_KMH);
  const isFull = weekday === MONDAY || weekday === MONDAY + 2 || weekday === MONDAY + 4;
  return isFull ? [...work, ...chargeAtHome(midnight + 16.4 * HOUR, 80)] : work;
}

function familyDay(midnight: number, day: number): ScriptStep[] {
  const weekday = new Date(midnight).getUTCDay();
  const morning = outAndBack(midnight + 7 * HOUR, HOUR, 14 + (day % 5), 42);
  const night = chargeAtHome(midnight + 20 * HOUR, 100);
  if (weekday === 0 || weekday === SATURDAY) return night;
  return [...morning, ...outAndBack(midnight + LOOKED_AT - 20 * MINUTE, 40 * MINUTE, 30, 70), ...night];
}

function smallDay(midnight: number, day: number): ScriptStep[] {
  const night = day % 8 === 0 ? chargeAtHome(midnight + 20 * HOUR, 90) : [];
  return day % 3 === 1 ? [...outAndBack(midnight + 12 * HOUR, HOUR, 16 + (day % 5), 40), ...night] : night;
}

/** What they do on a day, and where in it. */
const everyDay = (days: number, start: number, live: (midnight: number, day: number) => ScriptStep[]): ScriptStep[] =>
  Array.from({ length: days + 1 }, (_, day) => live(start + day * DAY, day))
    .flat()
    .map((step) => ({ ...step, at: step.at - start }))
    .sort((one, other) => one.at - other.at);

/**
 * The household over some days.
 * @param start midnight in UTC; after `days` of days it is the evening on which it is looked at
 */
export function householdCars(start: number, days: number): SimulatedCar[] {
  const soft: ScriptStep = { at: days * DAY + 8 * HOUR, do: "tyre", kPa: 210 };
  const later = [...everyDay(days, start, saloonDay), soft].sort((one, other) => one.at - other.at);
  return [
    carOf(SALOON, start, later),
    carOf(FAMILY, start, everyDay(days, start, familyDay)),
    carOf(SMALL, start, everyDay(days, start, smallDay)),
  ];
}

/** How long they live until they are looked at [ms]. */
export function householdLife(days: number): number {
  return days * DAY + LOOKED_AT;
}

/** The same cars in one hour: the first one charges by four percent, the second one drives, somebody opens the third one. */
export function householdHour(start: number): SimulatedCar[] {
  // What a car repeats while it is parked tells that its trip or charge is over, where no timer does.
  const every = 5 * MINUTE;
  return [
    carOf({ ...SALOON, startSoc: 67.9 }, start, chargeAtHome(2 * MINUTE, 72), every),
    carOf(FAMILY, start, trip(2 * MINUTE, 12, 45), every),
    carOf(SMALL, start, useDoor(4 * MINUTE, true), every),
  ];
}

function carOf(build: Build, start: number, script: readonly ScriptStep[], parkedEveryMs: number | null = null) {
  const kmPerPercent = (build.capacityKwh * build.health) / build.consumptionKwhPerKm / 100;
  return new SimulatedCar({ ...build, profile: profileWith(kmPerPercent, parkedEveryMs), script }, start);
}
