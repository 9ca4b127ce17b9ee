import assert from "node:assert/strict";
import { Bench } from "../helpers/bench.js";
import { eventually } from "../helpers/eventually.js";
import { asking, telematicsNode, type AskOptions } from "../helpers/telematics.js";
import { startSimulator, type Simulator } from "../simulator/index.js";

describe("status of cardata-telematics", () => {
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

  const start = (options: AskOptions = {}) => asking(bench, simulator, options);
  const looks = ({ status }: { status: { fill?: string; shape?: string } }) => [status.fill, status.shape];
  const like = (pattern: RegExp, node = "telematics") =>
    eventually(`a status like ${String(pattern)}`, () =>
      bench.statuses.find(({ id, status }) => id === node && pattern.test(status.text ?? "")),
    );
  const ask = (message: object = {}) => {
    bench.node("telematics").receive({ vin: simulator.cars[0]!.vin, ...message });
  };

  it("is a red ring `login needed` before the login", async () => {
    await start({ loggedIn: false });
    assert.deepEqual(looks(await bench.status("telematics", "login needed")), ["red", "ring"]);
  });

  it("is a red ring `no REST right` when the login does not include the API", async () => {
    await simulator.stop();
    simulator = await startSimulator({ tick: 0, scopes: ["authenticate_user", "openid", "cardata:streaming:read"] });
    await start({ makeContainer: false });
    assert.deepEqual(looks(await bench.status("telematics", "no REST right")), ["red", "ring"]);
    ask();
    const { error } = await bench.message("failures");
    assert.equal(error?.code, "scope_api_missing");
  });

  it("is a green dot with what is used, and counts each call", async () => {
    await start();
    assert.deepEqual(looks(await bench.status("telematics", "0/50")), ["green", "dot"]);
    ask();
    assert.deepEqual(looks(await bench.status("telematics", "1/50")), ["green", "dot"]);
  });

  it("is a yellow ring with the time at which BMW answers again", async () => {
    await start();
    simulator.faults.burnQuota(50);
    ask();
    assert.deepEqual(looks(await like(/^resets \d\d:\d\d$/)), ["yellow", "ring"]);
    const { error } = await bench.message("failures");
    assert.match(error?.code ?? "", /^cu_429/);
    assert.equal((error?.cause as { action: string }).action, "wait");
  });

  it("is a yellow ring `failed` while BMW's service fails, and recovers", async () => {
    await start();
    // A refusal of this kind is tried once more.
    simulator.faults.api.status(2, 503, { exveErrorId: "CU-503" });
    ask();
    assert.deepEqual(looks(await bench.status("telematics", "2/50 · failed")), ["yellow", "ring"]);
    ask();
    assert.deepEqual(looks(await bench.status("telematics", "3/50")), ["green", "dot"]);
  });

  it("is a yellow ring `polled by other` at a node whose cars another one asks for", async () => {
    await start({ node: { automatic: true }, more: [telematicsNode({ id: "telematics-2", automatic: true })] });
    assert.deepEqual(looks(await like(/^polled by other$/, "telematics-2")), ["yellow", "ring"]);
  });
});
