import type { Simulator } from "../simulator/index.js";

/** A node as it stands in a flow file. */
export type FlowNode = { readonly id: string; readonly type: string } & Record<string, unknown>;

export const TAB: FlowNode = { id: "tab", type: "tab", label: "Flow" };
/** Without coordinates Node-RED takes a node for a config node. */
export const PLACE = { z: TAB.id, x: 100, y: 100 };
export const ACCOUNT = "account";
export const SOC = "vehicle.drivetrain.batteryManagement.header";

/** An account that lives at the simulator. */
export function accountNode({ oauthUrl, apiUrl, streamUrl, caFile }: Simulator, changes: object = {}): FlowNode {
  const endpoints = { endpoints: "custom", authUrl: oauthUrl, apiUrl, streamUrl, caFile };
  return { id: ACCOUNT, type: "cardata-account", name: "My BMW", ...endpoints, ...changes };
}

/** A cardata-stream node, wired to the nodes `values` and `events`. */
export function streamNode(changes: object = {}): FlowNode {
  const wires = [["values"], ["events"]];
  return { id: "stream", type: "cardata-stream", ...PLACE, name: "", account: ACCOUNT, wires, ...changes };
}

/** Returns BMW's stream object for changed values. */
export function streamMessage(vin: string, data: Record<string, unknown>, time = Date.now()): object {
  const timestamp = new Date(time).toISOString();
  const entries = Object.entries(data).map(([descriptor, value]) => [descriptor, { value, unit: "", timestamp }]);
  return { vin, entityId: "entity", topic: vin, timestamp, data: Object.fromEntries(entries) as object };
}
