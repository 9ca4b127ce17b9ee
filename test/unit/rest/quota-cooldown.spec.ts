import assert from "node:assert/strict";
import { QuotaCooldown, decodeQuotaCooldown, nextMidnight } from "../../../src/rest/quota-cooldown.js";
import { SimulatedClock } from "../../../src/support/simulated-clock.js";

const HOUR_MS = 3600 * 1000;
const MIDNIGHT = Date.parse("2026-03-03T00:00:00Z");

/** Hits as soon as each pause is over; returns the pauses in hours. */
async function pausesOf(cooldown: QuotaCooldown, clock: SimulatedClock, count: number): Promise<number[]> {
  const pauses: number[] = [];
  for (let hit = 0; hit < count; hit++) {
    const now = clock.now();
    cooldown.hit(null);
    const until = cooldown.until ?? now;
    pauses.push((until - now) / HOUR_MS);
    await clock.advanceTo(until);
  }
  return pauses;
}

describe("the pause after a used-up quota", () => {
  it("grows from 1 to 24 hours, and ends at midnight UTC at the latest", async () => {
    const clock = new SimulatedClock(MIDNIGHT);
    assert.deepEqual(await pausesOf(new QuotaCooldown(clock), clock, 7), [1, 2, 4, 8, 9, 24, 24]);
  });

  it("lasts a minute at least", () => {
    const clock = new SimulatedClock(MIDNIGHT - 1000);
    const cooldown = new QuotaCooldown(clock);
    cooldown.hit(null);
    assert.equal(cooldown.until, MIDNIGHT - 1000 + 60_000);
  });

  it("is what BMW asks for, past midnight too", () => {
    const clock = new SimulatedClock(MIDNIGHT - HOUR_MS);
    const cooldown = new QuotaCooldown(clock);
    cooldown.hit(5 * HOUR_MS);
    assert.equal(cooldown.until, MIDNIGHT + 4 * HOUR_MS);
  });

  it("is not made longer by calls that were under way together", () => {
    const clock = new SimulatedClock(MIDNIGHT);
    const cooldown = new QuotaCooldown(clock);
    for (let call = 0; call < 5; call++) cooldown.hit(null);
    assert.equal(cooldown.until, MIDNIGHT + HOUR_MS);
    assert.equal(cooldown.state.hits, 1);
  });

  it("remembers former refusals until BMW has answered ten times", async () => {
    const clock = new SimulatedClock(MIDNIGHT);
    const cooldown = new QuotaCooldown(clock);
    await pausesOf(cooldown, clock, 2);
    for (let call = 0; call < 9; call++) assert.equal(cooldown.success(), false);
    assert.deepEqual(await pausesOf(cooldown, clock, 1), [4]);
    for (let call = 0; call < 9; call++) cooldown.success();
    assert.equal(cooldown.success(), true);
    assert.deepEqual(await pausesOf(cooldown, clock, 1), [1]);
  });

  it("goes on after a restart", () => {
    const clock = new SimulatedClock(MIDNIGHT);
    const cooldown = new QuotaCooldown(clock);
    cooldown.hit(null);
    const other = new QuotaCooldown(clock);
    other.restore(decodeQuotaCooldown(JSON.parse(JSON.stringify(cooldown.state))));
    assert.equal(other.until, MIDNIGHT + HOUR_MS);
    assert.deepEqual(other.state, cooldown.state);
  });

  it("reads nothing usable as no pause", () => {
    for (const saved of [null, 7, "x", [], {}, { until: "x", hits: -1, successes: null }])
      assert.deepEqual(decodeQuotaCooldown(saved), { until: 0, hits: 0, successes: 0 });
  });

  it("knows the next midnight UTC, at midnight too", () => {
    assert.equal(nextMidnight(MIDNIGHT - 1), MIDNIGHT);
    assert.equal(nextMidnight(MIDNIGHT), MIDNIGHT + 24 * HOUR_MS);
  });
});
