import assert from "node:assert/strict";
import { readdirSync } from "node:fs";
import { Bench } from "../helpers/bench.js";
import { ACCOUNT, SOC, streamMessage } from "../helpers/flow.js";
import { temporaryFolder } from "../helpers/red-process.js";
import { runningFlow, flowAtWork } from "../helpers/running-flow.js";
import { saveLogin } from "../helpers/saved-login.js";
import { startSimulator, type Simulator } from "../simulator/index.js";

describe("settings of cardata-account", () => {
  let simulator: Simulator;
  let bench: Bench;

  before(async () => {
    simulator = await startSimulator({ tick: 0 });
  });
  after(() => simulator.stop());
  beforeEach(() => (bench = new Bench()));
  afterEach(() => bench.close());

  const WRONG: Record<string, { properties: object; says: RegExp; code: string }> = {
    "a broker without a host": {
      properties: { source: "broker", brokerHost: " " },
      says: /^No broker host\. Enter the name or address/,
      code: "broker_host_missing",
    },
    "a broker port that is no port": {
      properties: { source: "broker", brokerHost: "localhost", brokerPort: "70000" },
      says: /^The broker port must be a whole number from 1 to 65535/,
      code: "broker_port_invalid",
    },
    "plain http to another machine": {
      properties: { apiUrl: "http://192.0.2.1:8080" },
      says: /^The address http:\/\/192\.0\.2\.1:8080 cannot be used\. Use https/,
      code: "invalid_endpoint",
    },
    "a CA file that is not there": {
      properties: { caFile: "/nowhere/ca.pem" },
      says: /^The CA file cannot be read: ENOENT\. Check the path/,
      code: "ca_file_unreadable",
    },
  };

  for (const [title, { properties, says, code }] of Object.entries(WRONG))
    it(`with ${title} give one clear error, and the nodes stay alive`, async () => {
      await bench.load(flowAtWork(simulator, { account: properties }));
      const [said, ...more] = bench.errors(ACCOUNT);
      assert.match(said ?? "", says);
      assert.deepEqual(more, []);
      bench.node("stream").receive({ command: "snapshot" });
      assert.equal((await bench.message("failures")).error?.code, code);
      const { status, body } = await (await bench.admin()).get(`/cardata/account/${ACCOUNT}/status`);
      assert.deepEqual([status, body], [404, { error: { code: "not_deployed", params: {} } }]);
    });

  it("can be mended by a deploy", async () => {
    const { storeKey } = await saveLogin(bench.userDir, ACCOUNT, simulator);
    const credentials = { [ACCOUNT]: { clientId: simulator.clientId, storeKey } };
    await bench.load(flowAtWork(simulator, { account: { apiUrl: "nonsense" } }), credentials);
    await bench.deploy(flowAtWork(simulator), "nodes", credentials);
    const { vin } = simulator.cars[0]!;
    await bench.message("events", ({ event }) => event === "connected");
    simulator.publish(vin, streamMessage(vin, { [SOC]: 63 }));
    assert.equal((await bench.message("values"))["payload"], 63);
  });

  it("may all be missing, as in a flow of an older version", async () => {
    const flow = flowAtWork(simulator).map((node) =>
      node.id === ACCOUNT
        ? { id: ACCOUNT, type: node.type }
        : node.id === "stream"
          ? { ...node, name: undefined }
          : node,
    );
    await bench.load(flow);
    await bench.status("stream", "login needed");
    assert.deepEqual(bench.errors(ACCOUNT), []);
  });

  it("ignore the cars that the user wants to be ignored", async () => {
    const [first, second] = simulator.cars.map(({ vin }) => vin) as [string, string];
    await runningFlow(bench, simulator, { account: { vehicles: [{ vin: first, ignore: true }] } });
    for (const vin of [first, second]) simulator.publish(vin, streamMessage(vin, { [SOC]: 63 }));
    await bench.message("values");
    assert.deepEqual(
      bench.messages("values").map(({ vin }) => vin),
      [second],
    );
  });

  it("without a user folder keep everything in memory", async () => {
    const [before, here] = [process.cwd(), temporaryFolder("started-here")];
    process.chdir(here);
    try {
      await bench.load(flowAtWork(simulator), { [ACCOUNT]: { clientId: simulator.clientId } }, "");
      await bench.status("stream", "login needed");
      assert.deepEqual(bench.errors(ACCOUNT), []);
      await bench.close();
      assert.deepEqual(readdirSync(here), []);
    } finally {
      process.chdir(before);
    }
  });

  it("with a lost key ask for the key or a new login", async () => {
    await saveLogin(bench.userDir, ACCOUNT, simulator);
    await bench.load(flowAtWork(simulator), { [ACCOUNT]: { clientId: simulator.clientId } });
    const event = await bench.message("events", (message) => message["event"] === "loginRequired");
    const payload = event["payload"] as { reason: string; text: string };
    assert.equal(payload.reason, "vault_key_missing");
    assert.match(payload.text, /Log in again/);
  });
});
