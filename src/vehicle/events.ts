import type { Position } from "./position.js";

/** What happened to a car; each fires once per real transition. Times are BMW's, in milliseconds. */
export type VehicleEvent =
  | {
      readonly name: "tripStarted";
      readonly at: number;
      readonly startedAt: number;
      readonly soc: number | null;
      /** In the unit of the odometer's reading. */
      readonly odometer: number | null;
      readonly from: Position | null;
    }
  | {
      readonly name: "tripEnded";
      readonly at: number;
      readonly startedAt: number;
      /** The last movement. */
      readonly endedAt: number;
      readonly distanceKm: number | null;
      readonly durationMin: number;
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
      readonly soc: number | null;
      readonly energyKwh: number | null;
      readonly durationMin: number;
      readonly reason: ChargingEndReason;
      readonly pauses: number;
    }
  | { readonly name: "pluggedIn" | "unplugged" | "locked" | "unlocked"; readonly at: number };

export type ChargingMethod = "AC" | "DC";
export type ChargingEndReason = "target" | "unplugged" | "stopped" | "error" | "unknown";
