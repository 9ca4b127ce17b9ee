import assert from "node:assert/strict";
import { mkdirSync, readdirSync, readFileSync, renameSync, rmdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { folderName } from "../../src/store/folder-name.js";
import { Bench } from "../helpers/bench.js";
import { eventually } from "../helpers/eventually.js";
import { ACCOUNT, PLACE } from "../helpers/flow.js";
import { flowAtWork } from "../helpers/running-flow.js";
import { savedAccountFolder, saveLogin } from "../helpers/saved-login.js";
import { startSimulator, type Simulator } from "../simulator/index.js";

describe("files of an account that nodes cannot have", () => {
  let simulator: Simulator;
  let bench: Bench;
  let folder: string;

  before(async () => (simulator = await startSimulator({ tick: 0 })));
  after(() => simulator.stop());
  beforeEach(() => {
    simulator.log.clear();
    bench = new Bench();
    folder = savedAccountFolder(bench.userDir, ACCOUNT);
  });
  afterEach(() => bench.close());

  /** The account looks again after half a minute at most. */
  const live = () =>
    eventually("live", () => bench.statuses.some(({ id, status }) => id === "stream" && status.text === "live"));
  const telematics = { id: "telematics", type: "cardata-telematics", ...PLACE, account: ACCOUNT, wires: [[]] };
  const start = async (spoil: () => void) => {
    const { storeKey } = await saveLogin(bench.userDir, ACCOUNT, simulator);
    spoil();
    const credentials = { [ACCOUNT]: { clientId: simulator.clientId, storeKey } };
    await bench.load(flowAtWork(simulator, { more: [telematics] }), credentials);
  };

  it("are reported under every node, and no login is asked for; when they can be read, all goes on", async () => {
    const file = () => join(folder, "tokens.json");
    await start(() => {
      renameSync(file(), join(folder, "elsewhere"));
      mkdirSync(file());
    });
    await bench.status("stream", "files not readable");
    await bench.status("telematics", "files not readable");
    const { body } = await (await bench.admin()).get(`/cardata/account/${ACCOUNT}/status`);
    assert.equal((body as { files: { code: string } }).files.code, "store_unreadable");
    rmdirSync(file());
    renameSync(join(folder, "elsewhere"), file());
    await live();
    assert.ok(!readdirSync(folder).some((name) => name.includes(".bad-")));
  });

  it("lie where an earlier version put them: they are taken over with the login", async () => {
    const id = "Account-A";
    const { storeKey } = await saveLogin(bench.userDir, id, simulator);
    const flow = flowAtWork(simulator, { account: { id }, stream: { account: id } });
    await bench.load(flow, { [id]: { clientId: simulator.clientId, storeKey } });
    await bench.status("stream", "live");
    const names = readdirSync(join(bench.userDir, "cardata"));
    assert.deepEqual(names, [folderName(id)]);
    assert.ok(readdirSync(join(bench.userDir, "cardata", folderName(id))).includes("tokens.json"));
  });

  it("lie where an earlier version put them, which nobody can read for a while: nothing else takes their place", async () => {
    const id = "Account-A";
    const { storeKey } = await saveLogin(bench.userDir, id, simulator);
    const all = join(bench.userDir, "cardata");
    const elsewhere = join(bench.userDir, "elsewhere");
    renameSync(all, elsewhere);
    writeFileSync(all, "");
    const flow = flowAtWork(simulator, { account: { id, record: true }, stream: { account: id } });
    await bench.load(flow, { [id]: { clientId: simulator.clientId, storeKey } });
    await bench.status("stream", "files not readable");
    rmSync(all);
    renameSync(elsewhere, all);
    await bench.status("stream", "live");
    assert.deepEqual(readdirSync(all), [folderName(id)]);
  });

  it("are left to another Node-RED that works with them, until that is gone", async () => {
    const lock = () => join(folder, "lock");
    const other = { owner: "other", host: "elsewhere", space: "another container", pid: 1, started: "1" };
    await start(() => {
      writeFileSync(lock(), JSON.stringify(other));
    });
    const tokens = readFileSync(join(folder, "tokens.json"), "utf8");
    const timer = setInterval(() => {
      rmSync(join(folder, "lock.ask"), { force: true });
    }, 50);
    try {
      await bench.status("stream", "user folder in use");
      assert.equal(simulator.log.count("connect"), 0);
      assert.equal(readFileSync(join(folder, "tokens.json"), "utf8"), tokens);
    } finally {
      clearInterval(timer);
    }
    rmSync(lock());
    await live();
    await eventually("the lock is ours", () => !readFileSync(lock(), "utf8").includes("elsewhere"));
  });
});
