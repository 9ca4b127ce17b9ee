import assert from "node:assert/strict";
import type { LoginView } from "../../nodes/lib/admin-contract.js";
import type { NodeStatus } from "../../nodes/lib/red.js";
import { Bench, recorders } from "../helpers/bench.js";
import { eventually } from "../helpers/eventually.js";
import { ACCOUNT, accountNode, PLACE, SOC, streamMessage, streamNode, TAB, type FlowNode } from "../helpers/flow.js";
import { haNode } from "../helpers/ha-flow.js";
import { startBroker } from "../helpers/plain-broker.js";
import { readLogin, saveLogin } from "../helpers/saved-login.js";
import { journalNode } from "../helpers/journal-flow.js";
import { socNode } from "../helpers/soc-flow.js";
import { telematicsNode } from "../helpers/telematics.js";
import { startSimulator, type Simulator } from "../simulator/index.js";

const OTHER_CLIENT = "22222222-3333-4444-8555-666666666666";
const SECOND = { account: "second", wires: [] };
const NODES_OF_SECOND = ["rival", "telematics", "soc", "ha", "traccar", "journal"];

describe("a second account with the same login", () => {
  let simulator: Simulator;
  let bench: Bench;

  before(async () => {
    simulator = await startSimulator({ tick: 0, autoApprove: true });
  });
  after(() => simulator.stop());
  beforeEach(() => {
    simulator.log.clear();
    bench = new Bench();
  });
  afterEach(() => bench.close());

  const accounts = () => [accountNode(simulator), accountNode(simulator, { id: "second", name: "Second" })];
  const nodesOfSecond = (): FlowNode[] => [
    streamNode({ ...SECOND, id: "rival", wires: [["values"], []] }),
    telematicsNode({ ...SECOND, id: "telematics" }),
    socNode({ ...SECOND, id: "soc" }),
    haNode({ ...SECOND, id: "ha" }),
    journalNode({ ...SECOND }),
    { id: "traccar", type: "cardata-traccar", ...PLACE, ...SECOND, server: simulator.traccarUrl },
    { id: "catch", type: "catch", ...PLACE, scope: NODES_OF_SECOND, wires: [["failures"]] },
    ...recorders("failures", "values"),
  ];
  const flow = () => [
    TAB,
    ...accounts(),
    streamNode({ wires: [[], ["events"]] }),
    ...nodesOfSecond(),
    ...recorders("events"),
  ];

  /** Both accounts have logged in earlier; the first one is live. */
  const start = async (clientId = simulator.clientId) => {
    const credentials: Record<string, Record<string, string>> = {};
    for (const [id, own] of [
      [ACCOUNT, simulator.clientId],
      ["second", clientId],
    ] as const) {
      const { storeKey } = await saveLogin(bench.userDir, id, { ...simulator, clientId: own });
      credentials[id] = { clientId: own, storeKey };
    }
    await bench.load(flow(), credentials);
    await bench.message("events", ({ event }) => event === "connected");
    return credentials;
  };

  for (const [code, text, clientId] of [
    ["client_in_use", "client ID in use", undefined],
    ["gcid_in_use", "BMW login in use", OTHER_CLIENT],
  ] as const)
    it(`shows ${code} under all of its nodes, and ends every message with it`, async () => {
      await start(clientId);
      for (const id of NODES_OF_SECOND) {
        const { status } = await bench.status(id, text);
        assert.deepEqual([status.fill, status.shape], ["red", "ring"], id);
        bench.node(id).receive({ id, command: "poll", payload: 1 });
        const { error } = await bench.message("failures", (message) => message["id"] === id);
        assert.equal(error?.code, code, `${id}: ${error?.message}`);
        assert.match(error.message, /account My BMW/, id);
      }
    });

  const ways: readonly [string, (nodes: FlowNode[]) => FlowNode[], string?][] = [
    ["is deleted", (nodes) => nodes.filter(({ id }) => id !== ACCOUNT && id !== "stream")],
    ["is disabled", (nodes) => nodes.map((node) => (node.id === ACCOUNT ? { ...node, d: true } : node))],
    [
      "gets another client id",
      (nodes) => nodes.map((node) => (node.id === ACCOUNT ? { ...node, name: "Other" } : node)),
      OTHER_CLIENT,
    ],
  ];
  for (const [way, change, clientId] of ways)
    for (const type of ["nodes", "flows", "full"] as const)
      it(`works by itself when the first one ${way} (deploy of ${type})`, async () => {
        const credentials = await start();
        const first = clientId === undefined ? {} : { [ACCOUNT]: { ...credentials[ACCOUNT]!, clientId } };
        await bench.deploy(change(flow()), type, { ...credentials, ...first });
        await bench.status("rival", "live");
        const { vin } = simulator.cars[0]!;
        simulator.publish(vin, streamMessage(vin, { [SOC]: 63 }));
        await bench.message("values", ({ payload }) => payload === 63);
        bench.node("ha").receive({ command: "resend" });
        bench.node("rival").receive({ command: "snapshot" });
        await eventually("the value once more", () => bench.messages("values").length > 1);
        assert.deepEqual(bench.messages("failures"), []);
      });

  it("works by itself when the first one logs out", async () => {
    await start();
    const admin = await bench.admin();
    await admin.post(`/cardata/account/${ACCOUNT}/logout`);
    await bench.status("rival", "live");
    await bench.status("stream", "client ID in use");
  });

  for (const type of ["nodes", "full"] as const)
    it(`leaves the login to the first one when that is only deployed anew (deploy of ${type})`, async () => {
      const credentials = await start();
      const renamed = flow().map((node) => (node.id === ACCOUNT ? { ...node, name: "Renamed" } : node));
      await bench.deploy(renamed, type, credentials);
      await eventually("to be connected again", () => bench.messages("events").length === 2);
      bench.node("rival").receive({ command: "snapshot" });
      const { error } = await bench.message("failures");
      assert.equal(error?.code, "client_in_use");
    });

  it("is warned by the dialog before the user walks through BMW's portal", async () => {
    await start();
    const admin = await bench.admin();
    const { oauthUrl: authUrl, apiUrl, streamUrl, caFile, clientId } = simulator;
    const request = { account: "second", clientId, endpoints: "custom", authUrl, apiUrl, streamUrl, caFile };
    const { status, body } = await admin.post("/cardata/login", request);
    assert.deepEqual([status, body], [400, { error: { code: "client_in_use", params: { other: "My BMW" } } }]);
    assert.equal(simulator.log.count("deviceCode"), 0);
  });

  it("is warned by the dialog when BMW says that it is the same customer; the login of the first one stays", async () => {
    const { storeKey } = await saveLogin(bench.userDir, ACCOUNT, { ...simulator, clientId: OTHER_CLIENT });
    const { clientId } = simulator;
    await bench.load(flow(), { [ACCOUNT]: { clientId: OTHER_CLIENT, storeKey }, second: { clientId } });
    await bench.message("events", ({ event }) => event === "connected");
    await bench.status("rival", "login needed");
    const admin = await bench.admin();
    const { oauthUrl: authUrl, apiUrl, streamUrl, caFile } = simulator;
    const request = { account: "second", clientId, endpoints: "custom", authUrl, apiUrl, streamUrl, caFile };
    const { session } = (await admin.post("/cardata/login", request)).body as LoginView;
    const view = await eventually("the end of the login", async () => {
      const { state, error } = (await admin.get(`/cardata/login/${session}`)).body as LoginView;
      return (state === "failed" || state === "authorised") && { state, error };
    });
    assert.deepEqual(view, { state: "failed", error: { code: "gcid_in_use", params: { other: "My BMW" } } });
    const shown = (id: string) => bench.statuses.filter((one) => one.id === id).at(-1)?.status.text ?? "";
    assert.equal(shown("rival"), "login needed");
    assert.match(shown("stream"), /^live/);
    assert.equal((await readLogin(bench.userDir, ACCOUNT, storeKey))?.clientId, OTHER_CLIENT);
  });
});

