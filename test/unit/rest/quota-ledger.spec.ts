import assert from "node:assert/strict";
import fc from "fast-check";
import { nextMidnight, QuotaLedger } from "../../../src/rest/quota-ledger.js";
import { SimulatedClock } from "../../../src/support/simulated-clock.js";
import { START } from "../../helpers/fakes.js";

const HOUR_MS = 3600 * 1000;
const MIDNIGHT = Date.parse("2026-03-03T00:00:00Z");

function ledger(start = START) {
  const clock = new SimulatedClock(start);
  let changes = 0;
  const one = new QuotaLedger(clock, () => changes++);
  return { clock, ledger: one, changes: () => changes };
}

describe("quota ledger", () => {
  it("counts what was sent, against 50 a day", () => {
    const { ledger: one, changes } = ledger();
    assert.deepEqual(one.quota, { used: 0, remaining: 50, limit: 50, window: "utc-day", resetsAt: MIDNIGHT });
    one.count();
    one.count();
    assert.deepEqual(one.quota, { used: 2, remaining: 48, limit: 50, window: "utc-day", resetsAt: MIDNIGHT });
    assert.equal(changes(), 2);
  });

  it("never shows less than nothing", () => {
    const { ledger: one } = ledger();
    for (let call = 0; call < 60; call++) one.count();
    assert.equal(one.quota.used, 60);
    assert.equal(one.quota.remaining, 0);
  });

  it("shows the tighter of the two windows, as BMW documents neither", async () => {
    const { clock, ledger: one } = ledger(MIDNIGHT - 2 * HOUR_MS);
    one.count();
    await clock.advanceTo(MIDNIGHT + HOUR_MS);
    one.count();
    assert.deepEqual(one.quota, {
      used: 2,
      remaining: 48,
      limit: 50,
      window: "rolling-24h",
      resetsAt: MIDNIGHT + 22 * HOUR_MS,
    });
    await clock.advanceTo(MIDNIGHT + 22 * HOUR_MS);
    assert.equal(one.quota.used, 1);
  });

  it("believes BMW when it says that nothing is left, until midnight UTC", async () => {
    const { clock, ledger: one } = ledger();
    one.count();
    one.exhausted();
    assert.equal(one.blockedUntil, MIDNIGHT);
    assert.equal(one.quota.remaining, 0);
    await clock.advanceTo(MIDNIGHT);
    assert.equal(one.blockedUntil, null);
  });

  it("goes on where it was after a restart", () => {
    const { ledger: one } = ledger();
    one.count();
    one.exhausted();
    const { ledger: other } = ledger();
    other.restore(one.state);
    assert.deepEqual(other.quota, one.quota);
    assert.equal(other.blockedUntil, MIDNIGHT);
  });

  it("is not blocked for ever by a clock that was wrong", () => {
    const { clock, ledger: one } = ledger();
    clock.jump(365 * 24 * HOUR_MS);
    one.count();
    one.exhausted();
    clock.jump(-365 * 24 * HOUR_MS);
    assert.equal(one.blockedUntil, null);
    assert.equal(one.quota.used, 0);
  });

  it("stays sane whatever the clock does (property)", () => {
    const act = fc.oneof(
      fc.record({ jump: fc.integer({ min: -200_000_000, max: 200_000_000 }) }),
      fc.constant("count" as const),
      fc.constant("exhausted" as const),
    );
    fc.assert(
      fc.property(fc.array(act, { maxLength: 100 }), (acts) => {
        const { clock, ledger: one } = ledger();
        for (const what of acts) {
          if (typeof what === "object") clock.jump(what.jump);
          else one[what]();
          const { used, remaining, resetsAt } = one.quota;
          assert.ok(used >= 0 && remaining >= 0 && remaining <= 50);
          assert.ok(resetsAt > clock.now() && resetsAt <= clock.now() + 24 * HOUR_MS);
          assert.ok(one.blockedUntil === null || one.blockedUntil > clock.now());
          assert.ok(one.state.attempts.length <= acts.length);
        }
      }),
      { numRuns: 500 },
    );
  });

  it("knows the next midnight UTC, at midnight too", () => {
    assert.equal(nextMidnight(MIDNIGHT - 1), MIDNIGHT);
    assert.equal(nextMidnight(MIDNIGHT), MIDNIGHT + 24 * HOUR_MS);
  });
});
