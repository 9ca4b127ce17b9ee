import assert from "node:assert/strict";
import type { OngoingCharge } from "../../../src/polling/poll-candidate.js";
import { START, VIN } from "../../helpers/fakes.js";
import {
  runningScheduler,
  DAY,
  DONE,
  FAILED,
  HELD,
  HOUR,
  MINUTE,
  polledBefore,
  SECOND,
  setRequests,
  telematicRequest,
  type SchedulerSetting,
} from "./running-scheduler.js";

/** An hour after the last poll, with nothing else to come for hours. */
async function quiet(setting: Partial<SchedulerSetting> = {}) {
  const one = runningScheduler({ state: polledBefore(HOUR), ...setting });
  await one.clock.advanceTo(START + MINUTE);
  assert.deepEqual(one.jobs, []);
  return one;
}

function charge(changes: Partial<OngoingCharge> = {}): OngoingCharge {
  return { startedAt: START, phasesMissing: false, expectedEndAt: null, ...changes };
}

/** The times of all calls in minutes after the first minute, when things begin to happen in these tests. */
const minutes = (one: { times: () => number[] }) => one.times().map((time) => time / MINUTE - 1);

describe("the end of a trip", () => {
  it("is worth a poll at once", async () => {
    const one = await quiet();
    one.scheduler.triggered(VIN, "tripEnded");
    await one.clock.advance(HOUR);
    assert.deepEqual(one.jobs, [
      { at: START + MINUTE, job: { kind: "poll", vin: VIN, budget: "event", purposes: ["tripEnded"] } },
    ]);
  });

  it("is not if the user does not want that, or no automatic polls at all", async () => {
    const one = await quiet({ requests: [telematicRequest({ tripEndPoll: false })] });
    const other = await quiet({ requests: [] });
    for (const { scheduler } of [one, other]) scheduler.triggered(VIN, "tripEnded");
    for (const { clock } of [one, other]) await clock.advance(9 * HOUR);
    assert.deepEqual([...one.jobs, ...other.jobs], []);
    assert.deepEqual(other.states, []);
  });

  it("is not within the cooldown after a poll for any reason", async () => {
    const one = await quiet();
    one.scheduler.recordManualCall(VIN, "telematicData", true);
    await one.clock.advance(9 * MINUTE);
    one.scheduler.triggered(VIN, "tripEnded");
    await one.clock.advance(MINUTE);
    assert.deepEqual(one.jobs, []);
    one.scheduler.triggered(VIN, "tripEnded");
    await one.clock.advance(MINUTE);
    assert.deepEqual(minutes(one), [10]);
  });

  it("costs one poll each ten minutes at most, however often it comes, even while BMW fails", async () => {
    const one = await quiet({ run: () => FAILED });
    for (let round = 0; round < 20; round++) {
      one.scheduler.triggered(VIN, "tripEnded");
      await one.clock.advance(3 * MINUTE);
    }
    assert.deepEqual(minutes(one), [0, 15, 27, 42, 54]);
  });

  it("is kept over a restart", async () => {
    const one = await quiet({ opensAt: () => START + HOUR });
    one.scheduler.triggered(VIN, "tripEnded");
    one.scheduler.close();
    const other = runningScheduler({ simulated: one.clock, state: one.saved() });
    await other.clock.advance(MINUTE);
    assert.deepEqual(other.purposes(), ["tripEnded"]);
  });

  it("is kept while the nodes of a deploy are still coming", async () => {
    const one = runningScheduler({ state: polledBefore(HOUR), requests: [] });
    one.scheduler.triggered(VIN, "tripEnded");
    setRequests(one.scheduler, [telematicRequest()]);
    await one.clock.advance(MINUTE);
    assert.deepEqual(one.purposes(), ["tripEnded"]);
  });

  it("is no reason to ask for a car that BMW refuses", async () => {
    const one = await quiet();
    one.change({ access: "weekly", refusedAt: START });
    one.scheduler.triggered(VIN, "tripEnded");
    one.change({ access: "ok" });
    await one.clock.advance(HOUR);
    assert.deepEqual(one.jobs, []);
  });
});

