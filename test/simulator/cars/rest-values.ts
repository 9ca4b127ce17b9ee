import { definitionOf } from "../../../src/vehicle/catalogue.js";
import { TARGET_KPA, type CarDesign, type CarTruth } from "./car.js";
import { chargingStatus } from "./profile.js";

type Plain = string | number | boolean | null;
type RestTexts = readonly (readonly [string, string])[];

const EV = "vehicle.drivetrain.electricEngine";
const BATTERY = "vehicle.powertrain.electric.battery";
const LOCATION = "vehicle.cabin.infotainment.navigation.currentLocation";
const PORT = "vehicle.powertrain.tractionBattery.charging.port.anyPosition";
const VOLTS = 230;

/** REST spells units out. */
const SPELLED: Readonly<Record<string, string>> = {
  "%": "percent",
  km: "kilometers",
  "°C": "Celsius",
  "°": "degrees",
  L: "liters",
};
/** Units that answers have although the catalogue names none. */
const OWN_UNITS: Readonly<Record<string, string>> = {
  [`${BATTERY}.charging.power`]: "W",
  "vehicle.drivetrain.fuelSystem.remainingFuel": "liters",
};

/** The unit that REST sends with a descriptor, with or without a value; the odometer has none. */
export function restUnit(descriptor: string): string | null {
  const unit = OWN_UNITS[descriptor] ?? definitionOf(descriptor)?.unit ?? null;
  return unit === null ? null : (SPELLED[unit] ?? unit);
}

/**
 * Returns what a car uploads to the backend: `measured` values get a new time with each upload, `states` only when they
 * change.
 */
export function restValues(design: CarDesign, truth: CarTruth): { measured: RestTexts; states: RestTexts } {
  const hasBattery = design.capacityKwh > 0;
  const hasTank = design.fuelLPerKm > 0;
  return {
    measured: texts({
      ...position(truth),
      "vehicle.vehicle.travelledDistance": Math.floor(truth.odometerKm),
      "vehicle.drivetrain.lastRemainingRange": Math.round(electricKm(design, truth) + fuelKm(design, truth)),
      ...(hasBattery && charge(design, truth)),
      ...(hasTank && fuel(design, truth)),
    }),
    states: texts({ ...design.settled, ...body(truth), ...(hasBattery && plug(design, truth)) }),
  };
}

function texts(values: Readonly<Record<string, Plain>>): RestTexts {
  return Object.entries(values).flatMap(([descriptor, value]) =>
    value === null ? [] : [[descriptor, String(value)] as const],
  );
}

function position({ position: { latitude, longitude, altitude, heading } }: CarTruth): Record<string, Plain> {
  return {
    [`${LOCATION}.latitude`]: latitude.toFixed(6),
    [`${LOCATION}.longitude`]: longitude.toFixed(6),
    [`${LOCATION}.heading`]: Math.round(heading),
    [`${LOCATION}.altitude`]: altitude,
  };
}

function charge(design: CarDesign, truth: CarTruth): Record<string, Plain> {
  const range = Math.round(electricKm(design, truth));
  return {
    "vehicle.drivetrain.batteryManagement.header": Math.floor(truth.soc),
    "vehicle.drivetrain.batteryManagement.maxEnergy": (design.capacityKwh * design.health).toFixed(1),
    [`${EV}.charging.level`]: Math.round(truth.soc),
    [`${EV}.remainingElectricRange`]: range,
    [`${EV}.kombiRemainingElectricRange`]: range,
    [`${EV}.charging.timeRemaining`]: minutesLeft(design, truth),
    [`${BATTERY}.charging.power`]: Math.round((truth.charging?.powerKw ?? 0) * 1000),
  };
}

function fuel({ tankL }: CarDesign, { fuelL }: CarTruth): Record<string, Plain> {
  return {
    "vehicle.drivetrain.fuelSystem.remainingFuel": fuelL.toFixed(1),
    "vehicle.drivetrain.fuelSystem.level": tankL === undefined ? null : Math.round((100 * fuelL) / tankL),
  };
}

