import assert from "node:assert/strict";
import { CORE_DESCRIPTORS, DEFAULT_DESCRIPTORS } from "../../../src/rest/containers/descriptor-sets.js";
import type { CarDataError } from "../../../src/support/errors.js";
import { type ErrorCode } from "../../../src/support/errors.js";
import { containerManager, down, failWhen, isDelete, isPost, STRANGE } from "../../helpers/container-manager.js";
import { refusal } from "../../helpers/rest.js";

const DAY_MS = 24 * 3600 * 1000;

describe("data container when ten are there", () => {
  it("takes the place of the oldest of ours", async () => {
    const { manager, bmw } = containerManager();
    const oldest = bmw.add(["x"]);
    const foreign = bmw.addForeign(8);
    const newer = bmw.add(["y"]);
    const id = await manager.ensure("scheduled");
    assert.deepEqual(bmw.spent(), [
      "LIST",
      `LOOK ${newer}`,
      `LOOK ${oldest}`,
      "POST 35",
      `DELETE ${oldest}`,
      "POST 35",
      `DELETE ${newer}`,
    ]);
    assert.deepEqual(bmw.active(), [...foreign, id]);
  });

  it("is an error that lists them when none is ours, and nothing is deleted", async () => {
    const { manager, bmw } = containerManager();
    const foreign = bmw.addForeign(9);
    const named = bmw.add([], { name: "n".repeat(50), purpose: "x", created: "2026-01-02T03:04:05Z" });
    bmw.add([], { state: "DELETED" });
    await assert.rejects(manager.ensure("scheduled"), (error: CarDataError) => {
      const list = String(error.params["list"]);
      assert.equal(error.code, "cu_124");
      assert.ok(list.startsWith(`${foreign[0] ?? ""} "Other" (2026-03-02), `));
      assert.ok(list.endsWith(`, ${named} "${"n".repeat(40)}" (2026-01-02)`));
      assert.equal(list.split(", ").length, 10);
      assert.equal((error.cause as { exveErrorId: string }).exveErrorId, "CU-124");
      return true;
    });
    assert.deepEqual(bmw.spent(), ["LIST", "POST 35"]);
    assert.equal(bmw.active().length, 10);
  });

  it("lists deleted ones when BMW counts these, and does without dates", async () => {
    const { manager, bmw } = containerManager();
    const id = bmw.add([], { state: "DELETED", created: "" });
    bmw.faults.fail = failWhen(isPost, refusal("cu_124", 403, "CU-124"));
    await assert.rejects(manager.ensure("scheduled"), { params: { list: `${id} "Node-RED BMW CarData" (?)` } });
  });

  it("gives up one of ours only, even if BMW still says that there are too many", async () => {
    const { manager, bmw } = containerManager();
    bmw.add(["x"]);
    bmw.add(["y"]);
    bmw.faults.fail = failWhen(isPost, refusal("cu_124", 403, "CU-124"));
    await assert.rejects(manager.ensure("scheduled"), { code: "cu_124" });
    assert.deepEqual(bmw.spent().slice(3), ["POST 35", "DELETE C000000000001", "POST 35"]);
  });

  it("fails as the deletion does, so that the true reason is reported", async () => {
    const { manager, bmw } = containerManager();
    bmw.add(["x"]);
    bmw.addForeign(9);
    bmw.faults.fail = failWhen(isDelete, down);
    await assert.rejects(manager.ensure("scheduled"), down);
  });

  it("forgets the one in use when that had to go for a new one that failed", async () => {
    const { manager, bmw } = containerManager();
    bmw.addForeign(9);
    await manager.ensure("scheduled");
    manager.setWanted([...DEFAULT_DESCRIPTORS, "a"]);
    bmw.faults.fail = (call) => (isPost(call) && bmw.active().length < 10 ? down : undefined);
    await assert.rejects(manager.ensure("scheduled"), down);
    assert.equal(manager.state.container, null);
  });
});

