import type { HaPart } from "../homeassistant/ha-part.js";
import type { Action } from "../support/error-traits.js";
import type { ErrorCode } from "../support/errors.js";
import type { EstimatePart } from "./soc-types.js";

export type { HaPart };
export type * from "../homeassistant/mqtt-message.js";
export type * from "./journal-types.js";
export type * from "./soc-types.js";

/*
 * The messages that leave the nodes: a stable contract with users' flows. Properties may be added, never renamed or
 * retyped within a major version.
 */

/** Holds one value of one car. */
export interface DescriptorMessage {
  /** `null`: unknown now; `last` holds the last known value. */
  payload: number | boolean | string | null;
  /** `<base>/<vin>/<descriptor>` */
  topic: string;
  vin: string;
  /** What people call the car: its name in the account, else its alias, else make and model; absent in a replay. */
  car?: string;
  /** As BMW spells it. */
  descriptor: string;
  /** Short readable English name, unique and stable. */
  name: string;
  /** Canonical spelling (`%`, `km`, `°C`, ...). */
  unit: string | null;
  /** ISO 8601 UTC: BMW's time of the measurement, or the receive time if BMW sent none. */
  timestamp: string;
  /**
   * `restored`: known from before a start, retained by the user's own broker, or sent again because the broker of an
   * `mqtt out` node has come back.
   */
  source: "stream" | "rest" | "restored" | "derived" | "estimate";
  /** False for descriptors that the catalogue does not list. */
  known: boolean;
  /** Describes the Home Assistant entity of which this is a state. */
  ha: HaPart;
  /** BMW's raw entry; absent on derived values and estimates. */
  raw?: { value: unknown; unit: unknown; timestamp: unknown };
  /** Only with `payload: null`. */
  last?: { value: number | boolean | string; timestamp: string };
  /**
   * The parsed content of structured values; of `openings`, the descriptors of what is open; of values of the journal, what
   * belongs to them.
   */
  data?: unknown;
  /**
   * Only on sourced values (`soc`, `range`, `fuel`, `plugged`, `charging`, `locked`, `odometer`, `openings`, `secured`):
   * the descriptor that it was taken from, of several that decide it the first. A car whose drive type cannot have such a
   * value has none; one that was sent before becomes `null`.
   */
  from?: string;
  /** Only from cardata-predicted-soc, and only while the value is known. */
  estimate?: EstimatePart;
  /** Only from cardata-telematics: whether this answer of BMW brought the value; otherwise it was known already. */
  fresh?: boolean;
  /** Only from cardata-telematics. */
  quota?: Quota;
  /** Which message of one BMW payload this is, of those that this node sends. */
  parts?: Parts;
}

/** Holds one fix of one car. */
export interface PositionMessage {
  payload: PositionFields & { timestamp: string };
  /** `<base>/<vin>/location` */
  topic: string;
  vin: string;
  /** As in other messages of values. */
  car?: string;
  descriptor: "location";
  name: string;
  unit: null;
  /** ISO 8601 UTC: BMW's time of the fix. */
  timestamp: string;
  source: DescriptorMessage["source"];
  known: true;
  /** Describes the tracker on Home Assistant's map. */
  ha: HaPart;
}

/** Holds latitude and longitude [degrees], altitude above sea level [m] and heading from north [degrees]. */
export interface PositionFields {
  latitude: number;
  longitude: number;
  altitude?: number;
  heading?: number;
}

/** Matches the `parts` of the core nodes `split` and `join`. */
export interface Parts {
  id: string;
  index: number;
  count: number;
  type: "object";
  /** The descriptor. */
  key: string;
}

/** Holds all values of one BMW payload (form `update`). */
export interface UpdateMessage {
  /** `<base>/<vin>` */
  topic: string;
  vin: string;
  /** Descriptor to value. */
  payload: Record<string, DescriptorMessage["payload"]>;
  readings: DescriptorMessage[];
  /** Only from cardata-telematics. */
  quota?: Quota;
}

/**
 * Holds BMW's object as received, without the customer id (form `raw`); or, of the same form, everything that is known of
 * a car: `{vin, topic, timestamp, data, basicData?}`.
 */
export interface RawMessage {
  /** `<base>/<vin>` */
  topic: string;
  vin: string;
  payload: Record<string, unknown>;
  /** Only on everything that is known: a broker should keep it. */
  retain?: true;
  /** Only from cardata-telematics. */
  quota?: Quota;
}

