/*
 * The messages that leave the nodes: a stable contract with users' flows. Properties may be added, never renamed or
 * retyped within a major version.
 */

/** One value of one car. */
export interface DescriptorMessage {
  /** `null`: unknown by now; `last` tells what was known before. */
  payload: number | boolean | string | null;
  /** `<base>/<vin>/<descriptor>` */
  topic: string;
  vin: string;
  /** As BMW spells it. */
  descriptor: string;
  /** Short readable English name, unique and stable. */
  name: string;
  /** Canonical spelling (`%`, `km`, `°C`, ...). */
  unit: string | null;
  /** ISO 8601 UTC: BMW's time of the measurement, or the receive time if BMW sent none. */
  timestamp: string;
  source: "stream" | "rest" | "restored" | "derived" | "estimate";
  /** False for descriptors that the catalogue does not list. */
  known: boolean;
  /** BMW's own words; absent on derived values and estimates. */
  raw?: { value: unknown; unit: unknown; timestamp: unknown };
  /** Only with `payload: null`. */
  last?: { value: number | boolean | string; timestamp: string };
  /** The parsed content of structured values. */
  data?: unknown;
  /** Only on values with a source: the descriptor that it was taken from. */
  from?: string;
  /** Which message of one BMW payload this is, of those that this node sends. */
  parts?: Parts;
}

/** One fix of one car. */
export interface PositionMessage {
  payload: Place & { timestamp: string };
  /** `<base>/<vin>/location` */
  topic: string;
  vin: string;
  descriptor: "location";
  name: string;
  unit: null;
  /** ISO 8601 UTC: BMW's time of the fix. */
  timestamp: string;
  source: DescriptorMessage["source"];
  known: true;
}

/** Degrees; metres above sea level; degrees from north. */
export interface Place {
  latitude: number;
  longitude: number;
  altitude?: number;
  heading?: number;
}

/** As core nodes `split` and `join` use it. */
export interface Parts {
  id: string;
  index: number;
  count: number;
  type: "object";
  /** The descriptor. */
  key: string;
}

/** All values of one BMW payload together (form `update`). */
export interface UpdateMessage {
  /** `<base>/<vin>` */
  topic: string;
  vin: string;
  /** Descriptor to value. */
  payload: Record<string, DescriptorMessage["payload"]>;
  readings: DescriptorMessage[];
}

/** BMW's object as it came, without the customer id (form `raw`). */
export interface RawMessage {
  /** `<base>/<vin>` */
  topic: string;
  vin: string;
  payload: Record<string, unknown>;
}

/** Something happened (second output of cardata-stream). */
export interface EventMessage {
  /** `<base>/account/event/<name>` or `<base>/<vin>/event/<name>` */
  topic: string;
  event: string;
  payload: { account: string; event: string; timestamp: string; vin?: string } & Record<string, unknown>;
}

export type ValueMessage = DescriptorMessage | PositionMessage | UpdateMessage | RawMessage;

/** How a node groups values. */
export type Form = "each" | "update" | "raw";
