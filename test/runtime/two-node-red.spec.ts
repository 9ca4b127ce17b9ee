import assert from "node:assert/strict";
import { ACCOUNT } from "../helpers/flow.js";
import { eventually } from "../helpers/eventually.js";
import { RedAtWork } from "../helpers/red-at-work.js";
import { startSimulator, type Simulator } from "../simulator/index.js";

describe("two Node-RED on one user folder", () => {
  let simulator: Simulator;
  let first: RedAtWork;
  let second: RedAtWork;

  beforeEach(async () => (simulator = await startSimulator({ tick: 0, autoApprove: true })));
  afterEach(async () => {
    await Promise.all([first.red.stop(), second.red.stop()]);
    await simulator.stop();
  });

  for (const end of ["kill", "stop"] as const)
    it(`do not end each other's login, and the second takes over after a ${end} of the first`, async () => {
      const { work, userDir } = await RedAtWork.live(simulator);
      first = work;
      second = await RedAtWork.start({ userDir });
      await second.red.log("Another Node-RED");
      const { login, stream } = await second.status();
      assert.equal(login.problem?.code, "folder_in_use");
      assert.equal(stream.state, "off");
      const refresh = `/cardata/account/${ACCOUNT}/refresh`;
      const [mine, theirs] = await Promise.all([first.admin.post(refresh), second.admin.post(refresh)]);
      assert.deepEqual([mine.status, theirs.status], [200, 400]);
      await first.connected();

      await first.red[end]();
      await eventually("the takeover", async () => (await second.status()).login.state === "ok");
      await second.connected();
      assert.equal((await second.admin.post(refresh)).status, 200);
    });
});