describe("data container of which BMW refuses a part", () => {
  const wanted = [...DEFAULT_DESCRIPTORS, STRANGE];
  const core = DEFAULT_DESCRIPTORS.filter((descriptor) => CORE_DESCRIPTORS.includes(descriptor));
  const dead = "vehicle.vehicle.avgAuxPower";

  async function reducedBy(...unknown: string[]) {
    const all = containerManager();
    all.manager.setWanted(wanted);
    for (const descriptor of unknown) all.bmw.faults.unknown.add(descriptor);
    const id = await all.manager.ensure("scheduled");
    return { ...all, id };
  }

  it("is made without what our catalogue does not know", async () => {
    const { manager, bmw, id, reduced } = await reducedBy(STRANGE);
    assert.deepEqual(bmw.spent(), ["LIST", "POST 36", "POST 35"]);
    assert.deepEqual(bmw.held(id), DEFAULT_DESCRIPTORS);
    assert.deepEqual(manager.state.container?.missing, [STRANGE]);
    assert.deepEqual(reduced, [[STRANGE]]);
  });

  it("is made of the core when that is refused as well", async () => {
    const { bmw, id, manager } = await reducedBy(STRANGE, dead);
    assert.deepEqual(bmw.spent(), ["LIST", "POST 36", "POST 35", "POST 15"]);
    assert.deepEqual(bmw.held(id), core);
    assert.equal(manager.state.container?.missing.length, 21);
  });

  it("is made smaller when it is too large for BMW (CU-403)", async () => {
    const { manager, bmw } = containerManager();
    bmw.faults.largest = 20;
    const id = await manager.ensure("scheduled");
    assert.deepEqual(bmw.spent(), ["LIST", "POST 35", "POST 15"]);
    assert.deepEqual(bmw.held(id), core);
  });

  it("leaves the last of three attempts to the core, and does not count on what it deleted", async () => {
    const { manager, bmw } = containerManager();
    manager.setWanted(wanted);
    for (const descriptor of [STRANGE, dead]) bmw.faults.unknown.add(descriptor);
    const own = bmw.add(core);
    let first = true;
    bmw.faults.fail = (call) => {
      if (!isPost(call) || !first) return undefined;
      first = false;
      return refusal("cu_124", 403, "CU-124");
    };
    assert.deepEqual(bmw.held(await manager.ensure("scheduled")), core);
    assert.deepEqual(bmw.spent(), ["LIST", `LOOK ${own}`, "POST 36", `DELETE ${own}`, "POST 36", "POST 15"]);
  });

  it("is remembered: no further attempt at each start", async () => {
    const { id, bmw, restarted, clock } = await reducedBy(STRANGE);
    bmw.spent();
    const { manager } = restarted();
    manager.setWanted(wanted);
    await clock.advance(7 * DAY_MS - 1);
    assert.equal(await manager.ensure("scheduled"), id);
    assert.deepEqual(bmw.spent(), []);
  });

  it("is tried again after a week, and kept if BMW still refuses", async () => {
    const { id, manager, bmw, clock } = await reducedBy(STRANGE);
    bmw.spent();
    await clock.advance(7 * DAY_MS);
    assert.deepEqual(bmw.spent(), [], "not by itself");
    assert.equal(await manager.ensure("scheduled"), id);
    assert.deepEqual(bmw.spent(), ["LIST", "POST 36"]);
    assert.equal(await manager.ensure("scheduled"), id);
    assert.deepEqual(bmw.spent(), []);
  });

  it("becomes complete after a week if BMW accepts it by then", async () => {
    const { id, manager, bmw, clock } = await reducedBy(STRANGE);
    bmw.spent();
    bmw.faults.unknown.clear();
    await clock.advance(7 * DAY_MS);
    const next = await manager.ensure("scheduled");
    assert.deepEqual(bmw.spent(), ["LIST", "POST 36", `DELETE ${id}`]);
    assert.deepEqual(bmw.held(next), wanted);
    assert.deepEqual(manager.state.container?.missing, []);
  });

  it("is tried again when more is wanted, at once", async () => {
    const { manager, bmw } = await reducedBy(STRANGE);
    bmw.spent();
    manager.setWanted([...wanted, "vehicle.new"]);
    const id = await manager.ensure("scheduled");
    assert.deepEqual(bmw.spent().slice(0, 3), ["LIST", "POST 37", "POST 36"]);
    assert.ok(bmw.held(id)?.includes("vehicle.new"));
  });

  it("is complete as soon as nobody wants the rest any more", async () => {
    const { id, manager, bmw, clock } = await reducedBy(STRANGE);
    bmw.spent();
    manager.setWanted(DEFAULT_DESCRIPTORS);
    await clock.advance(8 * DAY_MS);
    assert.equal(await manager.ensure("scheduled"), id);
    assert.deepEqual(bmw.spent(), []);
  });

  it("waits no longer than a week after the clock was wrong", async () => {
    const { manager, bmw, clock } = await reducedBy(STRANGE);
    bmw.spent();
    clock.jump(-365 * DAY_MS);
    await manager.ensure("scheduled");
    assert.equal(bmw.spent()[0], "LIST");
    await manager.ensure("scheduled");
    assert.deepEqual(bmw.spent(), []);
  });

  it("stays in use when the addition is refused", async () => {
    const { manager, bmw, notices } = containerManager();
    manager.setWanted(["a"]);
    const id = await manager.ensure("scheduled");
    bmw.spent();
    bmw.faults.largest = 1;
    manager.setWanted(["a", "b"]);
    assert.equal(await manager.ensure("scheduled"), id);
    assert.equal(await manager.ensure("scheduled"), id);
    assert.deepEqual(bmw.spent(), ["LIST", "POST 2"]);
    assert.deepEqual(
      notices.map(({ code }) => code),
      ["cu_403"],
    );
  });
});

