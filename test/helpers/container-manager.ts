import type { RestCall } from "../../src/rest/rest-call.js";
import { ContainerManager } from "../../src/rest/containers/container-manager.js";
import { NO_CONTAINER, type ContainerState } from "../../src/rest/containers/container-state.js";
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

/** A manager at a container server, and everything that it reports. */
export function containerManager(
  state: ContainerState = NO_CONTAINER,
  clock = new SimulatedClock(START),
  bmw = containerServer(clock),
) {
  const states: ContainerState[] = [];
  const notices: Problem[] = [];
  const reduced: (readonly string[])[] = [];
  const waiting: (() => void)[] = [];
  const nodes = { settled: true };
  const manager = new ContainerManager(clock, bmw.rest, {
    isKnown: (descriptor) => descriptor !== STRANGE,
    settled: () => (nodes.settled ? Promise.resolve() : new Promise((resolve) => waiting.push(resolve))),
    onState: (next) => states.push(next),
    onNotice: (problem) => notices.push(problem),
    onReduced: (missing) => reduced.push(missing),
  });
  manager.restore(state);
  /** The same account after a restart of Node-RED. */
  const restarted = () => containerManager(JSON.parse(JSON.stringify(manager.state)) as ContainerState, clock, bmw);
  const release = () => {
    nodes.settled = true;
    for (const go of waiting.splice(0)) go();
  };
  return { manager, bmw, clock, states, notices, reduced, nodes, release, restarted };
}
