import type { AccountStatus, StreamStatus } from "../../src/account/status.js";
import type { ErrorCode } from "../../src/support/errors.js";
import { clockTime } from "./clock-time.js";
import type { NodeAPI, NodeStatus } from "./red.js";

/** Maps problems to short names for the status. */
const SHORT_NAMES: Readonly<Partial<Record<ErrorCode, string>>> = {
  stream_second_client: "secondClient",
  stream_unauthorised: "notAuthorised",
  stream_subscription_refused: "notConfigured",
  broker_unauthorised: "brokerPassword",
  broker_subscription_refused: "brokerNoRight",
  broker_second_client: "sameClientId",
  broker_silent: "nothingReceived",
  broker_prefix_silent: "otherPrefix",
  owner_disconnected: "ownerDisconnected",
  owner_offline: "ownerOffline",
  owner_needs_login: "ownerLogin",
};

/**
 * Returns the status of a node that uses the stream of a logged-in account: dot for live, ring for everything else. Texts: 20 characters at
 * most.
 */
export function streamStatus(RED: NodeAPI, { stream }: AccountStatus): NodeStatus {
  const text = (key: string, params: Record<string, string> = {}) => RED._(`cardata-stream.status.${key}`, params);
  switch (stream.state) {
    case "live":
    case "quiet":
      return connectedStatus(stream, text);
    case "connecting":
      return { fill: "yellow", shape: "ring", text: text("connecting") };
    case "no-right":
      return { fill: "red", shape: "ring", text: text("noStreamRight") };
    case "waiting":
      return waitingStatus(stream, text);
    case "off":
      return { fill: stream.problem ? "red" : "grey", shape: "ring", text: text(shortName(stream) ?? "off") };
  }
}

type Translate = (key: string, params?: Record<string, string>) => string;

function connectedStatus(stream: StreamStatus, text: Translate): NodeStatus {
  // Connected to a broker that is fed no more.
  const name = shortName(stream);
  if (name !== null) return { fill: "yellow", shape: "ring", text: text(name) };
  if (stream.state === "quiet") return { fill: "green", shape: "ring", text: text("quiet") };
  return { fill: "green", shape: "dot", text: liveText(stream, text) };
}

function liveText(stream: StreamStatus, text: Translate): string {
  if (stream.lastMessageAt === undefined) return text("live");
  return text("liveSince", { time: clockTime(stream.lastMessageAt) });
}

function waitingStatus(stream: StreamStatus, text: Translate): NodeStatus {
  const name = shortName(stream);
  if (name !== null) return { fill: "red", shape: "ring", text: text(name) };
  return { fill: "yellow", shape: "ring", text: text("retry", { time: clockTime(stream.retryAt ?? "") }) };
}

function shortName({ problem }: StreamStatus): string | null {
  return (problem && SHORT_NAMES[problem.code]) ?? null;
}
