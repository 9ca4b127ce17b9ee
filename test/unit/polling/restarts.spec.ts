import assert from "node:assert/strict";
import { OTHER_VIN, START, VIN } from "../../helpers/fakes.js";
import {
  runningScheduler,
  car,
  daily,
  DAY,
  FAILED,
  HOUR,
  MINUTE,
  polledBefore,
  SECOND,
  telematicRequest,
  type SchedulerSetting,
} from "./running-scheduler.js";

const DAYS = 30;

/** Counts the calls of each kind in 30 days of a small life, with a restart every `restartEvery` milliseconds. */
async function callsOfAMonth(
  setting: Partial<SchedulerSetting>,
  restartEvery: number | null,
): Promise<Record<string, number>> {
  const cars = [car(), car({ vin: OTHER_VIN })];
  let one = runningScheduler({ cars, ...setting });
  const counts: Record<string, number> = {};
  const restart = () => {
    for (const kind of one.purposes()) counts[kind] = (counts[kind] ?? 0) + 1;
    one.scheduler.close();
    one = runningScheduler({ cars: one.world.cars, ...setting, simulated: one.clock, state: one.saved() });
  };
  for (let hour = 0; hour < DAYS * 24; hour++) {
    await one.clock.advance(HOUR / 2);
    if (hour % 31 === 2) one.scheduler.triggered(VIN, "tripEnded");
    if (hour % 17 === 9) one.scheduler.triggered(OTHER_VIN, "chargingEnded");
    await one.clock.advance(HOUR / 2);
    if (restartEvery !== null && (hour + 1) % (restartEvery / HOUR) === 0) restart();
  }
  restart();
  return counts;
}

describe("30 days with a restart every hour", () => {
  for (const [title, setting] of [
    ["as a fallback", { requests: [telematicRequest()] }],
    ["of the dense schedule", { requests: [telematicRequest({ schedule: "dense" })] }],
    ["with daily features", { requests: [telematicRequest(), daily("chargingHistory"), daily("tyreDiagnosis")] }],
    ["while BMW fails", { requests: [telematicRequest(), daily("tyreDiagnosis")], run: () => FAILED }],
  ] as const)
    it(`cost as many calls as without one, ${title}`, async () => {
      const settled = await callsOfAMonth({ ...setting, requests: [...setting.requests] }, null);
      const restarted = await callsOfAMonth({ ...setting, requests: [...setting.requests] }, HOUR);
      assert.ok((settled["tripEnded"] ?? 0) > 10 && (settled["chargingEnded"] ?? 0) > 10, JSON.stringify(settled));
      assert.deepEqual(restarted, settled);
    });
});

describe("50 redeploys in an hour", () => {
  it("cost no call", async () => {
    let one = runningScheduler({ state: polledBefore(HOUR) });
    const requests = [telematicRequest({ schedule: "dense", minIntervalMs: 3 * HOUR })];
    let calls = 0;
    for (let redeploy = 0; redeploy < 50; redeploy++) {
      await one.clock.advance(72 * SECOND);
      calls += one.jobs.length;
      one.scheduler.close();
      one = runningScheduler({ requests, simulated: one.clock, state: one.saved() });
    }
    assert.equal(calls, 0);
  });
});