describe("an account that lies in a subflow which is used twice", () => {
  let simulator: Simulator;
  let bench: Bench;

  before(async () => {
    simulator = await startSimulator({ tick: 0 });
    bench = new Bench();
  });
  after(async () => {
    await bench.close();
    await simulator.stop();
  });

  it("shows that, and works when the first of them is deleted", async () => {
    const { storeKey } = await saveLogin(bench.userDir, "inner", simulator);
    const instance = (id: string) => ({ id, type: "subflow:sub", ...PLACE, wires: [["values"]] });
    const common: FlowNode[] = [
      TAB,
      { id: "sub", type: "subflow", name: "Car", in: [], out: [{ x: 1, y: 1, wires: [{ id: "values-in", port: 0 }] }] },
      { ...accountNode(simulator), id: "inner", z: "sub", name: "Inner" },
      streamNode({ id: "values-in", z: "sub", account: "inner", wires: [[], []] }),
      ...recorders("values"),
    ];
    const credentials = { inner: { clientId: simulator.clientId, storeKey } };
    const texts = () => bench.statuses.map(({ status }) => (status as NodeStatus | undefined)?.text);
    await bench.load([...common, instance("one"), instance("two")], credentials);
    await eventually("both statuses", () => texts().includes("live") && texts().includes("account twice"));
    bench.statuses.length = 0;
    await bench.deploy([...common, instance("two")], "nodes", credentials);
    await eventually("a live stream", () => texts().includes("live"));
    const { vin } = simulator.cars[0]!;
    simulator.publish(vin, streamMessage(vin, { [SOC]: 63 }));
    await bench.message("values", ({ payload }) => payload === 63);
  });
});

