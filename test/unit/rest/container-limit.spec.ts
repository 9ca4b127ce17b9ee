import assert from "node:assert/strict";
import { DEFAULT_DESCRIPTORS } from "../../../src/rest/containers/descriptors.js";
import { containerKeeper, down, failWhen, isPost } from "../../helpers/container-manager.js";
import { START } from "../../helpers/fakes.js";
import { refusal } from "../../helpers/rest.js";

const HOUR_MS = 3600 * 1000;
const DAY_MS = 24 * HOUR_MS;

describe("limit of new containers", () => {
  async function lose({ keeper, bmw }: ReturnType<typeof containerKeeper>): Promise<string> {
    bmw.containers.length = 0;
    const { container } = keeper.state;
    return container === null ? keeper.ensure("scheduled") : keeper.replace(container.id, "scheduled");
  }

  it("is three an hour, without a call beyond", async () => {
    const all = containerKeeper();
    for (let made = 0; made < 3; made++) {
      await lose(all);
      await all.clock.advance(10 * 60_000);
    }
    all.bmw.spent();
    await assert.rejects(lose(all), {
      code: "containers_limit",
      params: { count: 3, time: "07:00 UTC" },
      cause: { retryAt: "2026-03-02T07:00:00.000Z" },
    });
    assert.deepEqual(all.bmw.spent(), []);
    await all.clock.advanceTo(START + HOUR_MS);
    await lose(all);
  });

  it("is ten a day, over restarts", async () => {
    let all = containerKeeper();
    for (let made = 0; made < 10; made++) {
      await lose(all);
      await all.clock.advance(HOUR_MS);
      all = all.restarted();
    }
    await assert.rejects(lose(all), { code: "containers_limit", params: { count: 10, time: "06:00 UTC" } });
    await all.clock.advanceTo(START + DAY_MS);
    await lose(all);
    assert.equal(all.keeper.state.creations.length, 10);
  });

  it("holds for a reset, too", async () => {
    const { keeper } = containerKeeper();
    for (let made = 0; made < 3; made++) await keeper.reset();
    await assert.rejects(keeper.reset(), { code: "containers_limit" });
  });

  it("counts what may have been made, not what BMW refused", async () => {
    const { keeper, bmw } = containerKeeper();
    bmw.faults.fail = failWhen(isPost, refusal("cu_500", 500, "CU-500"));
    for (let tries = 0; tries < 4; tries++) await assert.rejects(keeper.ensure("scheduled"), { code: "cu_500" });
    bmw.faults.fail = failWhen(isPost, down);
    for (let tries = 0; tries < 3; tries++) await assert.rejects(keeper.ensure("scheduled"), down);
    await assert.rejects(keeper.ensure("scheduled"), { code: "containers_limit" });
  });

  it("does not hold for ever after the clock was wrong", async () => {
    const all = containerKeeper();
    for (let made = 0; made < 3; made++) await lose(all);
    all.clock.jump(-365 * DAY_MS);
    await lose(all);
  });

  it("leaves the container in use alone", async () => {
    const all = containerKeeper();
    let id = "";
    for (let made = 0; made < 3; made++) id = await lose(all);
    all.keeper.setWanted([...DEFAULT_DESCRIPTORS, "a"]);
    assert.equal(await all.keeper.ensure("scheduled"), id);
    assert.deepEqual(
      all.notices.map(({ code }) => code),
      ["containers_limit"],
    );
  });
});
