import { createHash } from "node:crypto";

/** Default descriptors, where a user does not choose: those of the charge, the odometer and the fuel. */
export const DEFAULT_DESCRIPTORS: readonly string[] = [
  "vehicle.drivetrain.batteryManagement.header",
  "vehicle.drivetrain.electricEngine.charging.acAmpere",
  "vehicle.drivetrain.electricEngine.charging.acVoltage",
  "vehicle.powertrain.electric.battery.preconditioning.automaticMode.statusFeedback",
  "vehicle.vehicle.avgAuxPower",
  "vehicle.powertrain.tractionBattery.charging.port.anyPosition.flap.isOpen",
  "vehicle.powertrain.tractionBattery.charging.port.anyPosition.isPlugged",
  "vehicle.drivetrain.electricEngine.charging.timeToFullyCharged",
  "vehicle.powertrain.electric.battery.charging.acLimit.selected",
  "vehicle.drivetrain.electricEngine.charging.method",
  "vehicle.drivetrain.electricEngine.charging.profile.mode",
  "vehicle.body.chargingPort.plugEventId",
  "vehicle.drivetrain.electricEngine.charging.phaseNumber",
  "vehicle.trip.segment.end.drivetrain.batteryManagement.hvSoc",
  "vehicle.trip.segment.accumulated.drivetrain.electricEngine.recuperationTotal",
  "vehicle.drivetrain.electricEngine.remainingElectricRange",
  "vehicle.drivetrain.electricEngine.charging.timeRemaining",
  "vehicle.drivetrain.electricEngine.charging.hvStatus",
  "vehicle.drivetrain.electricEngine.charging.lastChargingReason",
  "vehicle.drivetrain.electricEngine.charging.lastChargingResult",
  "vehicle.powertrain.electric.battery.preconditioning.manualMode.statusFeedback",
  "vehicle.drivetrain.electricEngine.charging.reasonChargingEnd",
  "vehicle.powertrain.electric.battery.stateOfCharge.target",
  "vehicle.powertrain.electric.battery.stateOfCharge.displayed",
  "vehicle.body.chargingPort.lockedStatus",
  "vehicle.drivetrain.electricEngine.charging.level",
  "vehicle.powertrain.electric.battery.stateOfHealth.displayed",
  "vehicle.vehicleIdentification.basicVehicleData",
  "vehicle.drivetrain.batteryManagement.batterySizeMax",
  "vehicle.drivetrain.batteryManagement.maxEnergy",
  "vehicle.powertrain.electric.battery.charging.power",
  "vehicle.drivetrain.electricEngine.charging.status",
  "vehicle.vehicle.travelledDistance",
  "vehicle.drivetrain.fuelSystem.level",
  "vehicle.drivetrain.fuelSystem.remainingFuel",
];

/** The most valuable descriptors, for when BMW refuses larger sets. */
export const CORE_DESCRIPTORS: readonly string[] = [
  "vehicle.drivetrain.batteryManagement.header",
  "vehicle.powertrain.electric.battery.stateOfCharge.displayed",
  "vehicle.drivetrain.electricEngine.charging.level",
  "vehicle.drivetrain.electricEngine.charging.status",
  "vehicle.powertrain.electric.battery.charging.power",
  "vehicle.drivetrain.electricEngine.charging.acVoltage",
  "vehicle.drivetrain.electricEngine.charging.acAmpere",
  "vehicle.drivetrain.electricEngine.charging.phaseNumber",
  "vehicle.drivetrain.electricEngine.charging.method",
  "vehicle.powertrain.electric.battery.stateOfCharge.target",
  "vehicle.drivetrain.electricEngine.remainingElectricRange",
  "vehicle.drivetrain.batteryManagement.maxEnergy",
  "vehicle.vehicle.travelledDistance",
  "vehicle.drivetrain.fuelSystem.level",
  "vehicle.drivetrain.fuelSystem.remainingFuel",
];

/** Computes a signature of a set of descriptors, whatever their order: SHA-1 in hex. */
export function signatureOf(descriptors: readonly string[]): string {
  return createHash("sha1")
    .update([...new Set(descriptors)].sort().join("|"))
    .digest("hex");
}

/** Returns whether `descriptors` include all of `wanted`. */
export function covers(descriptors: readonly string[], wanted: readonly string[]): boolean {
  const held = new Set(descriptors);
  return wanted.every((descriptor) => held.has(descriptor));
}

/**
 * Returns the sets to try when BMW refuses `wanted`, larger ones first: without the descriptors that our catalogue does
 * not know (BMW refuses a whole set for one dead name, CU-402), then the wanted part of the core list.
 */
export function smallerSets(wanted: readonly string[], isKnown: (descriptor: string) => boolean): string[][] {
  const core = new Set(CORE_DESCRIPTORS);
  const sizes = new Set([wanted.length, 0]);
  return [wanted.filter(isKnown), wanted.filter((descriptor) => core.has(descriptor))].filter(({ length }) => {
    const isNew = !sizes.has(length);
    sizes.add(length);
    return isNew;
  });
}
