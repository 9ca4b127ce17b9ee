import assert from "node:assert/strict";
import { Bench } from "../helpers/bench.js";
import { eventually } from "../helpers/eventually.js";
import { accountNode, PLACE, SOC, streamMessage, streamNode } from "../helpers/flow.js";
import { runningFlow, subscriptions, type WorkOptions } from "../helpers/running-flow.js";
import { saveLogin } from "../helpers/saved-login.js";
import { startSimulator, type Simulator } from "../simulator/index.js";

describe("status of cardata-stream", () => {
  let simulator: Simulator;
  let bench: Bench;

  beforeEach(async () => {
    simulator = await startSimulator({ tick: 0 });
    bench = new Bench();
  });
  afterEach(async () => {
    await bench.close();
    await simulator.stop();
  });

  const start = (options: WorkOptions = {}) => runningFlow(bench, simulator, options);
  const looks = ({ status }: { status: { fill?: string; shape?: string } }) => [status.fill, status.shape];
  const statuses = () => bench.statuses.filter(({ id }) => id === "stream");
  const like = (pattern: RegExp) =>
    eventually(`a status like ${String(pattern)}`, () =>
      statuses().find(({ status }) => pattern.test(status.text ?? "")),
    );
  const sendValue = () => {
    const { vin } = simulator.cars[0]!;
    simulator.publish(vin, streamMessage(vin, { [SOC]: 63 }));
  };

  it("is a red ring `login needed` before the login", async () => {
    await start({ loggedIn: false });
    assert.deepEqual(looks(await bench.status("stream", "login needed")), ["red", "ring"]);
  });

  it("is a green dot `live` once the subscription is granted, then with the time of the last message", async () => {
    await start();
    assert.deepEqual(looks(await bench.status("stream", "live")), ["green", "dot"]);
    sendValue();
    assert.deepEqual(looks(await like(/^live · \d\d:\d\d$/)), ["green", "dot"]);
  });

  it("is a yellow ring `connecting` while it connects", async () => {
    await start();
    simulator.faults.hangConnect(1);
    bench.node("stream").receive({ command: "reconnect" });
    assert.deepEqual(looks(await bench.status("stream", "connecting")), ["yellow", "ring"]);
  });

  it("is a yellow ring with the time of the next attempt while the stream server is away", async () => {
    await start();
    simulator.faults.streamDown(true);
    assert.deepEqual(looks(await like(/^retry \d\d:\d\d$/)), ["yellow", "ring"]);
  });

  it("is a red ring `stream not set up` when BMW grants no subscription", async () => {
    await start();
    simulator.faults.refuseSubscribe(1);
    bench.node("stream").receive({ command: "reconnect" });
    assert.deepEqual(looks(await bench.status("stream", "stream not set up")), ["red", "ring"]);
  });

  it("is a red ring `no stream right` when the login does not include the stream", async () => {
    await simulator.stop();
    simulator = await startSimulator({ tick: 0, scopes: ["authenticate_user", "openid", "cardata:api:read"] });
    await start({ live: false });
    assert.deepEqual(looks(await bench.status("stream", "no stream right")), ["red", "ring"]);
  });

  it("is a red ring `BMW login in use` at an account whose BMW login another account uses already", async () => {
    const { flow, credentials } = await start();
    const clientId = "22222222-3333-4444-8555-666666666666";
    const { storeKey } = await saveLogin(bench.userDir, "second", { ...simulator, clientId });
    const second = [accountNode(simulator, { id: "second" }), streamNode({ id: "rival", account: "second" })];
    // The first one stays connected meanwhile.
    await bench.deploy([...flow, ...second], "nodes", { ...credentials, second: { clientId, storeKey } });
    assert.deepEqual(looks(await bench.status("rival", "BMW login in use")), ["red", "ring"]);
  });

  it("changes at most once a second", async () => {
    await start();
    await bench.status("stream", "live");
    simulator.log.clear();
    for (let time = 0; time < 3; time++) bench.node("stream").receive({ command: "reconnect" });
    await subscriptions(simulator, 1);
    sendValue();
    await like(/^live · /);
    const times = statuses().map(({ at }) => at);
    const gaps = times.slice(1).map((time, index) => time - times[index]!);
    assert.ok(gaps.length > 0);
    // Timers may be a few milliseconds early.
    assert.ok(Math.min(...gaps) > 980, `gaps: ${gaps.join(", ")} ms`);
  });

  it("reaches a Status node that watches it", async () => {
    const status = { id: "watch", type: "status", ...PLACE, scope: ["stream"], wires: [["failures"]] };
    await start({ more: [status] });
    const message = await bench.message("failures", ({ status: shown }) => shown !== undefined);
    assert.equal((message["status"] as { source: { id: string } }).source.id, "stream");
  });
});
