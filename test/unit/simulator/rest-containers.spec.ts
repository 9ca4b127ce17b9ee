import assert from "node:assert/strict";
import { codeOf, DAY, HOUR, restBench } from "./rest-bench.js";

const KEYS = ["vehicle.vehicle.travelledDistance", "vehicle.isMoving"];

describe("simulated REST: containers", () => {
  it("creates, lists without descriptors, and shows them in the details", async () => {
    const { create, listed, call } = restBench();
    const created = await create(KEYS);
    assert.equal(created.status, 201);
    const { containerId, technicalDescriptors } = created.body;
    assert.match(String(containerId), /^[A-Za-z0-9]{13}$/);
    assert.deepEqual(technicalDescriptors, KEYS);
    const [only] = await listed();
    assert.deepEqual(Object.keys(only ?? {}).sort(), ["containerId", "created", "name", "purpose", "state"]);
    assert.equal(only?.["state"], "ACTIVE");
    const details = await call(`/customers/containers/${String(containerId)}`);
    assert.deepEqual(details.body, created.body);
  });

  it("refuses an eleventh active container, whoever created the others", async () => {
    const { create, container, listed, remove, bmw } = restBench();
    const mine = await container(KEYS);
    const ids = bmw.faults.foreignContainers(9);
    assert.deepEqual(
      (await listed()).map(({ containerId }) => containerId),
      [mine, ...ids],
    );
    assert.equal(codeOf(await create(KEYS)), "403 CU-124");
    await remove(mine);
    assert.equal((await create(KEYS)).status, 201);
  });

  it("keeps deleted containers in the list for 29 days, and answers 208 to a second delete", async () => {
    const { container, listed, remove, clock } = restBench();
    const id = await container(KEYS);
    const deleted = await remove(id);
    assert.deepEqual([deleted.status, deleted.bytes.length], [204, 0]);
    assert.equal(codeOf(await remove(id)), "208 CU-122");
    await clock.advance(29 * DAY - HOUR);
    assert.deepEqual(
      (await listed()).map(({ containerId, state }) => [containerId, state]),
      [[id, "DELETED"]],
    );
    await clock.advance(HOUR);
    assert.deepEqual(await listed(), []);
    assert.equal((await remove(id)).status, 404);
  });

  it("distinguishes ids that are none from ids that are unknown", async () => {
    const { remove, call } = restBench();
    assert.equal(codeOf(await remove("short")), "400 CU-121");
    assert.equal(codeOf(await call("/customers/containers/ABC-EFGHIJKL1")), "400 CU-121");
    assert.equal(codeOf(await call("/customers/containers/ABCDEFGHIJKL1")), "403 CU-105");
    assert.equal((await remove("ABCDEFGHIJKL1")).status, 404);
  });

  it("refuses descriptors that it does not know, by option and by fault", async () => {
    const { create, bmw } = restBench({ rejectDescriptors: [KEYS[0]!] });
    assert.equal(codeOf(await create(KEYS)), "400 CU-402");
    assert.equal((await create(KEYS.slice(1))).status, 201);
    bmw.faults.rejectDescriptors([KEYS[1]!]);
    assert.equal(codeOf(await create(KEYS)), "400 CU-402");
    assert.equal((await create(KEYS.slice(0, 1))).status, 201);
  });

  it("refuses every new container while a test wants it so", async () => {
    const { create, bmw } = restBench();
    bmw.faults.refuseContainers(true);
    assert.equal(codeOf(await create(KEYS)), "403 CU-403");
    bmw.faults.refuseContainers(false);
    assert.equal((await create(KEYS)).status, 201);
  });

  it("refuses bodies that are no containers", async () => {
    const { call } = restBench();
    const bodies = ["", "{", "[]", '{"name":"n"}', '{"name":"n","purpose":"p","technicalDescriptors":[1]}'];
    for (const body of [...bodies, '{"name":"n","purpose":"p","technicalDescriptors":[]}'])
      assert.equal(codeOf(await call("/customers/containers", { method: "POST", body })), "400 CU-400", body);
  });

  it("invalidates the newest own container only, listed as deleted or as active", async () => {
    const { container, listed, bmw } = restBench();
    const [first, second] = [await container(KEYS), await container(KEYS)];
    bmw.faults.foreignContainers(1);
    const states = async () => (await listed()).map(({ containerId, state }) => [containerId, state]).slice(0, 2);
    bmw.faults.invalidateContainer("ACTIVE");
    assert.deepEqual(await states(), [
      [first, "ACTIVE"],
      [second, "ACTIVE"],
    ]);
    bmw.faults.invalidateContainer();
    assert.deepEqual(await states(), [
      [first, "DELETED"],
      [second, "ACTIVE"],
    ]);
  });
});
