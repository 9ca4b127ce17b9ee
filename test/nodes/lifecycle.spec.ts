import assert from "node:assert/strict";
import { Bench, recorders } from "../helpers/bench.js";
import { eventually } from "../helpers/eventually.js";
import { ACCOUNT, PLACE, SOC, streamMessage, streamNode, TAB, type FlowNode } from "../helpers/flow.js";
import { runningFlow, subscriptions, type WorkOptions } from "../helpers/running-flow.js";
import { startBroker, type PlainBroker } from "../helpers/plain-broker.js";
import { warningsOf } from "../helpers/warnings.js";
import { startSimulator, type Simulator } from "../simulator/index.js";

/** When a close that hangs is given up, at the earliest (`src/store/`). */
const SHORTEST_LIMIT_MS = 3000;

describe("life of the nodes", () => {
  let simulator: Simulator;
  let bench: Bench;
  let vin: string;

  before(async () => {
    simulator = await startSimulator({ tick: 0 });
    vin = simulator.cars[0]!.vin;
  });
  after(() => simulator.stop());
  beforeEach(() => {
    simulator.log.clear();
    bench = new Bench();
  });
  afterEach(() => bench.close());

  const start = (options: WorkOptions = {}) => runningFlow(bench, simulator, options);
  const send = (value: unknown) => {
    simulator.publish(vin, streamMessage(vin, { [SOC]: value }));
  };
  const changed = (flow: readonly FlowNode[], id: string, changes: object) =>
    flow.map((node) => (node.id === id ? { ...node, ...changes } : node));

  it("shares one connection among all stream nodes of an account", async () => {
    const second = [streamNode({ id: "stream-2", wires: [["values-2"], []] }), ...recorders("values-2")];
    await start({ more: second });
    send(63);
    await Promise.all([bench.message("values"), bench.message("values-2")]);
    assert.equal(simulator.log.count("connect"), 1);
  });

  it("has room for many nodes at one account, which is no leak", async () => {
    const types = ["stream", "telematics", "predicted-soc", "traccar", "homeassistant", "journal"];
    const more = types.flatMap((type) =>
      Array.from({ length: 12 }, (_, number) => {
        return { id: `${type}-${number}`, type: `cardata-${type}`, ...PLACE, account: ACCOUNT, wires: [[], [], []] };
      }),
    );
    assert.deepEqual(await warningsOf(() => start({ more })), []);
  });

  it("keeps users of an account in a plain object, from which closed ones go", async () => {
    const { flow, credentials } = await start();
    const users = () => (bench.node(ACCOUNT) as unknown as { users: Record<string, unknown> }).users;
    assert.deepEqual(Object.keys(users()), ["stream"]);
    assert.equal(Object.getPrototypeOf(users()), Object.prototype);
    const without = flow.filter(({ id }) => id !== "stream");
    await bench.deploy(without, "nodes", credentials);
    assert.deepEqual(Object.keys(users()), []);
  });

  it("keeps account nodes free of what cannot be written as JSON", async () => {
    await start();
    const text = JSON.stringify({ ...bench.node(ACCOUNT), _flow: undefined, credentials: undefined });
    assert.ok(!text.includes("settings"));
  });

  it("closes without waiting for a limit, and says goodbye to the stream", async () => {
    const broker = await startBroker();
    await bench.load(brokerFlow(broker));
    await bench.message("events", ({ event }) => event === "connected");
    assert.equal(broker.present(), 1);
    const before = Date.now();
    await bench.close();
    assert.ok(Date.now() - before < SHORTEST_LIMIT_MS);
    await eventually("the end of the connection", () => broker.present() === 0);
    await broker.stop();
  });

  it("sends nothing and shows nothing after it was removed, while the account lives on", async () => {
    const witness = [streamNode({ id: "witness", wires: [["seen"], []] }), ...recorders("seen")];
    const { flow, credentials } = await start({ more: witness });
    const without = flow.filter(({ id }) => id !== "stream");
    await bench.deploy(without, "nodes", credentials);
    const shown = bench.statuses.length;
    send(63);
    await bench.message("seen");
    assert.deepEqual(bench.messages("values"), []);
    assert.deepEqual(
      bench.statuses.slice(shown).filter(({ id }) => id === "stream"),
      [],
    );
    assert.equal(simulator.log.count("connect"), 1);
  });

  it("keeps the connection when only a stream node is changed", async () => {
    const { flow, credentials } = await start();
    await bench.deploy(changed(flow, "stream", { form: "update" }), "nodes", credentials);
    send(63);
    const message = await bench.message("values");
    assert.deepEqual(message["payload"], { [SOC]: 63 });
    assert.equal(simulator.log.count("connect"), 1);
  });

  it("sends each value once after several redeploys, at no cost", async () => {
    const { flow, credentials } = await start();
    for (let time = 2; time <= 4; time++) {
      await bench.deploy(flow, "full", credentials);
      // Not by the broker: the next deploy may be faster than the account receives its packet.
      await eventually("to be connected", () => bench.messages("events").length === time);
    }
    send(63);
    await bench.message("values");
    send(64);
    await bench.message("values", ({ payload }) => payload === 64);
    assert.equal(bench.messages("values").length, 2);
    assert.deepEqual([simulator.log.count("rest*"), simulator.log.count("refresh")], [0, 0]);
    assert.ok(simulator.log.mostSessions <= 1);
  });

  it("connects anew when the account is changed, and its nodes go on", async () => {
    const { flow, credentials } = await start();
    await bench.deploy(changed(flow, ACCOUNT, { topicBase: "garage" }), "nodes", credentials);
    await subscriptions(simulator, 2);
    await eventually("to be connected", () => bench.messages("events").length === 2);
    send(63);
    assert.equal((await bench.message("values"))["topic"], `garage/${vin}/${SOC}`);
  });

  it("sends the last known values at start as restored, once, if that is chosen", async () => {
    const { flow, credentials } = await start({ stream: { restore: true } });
    send(63);
    await bench.message("values");
    await bench.deploy(flow, "full", credentials);
    const restored = await bench.message("values", ({ source }) => source === "restored");
    assert.deepEqual([restored["payload"], restored["vin"]], [63, vin]);
    assert.equal(restored["parts"], undefined);
    await subscriptions(simulator, 2);
    assert.equal(bench.messages("values").length, 2);
  });

  it("sends no known values at start if that is not chosen", async () => {
    const { flow, credentials } = await start();
    send(63);
    await bench.message("values");
    await bench.deploy(flow, "full", credentials);
    await eventually("to be connected", () => bench.messages("events").filter(({ event }) => event === "connected")[1]);
    assert.equal(bench.messages("values").length, 1);
  });

  it("lives on a user's own broker without any login", async () => {
    const broker = await startBroker();
    broker.publish(`bmw/${vin}`, streamMessage(vin, { [SOC]: 50 }), true);
    await bench.load(brokerFlow(broker));
    await bench.message("values", ({ payload }) => payload === 50);
    broker.publish(`bmw/${vin}`, streamMessage(vin, { [SOC]: 51 }));
    await bench.message("values", ({ payload }) => payload === 51);
    assert.deepEqual(bench.errors(ACCOUNT), []);
    await bench.close();
    await broker.stop();
  });
});

function brokerFlow({ port }: PlainBroker): FlowNode[] {
  const account = { id: ACCOUNT, type: "cardata-account", name: "", source: "broker", brokerHost: "127.0.0.1" };
  return [TAB, { ...account, brokerPort: String(port) }, streamNode(), ...recorders("values", "events")];
}
