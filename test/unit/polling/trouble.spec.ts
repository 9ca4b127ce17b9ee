import assert from "node:assert/strict";
import type { AutomaticBudget } from "../../../src/polling/job.js";
import type { JobResult } from "../../../src/polling/scheduler.js";
import { OTHER_VIN, START, VIN } from "../../helpers/fakes.js";
import {
  runningScheduler,
  car,
  daily,
  DAY,
  DONE,
  FAILED,
  HELD,
  HOUR,
  MINUTE,
  polledBefore,
  SECOND,
  setRequests,
  SETTLED,
  telematicRequest,
} from "./running-scheduler.js";

const dense = telematicRequest({ schedule: "dense" });

describe("a class of calls that must wait", () => {
  it("goes when it opens, and not before", async () => {
    const opens = START + 5 * HOUR;
    const one = runningScheduler({ opensAt: () => opens });
    await one.clock.advanceTo(opens - SECOND);
    assert.deepEqual(one.jobs, []);
    assert.equal(one.scheduler.nextFor("n1"), opens);
    one.world.opensAt = () => null;
    await one.clock.advance(SECOND);
    assert.equal(one.jobs.length, 1);
  });

  it("goes at once when the quota opens earlier", async () => {
    const one = runningScheduler({ opensAt: () => START + DAY });
    await one.clock.advance(HOUR);
    one.world.opensAt = () => null;
    one.scheduler.replan();
    await one.clock.advance(SECOND);
    assert.deepEqual(one.times(), [HOUR]);
  });

  it("does not hold back the others", async () => {
    const opensAt = (budget: AutomaticBudget) => (budget === "scheduled" ? START + DAY : null);
    const one = runningScheduler({ opensAt, requests: [dense, daily("tyreDiagnosis")] });
    one.scheduler.triggered(VIN, "tripEnded");
    await one.clock.advance(DAY - HOUR);
    assert.deepEqual(new Set(one.purposes()), new Set(["tripEnded", "tyreDiagnosis"]));
  });
});

describe("a poll that was held back", () => {
  it("is tried again after 15 minutes, and did not count as one", async () => {
    const one = runningScheduler({ run: () => HELD });
    await one.clock.advance(46 * MINUTE);
    assert.deepEqual(
      one.times().map((at) => at - 10 * SECOND),
      [0, 15 * MINUTE, 30 * MINUTE, 45 * MINUTE],
    );
    assert.equal(one.saved().cars[VIN]?.lastAttempt, null);
    assert.equal(one.saved().cars[VIN]?.failures, 0);
  });

  it("is tried again when its class opens, at once if it is let earlier", async () => {
    const one = runningScheduler();
    one.world.run = () => {
      one.world.opensAt = () => START + 3 * HOUR;
      return HELD;
    };
    await one.clock.advance(HOUR);
    one.world.run = () => DONE;
    one.world.opensAt = () => null;
    one.scheduler.replan();
    await one.clock.advance(DAY / 3);
    assert.deepEqual(one.times(), [10 * SECOND, HOUR]);
  });

  it("waits no longer than its class", async () => {
    const one = runningScheduler();
    one.world.run = () => {
      one.world.opensAt = () => (one.clock.now() < START + 5 * MINUTE ? START + 5 * MINUTE : null);
      one.world.run = () => DONE;
      return HELD;
    };
    await one.clock.advance(HOUR);
    assert.deepEqual(one.times(), [10 * SECOND, 5 * MINUTE]);
  });

  it("keeps what a person fetched meanwhile", async () => {
    const one = runningScheduler({ state: polledBefore(13 * HOUR) });
    one.world.run = () => {
      one.clock.jump(SECOND);
      one.scheduler.recordManualCall(VIN, "telematicData", true);
      return HELD;
    };
    await one.clock.advance(11 * HOUR);
    assert.equal(one.jobs.length, 1);
    assert.equal(one.saved().cars[VIN]?.lastAttempt, SETTLED + SECOND);
  });
});

describe("jobs", () => {
  it("are never two at once, and each one's result counts", async () => {
    let running = 0;
    let most = 0;
    const one = runningScheduler({
      cars: [car(), car({ vin: OTHER_VIN })],
      requests: [dense, daily("tyreDiagnosis"), daily("chargingHistory")],
    });
    one.world.run = () => {
      most = Math.max(most, ++running);
      return new Promise((resolve) => {
        one.clock.after(20 * SECOND, () => {
          running--;
          resolve(DONE);
        });
      });
    };
    for (let hour = 0; hour < 24; hour++) {
      one.scheduler.triggered(VIN, "tripEnded");
      one.scheduler.triggered(OTHER_VIN, "chargingEnded");
      one.scheduler.replan();
      await one.clock.advance(HOUR);
    }
    assert.equal(most, 1);
    assert.ok(one.jobs.length > 40);
  });

  it("that throw have failed, and are reported", async () => {
    const error = new Error("unexpected");
    const one = runningScheduler({ run: () => Promise.reject(error) });
    await one.clock.advance(20 * MINUTE);
    assert.deepEqual(one.times(), [10 * SECOND, 15 * MINUTE + 10 * SECOND]);
    assert.deepEqual(one.faults, [error, error]);
  });

  it("that hang are given up after 5 minutes; what they say later does not count", async () => {
    let finish: (result: JobResult) => void = () => undefined;
    const one = runningScheduler({ cars: [car(), car({ vin: OTHER_VIN })] });
    one.world.run = ({ vin }) => (vin === VIN ? new Promise((resolve) => (finish = resolve)) : DONE);
    await one.clock.advance(6 * MINUTE);
    assert.deepEqual(
      one.jobs.map(({ at, job }) => [at - SETTLED, job.vin]),
      [
        [0, VIN],
        [5 * MINUTE, OTHER_VIN],
      ],
    );
    finish(DONE);
    await one.clock.advance(MINUTE);
    assert.equal(one.saved().cars[VIN]?.lastSuccess, null);
    assert.equal(one.saved().cars[VIN]?.failures, 1);
  });

  it("count as failed if the process dies meanwhile: no repetition at every start", async () => {
    const hanging = { run: () => new Promise<JobResult>(() => undefined) };
    const one = runningScheduler(hanging);
    await one.clock.advance(MINUTE);
    const other = runningScheduler({ simulated: one.clock, state: one.saved(), ...hanging });
    await other.clock.advance(10 * MINUTE);
    assert.deepEqual(other.jobs, []);
    await other.clock.advance(5 * MINUTE);
    assert.equal(other.jobs.length, 1);
  });
});

