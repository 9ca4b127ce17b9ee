import { accountCodec } from "../../src/rest/rest-state.js";
import { vehiclesCodec } from "../../src/account/vehicle-registry-codec.js";
import { DEFAULT_DESCRIPTORS } from "../../src/rest/containers/descriptor-sets.js";
import { diskFiles } from "../../src/store/atomic-files.js";
import { Store } from "../../src/store/store.js";
import { systemClock } from "../../src/support/clock.js";
import type { Simulator } from "../simulator/index.js";
import { recorders, type Bench } from "./bench.js";
import { ACCOUNT, accountNode, PLACE, TAB, type FlowNode } from "./flow.js";
import { savedAccountFolder, saveLogin } from "./saved-login.js";

/** The operations that ask BMW. */
export const ASKING_OPERATIONS = [
  "telematicData",
  "chargingHistory",
  "chargingSettings",
  "tyreDiagnosis",
  "basicData",
  "image",
  "vehicles",
  "containers",
];

export interface AskOptions {
  /** Properties of the account and of the telematics node. */
  readonly account?: object;
  readonly node?: object;
  readonly more?: readonly FlowNode[];
  /** False: nobody has logged in yet. */
  readonly loggedIn?: boolean;
  /** The Catch node is bound to no node: Node-RED closes what names a node together with it. */
  readonly catchAll?: boolean;
  /** False: the data container is still to be made. */
  readonly makeContainer?: boolean;
}

/** Name and purpose of this package's container. */
const OWN = { name: "Node-RED BMW CarData", purpose: "Node-RED telemetry" };
const SCOPE = { ...PLACE, name: "", scope: ["telematics"] };

/** A cardata-telematics node, wired to the node `answers`. */
export function telematicsNode(changes: object = {}): FlowNode {
  const usual = { ...PLACE, name: "", account: ACCOUNT, wires: [["answers"]] };
  return { id: "telematics", type: "cardata-telematics", ...usual, ...changes };
}

/** An account at the simulator with a telematics node, a recorder behind it, and witnesses of its errors. */
export function askingFlow(
  simulator: Simulator,
  { account, node, more = [], catchAll = false }: AskOptions = {},
): FlowNode[] {
  const witnesses: FlowNode[] = [
    { id: "catch", type: "catch", ...SCOPE, ...(catchAll && { scope: null }), uncaught: false, wires: [["failures"]] },
    { id: "complete", type: "complete", ...SCOPE, uncaught: false, wires: [["completed"]] },
  ];
  const listeners = recorders("answers", "failures", "completed");
  return [TAB, accountNode(simulator, account), telematicsNode(node), ...witnesses, ...listeners, ...more];
}

/** Loads that flow as it is on any other day: logged in, the cars known, a data container made. */
export async function asking(bench: Bench, simulator: Simulator, options: AskOptions = {}) {
  const credentials = { [ACCOUNT]: await prepared(bench, simulator, options) };
  const flow = askingFlow(simulator, options);
  await bench.load(flow, credentials);
  simulator.log.clear();
  return { flow, credentials };
}

async function prepared(bench: Bench, simulator: Simulator, { loggedIn = true, makeContainer = true }: AskOptions) {
  const { clientId } = simulator;
  if (!loggedIn) return { clientId };
  const { storeKey, tokens } = await saveLogin(bench.userDir, ACCOUNT, simulator);
  const store = new Store(savedAccountFolder(bench.userDir, ACCOUNT), diskFiles, systemClock, () => undefined);
  const cars = simulator.cars.map(({ vin, basicData }) => {
    return [vin, { role: "primary", basicData, readings: [], state: {} }] as const;
  });
  await store.document("vehicles", vehiclesCodec).save(cars);
  if (!makeContainer) return { clientId, storeKey };
  const id = await createContainer(simulator, tokens.accessToken);
  const container = { id, accepted: DEFAULT_DESCRIPTORS, missing: [], triedAt: Date.now() };
  const initial = accountCodec.initial();
  const containers = { ...initial.containers, container };
  const describedAt = Object.fromEntries(cars.map(([vin]) => [vin, Date.now()]));
  const discovery = { ...initial.discovery, mappingsAt: Date.now(), describedAt };
  await store.document("account", accountCodec).save({ ...initial, containers, discovery });
  return { clientId, storeKey };
}

async function createContainer({ apiUrl }: Simulator, token: string): Promise<string> {
  const response = await fetch(`${apiUrl}/customers/containers`, {
    method: "POST",
    headers: { authorization: `Bearer ${token}`, "x-version": "v1", "content-type": "application/json" },
    body: JSON.stringify({ ...OWN, technicalDescriptors: DEFAULT_DESCRIPTORS }),
  });
  const { containerId } = (await response.json()) as { containerId?: string };
  if (containerId === undefined) throw new Error(`No container was made: ${response.status}`);
  return containerId;
}
