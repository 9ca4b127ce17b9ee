import assert from "node:assert/strict";
import { containerManager, down, failWhen, isPost } from "../../helpers/container-manager.js";
import { refusal } from "../../helpers/rest.js";

describe("actions on containers", () => {
  it("list all of them", async () => {
    const { manager, bmw } = containerManager();
    bmw.addForeign(1);
    const id = bmw.add(["a"]);
    const listed = await manager.list();
    assert.deepEqual(
      listed.map(({ own }) => own),
      [false, true],
    );
    assert.equal(listed[1]?.id, id);
    assert.deepEqual(
      bmw.calls.map(({ budget }) => budget),
      ["manual"],
    );
  });

  it("delete one; the one in use is then forgotten", async () => {
    const { manager, bmw } = containerManager();
    const [foreign] = bmw.addForeign(1);
    const id = await manager.ensure("scheduled");
    await manager.delete(foreign ?? "");
    assert.equal(manager.state.container?.id, id);
    await manager.delete(id);
    assert.equal(manager.state.container, null);
    await manager.delete(id);
  });

  it("delete nothing without a proper id", async () => {
    const { manager, bmw } = containerManager();
    await assert.rejects(manager.delete("../mappings"), { code: "container_id_invalid" });
    assert.deepEqual(bmw.spent(), []);
  });

  it("keep the one in use when deleting it fails", async () => {
    const { manager, bmw } = containerManager();
    const id = await manager.ensure("scheduled");
    bmw.faults.fail = () => down;
    await assert.rejects(manager.delete(id), down);
    assert.equal(manager.state.container?.id, id);
  });

  it("delete ours that can be read, and no others", async () => {
    const { manager, bmw } = containerManager();
    const foreign = bmw.addForeign(2);
    const [stubborn, own] = [bmw.add(["a"]), bmw.add(["b"])];
    bmw.add(["c"], { state: "DELETED" });
    manager.setWanted(["b"]);
    assert.equal(await manager.ensure("scheduled"), own);
    bmw.faults.fail = failWhen(({ path }) => path.endsWith(stubborn), refusal("cu_500", 500, "CU-500"));
    assert.deepEqual(await manager.deleteOwn(), { deleted: [own], failed: [stubborn] });
    assert.deepEqual(bmw.active(), [...foreign, stubborn]);
    assert.equal(manager.state.container, null);
  });

  it("reset: a new one although the old one will do, then the old ones go", async () => {
    const { manager, bmw } = containerManager();
    const old = await manager.ensure("scheduled");
    bmw.spent();
    const { id, deleted, failed } = await manager.reset();
    assert.deepEqual(bmw.spent(), ["LIST", "POST 35", `DELETE ${old}`]);
    assert.deepEqual({ deleted, failed, active: bmw.active() }, { deleted: [old], failed: [], active: [id] });
    assert.equal(await manager.ensure("scheduled"), id);
  });

  it("reset with ten containers names the one that gave way", async () => {
    const { manager, bmw } = containerManager();
    bmw.addForeign(9);
    const old = await manager.ensure("scheduled");
    assert.deepEqual((await manager.reset()).deleted, [old]);
    assert.equal(bmw.spent().filter((call) => call.startsWith("DELETE")).length, 1);
  });

  it("keep the old one when a reset fails", async () => {
    const { manager, bmw } = containerManager();
    const id = await manager.ensure("scheduled");
    bmw.faults.fail = failWhen(isPost, down);
    await assert.rejects(manager.reset(), down);
    assert.equal(await manager.ensure("scheduled"), id);
    assert.deepEqual(bmw.active(), [id]);
  });

  it("never run at the same time as something else", async () => {
    const { manager, bmw } = containerManager();
    await Promise.all([manager.ensure("scheduled"), manager.reset(), manager.list(), manager.ensure("scheduled")]);
    assert.equal(bmw.active().length, 1);
    assert.equal(manager.state.container?.id, bmw.active()[0]);
  });
});
