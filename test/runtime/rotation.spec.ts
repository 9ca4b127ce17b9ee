import assert from "node:assert/strict";
import { readdirSync } from "node:fs";
import { setTimeout as pause } from "node:timers/promises";
import { eventually } from "../helpers/eventually.js";
import { ACCOUNT } from "../helpers/flow.js";
import { RedAtWork } from "../helpers/red-at-work.js";
import { savedAccountFolder, readLogin } from "../helpers/saved-login.js";
import { startSimulator, type Simulator } from "../simulator/index.js";

describe("a power cut around a renewal of the tokens", () => {
  let simulator: Simulator;
  let work: RedAtWork;
  let userDir: string;
  let storeKey: string;

  beforeEach(async () => {
    simulator = await startSimulator({ tick: 0 });
    ({ work, userDir, storeKey } = await RedAtWork.live(simulator));
  });
  afterEach(async () => {
    await work.red.stop();
    await simulator.stop();
  });

  const refresh = () => work.admin.post(`/cardata/account/${ACCOUNT}/refresh`);
  const refreshToken = async () => (await readLogin(userDir, ACCOUNT, storeKey))?.refreshToken;
  const keptAside = () => readdirSync(savedAccountFolder(userDir, ACCOUNT)).filter((name) => name.includes(".bad-"));
  const startAgain = async () => {
    work = await RedAtWork.start({ userDir });
    const { login } = await work.connected();
    assert.equal(login.state, "ok");
  };

  it("loses nothing once the renewal was answered: the new token is on the disk, and BMW takes it", async () => {
    const old = await refreshToken();
    assert.equal((await refresh()).status, 200);
    await work.red.kill();
    assert.notEqual(await refreshToken(), old);
    await startAgain();
    assert.equal((await refresh()).status, 200);
  });

  it("loses nothing while BMW has not answered: the old token is on the disk, and BMW takes it", async () => {
    const old = await refreshToken();
    const asked = hangOnce(simulator);
    const answer = refresh().catch(() => undefined);
    await asked;
    await work.red.kill();
    await answer;
    assert.equal(await refreshToken(), old);
    await startAgain();
    assert.equal((await refresh()).status, 200);
  });

  it("leaves a file that can be opened at whatever moment it comes", async () => {
    for (const ms of [0, 2, 5, 10]) {
      const answer = refresh().catch(() => undefined);
      await pause(ms);
      await work.red.kill();
      await answer;
      assert.notEqual(await refreshToken(), undefined, `after ${ms} ms`);
      await startAgain();
    }
    assert.deepEqual(keptAside(), []);
    assert.equal(simulator.log.count("deviceCode"), 0);
    // One may be there for the moment in which the program that runs writes a document.
    const halfWritten = () =>
      readdirSync(savedAccountFolder(userDir, ACCOUNT)).filter((name) => name.includes(".tmp-"));
    await eventually("no half of a file is left", () => halfWritten().length === 0);
  });
});

/** BMW takes the next request and says nothing; resolves when that has come. */
function hangOnce({ faults: { oauth } }: Simulator): Promise<void> {
  oauth.hang(1);
  return oauth.struck();
}
