import type { RestCall } from "../../src/rest/call.js";
import { ContainerManager } from "../../src/rest/containers/container-manager.js";
import { NO_CONTAINER, type ContainerState } from "../../src/rest/containers/state.js";
import { CarDataError, type Problem } from "../../src/support/errors.js";
import { SimulatedClock } from "../../src/support/simulated-clock.js";
import { containerServer } from "./container-server.js";
import { START } from "./fakes.js";

/** A descriptor that our catalogue does not list. */
export const STRANGE = "vehicle.unknown.to.our.catalogue";
export const down = new CarDataError("rest_network", { reason: "ECONNRESET" });

export const isPost = ({ method }: RestCall) => method === "POST";
export const isDelete = ({ method }: RestCall) => method === "DELETE";

/** A fault for calls of one kind. */
export const failWhen = (matches: (call: RestCall) => boolean, failure: CarDataError) => (call: RestCall) =>
  matches(call) ? failure : undefined;

/** A keeper at a container server, and all that it tells. */
export function containerKeeper(
  state: ContainerState = NO_CONTAINER,
  clock = new SimulatedClock(START),
  bmw = containerServer(clock),
) {
  const states: ContainerState[] = [];
  const notices: Problem[] = [];
  const reduced: (readonly string[])[] = [];
  const waiting: (() => void)[] = [];
  const nodes = { settled: true };
  const keeper = new ContainerManager({
    rest: bmw.rest,
    clock,
    isKnown: (descriptor) => descriptor !== STRANGE,
    settled: () => (nodes.settled ? Promise.resolve() : new Promise((resolve) => waiting.push(resolve))),
    onState: (next) => states.push(next),
    onNotice: (problem) => notices.push(problem),
    onReduced: (missing) => reduced.push(missing),
  });
  keeper.restore(state);
  /** The same account after a restart of Node-RED. */
  const restarted = () => containerKeeper(JSON.parse(JSON.stringify(keeper.state)) as ContainerState, clock, bmw);
  const release = () => {
    nodes.settled = true;
    for (const go of waiting.splice(0)) go();
  };
  return { keeper, bmw, clock, states, notices, reduced, nodes, release, restarted };
}
