import type { Account } from "../../src/account/account.js";
import { checkAccount, planOf } from "../../src/account/doctor/check.js";
import { parseEndpoints } from "../../src/account/settings.js";
import { descriptorSummaries, diagnostics, namedVehicles, vehicleSummaries } from "../../src/account/status.js";
import { parseRequest, requestDefaults } from "../../src/messages/request.js";
import type { ContainersChanged } from "../../src/messages/types.js";
import { systemClock } from "../../src/support/clock.js";
import { CarDataError } from "../../src/support/errors.js";
import { isObject, nonEmptyText, type JsonObject } from "../../src/support/json.js";
import { ACCOUNT_TYPE } from "./account-node.js";
import type { ClientAnswer, CockpitRoute, ContainerView, LoginView, Route } from "./admin-contract.js";
import { onlyFromEditor, onlyJsonFromEditor, respond, type Endpoints, type RouteCall } from "./admin-endpoint.js";
import { cockpitEndpoints } from "./cockpit-endpoints.js";
import { fromEnvironment } from "./environment.js";
import type { NodeAPI } from "./red.js";
import type { Runtime } from "./runtime.js";
import { traccarDevices } from "./traccar-devices.js";

/**
 * Registers the routes once, at load: Express cannot take them back. Whatever costs a request of BMW's or of a Traccar
 * server, or changes something, is for users who may write.
 */
export function registerAdminRoutes(RED: NodeAPI, runtime: Runtime): void {
  const endpoints = endpointsOf(RED, runtime);
  const read = RED.auth.needsPermission("cardata-account.read");
  const write = RED.auth.needsPermission("cardata-account.write");
  const register = <R extends Route>(route: R, endpoint: Endpoints[R]) => {
    const [method, path = ""] = route.split(" ");
    const url = `/cardata/${path}`;
    const answer = respond<R>(endpoint);
    if (method === "POST") RED.httpAdmin.post(url, write, onlyJsonFromEditor, answer);
    else if (endpoint.isForWriters) RED.httpAdmin.get(url, write, onlyFromEditor, answer);
    else RED.httpAdmin.get(url, read, answer);
  };
  for (const route of Object.keys(endpoints)) if (isRoute(endpoints, route)) register(route, endpoints[route]);
}

function isRoute(endpoints: Endpoints, name: string): name is Route {
  return Object.hasOwn(endpoints, name);
}

function endpointsOf(RED: NodeAPI, runtime: Runtime): Endpoints {
  return { ...accountEndpoints(RED, runtime), ...cockpitEndpoints(runtime.cockpit) };
}

function accountEndpoints(RED: NodeAPI, runtime: Runtime): Omit<Endpoints, CockpitRoute> {
  const accountOf = (id: string): Account => {
    const account = runtime.accounts.find(id);
    if (account === undefined) throw new CarDataError("not_deployed");
    return account;
  };
  const after = async (id: string, act: (account: Account) => Promise<void>) => {
    const account = accountOf(id);
    await act(account);
    return account.status;
  };
  return {
    "POST traccar/devices": { showing: "as-is", answer: ({ member }) => traccarDevices(RED, member) },
    "POST client/holder": { showing: "as-is", answer: ({ member }) => clientHolder(RED, runtime, member("clientId")) },
    "POST login": { showing: "as-is", answer: ({ member }) => startLogin(RED, runtime, member) },
    "GET login/:session": { showing: "as-is", answer: ({ param }) => runtime.logins.progress(param("session")) },
    "POST login/:session/cancel": { showing: "as-is", answer: ({ param }) => runtime.logins.cancel(param("session")) },
    "POST account/:id/refresh": { answer: ({ param }) => after(param("id"), (account) => account.refresh()) },
    "POST account/:id/logout": {
      answer: ({ param }) => after(param("id"), (account) => runtime.accounts.logout(account)),
    },
    "POST account/:id/discover": { answer: ({ param }) => after(param("id"), (account) => account.rest.discover()) },
    "GET account/:id/status": { answer: ({ param }) => accountOf(param("id")).status },
    "GET vehicles": { showing: "as-is", answer: () => runtime.accounts.all.flatMap((one) => namedVehicles(one)) },
    "GET account/:id/vehicles": { showing: "as-is", answer: ({ param }) => vehicleSummaries(accountOf(param("id"))) },
    "GET account/:id/descriptors": { answer: ({ param }) => descriptorSummaries(accountOf(param("id"))) },
    "GET account/:id/quota": { answer: ({ param }) => accountOf(param("id")).status.quota },
    "GET account/:id/check": { answer: ({ param }) => planOf(accountOf(param("id"))) },
    "POST account/:id/check": { answer: ({ param }) => checkAccount(accountOf(param("id")), () => systemClock.now()) },
    "GET account/:id/diagnostics": { answer: ({ param }) => diagnostics(accountOf(param("id"))) },
    "GET account/:id/containers": { isForWriters: true, answer: ({ param }) => listContainers(accountOf(param("id"))) },
    "POST account/:id/containers": {
      answer: ({ param, member }) => deleteContainer(accountOf(param("id")), member),
    },
  };
}

