import type { Simulator } from "../simulator/index.js";
import { type Bench, recorders, WITNESSES } from "./bench.js";
import { eventually } from "./eventually.js";
import { ACCOUNT, accountNode, streamNode, TAB, type FlowNode } from "./flow.js";
import { saveLogin } from "./saved-login.js";

export interface WorkOptions {
  /** Properties of the account and of the stream node. */
  readonly account?: object;
  readonly stream?: object;
  readonly more?: readonly FlowNode[];
  /** False: nobody has logged in yet. */
  readonly loggedIn?: boolean;
  /** False: the login is not enough for the stream. */
  readonly live?: boolean;
}

/** An account at the simulator with a stream node, recorders at both outputs, and witnesses of its errors. */
export function flowAtWork(simulator: Simulator, { account, stream, more = [] }: WorkOptions = {}): FlowNode[] {
  const nodes = [accountNode(simulator, account), streamNode(stream), ...recorders("values", "events")];
  return [TAB, ...nodes, ...WITNESSES, ...more];
}

/** Loads that flow with a saved login; it is live when this resolves, if it can be. */
export async function runningFlow(bench: Bench, simulator: Simulator, options: WorkOptions = {}) {
  const { loggedIn = true, live = loggedIn } = options;
  const { clientId } = simulator;
  const storeKey = loggedIn ? (await saveLogin(bench.userDir, ACCOUNT, simulator)).storeKey : undefined;
  const credentials = { [ACCOUNT]: { clientId, ...(storeKey !== undefined && { storeKey }) } };
  const flow = flowAtWork(simulator, options);
  await bench.load(flow, credentials);
  if (live) await bench.message("events", ({ event }) => event === "connected");
  return { flow, credentials };
}

/** Waits until the simulator has granted so many subscriptions since its log was cleared. */
export async function subscriptions(simulator: Simulator, count: number): Promise<void> {
  await eventually(`${count} subscriptions`, () => simulator.log.count("subscribe") >= count);
}