describe("the end of a charge", () => {
  it("is worth a poll after a minute, when BMW's snapshot knows of it", async () => {
    const one = await quiet({ requests: [telematicRequest({ tripEndPoll: false })] });
    one.scheduler.triggered(VIN, "chargingEnded");
    await one.clock.advance(HOUR);
    assert.deepEqual(minutes(one), [1]);
    assert.deepEqual(one.purposes(), ["chargingEnded"]);
  });

  it("waits for the end of the cooldown", async () => {
    const one = await quiet();
    one.scheduler.recordManualCall(VIN, "telematicData", true);
    await one.clock.advance(3 * MINUTE);
    one.scheduler.triggered(VIN, "chargingEnded");
    await one.clock.advance(HOUR);
    assert.deepEqual(minutes(one), [10]);
  });

  it("needs no poll of its own if one comes late enough", async () => {
    const one = await quiet();
    one.scheduler.recordManualCall(VIN, "telematicData", true);
    await one.clock.advance(3 * MINUTE);
    one.scheduler.triggered(VIN, "chargingEnded");
    await one.clock.advance(2 * MINUTE);
    one.scheduler.recordManualCall(VIN, "telematicData", true);
    await one.clock.advance(HOUR);
    assert.deepEqual(one.jobs, []);
  });

  it("needs one if the other came before BMW could know", async () => {
    const one = await quiet();
    one.scheduler.triggered(VIN, "chargingEnded");
    await one.clock.advance(30 * SECOND);
    one.scheduler.recordManualCall(VIN, "telematicData", true);
    await one.clock.advance(HOUR);
    assert.deepEqual(minutes(one), [10.5]);
  });

  it("shares a poll with the end of a trip", async () => {
    const one = await quiet();
    one.scheduler.triggered(VIN, "chargingEnded");
    await one.clock.advance(MINUTE - SECOND);
    one.scheduler.triggered(VIN, "tripEnded");
    await one.clock.advance(HOUR);
    // The trip's poll was too early for the charge.
    assert.deepEqual(one.purposes(), ["tripEnded", "chargingEnded"]);
    const other = await quiet({ opensAt: (budget) => (budget === "event" ? START + 5 * MINUTE : null) });
    other.scheduler.triggered(VIN, "chargingEnded");
    other.scheduler.triggered(VIN, "tripEnded");
    await other.clock.advance(5 * MINUTE);
    other.world.opensAt = () => null;
    await other.clock.advance(HOUR);
    assert.deepEqual(other.purposes(), ["chargingEnded+tripEnded"]);
  });

  it("is answered by a scheduled poll, too", async () => {
    const opensAt = (budget: string) => (budget === "event" ? START + 2 * DAY : null);
    const one = await quiet({ opensAt, state: polledBefore(11 * HOUR) });
    one.scheduler.triggered(VIN, "chargingEnded");
    await one.clock.advance(2 * HOUR);
    assert.deepEqual(one.purposes(), ["schedule+chargingEnded"]);
    one.world.opensAt = () => null;
    one.scheduler.replan();
    await one.clock.advance(HOUR);
    assert.equal(one.jobs.length, 1);
  });
});

describe("the number of phases", () => {
  it("is asked for a minute after the charge began if it has not come", async () => {
    const one = await quiet();
    one.change({ charge: charge({ phasesMissing: true }) });
    one.scheduler.triggered(VIN, "chargingStarted");
    await one.clock.advance(HOUR);
    assert.deepEqual(minutes(one), [1]);
    assert.deepEqual(one.purposes(), ["phaseCount"]);
  });

  it("is asked for although the end of the trip was just polled", async () => {
    const one = await quiet();
    one.scheduler.triggered(VIN, "tripEnded");
    await one.clock.advance(2 * MINUTE);
    one.change({ charge: charge({ phasesMissing: true }) });
    one.scheduler.triggered(VIN, "chargingStarted");
    await one.clock.advance(HOUR);
    assert.deepEqual(one.purposes(), ["tripEnded", "phaseCount"]);
  });

  it("is not if it came within the minute, or the charge is over", async () => {
    for (const facts of [{ charge: charge() }, { charge: null }]) {
      const one = await quiet();
      one.change({ charge: charge({ phasesMissing: true }) });
      one.scheduler.triggered(VIN, "chargingStarted");
      await one.clock.advance(50 * SECOND);
      one.change(facts);
      await one.clock.advance(HOUR);
      assert.deepEqual(one.jobs, []);
    }
  });

  it("is asked for once an hour at most; a new charge cancels the question of the old one", async () => {
    const one = await quiet();
    one.change({ charge: charge({ phasesMissing: true }) });
    for (let round = 0; round < 10; round++) {
      one.scheduler.triggered(VIN, "chargingStarted");
      await one.clock.advance(30 * SECOND);
    }
    await one.clock.advance(10 * MINUTE);
    assert.deepEqual(minutes(one), [5.5]);
    one.scheduler.triggered(VIN, "chargingStarted");
    await one.clock.advance(50 * MINUTE);
    assert.equal(one.jobs.length, 1);
    one.scheduler.triggered(VIN, "chargingStarted");
    await one.clock.advance(10 * MINUTE);
    assert.equal(one.jobs.length, 2);
  });
});

