import assert from "node:assert/strict";
import { containerKeeper, down, failWhen, isPost } from "../../helpers/container-manager.js";
import { refusal } from "../../helpers/rest.js";

describe("actions on containers", () => {
  it("list all of them", async () => {
    const { keeper, bmw } = containerKeeper();
    bmw.addForeign(1);
    const id = bmw.add(["a"]);
    const listed = await keeper.list();
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
    const { keeper, bmw } = containerKeeper();
    const [foreign] = bmw.addForeign(1);
    const id = await keeper.ensure("scheduled");
    await keeper.delete(foreign ?? "");
    assert.equal(keeper.state.container?.id, id);
    await keeper.delete(id);
    assert.equal(keeper.state.container, null);
    await keeper.delete(id);
  });

  it("delete nothing without a proper id", async () => {
    const { keeper, bmw } = containerKeeper();
    await assert.rejects(keeper.delete("../mappings"), { code: "container_id_invalid" });
    assert.deepEqual(bmw.spent(), []);
  });

  it("keep the one in use when deleting it fails", async () => {
    const { keeper, bmw } = containerKeeper();
    const id = await keeper.ensure("scheduled");
    bmw.faults.fail = () => down;
    await assert.rejects(keeper.delete(id), down);
    assert.equal(keeper.state.container?.id, id);
  });

  it("delete ours that can be read, and no others", async () => {
    const { keeper, bmw } = containerKeeper();
    const foreign = bmw.addForeign(2);
    const [stubborn, own] = [bmw.add(["a"]), bmw.add(["b"])];
    bmw.add(["c"], { state: "DELETED" });
    keeper.setWanted(["b"]);
    assert.equal(await keeper.ensure("scheduled"), own);
    bmw.faults.fail = failWhen(({ path }) => path.endsWith(stubborn), refusal("cu_500", 500, "CU-500"));
    assert.deepEqual(await keeper.deleteOwn(), { deleted: [own], failed: [stubborn] });
    assert.deepEqual(bmw.active(), [...foreign, stubborn]);
    assert.equal(keeper.state.container, null);
  });

  it("reset: a new one although the old one will do, then the old ones go", async () => {
    const { keeper, bmw } = containerKeeper();
    const old = await keeper.ensure("scheduled");
    bmw.spent();
    const { id, deleted, failed } = await keeper.reset();
    assert.deepEqual(bmw.spent(), ["LIST", "POST 35", `DELETE ${old}`]);
    assert.deepEqual({ deleted, failed, active: bmw.active() }, { deleted: [old], failed: [], active: [id] });
    assert.equal(await keeper.ensure("scheduled"), id);
  });

  it("reset with ten containers names the one that gave way", async () => {
    const { keeper, bmw } = containerKeeper();
    bmw.addForeign(9);
    const old = await keeper.ensure("scheduled");
    assert.deepEqual((await keeper.reset()).deleted, [old]);
    assert.equal(bmw.spent().filter((call) => call.startsWith("DELETE")).length, 1);
  });

  it("keep the old one when a reset fails", async () => {
    const { keeper, bmw } = containerKeeper();
    const id = await keeper.ensure("scheduled");
    bmw.faults.fail = failWhen(isPost, down);
    await assert.rejects(keeper.reset(), down);
    assert.equal(await keeper.ensure("scheduled"), id);
    assert.deepEqual(bmw.active(), [id]);
  });

  it("never run at the same time as something else", async () => {
    const { keeper, bmw } = containerKeeper();
    await Promise.all([keeper.ensure("scheduled"), keeper.reset(), keeper.list(), keeper.ensure("scheduled")]);
    assert.equal(bmw.active().length, 1);
    assert.equal(keeper.state.container?.id, bmw.active()[0]);
  });
});
