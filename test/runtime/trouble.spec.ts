import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { ACCOUNT, SOC, streamMessage } from "../helpers/flow.js";
import { RedAtWork, redFlow, userFolder, withCredentials } from "../helpers/red-at-work.js";
import { logIn } from "../../demo/set-up.js";
import { eventually } from "../helpers/eventually.js";
import { startSimulator, type Simulator } from "../simulator/index.js";

/** When an account that cannot close gives up (`src/account/account-lifecycle.ts`). */
const CLOSE_LIMIT_MS = 13_000;

describe("in trouble", () => {
  let simulator: Simulator;
  let work: RedAtWork;
  let vin: string;

  beforeEach(async () => {
    simulator = await startSimulator({ tick: 0, autoApprove: true });
    vin = simulator.cars[0]!.vin;
  });
  afterEach(async () => {
    await work.red.stop();
    await simulator.stop();
  });

  const live = async () => {
    ({ work } = await RedAtWork.live(simulator));
  };
  const arrives = async (value: number) => {
    simulator.publish(vin, streamMessage(vin, { [SOC]: value }));
    await work.value(value);
  };

  it("with files Node-RED warns once and works in memory", async () => {
    const userDir = userFolder();
    writeFileSync(join(userDir, "cardata"), "a file where the folder should be");
    work = await RedAtWork.start({ userDir });
    await logIn(work.red.url, ACCOUNT, simulator);
    await work.deploy(withCredentials(redFlow(simulator), { clientId: simulator.clientId }));
    await work.connected();
    await arrives(63);
    const { msg } = await work.red.log("Files cannot be written to the Node-RED user folder");
    assert.match(String(msg), /works until Node-RED restarts/);
    await arrives(64);
    assert.equal(work.red.logs.filter((line) => line.msg === msg).length, 1);
  });

  it("with what the stream sends the next good value still arrives", async () => {
    await live();
    const many = Object.fromEntries(Array.from({ length: 1001 }, (_, index) => [`vehicle.x${index}`, index]));
    simulator.faults.garbage();
    simulator.faults.huge();
    simulator.publish(vin, streamMessage(vin, many));
    simulator.publish(vin, `{"vin":"${vin}","__proto__":{"polluted":1},"data":{"__proto__":{"value":1}}}`);
    simulator.publish(vin, "[]");
    simulator.publish(vin, "null");
    simulator.publish(vin, '"text"');
    simulator.publish(vin, `${'{"a":'.repeat(5000)}1${"}".repeat(5000)}`);
    simulator.publish(vin, streamMessage("WBA0000000000FAKE", { [SOC]: 1 }));
    simulator.publish(vin, { vin, data: { [SOC]: { value: { deep: [] }, timestamp: "2026-03-02T06:00:00Z" } } });
    await arrives(63);
    const { rejected } = (await work.admin.get(`/cardata/account/${ACCOUNT}/diagnostics`)).body as {
      rejected: Record<string, number>;
    };
    for (const reason of ["not-json", "too-large", "too-many-descriptors", "not-object", "topic-mismatch"])
      assert.ok((rejected[reason] ?? 0) > 0, `${reason} in ${JSON.stringify(rejected)}`);
    assert.ok(!work.red.exited);
  });

  it("with all of BMW's servers it goes on when they are back", async () => {
    await live();
    simulator.faults.oauth.down(true);
    simulator.faults.api.down(true);
    simulator.faults.streamDown(true);
    await eventually("the loss", async () => (await work.status()).stream.state === "waiting");
    assert.equal((await work.admin.post(`/cardata/account/${ACCOUNT}/refresh`)).status, 400);
    assert.equal((await work.status()).login.state, "ok");
    simulator.faults.oauth.down(false);
    simulator.faults.api.down(false);
    simulator.faults.streamDown(false);
    await work.connected();
    await arrives(63);
  });

  it("with servers that have vanished Node-RED lives on", async () => {
    await live();
    await simulator.stop();
    await eventually("the loss", async () => (await work.status()).stream.state === "waiting");
    const { body } = await work.admin.post(`/cardata/account/${ACCOUNT}/discover`);
    assert.equal((body as { error: { code: string } }).error.code, "rest_network");
    await work.admin.post(`/cardata/account/${ACCOUNT}/refresh`);
    assert.equal((await work.status()).login.state, "ok");
    assert.ok(!work.red.exited);
    simulator = await startSimulator({ tick: 0 });
  });

  it("or not, Node-RED with a live stream stops without waiting for a limit", async () => {
    await live();
    const before = Date.now();
    await work.red.stop();
    assert.ok(Date.now() - before < CLOSE_LIMIT_MS);
  });
});
