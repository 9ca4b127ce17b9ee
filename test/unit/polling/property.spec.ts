import assert from "node:assert/strict";
import fc from "fast-check";
import type { PollCandidate } from "../../../src/polling/poll-candidate.js";
import type { AutomaticBudget, PollTrigger } from "../../../src/polling/job.js";
import { budgetOf } from "../../../src/polling/job.js";
import type { JobResult } from "../../../src/polling/scheduler.js";
import type { Clock } from "../../../src/support/clock.js";
import { SimulatedClock } from "../../../src/support/simulated-clock.js";
import { OTHER_VIN, START, VIN } from "../../helpers/fakes.js";
import { runs } from "../../helpers/random.js";
import { runningScheduler, car, daily, DAY, HOUR, MINUTE, setRequests, telematicRequest } from "./running-scheduler.js";

const LONGEST_TIMER = 15 * MINUTE;
const vin = fc.constantFrom(VIN, OTHER_VIN);
const time = fc.oneof(fc.constant(null), fc.integer({ min: START - 10 * DAY, max: START + 10 * DAY }));

const facts = fc.record({
  real: fc.boolean(),
  access: fc.constantFrom<PollCandidate["access"]>("ok", "weekly", "never"),
  refusedAt: time,
  socAt: time,
  combustion: fc.boolean(),
  charge: fc.option(fc.record({ startedAt: fc.constant(START), phasesMissing: fc.boolean(), expectedEndAt: time })),
});
const outcome = fc.constantFrom<JobResult | "throw">(
  { outcome: "done" },
  { outcome: "failed" },
  { outcome: "held" },
  { outcome: "refused", code: "cu_104" },
  "throw",
);
const minute = fc.integer({ min: 0, max: 1440 });
const request = fc.oneof(
  fc
    .record({
      node: fc.constantFrom("a", "b"),
      vin: fc.option(vin),
      schedule: fc.constantFrom("fallback" as const, "dense" as const),
      minIntervalMs: fc.integer({ min: 0, max: DAY }),
      quietHours: fc.option(fc.record({ from: minute, to: minute })),
      tripEndPoll: fc.boolean(),
      cooldownMs: fc.integer({ min: 0, max: DAY }),
    })
    .map((one) => telematicRequest(one)),
  fc
    .record({ feature: fc.constantFrom("chargingHistory" as const, "tyreDiagnosis" as const), vin: fc.option(vin) })
    .map((one) => daily(one.feature, { vin: one.vin })),
);
const step = fc.oneof(
  { weight: 6, arbitrary: fc.record({ pass: fc.integer({ min: 0, max: 6 * HOUR }) }) },
  {
    weight: 4,
    arbitrary: fc.record({
      happened: fc.constantFrom<PollTrigger>("tripEnded", "chargingStarted", "chargingEnded"),
      vin,
    }),
  },
  fc.record({ jump: fc.integer({ min: -2 * DAY, max: 2 * DAY }) }),
  fc.record({ outcome }),
  fc.record({ facts }),
  fc.record({ requests: fc.array(request, { maxLength: 4 }) }),
  fc.record({
    closed: fc.constantFrom<AutomaticBudget>("scheduled", "event", "daily"),
    ms: fc.integer({ min: 0, max: DAY }),
  }),
  fc.record({ noted: fc.constantFrom("telematicData" as const, "tyreDiagnosis" as const), vin, ok: fc.boolean() }),
  fc.constant("look" as const),
  fc.constant("restart" as const),
);
type PropertyStep = typeof step extends fc.Arbitrary<infer S> ? S : never;

/** A clock that knows which of its timers run, and refuses waits that make no sense. */
function watchedClock(simulated: SimulatedClock): { clock: Clock; running: () => number } {
  let running = 0;
  const after: Clock["after"] = (ms, run) => {
    assert.ok(ms >= 0 && ms <= LONGEST_TIMER, `a wait of ${ms} ms`);
    running++;
    let ended = false;
    const end = () => {
      if (!ended) running--;
      ended = true;
    };
    const cancel = simulated.after(ms, () => {
      end();
      run();
    });
    return () => {
      end();
      cancel();
    };
  };
  const every: Clock["every"] = () => assert.fail("no timer runs for ever");
  return { clock: { now: () => simulated.now(), after, every }, running: () => running };
}

