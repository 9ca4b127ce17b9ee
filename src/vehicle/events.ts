import type { Position } from "./position.js";

/** What happened to a car; each fires once per real transition. Times are BMW's, in milliseconds. */
export type VehicleEvent =
  | {
      readonly name: "tripStarted";
      readonly at: number;
      /** `null`: it had begun before anything was heard of it. */
      readonly startedAt: number | null;
      /** It was concluded from what it has left, or from its later part. */
      readonly inferred: boolean;
      readonly soc: number | null;
      /** At its start, in the unit of the odometer's reading. */
      readonly odometer: number | null;
      readonly from: Position | null;
    }
  | {
      readonly name: "tripEnded";
      readonly at: number;
      readonly startedAt: number | null;
      readonly inferred: boolean;
      /** The last movement; `null` if none of it was heard of when it happened. */
      readonly endedAt: number | null;
      readonly distanceKm: number | null;
      readonly durationMin: number | null;
      /** Percentage points. */
      readonly socUsed: number | null;
      readonly from: Position | null;
      readonly to: Position | null;
    }
  | {
      readonly name: "chargingStarted";
      readonly at: number;
      readonly soc: number | null;
      readonly method: ChargingMethod | null;
      readonly targetSoc: number | null;
    }
  | {
      readonly name: "chargingEnded";
      readonly at: number;
      readonly startedAt: number;
      readonly startSoc: number | null;
      readonly soc: number | null;
      /** Whether the car has measured `soc`, or it was estimated; `null` without one. */
      readonly from: "level" | "estimate" | null;
      /** Within which an estimate lies nine times of ten. */
      readonly band90: readonly [low: number, high: number] | null;
      readonly energyKwh: number | null;
      readonly durationMin: number;
      readonly reason: ChargingEndReason;
      readonly pauses: number;
    }
  | { readonly name: "pluggedIn" | "unplugged" | "locked" | "unlocked"; readonly at: number };

export type ChargingMethod = "AC" | "DC";
export type ChargingEndReason = "target" | "unplugged" | "stopped" | "error" | "unknown";
