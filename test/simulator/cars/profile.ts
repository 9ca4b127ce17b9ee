import { TARGET_KPA, type CarTruth } from "./car.js";

/** BMW's entry of one descriptor. */
export interface ReportEntry {
  readonly timestamp: string;
  readonly value: unknown;
  readonly unit?: string | null;
}

/** Holds what a car reports at one time: the `data` of one stream message. */
export interface CarReport {
  readonly time: number;
  readonly data: Readonly<Record<string, ReportEntry>>;
}

/** Decides what a car reports, by what has changed and how much time has passed. */
export interface Profile {
  report(before: CarTruth, now: CarTruth): CarReport[];
  /** Interval at which it is asked while the car is parked; otherwise only events matter. */
  readonly parkedEveryMs?: number;
  /** Further times at which it is asked. */
  readonly nextAt?: (truth: CarTruth) => number;
}

export interface Habits {
  /** Intervals of its reports while driving and charging [ms]; `null`: none. */
  readonly drivingEveryMs: number | null;
  readonly chargingEveryMs: number | null;
  /** Values while driving, while charging, and at the end of either. */
  readonly driving: (truth: CarTruth) => CarReport["data"];
  readonly charging: (truth: CarTruth) => CarReport["data"];
  readonly summary: (truth: CarTruth) => CarReport["data"];
  /** Values that it repeats while parked, and how often; default: none, as most cars. */
  readonly parked?: { readonly everyMs: number; readonly data: (truth: CarTruth) => CarReport["data"] };
}

/** BMW's times have whole seconds on the stream. */
export function entry(time: number, value: unknown, unit?: string | null): ReportEntry {
  const timestamp = `${new Date(time).toISOString().slice(0, 19)}Z`;
  return unit === undefined ? { timestamp, value } : { timestamp, value, unit };
}

/** A profile out of habits; doors, locks and plugs are reported when they change. */
export function profileOf(habits: Habits): Profile {
  return {
    ...(habits.parked && { parkedEveryMs: habits.parked.everyMs }),
    report: (before, now) =>
      [...changes(before, now), ...routine(habits, before, now)]
        .filter((data) => Object.keys(data).length > 0)
        .map((data) => ({ time: now.time, data })),
  };
}

/** Returns what every car reports at once. */
function* changes(before: CarTruth, now: CarTruth): Generator<CarReport["data"]> {
  if (before.driverDoorOpen !== now.driverDoorOpen || before.locked !== now.locked) yield doors(now);
  if (before.plugged !== now.plugged || isCharging(before) !== isCharging(now)) yield plug(now);
  if (before.moving !== now.moving) yield motion(now);
  if (before.rearLeftKpa !== now.rearLeftKpa) yield tyre(now);
}

/** Builds the profile of a car from its habits. */
function* routine(habits: Habits, before: CarTruth, now: CarTruth): Generator<CarReport["data"]> {
  if ((before.moving && !now.moving) || (isCharging(before) && !isCharging(now))) yield habits.summary(now);
  if (now.moving && isDue(before, now, habits.drivingEveryMs)) yield habits.driving(now);
  if (isCharging(now) && isDue(before, now, habits.chargingEveryMs)) yield habits.charging(now);
  if (habits.parked && !now.moving && isDue(before, now, habits.parked.everyMs)) yield habits.parked.data(now);
}

function isCharging({ charging }: CarTruth): boolean {
  return charging !== null;
}

function isDue(before: CarTruth, now: CarTruth, every: number | null): boolean {
  return every !== null && Math.floor(before.time / every) !== Math.floor(now.time / every);
}

function doors({ time, driverDoorOpen, locked }: CarTruth): CarReport["data"] {
  return {
    "vehicle.cabin.door.row1.driver.isOpen": entry(time, driverDoorOpen ? "OPEN" : "CLOSED"),
    "vehicle.cabin.door.row1.passenger.isOpen": entry(time, "CLOSED"),
    "vehicle.cabin.door.status": entry(time, locked ? "SECURED" : "UNLOCKED"),
    "vehicle.body.trunk.isOpen": entry(time, false, null),
  };
}

export function chargingStatus({ plugged, charging, chargeFailed }: CarTruth): string {
  if (charging) return "CHARGINGACTIVE";
  if (chargeFailed) return "CHARGINGERROR";
  return plugged ? "CHARGINGENDED" : "NOCHARGING";
}

function plug(truth: CarTruth): CarReport["data"] {
  const { time, plugged, charging } = truth;
  return {
    "vehicle.body.chargingPort.status": entry(time, plugged ? "CONNECTED" : "DISCONNECTED"),
    "vehicle.drivetrain.electricEngine.charging.status": entry(time, chargingStatus(truth)),
    ...(charging && {
      "vehicle.drivetrain.electricEngine.charging.method": entry(
        time,
        charging.method === "AC" ? "AC_TYPE2PLUG" : "DC_CHARGING",
      ),
      "vehicle.powertrain.electric.battery.stateOfCharge.target": entry(time, String(charging.target), "%"),
    }),
  };
}

function tyre({ time, rearLeftKpa }: CarTruth): CarReport["data"] {
  const rearLeft = "vehicle.chassis.axle.row2.wheel.left.tire";
  return {
    [`${rearLeft}.pressure`]: entry(time, rearLeftKpa, "kPa"),
    [`${rearLeft}.pressureTarget`]: entry(time, TARGET_KPA, "kPa"),
  };
}

function motion({ time, moving }: CarTruth): CarReport["data"] {
  return { "vehicle.isMoving": entry(time, moving ? "ASN_isTrue" : "ASN_isFalse") };
}
