import { SimulatedCar, type CarDesign, type CarTruth } from "./car.js";
import { entry, profileOf, type CarReport } from "./profile.js";
import { withQuirks, type Quirks } from "./quirks.js";
import { fastCharge, trip, useDoor } from "./script.js";
import { odometer, position, shownSoc, SOC } from "./stream-data.js";

const MINUTE = 60_000;
const range = (truth: CarTruth, kmPerPercent: number): CarReport["data"] => ({
  "vehicle.drivetrain.electricEngine.kombiRemainingElectricRange": entry(
    truth.time,
    Math.round(truth.soc * kmPerPercent),
    "",
  ),
});

/** What a car that tells much reports of its charge. */
export function charging(truth: CarTruth): CarReport["data"] {
  const { time, charging: charge } = truth;
  if (charge === null) return {};
  return {
    [SOC]: entry(time, shownSoc(truth), "percent"),
    "vehicle.drivetrain.electricEngine.charging.level": entry(time, String(Math.round(truth.soc)), "%"),
    "vehicle.powertrain.electric.battery.charging.power": entry(time, Math.round(charge.powerKw * 1000), "W"),
    ...(charge.method === "AC" && {
      // Volts and amps are older than the level, as in real messages.
      "vehicle.drivetrain.electricEngine.charging.acVoltage": entry(time - 9 * MINUTE, 231, "V"),
      "vehicle.drivetrain.electricEngine.charging.acAmpere": entry(time - 9 * MINUTE, 16, "A"),
      "vehicle.drivetrain.electricEngine.charging.phaseNumber": entry(time, `${charge.phases}-PHASES`),
    }),
  };
}

const richBev: CarDesign = {
  vin: "WBY1Z2C30N7A00001",
  model: "i4 eDrive40",
  role: "PRIMARY",
  basicData: {
    brand: "BMW",
    modelName: "i4 eDrive40",
    driveTrain: "BEV",
    propulsionType: "BEV",
    series: "4",
    constructionDate: "2023-05-01",
    hasNavi: true,
    simStatus: "ACTIVE",
  },
  capacityKwh: 80.7,
  health: 0.97,
  startSoc: 31.4,
  odometerKm: 23_456.7,
  latitude: 48.137,
  longitude: 11.575,
  consumptionKwhPerKm: 0.18,
  acEfficiency: 0.91,
  dcEfficiency: 0.945,
  dcPeakKw: 180,
  auxiliaryKw: 0.3,
  fuelL: 0,
  fuelLPerKm: 0,
  profile: profileOf({
    drivingEveryMs: 10_000,
    chargingEveryMs: 5000,
    driving: (truth) => ({
      ...position(truth),
      ...odometer(truth),
      [SOC]: entry(truth.time, shownSoc(truth), "percent"),
    }),
    charging,
    summary: (truth) => ({
      ...position(truth),
      ...odometer(truth),
      ...range(truth, 4.8),
      [SOC]: entry(truth.time, shownSoc(truth), "percent"),
    }),
  }),
  // Begins in the middle of a charge.
  script: [{ at: 0, do: "charge", charge: fastCharge }],
  services: { chargingPlaces: 12 },
};

const phev: CarDesign = {
  vin: "WBA7X4C50P9B00002",
  model: "330e",
  role: "PRIMARY",
  basicData: {
    brand: "BMW",
    modelName: "330e",
    driveTrain: "PHEV_OTTO",
    propulsionType: "PHEV",
    series: "3",
    countryCode: "DE",
  },
  capacityKwh: 10.4,
  health: 0.92,
  startSoc: 55.2,
  odometerKm: 41_002.3,
  latitude: 52.52,
  longitude: 13.405,
  consumptionKwhPerKm: 0.21,
  acEfficiency: 0.88,
  dcEfficiency: 0.9,
  dcPeakKw: 0,
  auxiliaryKw: 0.2,
  fuelL: 31.5,
  fuelLPerKm: 0.068,
  profile: profileOf({
    drivingEveryMs: 3000,
    chargingEveryMs: 60_000,
    driving: (truth) => ({
      ...position(truth),
      ...odometer(truth),
      [SOC]: entry(truth.time, String(shownSoc(truth)), "percent"),
      "vehicle.drivetrain.fuelSystem.remainingFuel": entry(truth.time, truth.fuelL.toFixed(1), "l"),
    }),
    charging,
    summary: (truth) => ({
      ...odometer(truth),
      ...range(truth, 0.5),
      [SOC]: entry(truth.time, shownSoc(truth), "percent"),
    }),
  }),
  // Begins in the middle of a drive.
  script: [{ at: 0, do: "drive", speedKmh: 52 }, ...trip(30 * MINUTE, 25, 80)],
  tankL: 40,
  services: { tyres: "worn" },
};

const oldCar: CarDesign = {
  vin: "WBY8P2C07L7C00003",
  model: "i3 120 Ah",
  role: "PRIMARY",
  basicData: { brand: "BMWi", modelName: "i3", driveTrain: "BEV", propulsionType: "BEV", series: "I" },
  capacityKwh: 37.9,
  health: 0.88,
  startSoc: 72.8,
  odometerKm: 88_120.4,
  latitude: 50.11,
  longitude: 8.682,
  consumptionKwhPerKm: 0.16,
  acEfficiency: 0.87,
  dcEfficiency: 0.92,
  dcPeakKw: 48,
  auxiliaryKw: 0.25,
  fuelL: 0,
  fuelLPerKm: 0,
  profile: profileOf({
    drivingEveryMs: null,
    chargingEveryMs: null,
    driving: () => ({}),
    charging: () => ({}),
    summary: (truth) => ({ ...odometer(truth), [SOC]: entry(truth.time, String(shownSoc(truth)), "percent") }),
  }),
  // Parked; somebody opens the door when the demo has just logged in, later a short trip.
  script: [...useDoor(12_000, true), ...trip(3 * MINUTE, 12, 45)],
  // The servers know as little of it as it reports.
  services: { hasImage: false, tyres: "unknown", chargingPlaces: 0 },
};

const HOUR = 60 * MINUTE;
/** None of them reports all that one would like. */
const QUIRKS: ReadonlyMap<CarDesign, Quirks> = new Map([
  [richBev, { tunnel: { at: 20, km: 9, every: 60 }, outlierEveryMs: 5 * HOUR }],
  [phev, { silentChargeMs: MINUTE, forgetsEndEvery: 3 }],
  [oldCar, { mixesUnits: true }],
]);

/** The three cars of the demo: one that reports much, a plug-in hybrid, and an old one that reports little. */
export function standardCars(start: number): SimulatedCar[] {
  return [richBev, phev, oldCar].map((design) => {
    const profile = withQuirks(design.profile, QUIRKS.get(design) ?? {});
    return new SimulatedCar({ ...design, profile }, start);
  });
}
