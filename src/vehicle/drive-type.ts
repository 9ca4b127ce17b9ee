import { text, type JsonObject } from "../support/json.js";

export type DriveType = "bev" | "phev" | "combustion";

/** Model names of electric cars begin so. */
const ELECTRIC_MODELS = /^(iX|i3|i4|i5|i7)/i;
const RANGE_EXTENDER = /\bREX\b|range.?extender/i;
const ELECTRIC_WORDS = /^(BEV|ELECTRIC)$/;

/** Signs out of the values themselves, for cars of which BMW says nothing. */
export interface DriveSigns {
  /** A high-voltage battery: a measured level, a capacity, an electric range, or a charge. */
  readonly battery: boolean;
  /** The end of a trip told a level, as some petrol cars do as well. */
  readonly tripLevel: boolean;
  /** A tank reported something above zero: electric cars list fuel values too, with nothing in them. */
  readonly tank: boolean;
}

/**
 * How a car is driven: what the user says, then BMW's `driveTrain`, the model, the values. `propulsionType` does not
 * count, because it is "BE" on petrol cars. `null`: nothing tells.
 */
export function driveTypeOf(
  override: DriveType | null,
  basicData: JsonObject | null,
  signs: DriveSigns,
): DriveType | null {
  if (override !== null) return override;
  const driveTrain = (text(basicData?.["driveTrain"]) ?? "").toUpperCase();
  const model = text(basicData?.["modelName"]) ?? text(basicData?.["series"]) ?? "";
  return byDriveTrain(driveTrain) ?? byModel(model) ?? bySigns(signs);
}

function byDriveTrain(driveTrain: string): DriveType | null {
  // A range extender has a tank: its charge level may stand still while it drives.
  if (driveTrain.startsWith("PHEV") || driveTrain.includes("REX")) return "phev";
  if (ELECTRIC_WORDS.test(driveTrain)) return "bev";
  return driveTrain.startsWith("CONV") || driveTrain.startsWith("MHEV") ? "combustion" : null;
}

function byModel(model: string): DriveType | null {
  if (!ELECTRIC_MODELS.test(model)) return null;
  return RANGE_EXTENDER.test(model) ? "phev" : "bev";
}

function bySigns({ battery, tripLevel, tank }: DriveSigns): DriveType | null {
  if (battery) return tank ? "phev" : "bev";
  if (tank) return "combustion";
  return tripLevel ? "bev" : null;
}

const ELECTRIC =
  /^(soc|plugged|charging)$|^vehicle\.((predicted|magic)_soc|manual_battery_capacity)$|^vehicle\.(drivetrain\.(electricEngine|batteryManagement)|powertrain\.(electric|tractionBattery)|body\.chargingPort)\.|\.hvSoc$|\.avgElectricRangeConsumption$/;
const OF_FUEL = /^fuel$|^vehicle\.drivetrain\.(fuelSystem|internalCombustionEngine)\./;

/** Whether a car of that kind has what a descriptor, or a value with a source, is about. BMW lists some of it for any car. */
export function canHave(driveType: DriveType | null, descriptor: string): boolean {
  if (driveType === "combustion") return !ELECTRIC.test(descriptor);
  return driveType !== "bev" || !OF_FUEL.test(descriptor);
}
