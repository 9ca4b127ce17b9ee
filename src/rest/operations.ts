import type { JsonObject } from "../support/json.js";
import type { Reading } from "../vehicle/reading.js";

/** What cardata-telematics can do. */
export const OPERATIONS = [
  "telematicData",
  "vehicles",
  "basicData",
  "chargingHistory",
  "tyreDiagnosis",
  "image",
  "chargingSettings",
  "containers",
  "quota",
] as const;

export type Operation = (typeof OPERATIONS)[number];

export const CONTAINER_ACTIONS = ["list", "delete", "deleteOwn", "reset"] as const;

export type ContainerAction = (typeof CONTAINER_ACTIONS)[number];

/** What a person or a flow asks for. */
export interface OperationRequest {
  readonly operation: Operation;
  /** `null`: all cars that can be read. */
  readonly vin: string | null;
  /** Charging history: milliseconds; `null`: the last 30 days. */
  readonly from: number | null;
  readonly to: number | null;
  /** Charging history: 1 to 10 pages of ten charges, a call each. */
  readonly maxPages: number;
  /** Asks BMW although data are fresh, or a picture is there already or was missing lately. Never breaks a cooldown. */
  readonly force: boolean;
  /**
   * A message says so by `msg.force`: asks BMW although it has refused that, or is known to. The setting of a node does not:
   * it would spend calls in vain day after day. Never breaks a cooldown.
   */
  readonly insist: boolean;
  readonly containerAction: ContainerAction;
  readonly containerId: string | null;
  /** Without it nothing is deleted. */
  readonly confirm: boolean;
}

/** Values of one car over REST. */
export interface TelematicAnswer {
  readonly operation: "telematicData";
  readonly vin: string;
  /** BMW's object as it came; `null` when the car's data were fresh enough to spare the call. */
  readonly answer: JsonObject | null;
  /** What was new, with what was derived from it. */
  readonly accepted: readonly Reading[];
  /** What the car's desk holds now for each descriptor of the answer. */
  readonly current: readonly Reading[];
}

/** Any other answer. */
export interface PlainAnswer {
  readonly operation: Exclude<Operation, "telematicData">;
  /** `null`: it is about the account. */
  readonly vin: string | null;
  /** Validated; shapes: `src/messages/types.ts`. */
  readonly payload: unknown;
  /** There is more than was fetched. */
  readonly truncated?: boolean;
  /** Of an image. */
  readonly contentType?: string;
}

export type OperationAnswer = TelematicAnswer | PlainAnswer;
