import assert from "node:assert/strict";
import { setTimeout as pause } from "node:timers/promises";
import { Bench, recorders } from "../helpers/bench.js";
import { eventually } from "../helpers/eventually.js";
import { ACCOUNT, PLACE, streamNode, type FlowNode } from "../helpers/flow.js";
import { liveWith, witnessesOf } from "../helpers/soc-flow.js";
import { asking, askingFlow, telematicsNode, type AskOptions } from "../helpers/telematics.js";
import { startSimulator, type Simulator } from "../simulator/index.js";

/** Time for which BMW is watched for a call that must not come; the next one would come after a second. */
const WATCHED_MS = 2500;

describe("work of a node that closes", () => {
  let simulator: Simulator;
  let bench: Bench;
  let vins: string[];

  beforeEach(async () => {
    simulator = await startSimulator({ tick: 0 });
    vins = simulator.cars.map(({ vin }) => vin);
    bench = new Bench();
  });
  afterEach(async () => {
    await bench.close();
    await simulator.stop();
  });

  const changed = (flow: readonly FlowNode[], id: string, changes: object) =>
    flow.map((node) => (node.id === id ? { ...node, ...changes } : node));
  const without = (flow: readonly FlowNode[], id: string) => flow.filter((node) => node.id !== id);
  const calls = () => simulator.log.count("rest*");
  const endOf = (id: string) => ({
    failed: bench.messages("failures").filter((message) => message["id"] === id),
    completed: bench.messages("completed").filter((message) => message["id"] === id),
  });
  const codesOf = (...ids: string[]) =>
    ids.map((id) => {
      const { failed, completed } = endOf(id);
      assert.deepEqual([id, failed.length, completed.length], [id, 1, 0]);
      return failed[0]?.error?.code;
    });

  describe("of cardata-telematics with messages that wait", () => {
    const start = (options: AskOptions = {}) => asking(bench, simulator, { catchAll: true, ...options });
    /** One call hangs, and two more messages wait behind it. */
    const waiting = async () => {
      const started = await start();
      simulator.faults.api.hang(1);
      const struck = simulator.faults.api.struck();
      for (const id of ["one", "two", "three"]) bench.node("telematics").receive({ id, operation: "basicData" });
      await struck;
      return { ...started, spent: calls() };
    };
    const nothingMore = async (spent: number) => {
      await pause(WATCHED_MS);
      assert.equal(calls(), spent);
      assert.deepEqual(bench.messages("answers"), []);
    };
    const ended = async () => {
      await eventually("the errors", () => bench.messages("failures").length >= 3);
      assert.deepEqual(codesOf("one", "two", "three"), ["node_closed", "node_closed", "node_closed"]);
      const { message, cause } = bench.messages("failures")[1]?.error ?? {};
      assert.match(message ?? "", /closed by a deploy.*nothing more is asked/);
      assert.equal((cause as { action?: string }).action, "retry");
    };

    it("ends each with an error when the node is changed, and asks nothing more", async () => {
      const { flow, credentials, spent } = await waiting();
      await bench.deploy(changed(flow, "telematics", { force: true }), "nodes", credentials);
      await ended();
      await nothingMore(spent);
    });

    it("ends each with an error when the node is removed", async () => {
      const { flow, credentials, spent } = await waiting();
      await bench.deploy(without(flow, "telematics"), "nodes", credentials);
      await ended();
      await nothingMore(spent);
    });

    it("ends each with an error when its account is changed", async () => {
      const { flow, credentials, spent } = await waiting();
      await bench.deploy(changed(flow, ACCOUNT, { topicBase: "garage" }), "nodes", credentials);
      await ended();
      await nothingMore(spent);
    });

    it("ends each with an error when its account is removed", async () => {
      const { flow, credentials, spent } = await waiting();
      await bench.deploy(without(flow, ACCOUNT), "nodes", credentials);
      await ended();
      await nothingMore(spent);
      bench.node("telematics").receive({ id: "late", operation: "basicData" });
      await eventually("an end", () => endOf("late").failed.length === 1);
      await nothingMore(spent);
    });

    for (const type of ["flows", "full"] as const)
      it(`asks nothing more after a deploy of type ${type}, and the new node works`, async () => {
        const { flow, credentials, spent } = await waiting();
        await bench.deploy(changed(flow, "telematics", { force: true }), type, credentials);
        await nothingMore(spent);
        bench.node("telematics").receive({ id: "new", operation: "basicData", vin: vins[0] });
        // In turn: what is under way is waited for, because it is spent.
        await eventually("an answer", () => endOf("new").completed.length === 1);
        assert.equal(calls(), spent + 1);
      }).timeout(90_000);

    it("asks for no further car of a message that was half answered", async () => {
      const { flow, credentials } = await start();
      bench.node("telematics").receive({ id: "one", operation: "basicData" });
      await bench.message("answers");
      const spent = calls();
      assert.ok(spent < vins.length);
      await bench.deploy(changed(flow, "telematics", { force: true }), "nodes", credentials);
      await pause(WATCHED_MS);
      assert.equal(calls(), spent);
      assert.equal(bench.messages("answers").length, spent);
      assert.deepEqual(codesOf("one"), ["node_closed"]);
    });

    it("makes no data container for a node that is gone", async () => {
      const { flow, credentials } = await start({ makeContainer: false });
      bench.node("telematics").receive({ id: "one" });
      await bench.deploy(without(flow, "telematics"), "nodes", credentials);
      // Until the requests of all nodes have settled.
      await pause(11_000);
      assert.equal(calls(), 0);
      assert.deepEqual(codesOf("one"), ["node_closed"]);
    }).timeout(60_000);

    it("lets the other nodes go on", async () => {
      const other = telematicsNode({ id: "other", operation: "basicData", vehicle: vins[0], wires: [["heard"]] });
      const { flow, credentials } = await start({ more: [other, ...recorders("heard")] });
      simulator.faults.api.hang(1);
      const struck = simulator.faults.api.struck();
      bench.node("telematics").receive({ id: "one", operation: "basicData", vin: vins[0] });
      await struck;
      bench.node("telematics").receive({ id: "two", operation: "tyreDiagnosis", vin: vins[0] });
      bench.node("other").receive({ id: "three", vin: vins[1] });
      await bench.deploy(without(flow, "telematics"), "nodes", credentials);
      await eventually("the errors", () => bench.messages("failures").length === 2);
      await eventually("the answer of the other", () => bench.messages("heard").length === 1);
      assert.equal(calls(), 2);
      assert.deepEqual(codesOf("one", "two"), ["node_closed", "node_closed"]);
    }).timeout(90_000);
  });

  it("is over for a tracker that is being looked at", async () => {
    const device = simulator.traccar.devices[1]!;
    const traccar: FlowNode = {
      id: "traccar",
      type: "cardata-traccar",
      ...PLACE,
      name: "",
      account: ACCOUNT,
      server: simulator.traccarUrl,
      devices: [{ vin: device.vin, device: device.name }],
      wires: [["answers"]],
    };
    const base = without(askingFlow(simulator), "telematics").filter(
      ({ type }) => type !== "catch" && type !== "complete",
    );
    const listeners = recorders("failures", "completed").map(({ id }) => id);
    const flow = [
      ...base.filter(({ id }) => !listeners.includes(id)),
      traccar,
      ...changed(witnessesOf("traccar"), "catch", { scope: null }),
    ];
    const credentials = await liveWith(bench, simulator, flow, { traccar: { token: simulator.traccar.token } });
    simulator.traccar.faults.hang(1);
    const struck = simulator.traccar.faults.struck();
    bench.node("traccar").receive({ id: "one", command: "poll" });
    await struck;
    const spent = simulator.traccar.requests.length;
    await bench.deploy(changed(flow, "traccar", { interval: "70" }), "nodes", credentials);
    await eventually("the error", () => bench.messages("failures").length === 1);
    assert.deepEqual(codesOf("one"), ["node_closed"]);
    await pause(WATCHED_MS);
    assert.equal(simulator.traccar.requests.length, spent);
    assert.deepEqual(bench.messages("answers"), []);
  });

  it("does not connect a stream whose account is gone", async () => {
    const stream = [streamNode(), ...recorders("values", "events")];
    const flow = [...without(askingFlow(simulator), "telematics"), ...stream];
    const credentials = await liveWith(bench, simulator, flow);
    simulator.log.clear();
    await bench.deploy(without(flow, ACCOUNT), "nodes", credentials);
    bench.node("stream").receive({ id: "one", command: "reconnect" });
    await pause(WATCHED_MS);
    assert.equal(simulator.log.count("connect"), 0);
  });
});
