import assert from "node:assert/strict";
import { setImmediate as turn } from "node:timers/promises";
import { Bench } from "../helpers/bench.js";
import { ACCOUNT, accountNode, SOC, streamMessage } from "../helpers/flow.js";
import { mqttOutStatus } from "../helpers/mqtt-out-status.js";
import { runningFlow, flowAtWork, subscriptions, type WorkOptions } from "../helpers/running-flow.js";
import type { CheckMembers } from "../../src/messages/types.js";
import { startSimulator, type Simulator } from "../simulator/index.js";

describe("input of cardata-stream", () => {
  let simulator: Simulator;
  let bench: Bench;
  let vin: string;

  before(async () => {
    simulator = await startSimulator({ tick: 0 });
    vin = simulator.cars[0]!.vin;
  });
  after(() => simulator.stop());
  beforeEach(() => (bench = new Bench()));
  afterEach(() => bench.close());

  const start = (options: WorkOptions = {}) => runningFlow(bench, simulator, options);
  const completed = () => bench.messages("completed").map((message) => message["id"]);
  const failures = () => bench.messages("failures");

  it("completes a message without a command once, and sends nothing", async () => {
    await start();
    bench.node("stream").receive({ id: "nothing", payload: 5 });
    bench.node("stream").receive({ id: "empty", command: "" });
    await bench.message("completed", (message) => message["id"] === "empty");
    await turn();
    assert.deepEqual(completed(), ["nothing", "empty"]);
    assert.deepEqual([bench.messages("values"), failures()], [[], []]);
  });

  it("answers `snapshot` with the present values and completes once", async () => {
    await start();
    simulator.publish(vin, streamMessage(vin, { [SOC]: 63 }));
    await bench.message("values");
    bench.node("stream").receive({ id: "ask", command: "snapshot" });
    await bench.message("completed");
    const [first, second, ...more] = bench.messages("values");
    assert.deepEqual(more, []);
    assert.deepEqual([second!["payload"], second!["topic"]], [first!["payload"], first!["topic"]]);
    assert.equal(second!["parts"], undefined);
    assert.deepEqual([completed(), failures()], [["ask"], []]);
  });

  it("sends all values again, as known before, when the broker of an mqtt out node has come back", async () => {
    await start({ stream: { onlyChanges: true } });
    simulator.publish(vin, streamMessage(vin, { [SOC]: 63 }));
    await bench.message("values");
    const events = [...bench.messages("events")];
    bench.node("stream").receive({ id: "away", ...mqttOutStatus("disconnected") });
    bench.node("stream").receive({ id: "back", ...mqttOutStatus("connected") });
    const again = await bench.message("values", ({ source }) => source === "restored");
    assert.deepEqual([again["payload"], again["topic"]], [63, `cardata/${vin}/${SOC}`]);
    assert.deepEqual([completed(), failures()], [["away", "back"], []]);
    assert.equal(bench.messages("values").length, 2);
    assert.deepEqual(bench.messages("events"), events);
  });

  it("sends everything to a broker once and in order, however much it is, and what is new after it", async () => {
    await start();
    const values = Object.fromEntries(
      Array.from({ length: 60 }, (_, number) => [`vehicle.many.number${number}`, number]),
    );
    simulator.publish(vin, streamMessage(vin, values));
    await bench.message("values", ({ payload }) => payload === 59);
    const before = bench.messages("values").length;
    bench.node("stream").receive({ id: "back", ...mqttOutStatus("connected") });
    await bench.message("values", ({ source }) => source === "restored");
    simulator.publish(vin, streamMessage(vin, { "vehicle.many.number59": 60 }, Date.now() + 1000));
    await bench.message("values", ({ payload }) => payload === 60);
    const again = bench.messages("values").slice(before);
    const old = again.filter(({ source }) => source === "restored").map(({ payload }) => payload);
    // The last one is left out if the new value has overtaken it.
    assert.deepEqual(old.slice(0, 59), Object.values(values).slice(0, 59));
    assert.equal(again.at(-1)!["payload"], 60);
  });

  it("connects anew on `reconnect`, without a call to BMW", async () => {
    await start();
    simulator.log.clear();
    bench.node("stream").receive({ id: "again", command: "reconnect" });
    await bench.message("completed");
    await subscriptions(simulator, 1);
    assert.deepEqual([simulator.log.count("rest*"), simulator.log.count("refresh")], [0, 0]);
    simulator.publish(vin, streamMessage(vin, { [SOC]: 64 }));
    await bench.message("values", ({ payload }) => payload === 64);
  });

  it("answers `check` on the second output with what was found, by one request", async () => {
    await start();
    simulator.log.clear();
    bench.node("stream").receive({ id: "ill", command: "check" });
    const { topic, payload } = await bench.message("events", ({ event }) => event === "check");
    const { level, findings } = payload as CheckMembers;
    assert.equal(topic, "cardata/account/event/check");
    assert.deepEqual(simulator.log.count("rest*"), 1);
    assert.equal(level, "yellow");
    const lines = findings.map(({ area, level: urgency, code }) => `${area} ${urgency} ${code}`);
    for (const line of ["login green login_good", "rest green rest_answers", "connection green connected"])
      assert.ok(lines.includes(line), line);
    const text = findings.find(({ code }) => code === "connected")?.text ?? "";
    assert.match(text, /^Connected since \d{4}-\d\d-\d\d \d\d:\d\d UTC\.$/);
    assert.ok(!JSON.stringify(payload).includes(vin));
  });

  it("fails an unknown command with a code, the sentence and the message, and does not complete it", async () => {
    await start();
    bench.node("stream").receive({ id: "odd", command: "explode" });
    const failure = await bench.message("failures");
    assert.equal(failure.error?.code, "unknown_command");
    // Who shows it to people shows a sentence.
    assert.match(failure.error.message, /^(?!Error).*explode is not known.*snapshot, reconnect/);
    assert.equal(failure["id"], "odd");
    await turn();
    assert.deepEqual([completed(), failures().length], [[], 1]);
  });

  const WITHOUT: Record<string, (one: Simulator) => object[]> = {
    "no account is chosen": (one) => flowAtWork(one, { stream: { account: "" } }),
    "the account is gone": (one) => flowAtWork(one).filter(({ id }) => id !== ACCOUNT),
    "the account is disabled": (one) => flowAtWork(one, { account: { d: true } }),
    "the account is a node of another type": (one) => flowAtWork(one, { stream: { account: "values" } }),
  };

  for (const [when, flow] of Object.entries(WITHOUT))
    it(`is answered by an error when ${when}, and the node says "no account"`, async () => {
      await bench.load(flow(simulator) as ReturnType<typeof flowAtWork>);
      const { status } = await bench.status("stream", "no account");
      assert.deepEqual([status.fill, status.shape], ["grey", "ring"]);
      bench.node("stream").receive({ id: "plain" });
      bench.node("stream").receive({ id: "command", command: "snapshot" });
      await bench.message("failures", (message) => message["id"] === "command");
      assert.deepEqual(
        failures().map(({ error }) => error?.code),
        ["no_account", "no_account"],
      );
      assert.deepEqual([completed(), bench.messages("values")], [[], []]);
    });

  it("is answered by the account's own trouble when its settings are wrong", async () => {
    await bench.load(flowAtWork(simulator, { account: { source: "broker", brokerHost: "" } }));
    bench.node("stream").receive({ command: "snapshot" });
    const { error } = await bench.message("failures");
    assert.equal(error?.code, "broker_host_missing");
  });

  it("refuses `reconnect` where another account has the login already", async () => {
    const { clientId } = simulator;
    const second = accountNode(simulator, { id: "second", name: "Second" });
    await start({ more: [second] });
    const credentials = { [ACCOUNT]: { clientId }, second: { clientId } };
    await bench.deploy(flowAtWork(simulator, { stream: { account: "second" }, more: [second] }), "full", credentials);
    bench.node("stream").receive({ command: "reconnect" });
    const { error } = await bench.message("failures");
    assert.equal(error?.code, "client_in_use");
    assert.match(error.message, /already used by the account My BMW/);
    await bench.status("stream", "client ID in use");
    // A check tells just that.
    bench.node("stream").receive({ command: "check" });
    const { payload } = await bench.message("events", ({ event }) => event === "check");
    const [login] = (payload as CheckMembers).findings;
    assert.deepEqual([login?.level, login?.code], ["red", "client_in_use"]);
    assert.match(login?.text ?? "", /already used by the account My BMW/);
  });
});