/**
 * Lists further members of `payload` of vehicle events. A figure is given only if it was observed at the time it
 * describes; unknown ones are `null`, never an old value. Times are ISO 8601 UTC.
 */
export interface VehicleEventMembers {
  tripStarted: {
    /** `null`: it began before the first observation of it. */
    startedAt: string | null;
    /** `true` if `startedAt` is `null`: the trip was inferred from its traces or from its later part. */
    inferred: boolean;
    /** Percent. */
    soc: number | null;
    /** In the unit of the odometer. */
    odometer: number | null;
    from: PositionMessage["payload"] | null;
  };
  tripEnded: {
    startedAt: string | null;
    inferred: boolean;
    /** Last movement; `null` if the trip was not observed while it went on. */
    endedAt: string | null;
    distanceKm: number | null;
    durationMin: number | null;
    /** Percentage points. */
    socUsed: number | null;
    from: PositionMessage["payload"] | null;
    to: PositionMessage["payload"] | null;
  };
  chargingStarted: {
    /** Percent. */
    soc: number | null;
    method: "AC" | "DC" | null;
    /** Percent. */
    targetSoc: number | null;
  };
  /** Emitted when its level is known, or when the time to wait for it, or for the end of a pause, is over. */
  chargingEnded: {
    startedAt: string;
    /** Percent at the start. */
    startSoc: number | null;
    /** Percent at the end. */
    soc: number | null;
    /** Whether `soc` was measured by the car or estimated; `null` without one. */
    from: "level" | "estimate" | null;
    /** 90 % interval of an estimate [%]. */
    band90: [low: number, high: number] | null;
    /**
     * Energy charged into the battery [kWh]; `null` if start, end or capacity are unknown, or contradict each other.
     */
    energyKwh: number | null;
    durationMin: number;
    /** `unknown` also if the car never reported the end. */
    reason: "target" | "unplugged" | "stopped" | "error" | "unknown";
    /** Pauses of up to an hour belong to the charge. */
    pauses: number;
  };
  /** Emitted beside `chargingEnded`, of a charge that nobody meant to end. */
  chargingInterrupted: {
    startedAt: string;
    /** Percent at the end. */
    soc: number | null;
    /** Percent. */
    targetSoc: number | null;
    /** BMW's word for the reason, such as `POWERGRID_FAILED`. */
    cause: string | null;
  };
  pluggedNotCharging: {
    pluggedAt: string;
    /** Percent. */
    soc: number | null;
    /** Percent; `null`: the car tells none, so that it charges until it is full. */
    targetSoc: number | null;
  };
  tyrePressureLow: {
    wheel: "frontLeft" | "frontRight" | "rearLeft" | "rearRight";
    /** In `unit`, as BMW's target for this tyre. */
    pressure: number;
    target: number;
    unit: "kPa";
  };
  /** One for each appointment or message. */
  serviceDue: {
    /** `service`: a service appointment; `message`: a check control message. */
    kind: "service" | "message";
    /** BMW's number of it. */
    id: string | null;
    title: string | null;
    description: string | null;
    /** BMW's word, such as `PENDING`. */
    status: string | null;
    /** As BMW writes it, such as `2027-01`. */
    date: string | null;
    /** Distance that remains, in `unit`. */
    remaining: number | null;
    unit: "km" | "mi" | null;
  };
}

/** Reports an event (second output of cardata-stream). */
export interface EventMessage {
  /** `<base>/account/event/<name>` or `<base>/<vin>/event/<name>` */
  topic: string;
  event: string;
  payload: { account: string; event: string; timestamp: string; vin?: string } & Record<string, unknown>;
}

/** Further members of `payload` of the event `check`, the answer to `msg.command` `check`. */
export interface CheckMembers {
  /** The most urgent level of all lines. */
  level: CheckedLine["level"];
  /** First the account, then car by car. */
  findings: CheckedLine[];
}

/** Holds one line of a check. */
export interface CheckedLine {
  /** What was looked at, such as `login`, `connection` or `quota`. */
  area: string;
  /** `yellow`: it mends itself, or may be meant; `red`: something has to be done. */
  level: "green" | "yellow" | "red";
  /** Name and last four characters of the car; absent if the line is about the account. */
  car?: string;
  /** What was found; an error code where it is an error. */
  code: string;
  /** What it means and what to do, in the language of Node-RED. */
  text: string;
}

