import assert from "node:assert/strict";
import { DEFAULT_DESCRIPTORS } from "../../../src/rest/containers/descriptor-sets.js";
import { CarDataError } from "../../../src/support/errors.js";
import { settle } from "../../../src/support/simulated-clock.js";
import { containerManager, down, failWhen, isDelete, isPost } from "../../helpers/container-manager.js";
import { refusal } from "../../helpers/rest.js";

const HOUR_MS = 3600 * 1000;
const DAY_MS = 24 * HOUR_MS;

describe("data container", () => {
  it("is made once and then used without a call, after a restart too", async () => {
    const { manager, bmw, restarted, states } = containerManager();
    const id = await manager.ensure("scheduled");
    assert.deepEqual(bmw.spent(), ["LIST", "POST 35"]);
    assert.deepEqual(bmw.held(id), DEFAULT_DESCRIPTORS);
    assert.equal(states.at(-1), manager.state);
    assert.equal(await manager.ensure("scheduled"), id);
    assert.equal(await restarted().manager.ensure("scheduled"), id);
    assert.deepEqual(bmw.spent(), []);
  });

  it("is paid for by who asks", async () => {
    const { manager, bmw } = containerManager();
    await manager.ensure("event");
    assert.deepEqual(
      bmw.calls.map(({ budget }) => budget),
      ["event", "event"],
    );
  });

  it("is made by one of many who ask at once", async () => {
    const { manager, bmw } = containerManager();
    const ids = await Promise.all(Array.from({ length: 20 }, () => manager.ensure("scheduled")));
    assert.equal(new Set(ids).size, 1);
    assert.deepEqual(bmw.spent(), ["LIST", "POST 35"]);
  });

  it("fails for all who ask at once, with one attempt", async () => {
    const { manager, bmw } = containerManager();
    bmw.faults.fail = () => down;
    const outcomes = await Promise.allSettled([manager.ensure("scheduled"), manager.ensure("manual")]);
    assert.deepEqual(
      outcomes.map(({ status }) => status),
      ["rejected", "rejected"],
    );
    assert.equal(bmw.spent().length, 1);
  });

  it("is made for a person although the share of automatic calls, just tried, is used up", async () => {
    const { manager, bmw } = containerManager();
    const held = new CarDataError("quota_share_used", { time: "00:00 UTC" });
    bmw.faults.fail = failWhen(({ budget }) => budget === "scheduled", held);
    const [automatic, manual] = await Promise.allSettled([manager.ensure("scheduled"), manager.ensure("manual")]);
    assert.equal(automatic.status, "rejected");
    assert.equal(manual.status, "fulfilled");
  });

  it("waits until all nodes have said what they want", async () => {
    const { manager, bmw, nodes, release } = containerManager();
    nodes.settled = false;
    manager.setWanted(["a"]);
    const id = manager.ensure("scheduled");
    await settle();
    assert.deepEqual(bmw.spent(), []);
    manager.setWanted(["a", "b", "b"]);
    release();
    assert.deepEqual(bmw.held(await id), ["a", "b"]);
  });

  it("needs no call when it turns out that all is there", async () => {
    const first = containerManager();
    first.manager.setWanted(["a"]);
    const id = await first.manager.ensure("scheduled");
    first.bmw.spent();
    const { manager, bmw, nodes, release } = first.restarted();
    nodes.settled = false;
    const ensured = manager.ensure("scheduled");
    await settle();
    manager.setWanted(["a"]);
    release();
    assert.equal(await ensured, id);
    assert.deepEqual(bmw.spent(), []);
  });

  it("holds the usual descriptors where nobody chooses", () => {
    const { manager } = containerManager();
    manager.setWanted(["a", "a"]);
    assert.deepEqual(manager.wanted, ["a"]);
    manager.setWanted([]);
    assert.equal(manager.wanted, DEFAULT_DESCRIPTORS);
  });
});