describe("a charge that ought to be over", () => {
  const ending = charge({ expectedEndAt: START + 30 * MINUTE });

  it("is asked about when it ought to be over, once", async () => {
    const one = await quiet();
    one.change({ charge: ending });
    one.scheduler.replan();
    await one.clock.advance(5 * HOUR);
    assert.deepEqual(minutes(one), [29]);
    assert.deepEqual(one.purposes(), ["chargeOverdue"]);
  });

  it("is not asked about again after a restart", async () => {
    const one = await quiet();
    one.change({ charge: ending });
    await one.clock.advance(HOUR);
    const other = runningScheduler({ cars: one.world.cars, simulated: one.clock, state: one.saved() });
    await other.clock.advance(5 * HOUR);
    assert.equal(one.jobs.length, 1);
    assert.deepEqual(other.jobs, []);
  });

  it("is not asked about each hour while a clock that was set back has not reached its start", async () => {
    const one = await quiet();
    one.change({ charge: charge({ startedAt: START, expectedEndAt: START - DAY }) });
    one.scheduler.replan();
    await one.clock.advance(MINUTE);
    assert.equal(one.purposes().length, 1);
    one.clock.jump(-6 * HOUR);
    await one.clock.advance(5 * HOUR);
    assert.deepEqual(one.purposes(), ["chargeOverdue"]);
  });

  it("is not asked about if it ended in time", async () => {
    const one = await quiet();
    one.change({ charge: ending });
    one.scheduler.replan();
    await one.clock.advance(20 * MINUTE);
    one.change({ charge: null });
    await one.clock.advance(5 * HOUR);
    assert.deepEqual(one.jobs, []);
  });

  it("is asked about later if it is expected to take longer", async () => {
    const one = await quiet();
    one.change({ charge: ending });
    one.scheduler.replan();
    await one.clock.advance(20 * MINUTE);
    one.change({ charge: charge({ expectedEndAt: START + 90 * MINUTE }) });
    await one.clock.advance(5 * HOUR);
    assert.deepEqual(minutes(one), [89]);
  });

  it("is asked about once for each charge, an hour apart", async () => {
    const one = await quiet();
    one.change({ charge: ending });
    await one.clock.advance(30 * MINUTE);
    assert.equal(one.jobs.length, 1);
    const asked = one.jobs[0]?.at ?? 0;
    one.change({ charge: charge({ startedAt: one.clock.now(), expectedEndAt: one.clock.now() + MINUTE }) });
    one.scheduler.triggered(VIN, "chargingStarted");
    await one.clock.advance(5 * HOUR);
    assert.deepEqual(
      one.jobs.map(({ at }) => at - asked),
      [0, HOUR],
    );
  });

  it("is known as another one by the event, even if BMW dates its start back", async () => {
    const one = await quiet();
    one.change({ charge: ending });
    await one.clock.advance(2 * HOUR);
    one.scheduler.triggered(VIN, "chargingStarted");
    one.change({ charge: charge({ startedAt: START, expectedEndAt: one.clock.now() + HOUR }) });
    await one.clock.advance(5 * HOUR);
    assert.deepEqual(one.purposes(), ["chargeOverdue", "chargeOverdue"]);
  });

  it("is not asked about while BMW refuses the car", async () => {
    const one = await quiet();
    one.change({ charge: ending, access: "weekly", refusedAt: START });
    await one.clock.advance(5 * HOUR);
    assert.deepEqual(one.jobs, []);
  });

  it("is known as another one by its start if that was missed", async () => {
    const one = await quiet();
    one.change({ charge: ending });
    await one.clock.advance(2 * HOUR);
    one.change({ charge: charge({ startedAt: one.clock.now(), expectedEndAt: one.clock.now() + HOUR }) });
    await one.clock.advance(5 * HOUR);
    assert.deepEqual(one.purposes(), ["chargeOverdue", "chargeOverdue"]);
  });
});

