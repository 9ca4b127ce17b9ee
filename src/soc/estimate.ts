import type { Bracket, DrivingReport, ConsumptionRate } from "./driving/consumption-statistics.js";
import type { ChargingMethod } from "../vehicle/vehicle-event.js";

export type PhaseSource = "assumed" | "reported" | "derived" | "carried";
export type PowerSource = "bmw" | "acProduct" | "meter" | "derived" | "none";

/** A level with its honesty. Percent and percentage points, unrounded. */
export interface Estimate {
  readonly soc: number;
  /** Standard deviation. */
  readonly sigma: number;
  /** Within which the truth lies nine times of ten; kept between 0 and 100. */
  readonly band90: readonly [low: number, high: number];
}

/** `passthrough`: BMW's own value, of a hybrid that drives. */
export type EstimateMode = "charging" | "driving" | "continuity" | "idle" | "passthrough";
export type CapacitySource = "user" | "maxEnergy" | "batterySizeMax" | "model";

/** Figures of the charge that runs; times in ms. */
export interface ChargeFigures {
  readonly method: ChargingMethod;
  /** Before losses. */
  readonly powerKw: number | null;
  readonly powerSource: PowerSource;
  readonly phases: number | null;
  readonly phasesSource: PhaseSource;
  /** Share of the net energy that arrives in the battery. */
  readonly efficiency: number | null;
  /** Percent. */
  readonly targetSoc: number | null;
  readonly minutesToTarget: number | null;
  /** Net, since the start. */
  readonly energyKwh: number;
  /** Drawn since the start, with the load beside the battery. */
  readonly grossKwh: number;
  /** Until when that is counted: mostly the last reading of the power. */
  readonly countedUntil: number;
  readonly startedAt: number;
}

/** Figures of driving; kWh/km, km, km/h. */
export interface DriveFigures {
  readonly consumptionKwhPerKm: number;
  readonly tripKm: number | null;
  readonly speedBracket: Bracket | null;
  readonly speedKmh: number | null;
  readonly buckets: Readonly<Partial<Record<Bracket, ConsumptionRate>>>;
}

/** One shown state of charge with all that explains it. */
export interface SocEstimate extends Estimate {
  readonly mode: EstimateMode;
  /** BMW's last word; `at` in ms. */
  readonly bmw: { readonly soc: number; readonly at: number; readonly descriptor: string } | null;
  readonly capacity: { readonly kwh: number; readonly source: CapacitySource } | null;
  /** `null` while nothing charges. */
  readonly charge: ChargeFigures | null;
  /** Only with the driving estimate ("Magic SOC"). */
  readonly drive: DriveFigures | null;
}

/** One condition of the efficiency matrix, as users see it. */
export interface LearnedCondition {
  /** `phases_volts_amps`, as it is stored; `0_410_0` for direct current. */
  readonly key: string;
  readonly efficiency: number;
  readonly samples: number;
  /** Standard deviation of the last values in percentage points; `null` below two. */
  readonly deviationPp: number | null;
  readonly trend: "increasing" | "decreasing" | "stable" | null;
}

/** What a charge loses of each kWh, told apart from what it loses in each hour, whatever the power. */
export interface LearnedLoss {
  /** What tells the power. */
  readonly source: "meter" | "car";
  /** Loss, or error of a meter, that no power changes, kW; below 0 where less is told than flows. */
  readonly lossKw: number;
  /** Share of the rest that arrives in the battery. */
  readonly efficiency: number;
  readonly samples: number;
}

/** Why a charge or a trip was learned from, or was not; `reason` is a fixed code. */
export interface LearningDecision {
  readonly at: number;
  readonly what: "ac" | "dc" | "driving";
  readonly accepted: boolean;
  readonly reason: string;
  /** Measured efficiency, or consumption in kWh/km; `null` where none was measured. */
  readonly value: number | null;
  /** Percentage points gained by a charge or used by a trip. */
  readonly socChange: number | null;
  readonly energyKwh: number | null;
  /** Key of the condition, of a charge. */
  readonly condition: string | null;
}

export interface ChargingReport {
  readonly conditions: readonly LearnedCondition[];
  /** Only what charges of different powers have told apart. */
  readonly losses: readonly LearnedLoss[];
}

export interface LearningReport {
  readonly charging: ChargingReport;
  readonly driving: DrivingReport;
  readonly lastDecision: LearningDecision | null;
}
