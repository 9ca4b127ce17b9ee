import assert from "node:assert/strict";
import fc from "fast-check";
import type { Budget } from "../../../src/rest/rest-call.js";
import { decodeLedger, QuotaLedger } from "../../../src/rest/quota-ledger.js";
import { SimulatedClock } from "../../../src/support/simulated-clock.js";
import { START, VIN } from "../../helpers/fakes.js";
import { runs } from "../../helpers/random.js";

const HOUR_MS = 3600 * 1000;
const MINUTE_MS = 60_000;
const MIDNIGHT = Date.parse("2026-03-03T00:00:00Z");
const BUDGETS: readonly Budget[] = ["scheduled", "event", "daily", "renewal", "manual"];

function ledger(start = START) {
  const clock = new SimulatedClock(start);
  let changes = 0;
  const one = new QuotaLedger(clock, () => changes++);
  /** Sends `calls` that BMW answers. */
  const send = (calls: number, budget: Budget = "manual") => {
    for (let call = 0; call < calls; call++) one.count({ budget, endpoint: "telematicData", vin: VIN })("ok");
  };
  const restarted = () => {
    const other = new QuotaLedger(clock, () => undefined);
    other.restore(decodeLedger(JSON.parse(JSON.stringify(one.state))));
    return other;
  };
  return { clock, ledger: one, send, restarted, changes: () => changes };
}