describe("an event poll that brings nothing", () => {
  for (const [title, result] of [
    ["fails", FAILED],
    ["is held back", HELD],
  ] as const)
    it(`is tried once more a quarter of an hour later if it ${title}`, async () => {
      // A charge level over the stream keeps the schedule out of this.
      const one = await quiet({ run: () => result });
      one.change({ socAt: START });
      one.scheduler.triggered(VIN, "tripEnded");
      await one.clock.advance(11 * HOUR);
      assert.deepEqual(minutes(one), [0, 15]);
    });

  it("is tried again when its class opens, if that is later", async () => {
    const one = await quiet();
    one.world.run = () => {
      one.world.opensAt = () => (one.clock.now() < START + 5 * HOUR ? START + 5 * HOUR : null);
      return HELD;
    };
    one.scheduler.triggered(VIN, "chargingEnded");
    await one.clock.advance(2 * HOUR);
    one.world.run = () => DONE;
    await one.clock.advance(7 * HOUR);
    assert.deepEqual(minutes(one), [1, 299]);
  });

  it("is tried again for a charge that ought to be over", async () => {
    const one = await quiet({ run: () => FAILED });
    one.change({ socAt: START, charge: charge({ expectedEndAt: START + 2 * MINUTE }) });
    one.scheduler.replan();
    await one.clock.advance(8 * HOUR);
    assert.deepEqual(minutes(one), [1, 16]);
  });

  it("is not tried again for a charge that has ended, or for one before the present", async () => {
    for (const [what, facts] of [
      ["chargingEnded", null],
      ["chargingStarted", charge()],
    ] as const) {
      const one = await quiet({ run: () => FAILED });
      one.change({ socAt: START, charge: charge({ expectedEndAt: START + 2 * MINUTE }) });
      one.scheduler.replan();
      await one.clock.advance(2 * MINUTE);
      one.world.run = () => DONE;
      one.change({ charge: facts });
      one.scheduler.triggered(VIN, what);
      await one.clock.advance(8 * HOUR);
      assert.deepEqual(one.purposes(), what === "chargingEnded" ? ["chargeOverdue", what] : ["chargeOverdue"]);
    }
  });

  it("is not kept for a node that is gone", async () => {
    const one = await quiet({ opensAt: () => START + 4 * HOUR });
    one.scheduler.triggered(VIN, "tripEnded");
    setRequests(one.scheduler, []);
    await one.clock.advance(MINUTE);
    one.world.opensAt = () => null;
    setRequests(one.scheduler, [telematicRequest()]);
    await one.clock.advance(HOUR);
    assert.deepEqual(one.jobs, []);
  });

  it("is not tried again after a poll that worked", async () => {
    const one = await quiet({ run: () => FAILED });
    one.scheduler.triggered(VIN, "tripEnded");
    await one.clock.advance(5 * MINUTE);
    one.scheduler.recordManualCall(VIN, "telematicData", true);
    await one.clock.advance(8 * HOUR);
    assert.deepEqual(minutes(one), [0]);
  });
});

describe("event polls in quiet hours", () => {
  it("go out at their end, one for all", async () => {
    const hour = new Date(START).getHours();
    const quietHours = { from: hour * 60, to: ((hour + 3) % 24) * 60 };
    const end = new Date(START).setHours(hour + 3, 0, 0, 0);
    const one = await quiet({ requests: [telematicRequest({ quietHours })] });
    one.scheduler.triggered(VIN, "tripEnded");
    await one.clock.advance(HOUR);
    one.scheduler.triggered(VIN, "chargingEnded");
    await one.clock.advanceTo(end + HOUR);
    assert.deepEqual(one.purposes(), ["tripEnded+chargingEnded"]);
    assert.equal(one.jobs[0]?.at, end);
  });
});

describe("an event during a poll", () => {
  /** A poll for the end of a trip, during which `what` happens. */
  async function during(what: "tripEnded" | "chargingEnded") {
    let finish = (): void => undefined;
    const one = await quiet({
      run: () =>
        new Promise((resolve) => {
          finish = () => {
            resolve(DONE);
          };
        }),
    });
    one.scheduler.triggered(VIN, "tripEnded");
    await one.clock.advance(SECOND);
    one.scheduler.triggered(VIN, what);
    finish();
    one.world.run = () => DONE;
    await one.clock.advance(HOUR);
    return one;
  }

  it("is within its cooldown", async () => {
    assert.deepEqual(minutes(await during("tripEnded")), [0]);
  });

  it("is not answered by it", async () => {
    const one = await during("chargingEnded");
    assert.deepEqual(minutes(one), [0, 10]);
    assert.deepEqual(one.purposes(), ["tripEnded", "chargingEnded"]);
  });
});