async function listContainers(account: Account): Promise<readonly ContainerView[]> {
  const payload = await containers(account, {});
  if (!isContainerList(payload)) throw new CarDataError("internal", { reason: "no list of containers" });
  return payload;
}

async function deleteContainer(account: Account, member: RouteCall<"POST account/:id/containers">["member"]) {
  const asked = { containerAction: member("action"), containerId: member("id"), confirm: member("confirm") };
  const payload = await containers(account, asked);
  if (!isContainersChanged(payload)) throw new CarDataError("bad_request");
  return payload;
}

/** Lists the data containers of the account, or does with them what is asked for. */
async function containers(account: Account, asked: JsonObject): Promise<unknown> {
  const request = parseRequest({ operation: "containers", ...asked }, requestDefaults({}));
  let payload: unknown = null;
  await account.rest.run(request, (answer) => {
    if (answer.operation === "containers") payload = answer.payload;
  });
  return payload;
}

function isContainerList(payload: unknown): payload is readonly ContainerView[] {
  return Array.isArray(payload);
}

function isContainersChanged(payload: unknown): payload is ContainersChanged {
  return isObject(payload) && Array.isArray(payload["deleted"]);
}

function clientHolder(RED: NodeAPI, { accounts }: Runtime, clientId: unknown): ClientAnswer {
  return { holder: accounts.holderOf(nonEmptyText(fromEnvironment(RED, clientId))?.trim() ?? "") };
}

function startLogin(RED: NodeAPI, runtime: Runtime, member: RouteCall<"POST login">["member"]): Promise<LoginView> {
  const account = nonEmptyText(member("account")) ?? "";
  if (!canBeAccount(RED, account)) throw new CarDataError("bad_request");
  const typed = (name: Parameters<typeof member>[0]) => fromEnvironment(RED, member(name));
  const endpoints = parseEndpoints({
    endpoints: typed("endpoints"),
    authUrl: typed("authUrl"),
    apiUrl: typed("apiUrl"),
    streamUrl: typed("streamUrl"),
    caFile: typed("caFile"),
  });
  return runtime.logins.start({ account, clientId: nonEmptyText(typed("clientId")) ?? "", endpoints });
}

/** Matches ids as the editor generates them, or as people write them into flows. */
const USUAL_ID = /^[\w.:-]{1,100}$/;

/**
 * Returns whether an account may have this id: any id in the flows, or a plausible one that is not deployed yet.
 * Node-RED keeps credentials as members of an object, so names of inherited members must not get there.
 */
function canBeAccount(RED: NodeAPI, id: string): boolean {
  if (id in Object.prototype) return false;
  const accounts = new Set<string>();
  RED.nodes.eachNode((node) => {
    if (node.type === ACCOUNT_TYPE) accounts.add(node.id);
  });
  return accounts.has(id) || USUAL_ID.test(id);
}