describe("data container for which there is no room", () => {
  async function full() {
    const all = containerManager();
    all.bmw.addForeign(10);
    await assert.rejects(all.manager.ensure("scheduled"), { code: "cu_124" });
    all.bmw.spent();
    return all;
  }

  it("is not asked for again for a day, whoever asks, not even after a restart, and the list is given", async () => {
    const { bmw, restarted, clock } = await full();
    const { manager } = restarted();
    await clock.advance(DAY_MS - 1);
    for (const budget of ["scheduled", "event", "manual"] as const)
      await assert.rejects(manager.ensure(budget), (error: CarDataError) => {
        assert.equal(error.code, "cu_124");
        assert.equal(error.message.match(/"Other"/g)?.length, 10);
        assert.match(error.message, /on 2026-03-02 06:00 UTC .* from 2026-03-03 06:00 UTC on.*msg\.force/);
        return true;
      });
    assert.deepEqual(bmw.spent(), []);
    await clock.advance(1);
    await assert.rejects(manager.ensure("scheduled"), { code: "cu_124" });
    assert.equal(bmw.spent().length, 2);
  });

  it("is asked for at once by force, as somebody may have made room elsewhere", async () => {
    const { manager, bmw } = await full();
    bmw.containers.pop();
    const id = await manager.ensure("manual", { force: true });
    assert.equal(await manager.ensure("scheduled"), id);
  });

  it("is asked for at once when a container was deleted here", async () => {
    const { manager, bmw } = await full();
    await manager.delete(bmw.containers[0]?.containerId ?? "");
    assert.match(await manager.ensure("scheduled"), /^\w{13}$/);
  });
});

describe("data container that BMW refuses in every size", () => {
  async function refusedAll(code: ErrorCode) {
    const all = containerManager();
    if (code === "cu_403") all.bmw.faults.largest = 0;
    else for (const descriptor of DEFAULT_DESCRIPTORS) all.bmw.faults.unknown.add(descriptor);
    await assert.rejects(all.manager.ensure("scheduled"), { code });
    assert.deepEqual(all.bmw.spent(), ["LIST", "POST 35", "POST 15"]);
    return all;
  }

  for (const code of ["cu_403", "cu_402"] as const)
    it(`is not asked for again for a day (${code}), not even after a restart`, async () => {
      const { bmw, restarted, clock } = await refusedAll(code);
      const { manager } = restarted();
      await clock.advance(DAY_MS - 1);
      for (const budget of ["scheduled", "manual"] as const)
        await assert.rejects(manager.ensure(budget), (error: CarDataError) => {
          assert.deepEqual([error.code, error.known?.until], [code, "2026-03-03 06:00 UTC"]);
          assert.equal((error.cause as { retryAt: string }).retryAt, "2026-03-03T06:00:00.000Z");
          return true;
        });
      assert.deepEqual(bmw.spent(), []);
      await clock.advance(1);
      await assert.rejects(manager.ensure("scheduled"), { code });
      assert.equal(bmw.spent().length, 3);
    });

  it("is asked for at once with other descriptors if it was for these (CU-402)", async () => {
    const { manager, bmw } = await refusedAll("cu_402");
    manager.setWanted(["a"]);
    assert.deepEqual(bmw.held(await manager.ensure("scheduled")), ["a"]);
  });

  it("is not asked for with other descriptors if it was for the account (CU-403)", async () => {
    const { manager, bmw } = await refusedAll("cu_403");
    manager.setWanted(["a"]);
    await assert.rejects(manager.ensure("scheduled"), { code: "cu_403" });
    assert.deepEqual(bmw.spent(), []);
  });

  it("is asked for again by a reset with force, which ends the wait", async () => {
    const { manager, bmw } = await refusedAll("cu_403");
    bmw.faults.largest = Infinity;
    await assert.rejects(manager.reset(), { code: "cu_403" });
    assert.deepEqual(bmw.spent(), []);
    const { id } = await manager.reset({ force: true });
    assert.equal(await manager.ensure("scheduled"), id);
    assert.equal(manager.state.refused, null);
  });

  it("waits no longer than a day after the clock was wrong", async () => {
    const { manager, bmw, clock } = await refusedAll("cu_403");
    clock.jump(-365 * DAY_MS);
    await assert.rejects(manager.ensure("scheduled"), { code: "cu_403" });
    assert.equal(bmw.spent().length, 3);
  });
});
