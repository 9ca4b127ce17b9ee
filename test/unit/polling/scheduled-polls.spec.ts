import assert from "node:assert/strict";
import { OTHER_VIN, START, VIN } from "../../helpers/fakes.js";
import {
  runningScheduler,
  car,
  DAY,
  FAILED,
  HOUR,
  MINUTE,
  polledBefore,
  REFUSED,
  SECOND,
  setRequests,
  SETTLED,
  telematicRequest,
  type SchedulerSetting,
} from "./running-scheduler.js";

const dense = telematicRequest({ schedule: "dense" });

/** The times of all calls within `ms`, in milliseconds after the start. */
async function timesOf(setting: Partial<SchedulerSetting>, ms: number): Promise<number[]> {
  const one = runningScheduler(setting);
  await one.clock.advance(ms);
  return one.times();
}

describe("scheduled polls", () => {
  it("are none without a request", async () => {
    assert.deepEqual(await timesOf({ requests: [] }, 10 * DAY), []);
    assert.deepEqual(await timesOf({ requests: [telematicRequest({ vin: OTHER_VIN })] }, 10 * DAY), []);
  });

  it("are none before the scheduler is started", async () => {
    const one = runningScheduler({ requests: [] });
    one.scheduler.close();
    setRequests(one.scheduler, [telematicRequest()]);
    await one.clock.advance(DAY);
    assert.deepEqual(one.jobs, []);
  });

  it("begin at once for a car that was never polled, when the nodes have settled", async () => {
    const one = runningScheduler();
    await one.clock.advance(9 * SECOND);
    setRequests(one.scheduler, [telematicRequest(), telematicRequest({ node: "n0" })]);
    await one.clock.advance(9 * SECOND);
    assert.deepEqual(one.jobs, []);
    await one.clock.advance(SECOND);
    assert.deepEqual(one.jobs, [
      { at: START + 19 * SECOND, job: { kind: "poll", vin: VIN, budget: "scheduled", purposes: ["schedule"] } },
    ]);
  });

  it("cost nothing after a restart unless one is due", async () => {
    assert.deepEqual(await timesOf({ state: polledBefore(2 * HOUR) }, 10 * HOUR - SECOND), []);
    assert.deepEqual(await timesOf({ state: polledBefore(13 * HOUR) }, MINUTE), [10 * SECOND]);
  });

  describe("as a fallback", () => {
    it("come 12 hours after the last success", async () => {
      assert.deepEqual(await timesOf({ state: polledBefore(2 * HOUR) }, DAY), [10 * HOUR, 22 * HOUR]);
    });

    it("wait for 12 hours without a charge level over the stream", async () => {
      const cars = [car({ socAt: START - HOUR })];
      assert.deepEqual(await timesOf({ cars }, 12 * HOUR), [11 * HOUR]);
      assert.deepEqual(await timesOf({ cars, state: polledBefore(20 * HOUR) }, 12 * HOUR), [11 * HOUR]);
    });

    it("notice a charge level that came meanwhile", async () => {
      const one = runningScheduler({ state: polledBefore(2 * HOUR) });
      await one.clock.advance(9 * HOUR);
      one.change({ socAt: one.clock.now() });
      await one.clock.advance(DAY - 9 * HOUR);
      assert.deepEqual(one.times(), [21 * HOUR]);
    });

    it("do not wait for a charge level of tomorrow", async () => {
      const cars = [car({ socAt: START + DAY })];
      assert.deepEqual(await timesOf({ cars }, HOUR), [10 * SECOND]);
    });

    it("count a poll that a person asked for", async () => {
      const one = runningScheduler({ state: polledBefore(11 * HOUR) });
      await one.clock.advance(30 * MINUTE);
      one.scheduler.recordManualCall(VIN, "telematicData", true);
      await one.clock.advance(20 * HOUR);
      assert.deepEqual(one.times(), [12.5 * HOUR]);
    });
  });

  describe("of the dense schedule", () => {
    it("come as often as the quota allows, whatever the stream brings", async () => {
      const cars = [car({ socAt: START })];
      const times = await timesOf({ cars, requests: [dense] }, DAY);
      assert.equal(times.length, 24);
      assert.equal((times[1] ?? 0) - (times[0] ?? 0), HOUR);
    });

    it("share the quota between cars", async () => {
      const one = runningScheduler({ cars: [car(), car({ vin: OTHER_VIN })], requests: [dense] });
      await one.clock.advance(DAY);
      assert.equal(one.jobs.filter(({ job }) => job.vin === VIN).length, 12);
      assert.equal(one.jobs.filter(({ job }) => job.vin === OTHER_VIN).length, 12);
    });

    it("keep the shortest interval that the user wants", async () => {
      const requests = [telematicRequest({ schedule: "dense", minIntervalMs: 5 * HOUR })];
      assert.deepEqual(await timesOf({ requests, state: polledBefore(0) }, 11 * HOUR), [5 * HOUR, 10 * HOUR]);
    });

    for (const [fraction, interval] of [
      [0, 0.95 * HOUR],
      [0.999_999_999, 1.05 * HOUR],
    ] as const)
      it(`vary by 5 % at most: ${interval / MINUTE} minutes`, async () => {
        const random = { bytes: (count: number) => Buffer.alloc(count), fraction: () => fraction };
        const [first = 0, second = 0] = await timesOf({ requests: [dense], random }, 2 * HOUR);
        assert.ok(Math.abs(second - first - interval) <= 1);
      });

    it("keep the varied time over a restart", async () => {
      const random = { bytes: (count: number) => Buffer.alloc(count), fraction: () => 0 };
      const one = runningScheduler({ requests: [dense], random });
      await one.clock.advance(MINUTE);
      const next = one.scheduler.nextFor("n1");
      const other = runningScheduler({ requests: [dense], state: one.saved() });
      await other.clock.advance(MINUTE);
      assert.equal(other.scheduler.nextFor("n1"), next);
    });
  });

  describe("of cars without data", () => {
    it("come once a day while another car has some", async () => {
      const one = runningScheduler({ cars: [car(), car({ vin: OTHER_VIN, real: false })], requests: [dense] });
      await one.clock.advance(2 * DAY);
      assert.equal(one.jobs.filter(({ job }) => job.vin === OTHER_VIN).length, 2);
      assert.equal(one.jobs.filter(({ job }) => job.vin === VIN).length, 48);
    });

    it("come as usual if there is no other", async () => {
      assert.equal((await timesOf({ cars: [car({ real: false })], requests: [dense] }, DAY)).length, 24);
    });
  });

  describe("of cars that BMW refuses", () => {
    it("come once, a week after the refusal", async () => {
      const cars = [car({ access: "weekly", refusedAt: START - 3 * DAY })];
      assert.deepEqual(await timesOf({ cars, requests: [dense] }, 10 * DAY), [4 * DAY]);
    });

    it("cost the others nothing: one wasted call a week", async () => {
      const one = runningScheduler({ cars: [car({ vin: OTHER_VIN }), car()], requests: [dense] });
      one.world.run = ({ vin }, at) => {
        if (vin !== OTHER_VIN) return { outcome: "done" };
        one.change({ access: "weekly", refusedAt: at });
        return REFUSED;
      };
      await one.clock.advance(22 * DAY);
      assert.equal(one.jobs.filter(({ job }) => job.vin === OTHER_VIN).length, 4);
      assert.equal(one.jobs.filter(({ job }) => job.vin === VIN).length, 22 * 12);
    });

    it("are tried once a week even if the answer is no refusal", async () => {
      const cars = [car({ access: "weekly", refusedAt: START - 7 * DAY })];
      assert.deepEqual(await timesOf({ cars, run: () => FAILED }, 8 * DAY), [10 * SECOND, 7 * DAY + 10 * SECOND]);
    });

    it("never come if there is no way to read the car", async () => {
      assert.deepEqual(await timesOf({ cars: [car({ access: "never" })], requests: [dense] }, 30 * DAY), []);
    });
  });

  describe("after failures", () => {
    it("come after 15, 30, 60 ... 360 minutes, for that car alone", async () => {
      const one = runningScheduler({ cars: [car(), car({ vin: OTHER_VIN })] });
      one.world.run = ({ vin }) => (vin === VIN ? FAILED : { outcome: "done" });
      await one.clock.advance(30 * HOUR);
      const times = one.jobs.filter(({ job }) => job.vin === VIN).map(({ at }) => at);
      const waits = times.slice(1).map((at, index) => (at - (times[index] ?? 0)) / MINUTE);
      assert.deepEqual(waits, [15, 30, 60, 120, 240, 360, 360, 360]);
      assert.equal(one.jobs.filter(({ job }) => job.vin === OTHER_VIN).length, 3);
    });

    it("come as usual once one has worked", async () => {
      const one = runningScheduler({ run: () => FAILED, requests: [dense] });
      await one.clock.advance(20 * MINUTE);
      one.world.run = () => ({ outcome: "done" });
      await one.clock.advance(2 * HOUR);
      assert.deepEqual(
        one.times().map((at) => at - 10 * SECOND),
        [0, 15 * MINUTE, 45 * MINUTE, 105 * MINUTE],
      );
    });

    it("do not wait longer because a person tried, too", async () => {
      const one = runningScheduler({ state: polledBefore(11 * HOUR) });
      await one.clock.advance(59 * MINUTE);
      for (let press = 0; press < 5; press++) one.scheduler.recordManualCall(VIN, "telematicData", false);
      await one.clock.advance(HOUR);
      assert.deepEqual(one.times(), [74 * MINUTE]);
    });

    it("remember the failures over a restart", async () => {
      const one = runningScheduler({ run: () => FAILED });
      await one.clock.advance(HOUR);
      assert.equal(one.jobs.length, 3);
      const other = runningScheduler({ simulated: one.clock, state: one.saved() });
      await other.clock.advanceTo(SETTLED + 105 * MINUTE - SECOND);
      assert.deepEqual(other.jobs, []);
      await other.clock.advance(SECOND);
      assert.equal(other.jobs.length, 1);
    });
  });

  describe("in quiet hours", () => {
    const hour = new Date(START).getHours();
    const quietHours = { from: hour * 60, to: ((hour + 3) % 24) * 60 };
    const end = new Date(START).setHours(hour + 3, 0, 0, 0) - START;

    it("wait for their end", async () => {
      const requests = [telematicRequest({ schedule: "dense", quietHours })];
      const one = runningScheduler({ requests });
      await one.clock.advance(MINUTE);
      assert.equal(one.scheduler.nextFor("n1"), START + end);
      await one.clock.advance(end + 30 * MINUTE);
      assert.deepEqual(one.times(), [end]);
    });
  });

  it("are reported to the responsible node when they change", async () => {
    const one = runningScheduler({ requests: [telematicRequest({ node: "n5" }), telematicRequest({ node: "n3" })] });
    assert.equal(one.scheduler.nextFor("n3"), null);
    await one.clock.advance(MINUTE);
    assert.equal(one.scheduler.nextFor("n3"), SETTLED + 12 * HOUR);
    assert.equal(one.scheduler.nextFor("n5"), null);
    const changes = one.changes();
    await one.clock.advance(6 * HOUR);
    assert.equal(one.changes(), changes);
    setRequests(one.scheduler, [telematicRequest({ node: "n5" })]);
    assert.equal(one.scheduler.nextFor("n3"), SETTLED + 12 * HOUR);
    await one.clock.advance(MINUTE);
    assert.equal(one.scheduler.nextFor("n3"), null);
    assert.equal(one.scheduler.nextFor("n5"), SETTLED + 12 * HOUR);
    assert.equal(one.changes(), changes + 1);
  });

  it("take what the classes leave: the car that waited longest goes first", async () => {
    const vins = [VIN, OTHER_VIN, "WBY1Z2C30N7A00003"];
    const one = runningScheduler({ cars: vins.map((vin) => car({ vin })), requests: [dense] });
    let used = 0;
    const opens = () => (used < 2 ? null : START + Math.ceil((one.clock.now() - START + 1) / (6 * HOUR)) * 6 * HOUR);
    one.world.opensAt = opens;
    one.world.run = () => {
      used++;
      return new Promise((resolve) => {
        one.clock.after(SECOND, () => {
          resolve({ outcome: "done" });
        });
      });
    };
    for (let round = 0; round < 3; round++) {
      used = 0;
      one.scheduler.replan();
      await one.clock.advance(6 * HOUR);
    }
    assert.deepEqual(
      one.jobs.map(({ job }) => vins.indexOf(job.vin)),
      [0, 1, 2, 0, 1, 2],
    );
  });
});
