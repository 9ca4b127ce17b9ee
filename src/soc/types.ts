import type { DriveType } from "../vehicle/drive-type.js";

/** What the user and the model say of a car, for its estimates. */
export interface SocSettings {
  /** Whether the driving estimate is wanted. */
  readonly magic: boolean;
  /** Lowest efficiency of a charge that is learned from: 0.82 by default, down to 0.40. */
  readonly minEfficiency: number;
  /** Load beside the battery while charging by BMW's power, kW; 0.3 by default. */
  readonly auxKw: number;
  /** How long a reading of the user's meter goes before BMW's, ms; 120 000 by default. */
  readonly meterPriorityMs: number;
  readonly driveType: DriveType | null;
  /** The user's word on the usable capacity, kWh. */
  readonly capacityKwh: number | null;
  /** By model, where the car says nothing. */
  readonly modelCapacityKwh: number | null;
  readonly modelKwhPerKm: number;
}

export type Method = "AC" | "DC";
export type PhaseSource = "assumed" | "reported" | "derived" | "carried";
export type PowerSource = "bmw" | "acProduct" | "meter" | "derived" | "none";

/** What arrives about a charge and the battery, in order of arrival. All times in milliseconds: `at` is BMW's (or the receive time), `now` the receive time. */
export type SocSignal =
  | { readonly kind: "status"; readonly active: boolean; readonly at: number; readonly now: number }
  | { readonly kind: "method"; readonly method: Method; readonly at: number; readonly now: number }
  | {
      readonly kind: "soc";
      readonly source: "header" | "displayed" | "level" | "tripEnd";
      readonly soc: number;
      readonly at: number;
      readonly now: number;
      /** It came over the stream, so it marks the moment of a step; over REST it is a sample. */
      readonly pushed: boolean;
    }
  | { readonly kind: "power"; readonly kw: number; readonly at: number; readonly now: number }
  | { readonly kind: "meter"; readonly kw: number; readonly auxKw: number; readonly now: number }
  | { readonly kind: "volts"; readonly volts: number; readonly at: number; readonly now: number }
  | { readonly kind: "amps"; readonly amps: number; readonly at: number; readonly now: number }
  | { readonly kind: "phases"; readonly phases: number | null; readonly at: number; readonly now: number }
  | { readonly kind: "target"; readonly soc: number; readonly at: number; readonly now: number }
  | {
      readonly kind: "capacity";
      readonly source: "maxEnergy" | "batterySizeMax";
      readonly kwh: number;
      readonly at: number;
      readonly now: number;
    }
  | { readonly kind: "minutesLeft"; readonly minutes: number; readonly at: number; readonly now: number }
  | { readonly kind: "plugged"; readonly at: number; readonly now: number }
  | {
      readonly kind: "odometer";
      readonly km: number;
      /** What its last digit counts, where `km` does not show that. */
      readonly stepKm?: number;
      readonly at: number;
      readonly now: number;
    }
  | {
      readonly kind: "position";
      readonly latitude: number;
      readonly longitude: number;
      /** How far it was from the one at `waySince`, if that is known better than by the straight line. */
      readonly wayKm?: number;
      readonly waySince?: number;
      readonly at: number;
      readonly now: number;
    }
  | { readonly kind: "motion"; readonly moving: boolean; readonly at: number; readonly now: number }
  | {
      readonly kind: "speed";
      readonly kmh: number | null;
      /** How long it is true at most; else until the next one. */
      readonly holdsMs?: number;
      /** It is that of a way that is told as well, not of this moment. */
      readonly isMean?: true;
      readonly now: number;
    };

/** A value with its honesty. Percent and percentage points, unrounded. */
export interface Estimate {
  readonly soc: number;
  /** Standard deviation. */
  readonly sigma: number;
  /** Within which the truth lies nine times of ten; kept between 0 and 100. */
  readonly band90: readonly [low: number, high: number];
}
