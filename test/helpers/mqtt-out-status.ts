/** The message of a core `status` node that watches an `mqtt out` node. */
export function mqttOutStatus(state: "connected" | "connecting" | "disconnected", id = "out") {
  const fill = { connected: "green", connecting: "yellow", disconnected: "red" }[state];
  return { status: { fill, shape: "dot", text: `node-red:common.status.${state}`, source: { id, type: "mqtt out" } } };
}