describe("a clock that is set", () => {
  for (const [title, request, interval] of [
    ["as a fallback", telematicRequest(), 12 * HOUR],
    ["of the dense schedule", telematicRequest({ schedule: "dense" }), HOUR],
  ] as const)
    for (const jump of [-DAY, -365 * DAY, DAY, -10 * MINUTE])
      it(`by ${jump / HOUR} hours delays no poll by more than its interval, ${title}`, async () => {
        const one = runningScheduler({ requests: [request] });
        await one.clock.advance(interval / 3);
        assert.equal(one.jobs.length, 1);
        one.clock.jump(jump);
        const set = one.clock.now();
        await one.clock.advance(interval);
        assert.equal(one.jobs.length, 2);
        const next = one.jobs.at(-1)?.at ?? 0;
        assert.ok(next <= set + interval);
        // And then the usual pace.
        await one.clock.advanceTo(next + 3 * interval);
        assert.equal(one.jobs.length, 5);
      });

  it("back by a day keeps no poll waiting after a restart", async () => {
    const one = runningScheduler({ state: polledBefore(-DAY) });
    await one.clock.advance(12 * HOUR + 10 * SECOND);
    assert.equal(one.jobs.length, 1);
  });

  it("back by a year costs a daily feature no day", async () => {
    const one = runningScheduler({ requests: [daily("tyreDiagnosis")] });
    await one.clock.advance(3 * DAY);
    const before = one.jobs.length;
    one.clock.jump(-365 * DAY);
    await one.clock.advance(DAY);
    assert.ok(one.jobs.length > before);
    const after = one.jobs.length;
    await one.clock.advance(10 * DAY);
    assert.equal(one.jobs.length, after + 10);
  });

  it("a little does not repeat a daily feature", async () => {
    const one = runningScheduler({ requests: [daily("tyreDiagnosis")] });
    while (one.jobs.length === 0) await one.clock.advance(MINUTE);
    one.clock.jump(-2 * MINUTE);
    one.scheduler.replan();
    await one.clock.advance(20 * MINUTE);
    assert.equal(one.jobs.length, 1);
  });

  for (const [title, before, wait, again] of [
    ["no retry of an event poll", { happened: "tripEnded", fails: true }, 16 * MINUTE, "tripEnded"],
    ["no event poll", { happened: "chargingEnded", fails: false }, 11 * MINUTE, "chargingEnded"],
  ] as const)
    it(`back by a day delays ${title} by more than its wait`, async () => {
      const one = runningScheduler({ state: polledBefore(HOUR), ...(before.fails && { run: () => FAILED }) });
      await one.clock.advance(MINUTE);
      one.scheduler.triggered(VIN, before.happened);
      one.clock.jump(-DAY);
      one.world.run = () => ({ outcome: "done" });
      await one.clock.advance(wait);
      assert.equal(one.purposes().at(-1), again);
      assert.equal(one.saved().cars[VIN]?.failures, 0);
    });

  it("back by a day delays no poll after a failure by more than its wait", async () => {
    const one = runningScheduler({ run: () => FAILED });
    await one.clock.advance(MINUTE);
    one.clock.jump(-DAY);
    await one.clock.advance(15 * MINUTE);
    assert.equal(one.jobs.length, 2);
  });

  it("back by a day delays no retry of a daily feature by more than its wait", async () => {
    const one = runningScheduler({ requests: [daily("tyreDiagnosis")], run: () => FAILED });
    while (one.jobs.length === 0) await one.clock.advance(MINUTE);
    one.clock.jump(-DAY);
    await one.clock.advance(HOUR);
    assert.equal(one.jobs.length, 2);
  });

  it("back by a day asks for phases no sooner, and about a charge that ought to be over no later", async () => {
    const charge = { startedAt: START - HOUR, phasesMissing: true, expectedEndAt: START + 5 * MINUTE };
    const one = runningScheduler({ cars: [car({ charge })], state: polledBefore(HOUR) });
    one.scheduler.triggered(VIN, "chargingStarted");
    await one.clock.advance(10 * MINUTE);
    assert.deepEqual(one.purposes(), ["phaseCount", "chargeOverdue"]);
    one.clock.jump(-DAY);
    one.scheduler.triggered(VIN, "chargingStarted");
    one.change({ charge: { ...charge, startedAt: one.clock.now(), expectedEndAt: one.clock.now() + 10 * MINUTE } });
    await one.clock.advance(59 * MINUTE);
    assert.equal(one.jobs.length, 2);
    await one.clock.advance(MINUTE);
    assert.deepEqual(one.purposes().slice(2), ["chargeOverdue"]);
  });

  it("back by a day delays a held poll by no more than 15 minutes", async () => {
    const one = runningScheduler({ run: () => ({ outcome: "held" }) });
    await one.clock.advance(MINUTE);
    one.clock.jump(-DAY);
    one.world.run = () => ({ outcome: "done" });
    await one.clock.advance(15 * MINUTE);
    assert.equal(one.jobs.length, 2);
  });

  it("back by a year does not keep a refused feature off for a year", async () => {
    const one = runningScheduler({
      requests: [daily("tyreDiagnosis")],
      run: () => ({ outcome: "refused", code: "404" }),
    });
    await one.clock.advance(DAY);
    assert.equal(one.jobs.length, 1);
    one.clock.jump(-365 * DAY);
    await one.clock.advance(8 * DAY);
    assert.equal(one.jobs.length, 2);
  });

  it("back does not keep a refused car waiting for more than a week", async () => {
    const one = runningScheduler({
      cars: [car({ access: "weekly", refusedAt: START + 365 * DAY })],
      state: polledBefore(DAY),
    });
    await one.clock.advance(6 * DAY + MINUTE);
    assert.equal(one.jobs.length, 1);
  });
});