/** A small world in which the steps happen to a scheduler; it fails when a rule is broken. */
function world() {
  const simulated = new SimulatedClock(START);
  const { clock, running } = watchedClock(simulated);
  const openFrom = new Map<AutomaticBudget, number>();
  let requests = [telematicRequest({ schedule: "dense" as const }), daily("tyreDiagnosis")] as ReturnType<
    typeof telematicRequest | typeof daily
  >[];
  let result: JobResult | "throw" = { outcome: "done" };
  let atOnce = 0;
  const broken: string[] = [];
  const opensAt = (budget: AutomaticBudget) => {
    const from = openFrom.get(budget) ?? 0;
    return from > simulated.now() ? from : null;
  };
  const build = (state: Parameters<typeof runningScheduler>[0]) =>
    runningScheduler({
      cars: [car(), car({ vin: OTHER_VIN })],
      ...state,
      simulated,
      clock,
      requests,
      opensAt,
      run: async (job) => {
        if (opensAt(budgetOf(job)) !== null) broken.push(`${budgetOf(job)} is closed`);
        if (requests.length === 0) broken.push("nobody wants this");
        if (++atOnce > 1) broken.push("two at once");
        await Promise.resolve();
        atOnce--;
        if (result === "throw") throw new Error("unexpected");
        return result;
      },
    });
  let one = build({});
  const act = async (what: PropertyStep) => {
    if (what === "look") one.scheduler.replan();
    else if (what === "restart") {
      one.scheduler.close();
      assert.equal(running(), 0);
      one = build({ cars: one.world.cars, state: one.saved() });
    } else if ("pass" in what) await simulated.advance(what.pass);
    else if ("jump" in what) simulated.jump(what.jump);
    else if ("outcome" in what) result = what.outcome;
    else if ("facts" in what) one.change(what.facts);
    else if ("requests" in what) setRequests(one.scheduler, (requests = what.requests));
    else if ("closed" in what) openFrom.set(what.closed, simulated.now() + what.ms);
    else if ("happened" in what) one.scheduler.triggered(what.vin, what.happened);
    else one.scheduler.recordManualCall(what.vin, what.noted, what.ok);
    assert.deepEqual(broken, []);
    assert.ok(running() <= 2, "timers pile up");
    assert.ok(one.faults.every((fault) => fault instanceof Error && fault.message === "unexpected"));
  };
  return { act, end: () => one, running, simulated };
}

describe("the scheduler, whatever happens (property)", () => {
  it("keeps to the openings of the classes, one job at a time, with few and short timers", async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 40, size: "max" }), async (steps) => {
        const { act, end, running } = world();
        for (const what of steps) await act(what);
        end().scheduler.close();
        assert.equal(running(), 0);
      }),
      { numRuns: runs(150) },
    );
  });

  it("comes to rest when nothing happens any more, whatever BMW answers", async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 20, size: "max" }), outcome, async (steps, last) => {
        const { act, end, simulated } = world();
        for (const what of steps) await act(what);
        await act({
          requests: [telematicRequest({ schedule: "dense" }), daily("tyreDiagnosis"), daily("chargingHistory")],
        });
        await act({ outcome: last });
        await simulated.advance(HOUR);
        const before = end().jobs.length;
        await simulated.advance(DAY);
        // A held call costs nothing and is tried each quarter of an hour; else dense polls are the most, and dailies
        // with retries.
        const free = last !== "throw" && last.outcome === "held";
        const asked = end().jobs.length - before;
        assert.ok(asked <= (free ? 2 * 4 * 24 + 2 : 48 + 8 + 8), `${asked} calls`);
        end().scheduler.close();
      }),
      { numRuns: runs(50) },
    );
  });
});