describe("quota ledger", () => {
  it("counts what was sent, answered or not, against 50 a day", () => {
    const { ledger: one, changes } = ledger();
    const unused = { limit: 50, window: "utc-day", resetsAt: MIDNIGHT, blockedUntil: null };
    assert.deepEqual(one.quota, { used: 0, remaining: 50, ...unused });
    const settle = one.count({ budget: "scheduled", endpoint: "telematicData", vin: VIN });
    one.count({ budget: "manual", endpoint: "mappings" });
    assert.deepEqual(one.quota, { used: 2, remaining: 48, ...unused });
    assert.equal(changes(), 2);
    settle("cu_104");
    assert.deepEqual(one.calls, [
      { at: START, budget: "scheduled", endpoint: "telematicData", car: "…0001", outcome: "cu_104" },
      { at: START, budget: "manual", endpoint: "mappings", car: null, outcome: "sent" },
    ]);
  });

  it("never shows less than nothing", () => {
    const { ledger: one, send } = ledger();
    send(60);
    assert.equal(one.quota.used, 60);
    assert.equal(one.quota.remaining, 0);
  });

  it("begins anew at midnight UTC", async () => {
    const { clock, ledger: one, send } = ledger(MIDNIGHT - 2 * HOUR_MS);
    send(30);
    await clock.advanceTo(MIDNIGHT);
    assert.equal(one.quota.used, 0);
    assert.equal(one.quota.resetsAt, MIDNIGHT + 24 * HOUR_MS);
  });

  it("takes the last 24 hours once BMW refuses although the day has calls left", async () => {
    const { clock, ledger: one, send } = ledger(MIDNIGHT - 2 * HOUR_MS);
    send(50);
    await clock.advanceTo(MIDNIGHT + HOUR_MS);
    one.count({ budget: "manual", endpoint: "mappings" })("cu_429");
    one.exhausted(null);
    assert.equal(one.foreign, false);
    await clock.advanceTo(MIDNIGHT + 3 * HOUR_MS);
    assert.deepEqual(one.quota, {
      used: 51,
      remaining: 0,
      limit: 50,
      window: "rolling-24h",
      resetsAt: MIDNIGHT + 22 * HOUR_MS,
      blockedUntil: null,
    });
    await clock.advanceTo(MIDNIGHT + 22 * HOUR_MS);
    assert.equal(one.quota.used, 1);
  });

  it("takes the day again once more than 50 calls in 24 hours were answered", async () => {
    const { clock, ledger: one, send } = ledger(MIDNIGHT - 2 * HOUR_MS);
    one.exhausted(60_000);
    assert.equal(one.quota.window, "rolling-24h");
    await clock.advance(MINUTE_MS);
    send(40);
    await clock.advanceTo(MIDNIGHT + HOUR_MS);
    send(11);
    assert.equal(one.quota.window, "utc-day");
    assert.equal(one.quota.used, 11);
  });

  it("believes BMW when it says that nothing is left, and knows when another program took it", async () => {
    const { clock, ledger: one, send } = ledger();
    send(7);
    one.exhausted(null);
    assert.equal(one.foreign, true);
    assert.equal(one.sentInDay, 7);
    const { used, remaining, blockedUntil, resetsAt } = one.quota;
    assert.deepEqual([used, remaining, blockedUntil, resetsAt], [50, 0, START + HOUR_MS, START + HOUR_MS]);
    for (const budget of BUDGETS) assert.equal(one.opensAt(budget), START + HOUR_MS);
    await clock.advanceTo(START + HOUR_MS);
    for (const budget of BUDGETS) assert.equal(one.opensAt(budget), null);
    send(10);
    assert.equal(one.foreign, false);
  });

  it("does not blame others for what it sent itself", () => {
    const { ledger: one, send } = ledger();
    send(50);
    one.count({ budget: "manual", endpoint: "mappings" })("cu_429");
    one.exhausted(null);
    assert.equal(one.foreign, false);
    assert.equal(one.quota.window, "utc-day");
  });

  it("stops what is automatic at 45 calls, and lets people go on", () => {
    const { ledger: one, send } = ledger();
    send(44);
    assert.equal(one.opensAt("renewal"), null);
    send(1);
    for (const budget of ["scheduled", "event", "daily", "renewal"] as const)
      assert.equal(one.opensAt(budget), MIDNIGHT);
    send(20);
    assert.equal(one.opensAt("manual"), null);
  });

  it("gives each budget its share", () => {
    const { ledger: one, send } = ledger();
    send(14, "event");
    assert.equal(one.opensAt("event", 14), MIDNIGHT);
    assert.equal(one.opensAt("event", 15), null);
    assert.equal(one.opensAt("scheduled", 14), null);
    assert.equal(one.opensAt("daily", 0), MIDNIGHT);
  });

  it("opens a budget in a rolling window as its calls grow old", async () => {
    const { clock, ledger: one, send } = ledger();
    one.exhausted(60_000);
    await clock.advance(MINUTE_MS);
    send(1, "event");
    await clock.advance(HOUR_MS);
    send(2, "event");
    assert.equal(one.opensAt("event", 3), START + MINUTE_MS + 24 * HOUR_MS);
    assert.equal(one.opensAt("event", 2), START + MINUTE_MS + 25 * HOUR_MS);
  });

  it("goes on where it was after a restart", () => {
    const { ledger: one, send, restarted } = ledger();
    send(3, "event");
    one.exhausted(null);
    const other = restarted();
    assert.deepEqual(other.quota, one.quota);
    assert.deepEqual(other.state, one.state);
    assert.equal(other.opensAt("manual"), START + HOUR_MS);
  });

  it("counts what an older version saved as bare times", () => {
    const { ledger: one } = ledger();
    one.restore(decodeLedger({ attempts: [START - MINUTE_MS, "x", null], blockedUntil: START + HOUR_MS }));
    assert.equal(one.quota.blockedUntil, START + HOUR_MS);
    assert.equal(one.sentInDay, 1);
  });

  it("reads anything as a ledger (property)", () => {
    fc.assert(
      fc.property(fc.jsonValue(), (saved) => {
        const { ledger: one } = ledger();
        one.restore(decodeLedger(saved));
        assert.ok(one.quota.used >= 0);
      }),
    );
  });

  it("is not blocked for ever by a clock that was wrong", () => {
    const { clock, ledger: one } = ledger();
    clock.jump(365 * 24 * HOUR_MS);
    one.count({ budget: "manual", endpoint: "mappings" });
    one.exhausted(null);
    clock.jump(-365 * 24 * HOUR_MS);
    assert.equal(one.quota.blockedUntil, null);
    assert.equal(one.quota.used, 0);
  });

  it("forgets no call when the clock is set back a little", () => {
    const { clock, ledger: one, send } = ledger();
    send(10);
    clock.jump(-30 * MINUTE_MS);
    assert.equal(one.quota.used, 10);
    send(1);
    assert.equal(one.quota.used, 11);
  });

  for (const [title, behind] of [
    ["in 1970", START - 1000],
    ["at the last shutdown, five hours behind", 5 * HOUR_MS],
  ] as const)
    it(`forgets no call of today at a start with the clock ${title}`, () => {
      const { clock, ledger: one, send, restarted } = ledger();
      send(40);
      clock.jump(-behind);
      const other = restarted();
      other.count({ budget: "manual", endpoint: "mappings" })("ok");
      clock.jump(behind);
      assert.ok(other.quota.used >= 40, String(other.quota.used));
      assert.equal(one.quota.used, 40);
    });

  it("does not grow without end", () => {
    const { ledger: one, send } = ledger();
    send(2000);
    assert.equal(one.state.attempts.length, 500);
  });

  it("stays sane whatever the clock does (property)", () => {
    const act = fc.oneof(
      fc.record({ jump: fc.integer({ min: -200_000_000, max: 200_000_000 }) }),
      fc.record({ budget: fc.constantFrom(...BUDGETS) }),
      fc.record({ asked: fc.option(fc.integer({ min: 1, max: 86_400_000 })) }),
    );
    fc.assert(
      fc.property(fc.array(act, { maxLength: 100 }), fc.integer({ min: 0, max: 50 }), (acts, share) => {
        const { clock, ledger: one, send } = ledger();
        for (const what of acts) {
          if ("jump" in what) clock.jump(what.jump);
          else if ("budget" in what) send(1, what.budget);
          else one.exhausted(what.asked);
          const { used, remaining, resetsAt } = one.quota;
          assert.ok(used >= 0 && remaining >= 0 && remaining <= 50);
          assert.ok(resetsAt > clock.now() && resetsAt <= clock.now() + 24 * HOUR_MS);
          for (const budget of BUDGETS) {
            const opensAt = one.opensAt(budget, share);
            assert.ok(opensAt === null || (opensAt > clock.now() && opensAt <= clock.now() + 24 * HOUR_MS));
          }
          assert.ok(one.state.attempts.length <= acts.length);
        }
      }),
      { numRuns: runs(500) },
    );
  });
});
