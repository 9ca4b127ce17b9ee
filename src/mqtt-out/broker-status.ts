import { isObject, nonEmptyText } from "../support/json.js";

/** What a message of a core `status` node says. */
export type BrokerStatus =
  /** One of the user's `mqtt out` nodes has connected to its broker or lost it. */
  | { readonly kind: "broker"; readonly node: string; readonly isConnected: boolean }
  | { readonly kind: "ignored"; readonly reason: string };

/** Parses a message of a core `status` node; `null` if it is none. */
export function parseBrokerStatus(message: unknown): BrokerStatus | null {
  const status = isObject(message) ? message["status"] : undefined;
  if (!isObject(status)) return null;
  const { source, fill } = status;
  if (!isObject(source) || source["type"] !== "mqtt out") return ignored("the status is none of an mqtt out node");
  const isConnected = fill === "green" || nonEmptyText(status["text"])?.includes("common.status.connected") === true;
  if (!isConnected && fill !== "red" && fill !== "yellow") return ignored("the status says nothing of the broker");
  return { kind: "broker", node: nonEmptyText(source["id"]) ?? "", isConnected };
}

function ignored(reason: string): BrokerStatus {
  return { kind: "ignored", reason };
}