/** Holds what is left of the 50 requests that BMW answers per day. */
export interface Quota {
  used: number;
  /** Never below 0. */
  remaining: number;
  limit: number;
  window: "utc-day" | "rolling-24h";
  /** ISO 8601 UTC. */
  resetsAt: string;
}

/** Holds the answer of an operation other than `telematicData`; keeps the rest of the requesting message. */
export interface OperationMessage<Name extends keyof OperationPayloads = keyof OperationPayloads> {
  payload: OperationPayloads[Name];
  /** `<base>/<vin>/<operation>` or `<base>/account/<operation>` */
  topic: string;
  summary: Summary;
  /** Only on answers about one car. */
  vin?: string;
  quota: Quota;
  /** Whether there is more than was fetched. */
  truncated?: boolean;
  /** Only of an image, a charging history and a tyre diagnosis of one car. */
  ha?: HaPart;
  /** Only of an image: `image/png` or `image/jpeg`. */
  contentType?: string;
}

/**
 * Maps operations to payloads. BMW's objects are as received, without the customer id. Times of ours are ISO 8601 UTC.
 */
export interface OperationPayloads {
  vehicles: MappedVehicle[];
  basicData: Record<string, unknown>;
  /** BMW's sessions, newest first; their times are in seconds since 1970. */
  chargingHistory: Record<string, unknown>[];
  tyreDiagnosis: Record<string, unknown>;
  image: Buffer;
  /** BMW's settings of charging locations. */
  chargingSettings: Record<string, unknown>[];
  /** The list, or the result of an action. */
  containers: ContainerEntry[] | ContainersChanged;
  quota: QuotaReport;
}

/** Describes a car of the BMW account. */
export interface MappedVehicle {
  vin: string;
  role: "primary" | "secondary" | "unknown";
  /** As BMW writes it; `null` if missing. */
  mappedSince: string | null;
  /** Whether BMW's API answers for it. */
  access: "ok" | "not_primary" | "no_permission" | "not_telematics_capable";
}

/** Describes a data container of the BMW account. */
export interface ContainerEntry {
  id: string;
  name: string;
  purpose: string;
  /** Only `ACTIVE` ones can be read; deleted ones stay in the list for 29 days. */
  state: string;
  created: string | null;
  /** Made by this package. */
  own: boolean;
}

/** Holds the result of an action on data containers. */
export interface ContainersChanged {
  action: "delete" | "deleteOwn" | "reset";
  /** Ids. */
  deleted: string[];
  /** Ids that BMW did not delete. */
  failed: string[];
  /** Id of the container that is used from now on. */
  id?: string;
}

/** Reports what was spent of the quota, and for what. */
export interface QuotaReport extends Quota {
  /** Time before which no request is sent, because BMW refused one. */
  blockedUntil: string | null;
  /** Requests of the window by purpose: `scheduled`, `event`, `daily`, `renewal`, `manual`. */
  byBudget: Record<string, number>;
  calls: QuotaCall[];
}

interface QuotaCall {
  at: string;
  endpoint: string;
  budget: string;
  /** Masked; `null` if the request was not about a car. */
  vin: string | null;
  /** `ok`, `sent` (no answer) or an error code. */
  outcome: string;
}

/**
 * Summarises a payload for people: `text` in one line, the rest by operation. Holds no addresses and no coordinates.
 */
export type Summary = { text: string } & Record<string, unknown>;

export type TelematicsMessage = (DescriptorMessage | UpdateMessage | RawMessage | OperationMessage) & { quota: Quota };

/** Holds `error.cause` of a failed request for Catch nodes; `null` where unknown. */
export interface ErrorCause {
  code: ErrorCode;
  /** Status of BMW's answer. */
  httpStatus: number | null;
  /** BMW's own code, such as `CU-104`. */
  exveErrorId: string | null;
  /** Reference for BMW's support. */
  exveErrorRef: string | null;
  /** ISO 8601 UTC. */
  retryAt: string | null;
  quota: Quota | null;
  action: Action;
}

export type ValueMessage = DescriptorMessage | PositionMessage | UpdateMessage | RawMessage;

/** Names how a node groups values. */
export type Form = "each" | "update" | "raw";
