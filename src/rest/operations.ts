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
  /** New readings, with those that were derived from them. */
  readonly accepted: readonly Reading[];
  /** The readings that are known now of each descriptor of the answer. */
  readonly current: readonly Reading[];
}

/** The answer of one operation. BMW's objects are validated, and else as BMW sent them. */
interface RouteHandler<Name extends Operation, Vin extends string | null, Payload> {
  readonly operation: Name;
  /** `null`: it is about the account. */
  readonly vin: Vin;
  readonly payload: Payload;
}

interface ChargingHistoryAnswer extends RouteHandler<"chargingHistory", string, readonly JsonObject[]> {
  /** There is more than was fetched. */
  readonly truncated: boolean;
}

interface ImageAnswer extends RouteHandler<"image", string, Buffer> {
  /** `image/png` or `image/jpeg` */
  readonly contentType: string;
}

/** The outcome of deleting data containers: ids of those that BMW has deleted, and has not. */
export interface ContainerChanges {
  readonly action: Exclude<ContainerAction, "list">;
  readonly deleted: readonly string[];
  readonly failed: readonly string[];
  /** The container in use from now on, after `reset`. */
  readonly id?: string;
}

/** Any answer that holds no values. */
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
export type AnswerOf<Name extends Operation> = Extract<OperationAnswer, { readonly operation: Name }>;

/** The operations about one car. */
export type CarOperation = Extract<OperationAnswer, { readonly vin: string }>["operation"];
