import type { Simulator } from "../simulator/index.js";
import { recorders, type Bench } from "./bench.js";
import { ACCOUNT, accountNode, PLACE, TAB, type FlowNode } from "./flow.js";
import { subscriptions } from "./running-flow.js";
import { saveLogin } from "./saved-login.js";

/** A cardata-predicted-soc node, wired to the recorders `predicted`, `magic` and `learning`. */
export function socNode(changes: object = {}): FlowNode {
  const wires = [["predicted"], ["magic"], ["learning"]];
  return { id: "soc", type: "cardata-predicted-soc", ...PLACE, name: "", account: ACCOUNT, wires, ...changes };
}

/** Catch and Complete nodes for a node, and recorders behind them: `failures` and `completed`. */
export function witnessesOf(node: string): FlowNode[] {
  const scope = { ...PLACE, name: "", scope: [node] };
  return [
    { id: "catch", type: "catch", ...scope, uncaught: false, wires: [["failures"]] },
    { id: "complete", type: "complete", ...scope, uncaught: false, wires: [["completed"]] },
    ...recorders("failures", "completed"),
  ];
}

/** An account at the simulator with a node for estimates, recorders at its outputs, and witnesses of its errors. */
export function socFlow(simulator: Simulator, node: object = {}, more: readonly FlowNode[] = []): FlowNode[] {
  const listeners = recorders("predicted", "magic", "learning");
  return [TAB, accountNode(simulator), socNode(node), ...witnessesOf("soc"), ...listeners, ...more];
}

/** Loads a flow with a saved login and the `secrets` of other nodes; the stream is live when this resolves. */
export async function liveWith(
  bench: Bench,
  simulator: Simulator,
  flow: readonly FlowNode[],
  secrets: Record<string, Record<string, string>> = {},
) {
  const { storeKey } = await saveLogin(bench.userDir, ACCOUNT, simulator);
  const credentials = { [ACCOUNT]: { clientId: simulator.clientId, storeKey }, ...secrets };
  await bench.load(flow, credentials);
  await subscriptions(simulator, 1);
  return credentials;
}
