import type { Account } from "../../src/account/account.js";
import { parseEndpoints } from "../../src/account/settings.js";
import { descriptorSummaries, diagnostics, vehicleSummaries } from "../../src/account/status.js";
import { parseRequest, requestDefaults } from "../../src/messages/request.js";
import { CarDataError, toCarDataError, type ErrorCode } from "../../src/support/errors.js";
import { isObject, text } from "../../src/support/json.js";
import { redactor } from "../../src/support/redact.js";
import { ACCOUNT_TYPE } from "./account-node.js";
import type { ErrorView } from "./admin-contract.js";
import { fromEnvironment } from "./environment.js";
import type { Handler, NodeAPI, Request, Response } from "./red.js";
import type { Runtime } from "./runtime.js";
import { traccarDevices } from "./traccar-devices.js";

type Answer = (request: Request) => unknown;

/** `as-is`: it shows what the user has to see, such as the code of a login, or the VINs and trackers to choose from. */
type Showing = "redacted" | "as-is";

const NOT_FOUND: ReadonlySet<ErrorCode> = new Set(["not_deployed", "login_session_unknown"]);

/**
 * Registers the routes once, at load: Express cannot take them back. Shapes: admin-contract.ts. Whatever costs a request
 * of BMW's or of a Traccar server, or changes something, is for users who may write.
 */
export function registerAdminRoutes(RED: NodeAPI, runtime: Runtime): void {
  const read = RED.auth.needsPermission("cardata-account.read");
  const write = RED.auth.needsPermission("cardata-account.write");
  const get = (path: string, answer: Answer, showing?: Showing) => {
    RED.httpAdmin.get(path, read, respond(answer, showing));
  };
  const post = (path: string, answer: Answer, showing?: Showing) => {
    RED.httpAdmin.post(path, write, onlyJsonFromEditor, respond(answer, showing));
  };
  const live = (answer: (account: Account, body: unknown) => unknown): Answer => {
    return ({ params, body }) => {
      const account = runtime.accounts.find(params["id"] ?? "");
      if (account === undefined) throw new CarDataError("not_deployed");
      return answer(account, body);
    };
  };
  const withStatus = (act: (account: Account) => Promise<void>) =>
    live(async (account) => {
      await act(account);
      return account.status;
    });

  post("/cardata/traccar/devices", ({ body }) => traccarDevices(RED, body), "as-is");
  post("/cardata/login", ({ body }) => startLogin(RED, runtime, body), "as-is");
  get("/cardata/login/:session", ({ params }) => runtime.logins.progress(params["session"] ?? ""), "as-is");
  post("/cardata/login/:session/cancel", ({ params }) => runtime.logins.cancel(params["session"] ?? ""), "as-is");

  post(
    "/cardata/account/:id/refresh",
    withStatus((account) => account.refresh()),
  );
  post(
    "/cardata/account/:id/logout",
    withStatus((account) => runtime.accounts.logout(account)),
  );
  post(
    "/cardata/account/:id/discover",
    withStatus((account) => account.rest.discover()),
  );
  get(
    "/cardata/account/:id/status",
    live((account) => account.status),
  );
  get("/cardata/account/:id/vehicles", live(vehicleSummaries), "as-is");
  get("/cardata/account/:id/descriptors", live(descriptorSummaries));
  get(
    "/cardata/account/:id/quota",
    live(({ status }) => status.quota),
  );
  get("/cardata/account/:id/diagnostics", live(diagnostics));
  // A list that is spent from the user's quota.
  RED.httpAdmin.get(
    "/cardata/account/:id/containers",
    write,
    onlyFromEditor,
    respond(live((account) => containers(account, {}))),
  );
  post(
    "/cardata/account/:id/containers",
    live((account, body) => containers(account, body)),
  );
}

/** Lists the data containers of the account, or does with them what `body` says (`ContainerDeletion`). */
async function containers(account: Account, body: unknown): Promise<unknown> {
  if (!isObject(body)) throw new CarDataError("bad_request");
  const { action: containerAction, id: containerId, confirm } = body;
  const asked = { operation: "containers", containerAction, containerId, confirm };
  let payload: unknown = null;
  await account.rest.run(parseRequest(asked, requestDefaults({})), (answer) => {
    if (answer.operation !== "telematicData") payload = answer.payload;
  });
  return payload;
}

function startLogin(RED: NodeAPI, runtime: Runtime, body: unknown): unknown {
  if (!isObject(body)) throw new CarDataError("bad_request");
  const account = text(body["account"]) ?? "";
  if (!canBeAccount(RED, account)) throw new CarDataError("bad_request");
  const resolved = Object.fromEntries(Object.entries(body).map(([name, value]) => [name, fromEnvironment(RED, value)]));
  const endpoints = parseEndpoints(resolved);
  return runtime.logins.start({ account, clientId: text(resolved["clientId"]) ?? "", endpoints });
}

/** Ids as the editor gives them, or as people write them into flows. */
const USUAL_ID = /^[\w.:-]{1,100}$/;

/**
 * Whether an account may have this id: one of the flows, whatever its id is, or one that is not deployed yet. Node-RED keeps
 * credentials as members of an object, so that the names of what every object has must not get there.
 */
function canBeAccount(RED: NodeAPI, id: string): boolean {
  if (id in Object.prototype) return false;
  const accounts = new Set<string>();
  RED.nodes.eachNode((node) => {
    if (node.type === ACCOUNT_TYPE) accounts.add(node.id);
  });
  return accounts.has(id) || USUAL_ID.test(id);
}

const onlyFromEditor: Handler = (request, response, next) => {
  if (isForeign(request)) refuse(response, new CarDataError("bad_request"));
  else next();
};

/**
 * State changes only as JSON from the same origin: a form or a foreign web page that a user happens to visit cannot
 * send that without the browser asking first.
 */
const onlyJsonFromEditor: Handler = (request, response, next) => {
  if (request.is("json") === false) refuse(response, new CarDataError("bad_request"));
  else onlyFromEditor(request, response, next);
};

/** The browser's own word counts before the host, which a reverse proxy may rewrite. */
function isForeign({ headers }: Request): boolean {
  const site = headers["sec-fetch-site"];
  if (typeof site === "string") return site !== "same-origin";
  const { origin, host } = headers;
  return typeof origin === "string" && hostOf(origin) !== host;
}

function hostOf(origin: string): string {
  return URL.canParse(origin) ? new URL(origin).host : "";
}

function respond(answer: Answer, showing: Showing = "redacted"): Handler {
  return (request, response) => {
    const run = async () => answer(request);
    run().then(
      (body) => {
        response.json(showing === "as-is" ? body : redactor.value(asJson(body)));
      },
      (error: unknown) => {
        refuse(response, toCarDataError(error));
      },
    );
  };
}

/** What is written of a value, some of which write themselves in a way of their own. */
function asJson(value: unknown): unknown {
  return JSON.parse(JSON.stringify(value ?? null));
}

function refuse(response: Response, error: CarDataError): void {
  const body: ErrorView = { error: error.problem };
  response.status(NOT_FOUND.has(error.code) ? 404 : 400).json(body);
}