describe("data container of which something else is wanted", () => {
  async function withContainer(wanted: string[]) {
    const all = containerManager();
    all.manager.setWanted(wanted);
    const id = await all.manager.ensure("scheduled");
    all.bmw.spent();
    return { ...all, id };
  }

  it("is renewed for additions: the new one first, then the old one goes", async () => {
    const { manager, bmw, id } = await withContainer(["a"]);
    manager.setWanted(["a", "b"]);
    const next = await manager.ensure("scheduled");
    assert.deepEqual(bmw.spent(), ["LIST", "POST 2", `DELETE ${id}`]);
    assert.deepEqual(bmw.active(), [next]);
  });

  it("stays when less is wanted, and when that comes back", async () => {
    const { manager, bmw, id } = await withContainer(["a", "b"]);
    for (const wanted of [["a"], ["b"], ["b", "a"]]) {
      manager.setWanted(wanted);
      assert.equal(await manager.ensure("scheduled"), id);
    }
    assert.deepEqual(bmw.spent(), []);
  });

  for (const failure of [down, refusal("cu_500", 500, "CU-500"), new CarDataError("cu_429", { time: "00:00 UTC" })])
    it(`stays in use when the renewal fails with ${failure.code}, which is reported once`, async () => {
      const { manager, bmw, id, notices, clock } = await withContainer(["a"]);
      manager.setWanted(["a", "b"]);
      bmw.faults.fail = failWhen(isPost, failure);
      assert.equal(await manager.ensure("scheduled"), id);
      assert.equal(await manager.ensure("scheduled"), id);
      assert.deepEqual(notices, [failure.problem]);
      assert.deepEqual(bmw.active(), [id]);
      bmw.faults.fail = () => undefined;
      // A container that a lost answer may have made counts for an hour.
      await clock.advance(HOUR_MS);
      assert.notEqual(await manager.ensure("scheduled"), id);
    });

  it("is an error when the account is closed meanwhile", async () => {
    const { manager, bmw } = await withContainer(["a"]);
    manager.setWanted(["a", "b"]);
    bmw.faults.fail = () => new CarDataError("rest_aborted");
    await assert.rejects(manager.ensure("scheduled"), { code: "rest_aborted" });
  });

  it("reports when an old one cannot be deleted, and goes on", async () => {
    const { manager, bmw, id, notices } = await withContainer(["a"]);
    manager.setWanted(["a", "b"]);
    const failure = refusal("cu_500", 500, "CU-500");
    bmw.faults.fail = failWhen(isDelete, failure);
    const next = await manager.ensure("scheduled");
    assert.deepEqual(bmw.active(), [id, next]);
    assert.deepEqual(notices, [failure.problem]);
    assert.equal(await manager.ensure("scheduled"), next);
  });

  it("reports the same again when it was well in between", async () => {
    const { manager, bmw, notices } = await withContainer(["a"]);
    const failure = refusal("cu_500", 500, "CU-500");
    for (const descriptor of ["b", "c"]) {
      manager.setWanted(["a", descriptor]);
      bmw.faults.fail = failWhen(isPost, failure);
      await manager.ensure("scheduled");
      bmw.faults.fail = () => undefined;
      await manager.ensure("scheduled");
    }
    assert.equal(notices.length, 2);
  });

  it("is forgotten when BMW's list no longer has it", async () => {
    const { manager, bmw } = await withContainer(["a"]);
    manager.setWanted(["a", "b"]);
    bmw.containers.length = 0;
    bmw.faults.fail = failWhen(isPost, down);
    await assert.rejects(manager.ensure("scheduled"), down);
    assert.equal(manager.state.container, null);
  });
});