describe("a car of another account", () => {
  let simulator: Simulator;
  let bench: Bench;

  before(async () => {
    simulator = await startSimulator({ tick: 0 });
    bench = new Bench();
  });
  after(async () => {
    await bench.close();
    await simulator.stop();
  });

  it("appears with its stored values when that one is deleted, and they are sent if that is chosen", async () => {
    const broker = await startBroker();
    const { vin } = simulator.cars[0]!;
    const { storeKey } = await saveLogin(bench.userDir, ACCOUNT, simulator);
    // A copy each time: Node-RED takes out of it what is not deployed.
    const credentials = () => ({ [ACCOUNT]: { clientId: simulator.clientId, storeKey } });
    const listeners = recorders("values", "events", "bridged");
    const own = [accountNode(simulator), streamNode({ restore: true })];
    const settings = { source: "broker", brokerHost: "127.0.0.1", brokerPort: String(broker.port) };
    const bridge = [
      { id: "bridge", type: "cardata-account", name: "Bridge", ...settings },
      streamNode({ id: "bridged-in", account: "bridge", wires: [["bridged"], []] }),
    ];
    await bench.load([TAB, ...own, ...listeners], credentials());
    await bench.message("events", ({ event }) => event === "connected");
    simulator.publish(vin, streamMessage(vin, { [SOC]: 63 }));
    await bench.message("values", ({ payload }) => payload === 63);
    await bench.deploy([TAB, ...bridge, ...listeners], "nodes", credentials());
    broker.publish(`bmw/${vin}`, streamMessage(vin, { [SOC]: 50 }), true);
    await bench.message("bridged", ({ payload }) => payload === 50);
    bench.received.length = 0;
    await bench.deploy([TAB, ...bridge, ...own, ...listeners], "nodes", credentials());
    await bench.message("events", ({ event }) => event === "connected");
    simulator.publish(vin, streamMessage(vin, { [SOC]: 64 }));
    await bench.deploy([TAB, ...own, ...listeners], "nodes", credentials());
    const restored = await bench.message("values");
    assert.deepEqual([restored["payload"], restored["source"], restored["vin"]], [63, "restored", vin]);
    simulator.publish(vin, streamMessage(vin, { [SOC]: 65 }));
    await bench.message("values", ({ payload }) => payload === 65);
    await broker.stop();
  });
});
