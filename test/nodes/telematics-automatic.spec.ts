import assert from "node:assert/strict";
import { setImmediate as turn } from "node:timers/promises";
import type { AccountNode } from "../../nodes/lib/account-node.js";
import { Bench, recorders } from "../helpers/bench.js";
import { eventually } from "../helpers/eventually.js";
import { ACCOUNT } from "../helpers/flow.js";
import { asking, telematicsNode, type AskOptions } from "../helpers/telematics.js";
import { startSimulator, type Simulator } from "../simulator/index.js";

describe("cardata-telematics without a message", function () {
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

  const start = (options: AskOptions = {}) => asking(bench, simulator, options);
  const calls = () => simulator.log.count("rest*");
  const account = () => (bench.node(ACCOUNT) as unknown as AccountNode).account!;
  const history = (vin: string) =>
    ({ operation: "chargingHistory", vin, payload: [{ startTime: 1 }], truncated: false }) as const;

  it("asks for each car that was never asked for, sends what is new, and does so once", async () => {
    const twin = telematicsNode({ id: "twin", automatic: true, wires: [["heard"]] });
    const { flow, credentials } = await start({ node: { automatic: true }, more: [twin, ...recorders("heard")] });
    const cars = () => new Set(bench.messages("answers").map(({ vin }) => vin));
    await eventually("values of all cars", () => cars().size === vins.length);
    const [first] = bench.messages("answers");
    assert.deepEqual([first!["source"], first!["fresh"]], ["rest", true]);
    assert.equal((first!["quota"] as { limit: number }).limit, 50);
    assert.ok(first!._msgid);
    // The node with the lower id cares for the cars.
    assert.deepEqual(bench.messages("heard"), []);
    assert.equal(calls(), vins.length);
    await eventually("a status with the next time", () =>
      bench.statuses.some(
        ({ id, status }) => id === "telematics" && /^3\/50 · next \d\d:\d\d$/.test(status.text ?? ""),
      ),
    );
    const shown = bench.statuses.length;
    await bench.deploy(flow, "full", credentials);
    await eventually("the quota of before", () =>
      bench.statuses.slice(shown).some(({ id, status }) => id === "telematics" && status.text?.startsWith("3/50")),
    );
    assert.equal(calls(), vins.length);
  });

  it("sends only what the account has asked on its behalf", async () => {
    await start({ node: { operation: "chargingHistory", daily: true } });
    account().events.emit("answer", "another node", history(vins[0]!));
    account().events.emit("answer", "telematics", history(vins[1]!));
    await bench.message("answers");
    assert.deepEqual(
      bench.messages("answers").map(({ topic }) => topic),
      [`cardata/${vins[1]}/chargingHistory`],
    );
  });

  it("wants nothing unless it is ticked", async () => {
    await start({ more: [telematicsNode({ id: "history", operation: "chargingHistory" })] });
    for (const node of ["telematics", "history"])
      assert.deepEqual(account().rest.plan(node), { next: null, other: false });
  });

  it("wants nothing any more once it is removed, and sends no answer that comes late", async () => {
    const { flow, credentials } = await start({ node: { automatic: true } });
    const before = account();
    simulator.faults.api.hang(1);
    bench.node("telematics").receive({ vin: vins[0] });
    await eventually("the call", () => calls() === 1);
    await bench.deploy(
      flow.filter(({ id }) => id !== "telematics"),
      "nodes",
      credentials,
    );
    assert.equal(account(), before);
    assert.deepEqual(before.rest.plan("telematics"), { next: null, other: false });
    before.events.emit("answer", "telematics", history(vins[0]!));
    // Node-RED hands messages on a turn later.
    await turn();
    assert.deepEqual(bench.messages("answers"), []);
  });
});
