import assert from "node:assert/strict";
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
  REFUSED,
  SECOND,
  type SchedulerSetting,
} from "./running-scheduler.js";

const MIDNIGHT = Math.ceil(START / DAY) * DAY;
const tyres = daily("tyreDiagnosis");

/** The minute of the UTC day at which the tyres of the car are usually looked at. */
async function usualMinute(): Promise<number> {
  const one = runningScheduler({ requests: [tyres] });
  await one.clock.advance(3 * DAY);
  return ((one.jobs.at(-1)?.at ?? 0) % DAY) / MINUTE;
}

/** Starts `ms` after the usual minute of a day. */
async function startedAfterMinute(ms: number, setting: Partial<SchedulerSetting> = {}) {
  const one = runningScheduler({ requests: [] });
  await one.clock.advanceTo(MIDNIGHT + (await usualMinute()) * MINUTE + ms);
  return runningScheduler({ requests: [tyres], simulated: one.clock, ...setting });
}

describe("daily features", () => {
  it("are fetched once a UTC day, for each car, at the same minute", async () => {
    const cars = [car(), car({ vin: OTHER_VIN })];
    const one = runningScheduler({ cars, requests: [tyres, daily("chargingHistory", { pages: 3 })] });
    await one.clock.advanceTo(MIDNIGHT);
    one.jobs.length = 0;
    await one.clock.advance(10 * DAY - SECOND);
    for (const feature of ["tyreDiagnosis", "chargingHistory"])
      for (const { vin } of cars) {
        const own = one.jobs.filter(({ job }) => job.kind === "daily" && job.feature === feature && job.vin === vin);
        assert.equal(own.length, 10);
        assert.equal(new Set(own.map(({ at }) => at % DAY)).size, 1);
      }
    assert.equal(new Set(one.jobs.map(({ at }) => at % DAY)).size, 4);
  });

  it("name their operation, their car, and the number of pages", async () => {
    const one = runningScheduler({
      requests: [daily("chargingHistory", { pages: 3, node: "n9" }), daily("chargingHistory")],
    });
    await one.clock.advance(DAY);
    assert.deepEqual(one.jobs[0]?.job, { kind: "daily", feature: "chargingHistory", vin: VIN, pages: 1, node: "n2" });
    assert.ok((one.scheduler.nextFor("n2") ?? 0) > one.clock.now());
    assert.equal(one.scheduler.nextFor("n9"), null);
  });

  it("are spread over the day", async () => {
    const vins = Array.from({ length: 40 }, (_, number) => `WBY1Z2C30N7A0${1000 + number}`);
    const one = runningScheduler({ cars: vins.map((vin) => car({ vin })), requests: [tyres] });
    await one.clock.advanceTo(MIDNIGHT);
    one.jobs.length = 0;
    await one.clock.advance(DAY - SECOND);
    assert.equal(one.jobs.length, 40);
    const quarters = [0, 1, 2, 3].map(
      (quarter) => one.jobs.filter(({ at }) => Math.floor((at % DAY) / (6 * HOUR)) === quarter).length,
    );
    assert.ok(
      quarters.every((count) => count >= 4),
      quarters.join(),
    );
  });

  it("are for cars that may be read, a charging history only for those that charge", async () => {
    const requests = [tyres, daily("chargingHistory")];
    const combustion = runningScheduler({ requests, cars: [car({ combustion: true })] });
    await combustion.clock.advance(2 * DAY);
    assert.deepEqual(new Set(combustion.purposes()), new Set(["tyreDiagnosis"]));
    for (const access of ["weekly", "never"] as const) {
      const one = runningScheduler({ requests, cars: [car({ access, refusedAt: START })] });
      await one.clock.advance(9 * DAY);
      assert.deepEqual(one.jobs, []);
    }
  });

  it("are not lost when their minute is long gone at the start, but do not come all at once", async () => {
    const one = await startedAfterMinute(2 * HOUR);
    await one.clock.advance(HOUR);
    assert.equal(one.jobs.length, 1);
    const vins = Array.from({ length: 20 }, (_, number) => `WBY1Z2C30N7A0${1000 + number}`);
    const many = runningScheduler({ cars: vins.map((vin) => car({ vin })), requests: [tyres] });
    many.scheduler.close();
    await many.clock.advanceTo(MIDNIGHT - HOUR);
    const late = runningScheduler({ cars: many.world.cars, requests: [tyres], simulated: many.clock });
    await many.clock.advanceTo(MIDNIGHT - SECOND);
    assert.ok(late.jobs.length >= 18);
    assert.ok(new Set(late.times()).size >= 10);
  });

  it("are not lost by restarts in the meantime", async () => {
    let one = await startedAfterMinute(2 * HOUR);
    let fetched = 0;
    for (let restart = 0; restart < 12; restart++) {
      await one.clock.advance(10 * MINUTE);
      one.scheduler.close();
      fetched += one.jobs.length;
      one = runningScheduler({ requests: [tyres], simulated: one.clock, state: one.saved() });
    }
    assert.equal(fetched, 1);
  });

  it("have one retry an hour later if they fail, then wait for the next day", async () => {
    const one = await startedAfterMinute(-MINUTE, { run: () => FAILED });
    await one.clock.advance(DAY);
    const first = one.jobs[0]?.at ?? 0;
    assert.deepEqual(
      one.jobs.map(({ at }) => at - first),
      [0, HOUR],
    );
    await one.clock.advance(DAY);
    assert.deepEqual(
      one.jobs.map(({ at }) => at - first),
      [0, HOUR, DAY, DAY + HOUR],
    );
  });

  it("need no retry once one has worked", async () => {
    const one = await startedAfterMinute(-MINUTE, { run: () => FAILED });
    await one.clock.advance(10 * MINUTE);
    one.world.run = () => DONE;
    await one.clock.advance(10 * HOUR);
    assert.equal(one.jobs.length, 2);
  });

  it("are off for a week, visibly, when BMW refuses them; others are not", async () => {
    const one = await startedAfterMinute(-MINUTE, { requests: [tyres, daily("chargingHistory")] });
    one.world.run = (job) => (job.kind === "daily" && job.feature === "tyreDiagnosis" ? REFUSED : DONE);
    await one.clock.advance(2 * MINUTE);
    const refusedAt = one.jobs.find(({ job }) => job.kind === "daily" && job.feature === "tyreDiagnosis")?.at ?? 0;
    assert.equal(one.scheduler.disabledUntil(VIN, "tyreDiagnosis"), refusedAt + 7 * DAY);
    assert.equal(one.scheduler.disabledUntil(VIN, "chargingHistory"), null);
    await one.clock.advanceTo(refusedAt + 7 * DAY - SECOND);
    assert.equal(one.purposes().filter((feature) => feature === "tyreDiagnosis").length, 1);
    assert.ok(one.purposes().filter((feature) => feature === "chargingHistory").length >= 6);
    await one.clock.advance(2 * HOUR);
    assert.equal(one.purposes().filter((feature) => feature === "tyreDiagnosis").length, 2);
  });

  it("are on again when a person's call has worked", async () => {
    const one = await startedAfterMinute(-MINUTE, { run: () => REFUSED });
    await one.clock.advance(HOUR);
    assert.notEqual(one.scheduler.disabledUntil(VIN, "tyreDiagnosis"), null);
    one.scheduler.recordManualCall(VIN, "tyreDiagnosis", true);
    assert.equal(one.scheduler.disabledUntil(VIN, "tyreDiagnosis"), null);
    await one.clock.advance(DAY);
    assert.equal(one.jobs.length, 2);
  });

  it("do not repeat what a person has fetched on that day", async () => {
    const one = await startedAfterMinute(-5 * MINUTE);
    one.scheduler.recordManualCall(VIN, "tyreDiagnosis", true);
    await one.clock.advance(DAY - 10 * MINUTE);
    assert.equal(one.jobs.length, 0);
    await one.clock.advance(20 * MINUTE);
    assert.equal(one.jobs.length, 1);
  });

  it("come as usual after a person's call that failed", async () => {
    const one = await startedAfterMinute(-5 * MINUTE);
    one.scheduler.recordManualCall(VIN, "tyreDiagnosis", false);
    await one.clock.advance(10 * MINUTE);
    assert.equal(one.jobs.length, 1);
  });

  it("count as not fetched while they are held back", async () => {
    const one = await startedAfterMinute(-MINUTE, { run: () => HELD });
    await one.clock.advance(5 * MINUTE);
    assert.equal(one.saved().cars[VIN]?.daily.tyreDiagnosis.stamp, null);
    one.world.run = () => DONE;
    await one.clock.advance(15 * MINUTE);
    assert.equal(one.jobs.length, 2);
  });

  it("go as soon as they are let if they were held back", async () => {
    const one = await startedAfterMinute(-MINUTE, { run: () => HELD });
    await one.clock.advance(5 * MINUTE);
    assert.equal(one.jobs.length, 1);
    const opens = one.clock.now() + 3 * HOUR;
    one.world.opensAt = () => (one.clock.now() < opens ? opens : null);
    one.world.run = () => DONE;
    await one.clock.advance(5 * HOUR);
    assert.equal(one.jobs.length, 2);
    assert.equal(one.jobs[1]?.at, opens);
  });
});
