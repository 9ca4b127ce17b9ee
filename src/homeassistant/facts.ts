import type { DriveType } from "../vehicle/drive-type.js";
import { ELECTRIC_RANGES, FUEL_LEVEL, FUEL_LITRES, sourcesOf } from "../vehicle/source-priority.js";

/*
 * BMW tells one fact under several names, and cars differ in which of them they send. An owner wants it once: the best
 * that the car sends is shown, its twins wait in Home Assistant until somebody enables them.
 */

const CHARGING = "vehicle.drivetrain.electricEngine.charging";
const CLIMATE = "vehicle.vehicle.preConditioning";
const PRECONDITIONING = "vehicle.cabin.hvac.preconditioning.status";
const BATTERY = "vehicle.drivetrain.batteryManagement";
const TRACTION = "vehicle.powertrain.electric.battery";
const FLAPS = ["anyPosition", "frontLeft", "frontMiddle", "frontRight", "rearLeft", "rearMiddle", "rearRight"].map(
  (place) => `vehicle.powertrain.tractionBattery.charging.port.${place}.flap.isOpen`,
);
/** Ranges beside those that count as sources of the plain value. */
const OTHER_RANGES = [
  "vehicle.drivetrain.remainingRange",
  "vehicle.cabin.infotainment.navigation.remainingRange",
  "range",
];

/** The names of facts that do not depend on the car, best first. */
const FACTS: readonly (readonly string[])[] = [
  [
    ...sourcesOf("plugged", null),
    "vehicle.body.chargingPort.statusClearText",
    `${CHARGING}.connectorStatus`,
    "plugged",
  ],
  [...sourcesOf("locked", null), "locked"],
  sourcesOf("charging", null),
  [...sourcesOf("odometer", null), "odometer"],
  [FUEL_LITRES, "fuel"],
  [FUEL_LEVEL, "fuel"],
  FLAPS,
  ["vehicle.body.trunk.isOpen", "vehicle.body.trunk.door.isOpen"],
  [`${BATTERY}.maxEnergy`, `${BATTERY}.batterySizeMax`, "vehicle.drivetrain.electricEngine.hvsMaxEnergyAbsolute"],
  [`${CHARGING}.reasonChargingEnd`, `${CHARGING}.lastChargingReason`, `${CHARGING}.hvpmFinishReason`],
  [`${CHARGING}.authentication.status`, `${TRACTION}.charging.authenticationStatus`],
  [`${CLIMATE}.activity`, `${PRECONDITIONING}.comfortState`],
  [`${CLIMATE}.remainingTime`, `${PRECONDITIONING}.remainingRunningTime`],
  ["vehicle.cabin.infotainment.displayUnit.distance", "vehicle.cabin.infotainment.hmi.distanceUnit"],
  ["vehicle.service.preferredSevicePartner", "vehicle.sevice.preferredSevicePartner"],
];

/** The names of one fact that a car sends: the one to show, and the others. */
export interface Facts {
  readonly mains: ReadonlySet<string>;
  readonly twins: ReadonlySet<string>;
}

/** Divides the descriptors of a car into those to show and their twins; what is no such fact is in neither set. */
export function factsOf(descriptors: Iterable<string>, driveType: DriveType | null): Facts {
  const known = new Set(descriptors);
  const facts = [...FACTS, ...factsOfKind(driveType)].map((names) => names.filter((name) => known.has(name)));
  return {
    mains: new Set(facts.flatMap(([main]) => main ?? [])),
    twins: new Set(facts.flatMap(([, ...twins]) => twins)),
  };
}

/** What drives only electrically has one range, others have two. */
function factsOfKind(driveType: DriveType | null): readonly (readonly string[])[] {
  // Without a kind, the sources of a battery level are not known to be any.
  const levels = [...sourcesOf("soc", driveType ?? "bev"), "soc"];
  const ranges = [...sourcesOf("range", driveType ?? "phev"), ...OTHER_RANGES];
  if (driveType === "bev") return [levels, ranges];
  return [levels, ELECTRIC_RANGES, ranges.filter((name) => !ELECTRIC_RANGES.includes(name))];
}
