import assert from "node:assert/strict";
import { DEFAULT_DESCRIPTORS } from "../../../src/rest/containers/descriptor-sets.js";
import { containerManager, down, failWhen, isPost } from "../../helpers/container-manager.js";
import { START } from "../../helpers/fakes.js";
import { refusal } from "../../helpers/rest.js";

const HOUR_MS = 3600 * 1000;
const DAY_MS = 24 * HOUR_MS;

describe("limit of new containers", () => {
  async function lose({ manager, bmw }: ReturnType<typeof containerManager>): Promise<string> {
    bmw.containers.length = 0;
    const { container } = manager.state;
    return container === null ? manager.ensure("scheduled") : manager.replace(container.id, "scheduled");
  }

  it("is three an hour, without a call beyond", async () => {
    const all = containerManager();
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
    let all = containerManager();
    for (let made = 0; made < 10; made++) {
      await lose(all);
      await all.clock.advance(HOUR_MS);
      all = all.restarted();
    }
    await assert.rejects(lose(all), { code: "containers_limit", params: { count: 10, time: "06:00 UTC" } });
    await all.clock.advanceTo(START + DAY_MS);
    await lose(all);
    assert.equal(all.manager.state.creations.length, 10);
  });

  it("holds for a reset, too", async () => {
    const { manager } = containerManager();
    for (let made = 0; made < 3; made++) await manager.reset();
    await assert.rejects(manager.reset(), { code: "containers_limit" });
  });

  it("counts what may have been made, not what BMW refused", async () => {
    const { manager, bmw } = containerManager();
    bmw.faults.fail = failWhen(isPost, refusal("cu_500", 500, "CU-500"));
    for (let tries = 0; tries < 4; tries++) await assert.rejects(manager.ensure("scheduled"), { code: "cu_500" });
    bmw.faults.fail = failWhen(isPost, down);
    for (let tries = 0; tries < 3; tries++) await assert.rejects(manager.ensure("scheduled"), down);
    await assert.rejects(manager.ensure("scheduled"), { code: "containers_limit" });
  });

  it("does not hold for ever after the clock was wrong", async () => {
    const all = containerManager();
    for (let made = 0; made < 3; made++) await lose(all);
    all.clock.jump(-365 * DAY_MS);
    await lose(all);
  });

  it("leaves the container in use alone", async () => {
    const all = containerManager();
    let id = "";
    for (let made = 0; made < 3; made++) id = await lose(all);
    all.manager.setWanted([...DEFAULT_DESCRIPTORS, "a"]);
    assert.equal(await all.manager.ensure("scheduled"), id);
    assert.deepEqual(
      all.notices.map(({ code }) => code),
      ["containers_limit"],
    );
  });
});
