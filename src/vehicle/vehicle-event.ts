import type { Position } from "./position.js";

/** Describes an event of a car, emitted once per real transition. Times are BMW's [ms]. */
export type VehicleEvent =
  | {
      readonly name: "tripStarted";
      readonly at: number;
      /** `null`: it began before the first observation of it. */
      readonly startedAt: number | null;
      /** Whether it was inferred from its traces or from its later part. */
      readonly inferred: boolean;
      readonly soc: number | null;
      /** Odometer at its start, in the unit of the reading. */
      readonly odometer: number | null;
      readonly from: Position | null;
    }
  | {
      readonly name: "tripEnded";
      readonly at: number;
      readonly startedAt: number | null;
      readonly inferred: boolean;
      /** Last movement [ms]; `null` if none was observed while it happened. */
      readonly endedAt: number | null;
      readonly distanceKm: number | null;
      readonly durationMin: number | null;
      /** Consumed charge [pp]. */
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
      /** Whether `soc` was measured by the car or estimated; `null` without one. */
      readonly from: "level" | "estimate" | null;
      /** 90 % interval of an estimate [%]. */
      readonly band90: readonly [low: number, high: number] | null;
      readonly energyKwh: number | null;
      readonly durationMin: number;
      readonly reason: ChargingEndReason;
      readonly pauses: number;
    }
  | {
      readonly name: "chargingInterrupted";
      readonly at: number;
      readonly startedAt: number;
      readonly soc: number | null;
      readonly targetSoc: number | null;
      /** BMW's word for the reason; `null`: it named none. */
      readonly cause: string | null;
    }
  | {
      readonly name: "pluggedNotCharging";
      /** A quarter of an hour after it should have charged [ms]. */
      readonly at: number;
      readonly pluggedAt: number;
      readonly soc: number | null;
      readonly targetSoc: number | null;
    }
  | {
      readonly name: "tyrePressureLow";
      readonly at: number;
      readonly wheel: Wheel;
      readonly pressure: number;
      readonly target: number;
      readonly unit: "kPa";
    }
  | {
      readonly name: "serviceDue";
      readonly at: number;
      /** `service`: an appointment; `message`: a check control message. */
      readonly kind: "service" | "message";
      /** BMW's number of it. */
      readonly id: string | null;
      readonly title: string | null;
      readonly description: string | null;
      /** BMW's word. */
      readonly status: string | null;
      /** As BMW writes it, such as `2027-01`. */
      readonly date: string | null;
      /** Distance that remains, in `unit`, the one of the car's distances. */
      readonly remaining: number | null;
      readonly unit: "km" | "mi" | null;
    }
  | { readonly name: "pluggedIn" | "unplugged" | "locked" | "unlocked"; readonly at: number };

export type Wheel = "frontLeft" | "frontRight" | "rearLeft" | "rearRight";
export type ChargingMethod = "AC" | "DC";
export type ChargingEndReason = "target" | "unplugged" | "stopped" | "error" | "unknown";
