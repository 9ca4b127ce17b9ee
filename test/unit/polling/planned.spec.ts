import assert from "node:assert/strict";
import { OTHER_VIN, VIN } from "../../helpers/fakes.js";
import { car, daily, DAY, HOUR, runningScheduler, telematicRequest } from "./running-scheduler.js";

describe("the calls that are planned", () => {
  it("are told ahead, the soonest first, with what they are for", async () => {
    const cars = [car(), car({ vin: OTHER_VIN })];
    const one = runningScheduler({ cars, requests: [telematicRequest(), daily("chargingHistory")] });
    await one.clock.advance(HOUR);
    const { planned } = one.scheduler;
    assert.equal(planned.length, 4);
    assert.ok(planned.every(({ at }, index) => at >= (planned[index - 1]?.at ?? one.clock.now())));
    assert.deepEqual(new Set(planned.map(({ job }) => job.vin)), new Set([VIN, OTHER_VIN]));
    assert.equal(planned.filter(({ job }) => job.kind === "daily").length, 2);
    const [next] = planned;
    one.jobs.length = 0;
    await one.clock.advanceTo(next?.at ?? 0);
    assert.deepEqual(one.jobs[0]?.job, next?.job);
  });

  it("are told anew when one of them changes that is not the next of its node", async () => {
    const cars = [car(), car({ vin: OTHER_VIN })];
    const one = runningScheduler({ cars });
    await one.clock.advance(HOUR);
    const [before, changes] = [one.scheduler.planned, one.changes()];
    const later = before.at(-1)?.job.vin ?? "";
    one.scheduler.triggered(later, "chargingEnded");
    assert.notDeepEqual(one.scheduler.planned, before);
    assert.ok(one.changes() > changes);
  });

  it("are none without a node that wants any", async () => {
    const one = runningScheduler({ requests: [] });
    await one.clock.advance(DAY);
    assert.deepEqual(one.scheduler.planned, []);
  });
});
