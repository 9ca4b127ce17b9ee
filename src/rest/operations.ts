import type { JsonObject } from "../support/json.js";
import type { Reading } from "../vehicle/reading.js";
import type { Container } from "./containers/container-calls.js";
import type { QuotaReportData } from "./quota-ledger.js";
import type { ListedVehicle } from "./vehicles.js";

/** The operations of cardata-telematics. */
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

/** A request of a person or a flow. */
export interface OperationRequest {
  readonly operation: Operation;
  /** `null`: all cars that can be read. */
  readonly vin: string | null;
  /** Charging history: milliseconds; `null`: the last 30 days. */
  readonly from: number | null;
  readonly to: number | null;
  /** Charging history: 1 to 10 pages of ten charges, a call each. */
  readonly maxPages: number;
  /**
   * Whether to ask BMW although data are fresh, or a picture exists already or was missing lately. Never breaks a
   * cooldown.
   */
  readonly force: boolean;
  /**
   * Whether to ask BMW although it is known to refuse: set by `msg.force` only, because the setting of a node would
   * spend calls in vain day after day. Never breaks a cooldown.
   */
  readonly insist: boolean;
  readonly containerAction: ContainerAction;
  readonly containerId: string | null;
  /** Required to delete anything. */
  readonly confirm: boolean;
}

/** Values of one car over REST. */
export interface TelematicAnswer {
  readonly operation: "telematicData";
  readonly vin: string;
  /** BMW's object as received; `null` when the car's data were fresh enough to spare the call. */
  readonly answer: JsonObject | null;
  /** New readings, with those that were derived from them. */
  readonly accepted: readonly Reading[];
  /** The present readings of each descriptor of the answer. */
  readonly current: readonly Reading[];
}

/** The answer of one operation. BMW's objects are validated, and otherwise as BMW sent them. */
interface RouteHandler<Name extends Operation, Vin extends string | null, Payload> {
  readonly operation: Name;
  /** `null`: it is about the account. */
  readonly vin: Vin;
  readonly payload: Payload;
}

interface ChargingHistoryAnswer extends RouteHandler<"chargingHistory", string, readonly JsonObject[]> {
  /** Whether there is more than was fetched. */
  readonly truncated: boolean;
}

interface ImageAnswer extends RouteHandler<"image", string, Buffer> {
  /** `image/png` or `image/jpeg` */
  readonly contentType: string;
}

/** The outcome of deleting data containers: the ids of those that BMW has deleted, and of the others. */
export interface ContainerChanges {
  readonly action: Exclude<ContainerAction, "list">;
  readonly deleted: readonly string[];
  readonly failed: readonly string[];
  /** The container in use from now on, after `reset`. */
  readonly id?: string;
}

/** An answer without values. */
export type PlainAnswer =
  | RouteHandler<"vehicles", null, readonly ListedVehicle[]>
  | RouteHandler<"basicData", string, JsonObject>
  | ChargingHistoryAnswer
  | RouteHandler<"tyreDiagnosis", string, JsonObject>
  | ImageAnswer
  | RouteHandler<"chargingSettings", string, readonly JsonObject[]>
  | RouteHandler<"containers", null, readonly Container[] | ContainerChanges>
  | RouteHandler<"quota", null, QuotaReportData>;

export type OperationAnswer = TelematicAnswer | PlainAnswer;

/** The answer of one operation. */
export type AnswerOfOperation<Name extends Operation> = Extract<OperationAnswer, { readonly operation: Name }>;

/** The operations about one car. */
export type CarOperation = Extract<OperationAnswer, { readonly vin: string }>["operation"];
