import { nonEmptyText, type JsonObject } from "../support/json.js";

export type DriveType = "bev" | "phev" | "combustion";

/** Matches the beginning of the model names of electric cars. */
const ELECTRIC_MODELS = /^(iX|i3|i4|i5|i7)/i;
const RANGE_EXTENDER = /\bREX\b|range.?extender/i;
const ELECTRIC_WORDS = /^(BEV|ELECTRIC)$/;

/** Holds the hints in a car's values, used where BMW does not name the powertrain. */
export interface PowertrainHints {
  /** High-voltage battery: a measured level, a capacity, an electric range or a charge was reported. */
  readonly battery: boolean;
  /** A level was reported at the end of a trip, as some petrol cars do as well. */
  readonly tripLevel: boolean;
  /** The tank reported more than zero; electric cars list empty fuel values too. */
  readonly tank: boolean;
}

/**
 * Determines the drive type: the user's setting, then BMW's `driveTrain`, the model, the values. Ignores
 * `propulsionType`, which is "BE" on petrol cars. Returns `null` if unknown.
 */
export function driveTypeOf(
  override: DriveType | null,
  basicData: JsonObject | null,
  hints: PowertrainHints,
): DriveType | null {
  if (override !== null) return override;
  const driveTrain = (nonEmptyText(basicData?.["driveTrain"]) ?? "").toUpperCase();
  const model = nonEmptyText(basicData?.["modelName"]) ?? nonEmptyText(basicData?.["series"]) ?? "";
  return byDriveTrain(driveTrain) ?? byModel(model) ?? byHints(hints);
}

function byDriveTrain(driveTrain: string): DriveType | null {
  // A range extender has a tank, so its charge level may stay constant while it drives.
  if (driveTrain.startsWith("PHEV") || driveTrain.includes("REX")) return "phev";
  if (ELECTRIC_WORDS.test(driveTrain)) return "bev";
  return driveTrain.startsWith("CONV") || driveTrain.startsWith("MHEV") ? "combustion" : null;
}

function byModel(model: string): DriveType | null {
  if (!ELECTRIC_MODELS.test(model)) return null;
  return RANGE_EXTENDER.test(model) ? "phev" : "bev";
}

function byHints({ battery, tripLevel, tank }: PowertrainHints): DriveType | null {
  if (battery) return tank ? "phev" : "bev";
  if (tank) return "combustion";
  return tripLevel ? "bev" : null;
}

const ELECTRIC =
  /^(soc|plugged|charging)$|^journal\.(?!lastTrip$)|^vehicle\.((predicted|magic)_soc|manual_battery_capacity)$|^vehicle\.(drivetrain\.(electricEngine|batteryManagement)|powertrain\.(electric|tractionBattery)|body\.chargingPort)\.|\.hvSoc$|\.avgElectricRangeConsumption$/;
const OF_FUEL = /^fuel$|^vehicle\.drivetrain\.(fuelSystem|internalCombustionEngine)\./;

/**
 * Returns whether a car of this drive type can have what a descriptor, a sourced value or one of the journal describes. BMW lists some for
 * any car.
 */
export function canHave(driveType: DriveType | null, descriptor: string): boolean {
  if (driveType === "combustion") return !ELECTRIC.test(descriptor);
  return driveType !== "bev" || !OF_FUEL.test(descriptor);
}
