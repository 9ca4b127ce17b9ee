import type { ErrorView, LoginRequest, LoginView } from "../nodes/lib/admin-contract.js";
import type { Simulator } from "../test/simulator/index.js";

const LOOK_AGAIN_MS = 500;
const CHARGING = "vehicle.drivetrain.electricEngine.charging";
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

/** Deploys a flow together with the account that it uses; Traccar nodes are set to the simulated trackers. */
export async function deployFlow(url: string, id: string, simulator: Simulator, flow: object[]): Promise<void> {
  const credentials = { clientId: simulator.clientId };
  const account = { id, type: "cardata-account", name: "Simulated BMW", ...endpointsOf(simulator), credentials };
  const nodes = flow.map((node) =>
    "type" in node && node.type === "cardata-traccar" ? tracking(node, simulator) : node,
  );
  await call(`${url}/flows`, [...nodes, account]);
}

/** Makes the cars that charge report it, once the stream is there: they began before anybody listened. */
export async function tellCharges(simulator: Simulator): Promise<void> {
  while (simulator.log.count("subscribe") === 0) await new Promise((resolve) => setTimeout(resolve, LOOK_AGAIN_MS));
  for (const car of simulator.cars) {
    const { charging } = car.truth();
    if (charging === null) continue;
    const timestamp = new Date().toISOString();
    const method = charging.method === "AC" ? "AC_TYPE2PLUG" : "DC_CHARGING";
    const data = {
      [`${CHARGING}.method`]: { timestamp, value: method },
      [`${CHARGING}.status`]: { timestamp, value: "CHARGINGACTIVE" },
      "vehicle.body.chargingPort.status": { timestamp, value: "CONNECTED" },
    };
    simulator.publish(car.vin, { vin: car.vin, entityId: simulator.gcid, topic: car.vin, timestamp, data });
  }
}

/** A cardata-traccar node with the simulated trackers. */
export function tracking(node: object, { traccar, traccarUrl }: Simulator): object {
  const devices = traccar.devices.map(({ vin, name }) => ({ vin, device: name }));
  return { ...node, server: traccarUrl, devices, credentials: { token: traccar.token } };
}

async function call<T>(url: string, body?: object): Promise<T> {
  const post = { method: "POST", headers: { "content-type": "application/json" }, body: JSON.stringify(body) };
  const response = await fetch(url, body && post);
  const text = await response.text();
  if (response.ok) return (text === "" ? undefined : JSON.parse(text)) as T;
  const { error } = JSON.parse(text) as Partial<ErrorView>;
  throw new Error(`${url} answered ${response.status} ${error?.code ?? ""}`);
}
