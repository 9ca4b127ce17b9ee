import { text, type JsonObject } from "../support/json.js";

export type DriveType = "bev" | "phev" | "combustion";

/** Model names of electric cars begin so. */
const ELECTRIC_MODELS = /^(iX|i3|i4|i5|i7)/i;
const ELECTRIC_WORDS = /^(BEV|ELECTRIC)$/;

/** Signs out of the values themselves, for cars of which BMW says nothing. */
export interface DriveSigns {
  /** A high-voltage battery reported its level. */
  readonly battery: boolean;
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
  return byDriveTrain(driveTrain) ?? (ELECTRIC_MODELS.test(model) ? "bev" : bySigns(signs));
}

function byDriveTrain(driveTrain: string): DriveType | null {
  // A range extender has a tank: its charge level may stand still while it drives.
  if (driveTrain.startsWith("PHEV") || driveTrain.includes("REX")) return "phev";
  if (ELECTRIC_WORDS.test(driveTrain)) return "bev";
  return driveTrain.startsWith("CONV") || driveTrain.startsWith("MHEV") ? "combustion" : null;
}

function bySigns({ battery, tank }: DriveSigns): DriveType | null {
  if (battery) return tank ? "phev" : "bev";
  return tank ? "combustion" : null;
}
