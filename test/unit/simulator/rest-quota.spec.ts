import assert from "node:assert/strict";
import { codeOf, DAY, HOUR, MIDNIGHT, MINUTE, restBench } from "./rest-bench.js";

const PATH = "/customers/vehicles/mappings";

describe("simulated REST: quota", () => {
  it("gives 50 calls a day of every kind, then 403 with CU-429 until midnight UTC", async () => {
    const { call, clock, create } = restBench();
    await clock.advance(23 * HOUR);
    await create(["vehicle.isMoving"]);
    for (let calls = 1; calls < 50; calls++) assert.equal((await call(PATH)).status, 200);
    assert.equal(codeOf(await call(PATH)), "403 CU-429");
    await clock.advance(HOUR - 1);
    assert.equal(codeOf(await call(PATH)), "403 CU-429");
    await clock.advance(1);
    assert.equal((await call(PATH)).status, 200);
  });

  it("does not count what it refused for want of calls or of a login, but what it refused for a car", async () => {
    const { call, bmw } = restBench({ quotaWindow: "rolling-24h" });
    bmw.faults.burnQuota(48);
    assert.equal(codeOf(await call(PATH, { headers: {} })), "401 CU-100");
    assert.equal(codeOf(await call("/customers/vehicles/WBA9Z9Z90N7A00009/image")), "403 CU-104");
    assert.equal((await call(PATH)).status, 200);
    for (let refusals = 0; refusals < 3; refusals++) assert.equal(codeOf(await call(PATH)), "403 CU-429");
  });

  it("gives calls back one by one in a rolling window", async () => {
    const { call, clock, bmw } = restBench({ quotaWindow: "rolling-24h" });
    await clock.advance(20 * HOUR);
    await call(PATH);
    await clock.advance(HOUR);
    bmw.faults.burnQuota(49);
    assert.equal(codeOf(await call(PATH)), "403 CU-429");
    // Midnight changes nothing.
    await clock.advanceTo(MIDNIGHT + DAY + 20 * HOUR - MINUTE);
    assert.equal(codeOf(await call(PATH)), "403 CU-429");
    await clock.advance(MINUTE);
    assert.equal((await call(PATH)).status, 200);
    assert.equal(codeOf(await call(PATH)), "403 CU-429");
    await clock.advance(HOUR);
    assert.equal((await call(PATH)).status, 200);
  });

  it("burns calls of the present day only", async () => {
    const { call, clock, bmw } = restBench();
    bmw.faults.burnQuota(50);
    assert.equal(codeOf(await call(PATH)), "403 CU-429");
    await clock.advance(DAY);
    bmw.faults.burnQuota(49);
    assert.equal((await call(PATH)).status, 200);
    assert.equal(codeOf(await call(PATH)), "403 CU-429");
  });

  it("names no time to retry, unless a test wants one", async () => {
    const { call, bmw } = restBench();
    bmw.faults.burnQuota(50);
    assert.equal((await call(PATH)).headers["retry-after"], undefined);
    bmw.faults.retryAfter(3600);
    assert.equal((await call(PATH)).headers["retry-after"], "3600");
    bmw.faults.retryAfter(null);
    assert.equal((await call(PATH)).headers["retry-after"], undefined);
  });
});
