import type { ErrorView, LoginRequest, LoginView } from "../nodes/lib/admin-contract.js";
import type { Simulator } from "../test/simulator/index.js";

const LOOK_AGAIN_MS = 500;
const PATIENCE_MS = 30_000;

function endpointsOf({ oauthUrl, apiUrl, streamUrl, caFile }: Simulator) {
  return { endpoints: "custom" as const, authUrl: oauthUrl, apiUrl, streamUrl, caFile };
}

/** Logs an account in over the admin routes that the dialog uses, before it is deployed. The simulator approves by itself. */
export async function logIn(url: string, account: string, simulator: Simulator): Promise<void> {
  const request: LoginRequest = { account, clientId: simulator.clientId, ...endpointsOf(simulator) };
  const patience = Date.now() + PATIENCE_MS;
  let view = await call<LoginView>(`${url}/cardata/login`, request);
  while (view.state !== "authorised") {
    if (view.state === "failed" || Date.now() > patience) throw new Error(`the login failed: ${JSON.stringify(view)}`);
    await new Promise((resolve) => setTimeout(resolve, LOOK_AGAIN_MS));
    view = await call<LoginView>(`${url}/cardata/login/${view.session}`);
  }
}

/** Deploys a flow together with the account that it uses. */
export async function deployFlow(url: string, id: string, simulator: Simulator, flow: object[]): Promise<void> {
  const credentials = { clientId: simulator.clientId };
  const account = { id, type: "cardata-account", name: "Simulated BMW", ...endpointsOf(simulator), credentials };
  await call(`${url}/flows`, [...flow, account]);
}

async function call<T>(url: string, body?: object): Promise<T> {
  const post = { method: "POST", headers: { "content-type": "application/json" }, body: JSON.stringify(body) };
  const response = await fetch(url, body && post);
  const text = await response.text();
  if (response.ok) return (text === "" ? undefined : JSON.parse(text)) as T;
  const { error } = JSON.parse(text) as Partial<ErrorView>;
  throw new Error(`${url} answered ${response.status} ${error?.code ?? ""}`);
}