function body({ moving, locked, driverDoorOpen, rearLeftKpa, service: status }: CarTruth): Record<string, Plain> {
  const tyres = { "row1.wheel.left": TARGET_KPA, "row1.wheel.right": TARGET_KPA, "row2.wheel.right": TARGET_KPA };
  const service = { id: 1, messageType: "CBS", title: "Engine oil", status, date: "2027-07", text: "-" };
  return {
    "vehicle.isMoving": moving ? "ASN_isTrue" : "ASN_isFalse",
    "vehicle.cabin.door.row1.driver.isOpen": driverDoorOpen ? "OPEN" : "CLOSED",
    "vehicle.cabin.door.row1.passenger.isOpen": "CLOSED",
    "vehicle.cabin.door.status": locked ? "SECURED" : "UNLOCKED",
    "vehicle.body.trunk.isOpen": "CLOSED",
    "vehicle.status.conditionBasedServices": JSON.stringify([{ ...service, unitOfLengthRemaining: "14000" }]),
    ...Object.fromEntries(
      Object.entries({ ...tyres, "row2.wheel.left": rearLeftKpa }).flatMap(([wheel, kPa]) => [
        [`vehicle.chassis.axle.${wheel}.tire.pressure`, kPa],
        [`vehicle.chassis.axle.${wheel}.tire.pressureTarget`, TARGET_KPA],
      ]),
    ),
  };
}

function plug(design: CarDesign, truth: CarTruth): Record<string, Plain> {
  const { plugged, charging } = truth;
  return {
    "vehicle.body.chargingPort.status": plugged ? "CONNECTED" : "DISCONNECTED",
    "vehicle.body.chargingPort.lockedStatus": plugged ? "CHARGING_CABLE_LOCKED" : "CHARGING_CABLE_NOT_LOCKED",
    [`${PORT}.isPlugged`]: plugged,
    [`${PORT}.flap.isOpen`]: plugged ? "OPEN" : "CLOSED",
    [`${EV}.charging.status`]: chargingStatus(truth),
    [`${EV}.charging.hvStatus`]: charging ? "CHARGING" : "NOT_CHARGING",
    [`${BATTERY}.stateOfCharge.target`]: charging?.target ?? null,
    [`${BATTERY}.stateOfHealth.displayed`]: Math.round(design.health * 100),
    "vehicle.drivetrain.batteryManagement.batterySizeMax": design.capacityKwh,
    ...current(charging),
  };
}

/** Returns the current in the cable; the phase count falls back to one at the end. */
function current(charging: CarTruth["charging"]): Record<string, Plain> {
  const isAc = charging?.method === "AC";
  const method = isAc ? "AC_TYPE2PLUG" : "DC_CHARGING";
  return {
    [`${EV}.charging.method`]: charging ? method : "NOCHARGING",
    [`${EV}.charging.phaseNumber`]: `${isAc ? charging.phases : 1}-PHASES`,
    [`${EV}.charging.acVoltage`]: isAc ? VOLTS : 0,
    [`${EV}.charging.acAmpere`]: isAc ? Math.round((charging.powerKw * 1000) / VOLTS / charging.phases) : 0,
  };
}

function minutesLeft(design: CarDesign, { soc, charging }: CarTruth): number | null {
  if (charging === null || charging.powerKw === 0) return null;
  const efficiency = charging.method === "AC" ? design.acEfficiency : design.dcEfficiency;
  const missingKwh = ((charging.target - soc) / 100) * design.capacityKwh * design.health;
  return Math.max(0, Math.round((60 * missingKwh) / (charging.powerKw * efficiency)));
}

function electricKm({ capacityKwh, health, consumptionKwhPerKm }: CarDesign, { soc }: CarTruth): number {
  return (soc * capacityKwh * health) / 100 / consumptionKwhPerKm;
}

function fuelKm({ fuelLPerKm }: CarDesign, { fuelL }: CarTruth): number {
  return fuelLPerKm === 0 ? 0 : fuelL / fuelLPerKm;
}
