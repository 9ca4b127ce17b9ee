import { spanOf, type ChargeEntry } from "./entry.js";

/** A charge that tells the capacity. */
export interface Measurement {
  /** End of the charge [ms]. */
  readonly at: number;
  /** What was drawn for each percent [kWh]. */
  readonly kwhPerPercent: number;
  /** Charges of one kind lose as much, and what tells their energy errs in the same way. */
  readonly kind: string;
  readonly isDirect: boolean;
  /** Capacity by the car [kWh]. */
  readonly maxEnergyKwh: number | null;
}

/** Holds what charges tell of the capacity of a battery. */
export interface CapacityEvidence {
  readonly measurements: readonly Measurement[];
  /** BMW's own figures, the last ones [kWh]. */
  readonly maxEnergyKwh: number | null;
  readonly batterySizeMaxKwh: number | null;
}

/** A smaller gain is mostly the rounding of its levels [pp]. */
const LEAST_GAIN_PP = 30;
const TRUSTED = new Set(["meter", "car", "chargingHistory"]);

/** Returns what charges tell; they come in the order of time. */
export function evidenceOf(charges: readonly ChargeEntry[]): CapacityEvidence {
  const measurements = charges.flatMap((charge) => measurementOf(charge) ?? []);
  return { measurements, ...lastFiguresOf(charges) };
}

/** Joins evidence that comes in the order of time. */
export function joinedEvidence(parts: readonly CapacityEvidence[]): CapacityEvidence {
  return { measurements: parts.flatMap(({ measurements }) => measurements), ...lastFiguresOf(parts) };
}

function measurementOf(charge: ChargeEntry): Measurement | null {
  const { levelFrom, levelTo, drawnKwh, method, phases, maxEnergyKwh } = charge;
  if (levelFrom === null || levelTo === null || drawnKwh === null || !TRUSTED.has(drawnKwh.source)) return null;
  const gain = levelTo.value - levelFrom.value;
  const isMeasured = levelFrom.source !== "estimate" && levelTo.source !== "estimate";
  if (!isMeasured || gain < LEAST_GAIN_PP) return null;
  return {
    at: spanOf(charge).to,
    kwhPerPercent: drawnKwh.value / gain,
    kind: `${drawnKwh.source} ${method ?? ""} ${phases ?? ""}`,
    isDirect: method === "DC",
    maxEnergyKwh,
  };
}

type OwnFigures = Pick<CapacityEvidence, "maxEnergyKwh" | "batterySizeMaxKwh">;

function lastFiguresOf(told: readonly OwnFigures[]): OwnFigures {
  const last = (name: keyof OwnFigures) => told.reduce<number | null>((known, one) => one[name] ?? known, null);
  return { maxEnergyKwh: last("maxEnergyKwh"), batterySizeMaxKwh: last("batterySizeMaxKwh") };
}
