import assert from "node:assert/strict";
import { readdirSync, readFileSync, renameSync, statSync } from "node:fs";
import { join } from "node:path";
import { logIn } from "../../demo/set-up.js";
import type { VehicleView } from "../../nodes/lib/admin-contract.js";
import { eventually } from "../helpers/eventually.js";
import { ACCOUNT, SOC, streamMessage, TAB } from "../helpers/flow.js";
import { RedAtWork, redFlow, userFolder, withCredentials } from "../helpers/red-at-work.js";
import { savedAccountFolder, saveLogin } from "../helpers/saved-login.js";
import { startSimulator, type Simulator } from "../simulator/index.js";

describe("a login", () => {
  let simulator: Simulator;
  let work: RedAtWork;
  let userDir: string;

  beforeEach(async () => {
    simulator = await startSimulator({ tick: 0, autoApprove: true });
    userDir = userFolder();
  });
  afterEach(async () => {
    await work.red.stop();
    await simulator.stop();
  });

  const start = async () => {
    work = await RedAtWork.start({ userDir });
  };
  const restart = async () => {
    await work.red.stop();
    simulator.log.clear();
    await start();
  };
  const flow = () =>
    withCredentials(redFlow(simulator, { stream: { restore: true } }), { clientId: simulator.clientId });
  /** A deploy of the editor carries credentials only where they were changed. */
  const unchanged = () => redFlow(simulator, { stream: { restore: true } });
  const send = (value: number) => {
    const { vin } = simulator.cars[0]!;
    simulator.publish(vin, streamMessage(vin, { [SOC]: value }));
  };
  /** A login asks for the cars; what is not answered before a restart would be asked after it. */
  const carsKnown = () =>
    eventually("all cars", async () => {
      const { body } = await work.admin.get(`/cardata/account/${ACCOUNT}/vehicles`);
      const described = (body as VehicleView[]).filter(({ name }) => name !== "");
      return described.length === simulator.cars.length;
    });
  const costs = () => ["rest*", "refresh", "poll", "deviceCode"].map((kind) => simulator.log.count(kind));

  it("made before the first deploy brings values, and survives a restart at no cost", async () => {
    await start();
    await logIn(work.red.url, ACCOUNT, simulator);
    await work.deploy(flow());
    await work.connected();
    send(63);
    await work.value(63);
    await carsKnown();
    await restart();
    const { login } = await work.connected();
    assert.equal(login.state, "ok");
    const restored = await work.value(63);
    assert.equal(restored.message["source"], "restored");
    assert.deepEqual(costs(), [0, 0, 0, 0]);
  });

  it("survives a deploy without its account between login and deploy", async () => {
    await start();
    await logIn(work.red.url, ACCOUNT, simulator);
    // Something else is deployed while the dialog is still open.
    await work.deploy([TAB]);
    await work.deploy(flow());
    await work.connected();
    await restart();
    assert.equal((await work.connected()).login.state, "ok");
  });

  it("lies on the disk encrypted and for its owner only, with the key elsewhere", async () => {
    const { storeKey, tokens } = await saveLogin(userDir, ACCOUNT, simulator);
    await start();
    await work.deploy(withCredentials(redFlow(simulator), { clientId: simulator.clientId, storeKey }));
    await work.connected();
    const read = (...path: string[]) => readFileSync(join(userDir, ...path), "utf8");
    const secrets = [tokens.accessToken, tokens.idToken, tokens.refreshToken, tokens.gcid, storeKey];
    const files = [read("flows.json"), read("flows_cred.json"), read("cardata", ACCOUNT, "tokens.json")];
    for (const secret of [...secrets, simulator.clientId])
      assert.ok(
        files.every((text) => !text.includes(secret)),
        secret,
      );
    const mode = (path: string) => (statSync(path).mode & 0o777).toString(8);
    const folder = savedAccountFolder(userDir, ACCOUNT);
    assert.deepEqual([mode(folder), mode(join(folder, "tokens.json"))], ["700", "600"]);
  });

  it("whose key is lost asks for a new login, leaves the file alone, and is used again when the key is back", async () => {
    const { storeKey } = await saveLogin(userDir, ACCOUNT, simulator);
    await start();
    await work.deploy(withCredentials(redFlow(simulator), { clientId: simulator.clientId, storeKey }));
    await work.connected();
    await work.red.stop();
    const credentials = join(userDir, "flows_cred.json");
    renameSync(credentials, `${credentials}.away`);
    await start();
    await work.red.log("Log in again. The old file is kept.");
    assert.equal((await work.status()).login.problem?.code, "vault_key_missing");
    const files = readdirSync(savedAccountFolder(userDir, ACCOUNT)).filter((name) => name.startsWith("tokens"));
    assert.deepEqual(files, ["tokens.json"]);
    await work.red.stop();
    renameSync(`${credentials}.away`, credentials);
    await start();
    await work.connected();
  });

  it("of a deployed account is kept by the next deploy", async () => {
    await start();
    await work.deploy(flow());
    await logIn(work.red.url, ACCOUNT, simulator);
    await work.connected();
    await work.deploy(unchanged());
    await carsKnown();
    await restart();
    assert.equal((await work.connected()).login.state, "ok");
    assert.deepEqual(costs(), [0, 0, 0, 0]);
  });
});
