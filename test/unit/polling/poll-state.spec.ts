import assert from "node:assert/strict";
import fc from "fast-check";
import { decodePollingState, NEW_POLL_STATE } from "../../../src/polling/poll-state.js";
import { START, VIN } from "../../helpers/fakes.js";
import { runs } from "../../helpers/random.js";
import { runningScheduler, car, daily, HOUR, MINUTE, telematicRequest } from "./running-scheduler.js";

const NONE = { cars: {} };

describe("saved polling state", () => {
  it("comes back as it was", async () => {
    const requests = [telematicRequest(), daily("tyreDiagnosis"), daily("chargingHistory")];
    const one = runningScheduler({ requests, run: () => ({ outcome: "failed" }) });
    await one.clock.advance(20 * HOUR);
    one.scheduler.triggered(VIN, "chargingStarted");
    one.scheduler.triggered(VIN, "tripEnded");
    const state = one.states.at(-1);
    assert.ok((state?.cars[VIN]?.failures ?? 0) > 0 && state?.cars[VIN]?.pending.length === 2);
    assert.ok(state.cars[VIN].daily.tyreDiagnosis.stamp !== null);
    assert.deepEqual(one.saved(), state);
    assert.deepEqual(one.scheduler.state, state);
  });

  for (const [title, saved] of [
    ["nothing", undefined],
    ["a list", []],
    ["no cars", { cars: null }],
    ["cars without a VIN", { cars: { __proto__x: {}, "": {}, short: { lastSuccess: 1 } } }],
    ["a car that is none", { cars: { [VIN]: "polled" } }],
  ] as const)
    it(`knows no car from ${title}`, () => {
      assert.deepEqual(decodePollingState(saved), NONE);
    });

  it("takes what is damaged for never asked", () => {
    const damaged = {
      lastSuccess: "yesterday",
      lastAttempt: -1,
      failures: -3,
      spread: 7,
      pending: [
        null,
        { purpose: "toString", validAt: 1 },
        { purpose: "tripEnded" },
        { purpose: "chargingEnded", validAt: 5 },
      ],
      phaseAskedAt: 1e300,
      overdueAsked: 1,
      daily: { tyreDiagnosis: [], chargingHistory: { stamp: NaN, retrying: "yes" } },
    };
    assert.deepEqual(decodePollingState({ cars: { [VIN]: damaged } }).cars[VIN], {
      ...NEW_POLL_STATE,
      spread: 1,
      pending: [{ purpose: "chargingEnded", validAt: 5, retryAt: null }],
    });
  });

  it("holds one pending poll of a purpose, and 100 cars", () => {
    const pending = Array.from({ length: 50 }, (_, validAt) => ({ purpose: "tripEnded", validAt }));
    const vins = Array.from({ length: 150 }, (_, number) => `WBY1Z2C30N7A0${1000 + number}`);
    const { cars } = decodePollingState({ cars: Object.fromEntries(vins.map((vin) => [vin, { pending }])) });
    assert.equal(Object.keys(cars).length, 100);
    assert.equal(cars[vins[149] ?? ""]?.pending.length, 1);
  });

  it("forgets the car whose values are oldest while it works, too", async () => {
    const vins = Array.from({ length: 120 }, (_, number) => `WBY1Z2C30N7A0${1000 + number}`);
    const one = runningScheduler({ cars: vins.map((vin) => car({ vin })), requests: [] });
    const [first = "", ...others] = vins;
    for (const vin of [first, ...others.slice(0, 99), first, ...others.slice(99)]) {
      one.scheduler.recordManualCall(vin, "telematicData", true);
      await one.clock.advance(MINUTE);
    }
    assert.deepEqual(Object.keys(one.saved().cars), [...others.slice(20, 99), first, ...others.slice(99)]);
  });

  it("is a state of plain JSON, whatever was in the file (property)", () => {
    const time = fc.oneof(fc.double(), fc.constant(START), fc.constant(null), fc.anything());
    const clock = fc.record({ stamp: time, dueAt: time, retrying: fc.anything(), disabledUntil: time });
    const poll = fc.record({
      purpose: fc.oneof(fc.constantFrom("tripEnded", "phaseCount", "chargeOverdue"), fc.anything()),
      validAt: time,
      retryAt: time,
    });
    const pollStates = fc.record(
      {
        lastSuccess: time,
        lastAttempt: time,
        failures: time,
        spread: time,
        pending: fc.oneof(fc.array(poll), fc.anything()),
        phaseAskedAt: time,
        overdueAskedAt: time,
        overdueAsked: fc.anything(),
        daily: fc.oneof(fc.record({ chargingHistory: clock, tyreDiagnosis: fc.anything() }), fc.anything()),
      },
      { requiredKeys: [] },
    );
    const file = fc.oneof(
      fc.anything(),
      fc.record({ cars: fc.record({ [VIN]: fc.oneof(pollStates, fc.anything()) }) }),
    );
    fc.assert(
      fc.property(file, (saved) => {
        const written = JSON.stringify(decodePollingState(saved));
        assert.equal(JSON.stringify(decodePollingState(JSON.parse(written))), written);
      }),
      { numRuns: runs(2000) },
    );
  });

  it("is emitted at every change only", async () => {
    const one = runningScheduler();
    await one.clock.advance(MINUTE);
    const reported = one.states.length;
    assert.ok(reported > 0);
    one.scheduler.replan();
    await one.clock.advance(6 * HOUR);
    assert.equal(one.states.length, reported);
  });
});
