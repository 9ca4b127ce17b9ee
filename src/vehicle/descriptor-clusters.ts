/** Groups of values that people want together; a value may be in several. */
export const CLUSTERS = ["charging", "doors", "trips", "service", "climate"] as const;
export type Cluster = (typeof CLUSTERS)[number];

/** With which parts the ids of a cluster begin. */
const BEGINNINGS: Readonly<Record<Cluster, readonly string[]>> = {
  charging: [
    "vehicle.body.chargingPort",
    "vehicle.body.flap",
    "vehicle.drivetrain.avgElectricRangeConsumption",
    "vehicle.drivetrain.batteryManagement",
    "vehicle.drivetrain.electricEngine",
    "vehicle.drivetrain.lastRemainingRange",
    "vehicle.drivetrain.totalRemainingRange",
    "vehicle.powertrain",
    "vehicle.trip.segment.accumulated.drivetrain.electricEngine",
    "vehicle.trip.segment.end.drivetrain.batteryManagement",
    "vehicle.vehicle.avgAuxPower",
  ],
  doors: [
    "vehicle.body.hood",
    "vehicle.body.lights",
    "vehicle.body.trunk",
    "vehicle.cabin.convertible",
    "vehicle.cabin.door",
    "vehicle.cabin.sunroof",
    "vehicle.cabin.window",
    "vehicle.vehicle.antiTheftAlarmSystem",
  ],
  trips: [
    "vehicle.cabin.infotainment",
    "vehicle.drivetrain.engine",
    "vehicle.drivetrain.fuelSystem",
    "vehicle.drivetrain.lastRemainingRange",
    "vehicle.isMoving",
    "vehicle.trip",
    "vehicle.vehicle.averageWeeklyDistanceLongTerm",
    "vehicle.vehicle.averageWeeklyDistanceShortTerm",
    "vehicle.vehicle.avgSpeed",
    "vehicle.vehicle.speedRange",
    "vehicle.vehicle.travelledDistance",
  ],
  service: [
    "vehicle.channel",
    "vehicle.chassis",
    "vehicle.drivetrain.internalCombustionEngine",
    "vehicle.electricalSystem",
    "vehicle.electronicControlUnit",
    "vehicle.status",
    "vehicle.vehicle.deepSleepModeActive",
    "vehicle.vehicle.timeSetting",
    "vehicle.vehicle.travelledDistance",
  ],
  climate: [
    "vehicle.cabin.climate",
    "vehicle.cabin.hvac",
    "vehicle.cabin.seat",
    "vehicle.cabin.steeringWheel",
    "vehicle.vehicle.preConditioning",
  ],
};

/** Returns all clusters of a descriptor; none for what BMW has added since. */
export function clustersOf(id: string): Cluster[] {
  // Whole parts: `…door` is no beginning of `…doorLock`.
  return CLUSTERS.filter((cluster) => BEGINNINGS[cluster].some((beginning) => `${id}.`.startsWith(`${beginning}.`)));
}
