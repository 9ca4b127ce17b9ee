import type { Simulator } from "../simulator/index.js";
import { recorders } from "./bench.js";
import { ACCOUNT, accountNode, PLACE, TAB, type FlowNode } from "./flow.js";
import { witnessesOf } from "./soc-flow.js";

/** A cardata-homeassistant node, wired to the recorder `mqtt`. */
export function haNode(changes: object = {}): FlowNode {
  return {
    id: "ha",
    type: "cardata-homeassistant",
    ...PLACE,
    name: "",
    account: ACCOUNT,
    wires: [["mqtt"]],
    ...changes,
  };
}

/** An account at the simulator with such a node, a recorder behind it, and witnesses of its errors. */
export function haFlow(
  simulator: Simulator,
  node: object = {},
  account: object = {},
  more: readonly FlowNode[] = [],
): FlowNode[] {
  return [TAB, accountNode(simulator, account), haNode(node), ...witnessesOf("ha"), ...recorders("mqtt"), ...more];
}