describe("a scheduler that is closed", () => {
  it("has no timer left, whether it waited or worked", async () => {
    const waiting = runningScheduler();
    await waiting.clock.advance(HOUR);
    const working = runningScheduler({ run: () => new Promise<JobResult>(() => undefined) });
    await working.clock.advance(HOUR / 60);
    const settling = runningScheduler();
    for (const { scheduler, clock } of [waiting, working, settling]) {
      assert.notEqual(clock.nextAt(), null);
      scheduler.close();
      assert.equal(clock.nextAt(), null);
    }
  });

  it("ignores results and events that come later", async () => {
    let finish: (result: JobResult) => void = () => undefined;
    const one = runningScheduler({ run: () => new Promise((resolve) => (finish = resolve)) });
    await one.clock.advance(MINUTE);
    one.scheduler.close();
    const reported = [one.states.length, one.changes()];
    finish(DONE);
    await one.clock.advance(MINUTE);
    one.scheduler.triggered(VIN, "tripEnded");
    one.scheduler.recordManualCall(VIN, "telematicData", true);
    setRequests(one.scheduler, [dense]);
    one.scheduler.start();
    one.scheduler.replan();
    await one.clock.advance(DAY);
    assert.deepEqual([one.states.length, one.changes()], reported);
    assert.equal(one.jobs.length, 1);
  });
});

describe("callbacks that throw", () => {
  it("are reported and do not stop the schedule", async () => {
    const one = runningScheduler({ requests: [dense] });
    let broken = true;
    const fail = () => {
      if (broken) throw new Error("broken callback");
    };
    one.world.opensAt = () => {
      fail();
      return null;
    };
    await one.clock.advance(HOUR);
    assert.deepEqual(one.jobs, []);
    assert.ok(one.faults.length > 1);
    broken = false;
    await one.clock.advance(HOUR);
    assert.ok(one.jobs.length > 0);
  });

  it("keep nothing from being done if they only listen", async () => {
    const onChange = () => {
      throw new Error("broken listener");
    };
    const one = runningScheduler({ requests: [dense], onChange });
    await one.clock.advance(DAY);
    assert.equal(one.jobs.length, 24);
    assert.ok(one.faults.length > 0);
  });

  it("may close the scheduler, or give it other requests, at any time", async () => {
    const closing = runningScheduler();
    closing.world.onChange = () => {
      closing.scheduler.close();
    };
    await closing.clock.advance(HOUR);
    assert.deepEqual(closing.jobs, []);
    assert.equal(closing.clock.nextAt(), null);
    const changing = runningScheduler();
    changing.world.onChange = () => {
      if (changing.changes() === 1) setRequests(changing.scheduler, [dense]);
    };
    await changing.clock.advance(HOUR);
    assert.deepEqual(changing.times(), [20 * SECOND]);
    const sleeping = runningScheduler({ state: polledBefore(2 * HOUR) });
    sleeping.world.onChange = () => {
      if (sleeping.changes() === 1) setRequests(sleeping.scheduler, [dense]);
    };
    await sleeping.clock.advance(MINUTE);
    assert.deepEqual(sleeping.times(), [20 * SECOND]);
  });
});

describe("shares for the account", () => {
  it("follow the requests and the cars", () => {
    const one = runningScheduler({ requests: [dense, daily("chargingHistory", { pages: 3 })] });
    assert.deepEqual(one.scheduler.shares(), { scheduled: 21, event: 14, daily: 3 });
    setRequests(one.scheduler, []);
    assert.deepEqual(one.scheduler.shares(), { scheduled: 0, event: 0, daily: 0 });
  });
});

describe("a car that BMW refuses although its data do not show it", () => {
  it("is not asked more often than one that fails", async () => {
    const one = runningScheduler({ run: () => ({ outcome: "refused", code: "cu_104" }), requests: [dense] });
    const other = runningScheduler({ run: () => FAILED, requests: [dense] });
    for (const { clock } of [one, other]) await clock.advance(DAY);
    assert.deepEqual(one.times(), other.times());
  });
});