describe("data container that was forgotten", () => {
  const wanting = (descriptors: string[]) => {
    const all = containerManager();
    all.manager.setWanted(descriptors);
    return all;
  };

  it("is found again by what it holds", async () => {
    const { manager, bmw } = wanting(["a", "b"]);
    bmw.add(["a", "b"]);
    const id = bmw.add(["b", "a"]);
    assert.equal(await manager.ensure("scheduled"), id);
    assert.deepEqual(bmw.spent(), ["LIST", `LOOK ${id}`]);
    assert.equal(await manager.ensure("scheduled"), id);
    assert.deepEqual(bmw.spent(), []);
  });

  it("may hold more; one that holds exactly what is wanted goes before", async () => {
    const { manager, bmw } = wanting(["a", "b"]);
    const exact = bmw.add(["a", "b"]);
    const more = bmw.add(["a", "b", "c"]);
    assert.equal(await manager.ensure("scheduled"), exact);
    assert.deepEqual(bmw.spent(), ["LIST", `LOOK ${more}`, `LOOK ${exact}`]);
    assert.equal(bmw.active().length, 2);
  });

  it("serves all that it holds without a new one", async () => {
    const { manager, bmw } = wanting(["a"]);
    const id = bmw.add(["a", "b"]);
    assert.equal(await manager.ensure("scheduled"), id);
    manager.setWanted(["a", "b"]);
    bmw.spent();
    assert.equal(await manager.ensure("scheduled"), id);
    assert.deepEqual(bmw.spent(), []);
  });

  it("is looked for in the two newest only; then all of ours make room for a new one", async () => {
    const { manager, bmw } = wanting(["a"]);
    const [oldest, older, newer] = [bmw.add(["a"]), bmw.add(["x"]), bmw.add(["y"])];
    const id = await manager.ensure("scheduled");
    assert.deepEqual(bmw.spent(), [
      "LIST",
      `LOOK ${newer}`,
      `LOOK ${older}`,
      "POST 1",
      `DELETE ${newer}`,
      `DELETE ${older}`,
      `DELETE ${oldest}`,
    ]);
    assert.deepEqual(bmw.active(), [id]);
  });

  it("is the oldest when it has no date", async () => {
    const { manager, bmw } = wanting(["a"]);
    const undated = bmw.add(["x"], { created: "" });
    const [older, newer] = [bmw.add(["y"]), bmw.add(["z"])];
    await manager.ensure("scheduled");
    assert.deepEqual(bmw.spent().slice(1, 3), [`LOOK ${newer}`, `LOOK ${older}`]);
    assert.ok(!bmw.active().includes(undated));
  });

  it("is not one of another program, nor a deleted one", async () => {
    const { manager, bmw } = wanting(["a"]);
    const other = bmw.add(["a"], { name: "BMW CarData HV Battery", purpose: "High voltage battery telemetry" });
    bmw.add(["a"], { purpose: "Other" });
    bmw.add(["a"], { state: "DELETED" });
    await manager.ensure("scheduled");
    assert.deepEqual(bmw.spent(), ["LIST", "POST 1"]);
    assert.ok(bmw.active().includes(other));
  });

  for (const [title, failure] of [
    ["is refused", refusal("cu_105", 403, "CU-105")],
    ["is gone", refusal("rest_unexpected", 404)],
    ["cannot be understood", new CarDataError("rest_invalid_response")],
  ] as const)
    it(`is looked for in the next one when a look ${title}`, async () => {
      const { manager, bmw } = wanting(["a"]);
      const good = bmw.add(["a"]);
      const bad = bmw.add(["a"]);
      bmw.faults.fail = failWhen(({ path }) => path.endsWith(bad), failure);
      assert.equal(await manager.ensure("scheduled"), good);
    });

  it("is not replaced when a look fails for another reason", async () => {
    const { manager, bmw } = wanting(["a"]);
    const id = bmw.add(["a"]);
    bmw.faults.fail = failWhen(({ path }) => path.endsWith(id), down);
    await assert.rejects(manager.ensure("scheduled"), down);
    assert.deepEqual(bmw.active(), [id]);
  });

  it("is found again when only the answer to its creation was lost", async () => {
    const { manager, bmw } = wanting(["a"]);
    bmw.faults.failAfter = failWhen(isPost, down);
    await assert.rejects(manager.ensure("scheduled"), down);
    bmw.faults.failAfter = () => undefined;
    assert.equal(await manager.ensure("scheduled"), bmw.active()[0]);
    assert.equal(bmw.active().length, 1);
  });
});

describe("data container that can no longer be read", () => {
  it("is made anew in two calls when it is gone", async () => {
    const { manager, bmw } = containerManager();
    const id = await manager.ensure("scheduled");
    bmw.containers.length = 0;
    bmw.spent();
    const next = await manager.replace(id, "scheduled");
    assert.notEqual(next, id);
    assert.deepEqual(bmw.spent(), ["LIST", "POST 35"]);
  });

  it("is made anew although BMW lists it, once a day", async () => {
    const { manager, bmw, clock } = containerManager();
    const id = await manager.ensure("scheduled");
    bmw.spent();
    const next = await manager.replace(id, "scheduled");
    assert.deepEqual(bmw.spent(), ["LIST", "POST 35", `DELETE ${id}`]);
    assert.equal(await manager.replace(next, "scheduled"), next);
    assert.deepEqual(bmw.spent(), ["LIST"]);
    await clock.advance(DAY_MS);
    assert.notEqual(await manager.replace(next, "scheduled"), next);
  });

  it("is replaced once for all cars that found out", async () => {
    const { manager, bmw } = containerManager();
    const id = await manager.ensure("scheduled");
    bmw.containers.length = 0;
    bmw.spent();
    const ids = await Promise.all([manager.replace(id, "scheduled"), manager.replace(id, "event")]);
    assert.equal(new Set(ids).size, 1);
    assert.equal(await manager.replace(id, "scheduled"), ids[0]);
    assert.deepEqual(bmw.spent(), ["LIST", "POST 35"]);
  });

  it("is not used again when the list fails", async () => {
    const { manager, bmw } = containerManager();
    const id = await manager.ensure("scheduled");
    bmw.faults.fail = () => down;
    await assert.rejects(manager.replace(id, "scheduled"), down);
    bmw.faults.fail = () => undefined;
    assert.notEqual(await manager.ensure("scheduled"), id);
  });
});
