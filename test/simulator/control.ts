import { isObject, parseJson } from "../../src/support/json.js";
import type { ServerAnswer, Incoming } from "./http.js";
import type { Simulator } from "./index.js";
import { REST_ACTS } from "./rest/control.js";
import { isTrackerFault } from "./traccar-server.js";

type ControlAction = (simulator: Omit<Simulator, "controlUrl">, args: Record<string, unknown>) => unknown;

const number = (value: unknown, otherwise: number) => (typeof value === "number" ? value : otherwise);
const code = (args: Record<string, unknown>) => (typeof args["userCode"] === "string" ? args["userCode"] : undefined);

/** `POST /<name>` with a JSON object. Faults of the HTTP servers take `server` (`oauth`, `api` or `traccar`) and `count`. */
const CONTROL_ACTIONS: Readonly<Record<string, ControlAction>> = {
  approve: (simulator, args) => simulator.approve(code(args)),
  decline: (simulator, args) => simulator.decline(code(args)),
  step: (simulator, { ms }) => {
    simulator.step(number(ms, 1000));
  },
  kick: (simulator) => {
    simulator.kick();
  },
  drop: (simulator, args) => {
    server(simulator, args).drop(number(args["count"], 1));
  },
  hang: (simulator, args) => {
    server(simulator, args).hang(number(args["count"], 1));
  },
  html: (simulator, args) => {
    server(simulator, args).html(number(args["count"], 1));
  },
  truncated: (simulator, args) => {
    server(simulator, args).truncated(number(args["count"], 1));
  },
  status: (simulator, args) => {
    server(simulator, args).status(number(args["count"], 1), number(args["status"], 500), args["body"]);
  },
  down: (simulator, args) => {
    if (args["server"] === "stream") simulator.faults.streamDown(args["down"] !== false);
    else server(simulator, args).down(args["down"] !== false);
  },
  refuseConnect: ({ faults }, { count, returnCode }) => {
    faults.refuseConnect(number(count, 1), number(returnCode, 5));
  },
  refuseSubscribe: ({ faults }, { count }) => {
    faults.refuseSubscribe(number(count, 1));
  },
  hangConnect: ({ faults }, { count }) => {
    faults.hangConnect(number(count, 1));
  },
  cut: ({ faults }) => {
    faults.cut();
  },
  cutMidMessage: ({ faults }) => {
    faults.cutMidMessage();
  },
  kickEvery: ({ faults }, { ms }) => {
    faults.kickEvery(typeof ms === "number" ? ms : null);
  },
  garbage: ({ faults }) => {
    faults.garbage();
  },
  huge: ({ faults }) => {
    faults.huge();
  },
  revokeTokens: ({ faults }) => {
    faults.revokeTokens();
  },
  rejectIdToken: ({ faults }) => {
    faults.rejectIdToken();
  },
  refuseTracker: ({ traccar }, { refused }) => {
    traccar.refuse(refused !== false);
  },
  spoilTracker: ({ traccar }, { vin, fault }) => {
    traccar.spoil(String(vin), isTrackerFault(fault) ? fault : null);
  },
  removeTracker: ({ traccar }, { vin }) => {
    traccar.remove(String(vin));
  },
  withholdTracker: ({ traccar }, { vin, withheld }) => {
    traccar.withhold(String(vin), withheld !== false);
  },
  ...Object.fromEntries(
    Object.entries(REST_ACTS).map(([name, act]): [string, ControlAction] => [
      name,
      ({ faults }, args) => act(faults, args),
    ]),
  ),
};

/** The control API: what a test in the same process does by calls, over HTTP. `GET /truth` shows the cars as they are. */
export function controlHandler(simulator: Omit<Simulator, "controlUrl">): (request: Incoming) => ServerAnswer {
  return ({ method, path, body }) => {
    if (method === "GET" && path === "/truth")
      return { status: 200, body: simulator.cars.map((car) => ({ vin: car.vin, model: car.model, ...car.truth() })) };
    const name = path.slice(1);
    const act = method === "POST" && Object.hasOwn(CONTROL_ACTIONS, name) ? CONTROL_ACTIONS[name] : undefined;
    if (act === undefined) return { status: 404, body: { error: "unknown", known: Object.keys(CONTROL_ACTIONS) } };
    const args = parseJson(body === "" ? "{}" : body);
    if (!isObject(args)) return { status: 400, body: { error: "not a JSON object" } };
    return { status: 200, body: { result: act(simulator, args) ?? null } };
  };
}

function server({ faults, traccar }: Omit<Simulator, "controlUrl">, args: Record<string, unknown>) {
  if (args["server"] === "traccar") return traccar.faults;
  return args["server"] === "api" ? faults.api : faults.oauth;
}
