import assert from "node:assert/strict";
import { openingAccounts, telematicWants, type InProcessAccountOptions } from "../../../helpers/account-in-process.js";

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;
const START = Date.parse("2026-03-02T00:00:00Z");
const SOC = "vehicle.drivetrain.batteryManagement.header";

const accountWith = openingAccounts();

/** Two cars that nobody moves, unless given. */
async function logged(options: InProcessAccountOptions = {}) {
  const one = accountWith({ start: START, ...options });
  await one.begin();
  const [good = "", other = ""] = one.bmw.cars.map(({ vin }) => vin);
  return { ...one, good, other, polls: (vin: string) => one.calls(`${vin}/telematicData`) };
}

describe("the quota of a day", () => {
  it("that BMW calls used up stops REST and nothing else, over a restart too, and goes on after midnight", async () => {
    const { account, bmw, clock, press, restart, calls, join, good } = await logged({ start: START + 20 * HOUR_MS });
    join("n1", telematicWants("n1"));
    bmw.faults.burnQuota(50);
    const { error } = await press("telematicData", { vin: good });
    assert.equal(error?.code, "cu_429_other_client");
    assert.equal(account.status.login.state, "ok");
    assert.equal(account.status.stream.state, "live");
    assert.equal(bmw.log.count("refresh"), 0);
    await restart();
    const before = calls().length;
    await clock.advanceTo(START + 21 * HOUR_MS);
    assert.equal(calls().length, before);
    await clock.advanceTo(START + DAY_MS - 1);
    const refused = calls().filter(({ error: id }) => id === "CU-429").length;
    assert.ok(refused <= 3, `${refused} calls before midnight`);
    await clock.advanceTo(START + DAY_MS + 2 * MINUTE_MS);
    assert.ok(calls().some(({ at, status }) => at >= START + DAY_MS && status === 200));
  });

  it("is not spent on a car that BMW refuses: a call a week, and the good car keeps its polls", async () => {
    const { bmw, clock, join, good, other, polls } = await logged();
    bmw.faults.refuseCar(other);
    join("n1", telematicWants("n1", { schedule: "dense" }));
    await clock.advance(DAY_MS);
    assert.ok(polls(good).length >= 12, `${polls(good).length} polls of the good car`);
    assert.equal(polls(other).length, 1);
    await clock.advance(6 * DAY_MS - HOUR_MS);
    assert.equal(polls(other).length, 1);
    await clock.advance(DAY_MS);
    assert.equal(polls(other).length, 2);
  });

  it("is not touched by 50 redeploys", async () => {
    const untouched = await logged();
    const redeployed = await logged();
    for (const one of [untouched, redeployed]) one.join("n1", telematicWants("n1"));
    for (let deploy = 0; deploy < 50; deploy++) {
      await untouched.clock.advance(25 * MINUTE_MS);
      await redeployed.clock.advance(25 * MINUTE_MS);
      await redeployed.restart();
    }
    assert.ok(untouched.calls().length > 0);
    assert.equal(redeployed.calls().length, untouched.calls().length);
    assert.equal(redeployed.bmw.log.count("refresh"), untouched.bmw.log.count("refresh"));
  });
});

describe("the data container", () => {
  it("is renewed in place when BMW has lost it: data again after 3 calls, without a restart", async () => {
    const { bmw, press, calls, good } = await logged();
    assert.equal((await press("telematicData", { vin: good })).error, null);
    bmw.faults.loseContainers();
    bmw.log.clear();
    const { answers, error } = await press("telematicData", { vin: good });
    assert.equal(error, null);
    assert.equal(answers.length, 1);
    const after = calls().slice(1);
    assert.deepEqual([calls()[0]?.error, after.length], ["CU-105", 3]);
  });

  it("of other programs is never deleted: the list says what is there", async () => {
    const { bmw, press, calls, good } = await logged();
    const foreign = bmw.faults.foreignContainers(10);
    const { error } = await press("telematicData", { vin: good });
    assert.equal(error?.code, "cu_124");
    for (const id of foreign) assert.ok(error.message.includes(id), error.message);
    assert.equal(calls("DELETE").length, 0);
  });

  it("may be smaller than wanted where BMW does not know all, and that is remembered", async () => {
    const { bmw, press, restart, calls, log, good } = await logged({ rejectDescriptors: [] });
    bmw.faults.rejectDescriptors(["vehicle.body.chargingPort.plugEventId"]);
    const { answers, error } = await press("telematicData", { vin: good });
    assert.equal(error, null);
    assert.equal(answers.length, 1);
    assert.ok(log.lines.some((line) => /does not accept \d+ of the chosen data points/.test(line)));
    const made = calls("POST").length;
    assert.ok(made <= 3);
    await restart();
    assert.equal((await press("telematicData", { vin: good })).error, null);
    assert.equal(calls("POST").length, made);
  });
});

describe("values over REST", () => {
  it("do not replace newer ones of the stream", async () => {
    const { account, bmw, press, good } = await logged({ snapshotLagMs: 10 * MINUTE_MS });
    const vehicle = () => account.registry.cars.get(good)?.vehicle.readings.get(SOC);
    const car = bmw.cars[0];
    assert.ok(car);
    await press("telematicData", { vin: good });
    const polled = vehicle();
    assert.equal(polled?.source, "rest");
    const newer = { value: "12", unit: "%", timestamp: new Date(polled.timestamp + MINUTE_MS).toISOString() };
    account.registry.receive(
      `gcid/${good}`,
      Buffer.from(JSON.stringify({ vin: good, data: { [SOC]: newer } })),
      polled.timestamp + 2 * MINUTE_MS,
    );
    const { answers } = await press("telematicData", { vin: good });
    assert.equal(vehicle()?.value, 12);
    const [answer] = answers;
    assert.ok(answer?.operation === "telematicData");
    assert.equal(answer.current.find(({ descriptor }) => descriptor === SOC)?.value, 12);
    assert.equal(
      answer.accepted.find(({ descriptor }) => descriptor === SOC),
      undefined,
    );
  });
});

describe("a clock that is set", () => {
  for (const [title, jump] of [
    ["back", -DAY_MS],
    ["forward", DAY_MS],
  ] as const)
    it(`${title} by a day delays no poll beyond its interval`, async () => {
      const { clock, join, good, polls } = await logged();
      join("n1", telematicWants("n1", { schedule: "dense" }));
      await clock.advance(6 * HOUR_MS);
      const before = polls(good).length;
      clock.jump(jump);
      await clock.advance(2 * HOUR_MS + 20 * MINUTE_MS);
      assert.ok(polls(good).length > before);
    });
});
