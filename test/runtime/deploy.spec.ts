import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { eventually } from "../helpers/eventually.js";
import { ACCOUNT, PLACE, SOC, streamMessage, streamNode, TAB, type FlowNode } from "../helpers/flow.js";
import { RedAtWork, withCredentials } from "../helpers/red-at-work.js";
import { savedAccountFolder, saveLogin } from "../helpers/saved-login.js";
import { startSimulator, type Simulator } from "../simulator/index.js";

describe("a deploy", () => {
  let simulator: Simulator;
  let work: RedAtWork;
  let userDir: string;
  let storeKey: string;
  let flow: FlowNode[];

  before(async () => {
    simulator = await startSimulator({ tick: 0 });
    ({ work, userDir, flow, storeKey } = await RedAtWork.live(simulator));
  });
  after(async () => {
    await work.red.stop();
    await simulator.stop();
  });
  beforeEach(async () => {
    await work.deploy(flow);
    await work.connected();
    simulator.log.clear();
  });

  const costs = () => ["rest*", "refresh", "poll", "deviceCode"].map((kind) => simulator.log.count(kind));
  const changed = (id: string, changes: object) =>
    flow.map((node) => (node.id === id ? { ...node, ...changes } : node));
  const arrives = async (value: number) => {
    const { vin } = simulator.cars[0]!;
    simulator.publish(vin, streamMessage(vin, { [SOC]: value }));
    return work.value(value);
  };

  for (const type of ["nodes", "flows"] as const)
    it(`of modified ${type} keeps the connection when it touches only a Debug node`, async () => {
      await work.deploy(changed("events", { name: type }), type);
      await arrives(type === "nodes" ? 11 : 12);
      assert.deepEqual([simulator.log.count("connect"), ...costs()], [0, 0, 0, 0, 0]);
    });

  it("of everything connects anew, one connection at a time, at no cost", async () => {
    await work.deploy(flow, "full");
    await work.connected();
    await arrives(13);
    assert.deepEqual([simulator.log.count("connect"), ...costs()], [1, 0, 0, 0, 0]);
    assert.equal(simulator.log.mostSessions, 1);
  });

  it("fifty times costs no call, and afterwards each value comes once", async () => {
    for (let time = 0; time < 50; time++) await work.deploy(flow, "full");
    await work.connected();
    await arrives(14);
    await arrives(15);
    assert.equal(work.values().filter(({ message }) => message["payload"] === 14).length, 1);
    assert.deepEqual(costs(), [0, 0, 0, 0]);
    assert.equal(simulator.log.mostSessions, 1);
  });

  it("that disables the tab deletes nothing; enabled again, everything goes on", async () => {
    await work.deploy(changed(TAB.id, { disabled: true }));
    await work.deploy(changed(ACCOUNT, { d: true }));
    assert.ok(existsSync(join(savedAccountFolder(userDir, ACCOUNT), "tokens.json")));
    await work.deploy(flow);
    await work.connected();
    await arrives(16);
    assert.deepEqual(costs(), [0, 0, 0, 0]);
  });

  it("can put account and stream node into a subflow", async () => {
    const inner = "inner-account";
    const { storeKey: innerKey } = await saveLogin(userDir, inner, simulator);
    const account = { ...flow.find(({ id }) => id === ACCOUNT)!, id: inner, z: "sub" };
    const subflow = [
      { id: "sub", type: "subflow", name: "Car", in: [], out: [{ x: 1, y: 1, wires: [{ id: "inner", port: 0 }] }] },
      { ...account, credentials: { clientId: simulator.clientId, storeKey: innerKey } },
      streamNode({ id: "inner", z: "sub", account: inner, wires: [[], []] }),
      { id: "instance", type: "subflow:sub", ...PLACE, wires: [["values"]] },
    ];
    const others = flow.filter(({ id }) => id !== ACCOUNT && id !== "stream");
    await work.deploy([...others, ...subflow]);
    await work.connected(inner);
    await arrives(17);
    assert.deepEqual(costs(), [0, 0, 0, 0]);
    const again = { id: "instance-2", type: "subflow:sub", ...PLACE, wires: [["values"]] };
    await work.deploy([...others, ...subflow, again]);
    await work.red.log("lies in a subflow that is used more than once");
    await work.connected(inner);
    await work.deploy(withCredentials(flow, { clientId: simulator.clientId, storeKey }));
  });

  it("closes the connection when the last node that uses it is gone", async () => {
    await work.deploy(flow.filter(({ id }) => id !== "stream"));
    await eventually("the end of the stream", async () => (await work.status()).stream.state === "off");
    assert.equal(simulator.log.count("connect"), 0);
  });
});
