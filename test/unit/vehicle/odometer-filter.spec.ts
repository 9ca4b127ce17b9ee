import assert from "node:assert/strict";
import fc from "fast-check";
import { ReasonCounters } from "../../../src/support/reason-counters.js";
import { parseEntries } from "../../../src/vehicle/descriptor-entries.js";
import type { OdometerConflict } from "../../../src/vehicle/odometer-filter.js";
import type { Reading } from "../../../src/vehicle/reading.js";
import { Vehicle, type SavedState } from "../../../src/vehicle/vehicle.js";
import { START, VIN } from "../../helpers/fakes.js";
import { runs } from "../../helpers/random.js";

const ODOMETER = "vehicle.vehicle.travelledDistance";

/** One reading a minute: `[value, unit, source]`. */
type SentStep = readonly [value: unknown, unit?: string | undefined, source?: "rest" | "stream"];

function odometer(...steps: SentStep[]) {
  const rejected = new ReasonCounters<string>();
  const doubts: OdometerConflict[] = [];
  const create = () =>
    new Vehicle(VIN, rejected, { estimate: () => null, onOdometerConflict: (conflict) => doubts.push(conflict) });
  let vehicle = create();
  let now = START;
  const apply = ([value, unit, source = "stream"]: SentStep) => {
    now += 60_000;
    const raw = { value, timestamp: new Date(now).toISOString(), ...(unit !== undefined && { unit }) };
    return vehicle.apply({
      entries: parseEntries({ [ODOMETER]: raw }, rejected),
      source,
      receivedAt: now,
      sentAt: null,
    });
  };
  const shown = () => {
    const { value = null, unit = null } = vehicle.readings.get(ODOMETER) ?? {};
    return [typeof value === "number" ? Math.round(value) : value, unit];
  };
  /** Minutes. */
  const pass = (minutes: number) => {
    now += minutes * 60_000;
  };
  const restart = () => {
    const saved = JSON.parse(JSON.stringify({ readings: [...vehicle.readings.values()], state: vehicle.save() })) as {
      readings: Reading[];
      state: SavedState;
    };
    vehicle = create();
    vehicle.restore(saved.readings, saved.state);
  };
  for (const step of steps) apply(step);
  const restore = (value: number, unit: string) => {
    vehicle.restore([{ descriptor: ODOMETER, value, unit, timestamp: START, source: "restored" }]);
  };
  return { vehicle, apply, pass, shown, restore, restart, rejected, doubts };
}

describe("odometer", () => {
  it("takes a number without unit in the unit known so far", () => {
    assert.deepEqual(odometer([58_240, "miles"], [58_260]).shown(), [58_260, "mi"]);
  });

  it("takes a number of the other system for what it is, in the unit seen first", () => {
    assert.deepEqual(odometer([58_240, "mi"], ["93760", undefined, "rest"]).shown(), [58_260, "mi"]);
    assert.deepEqual(odometer([93_728, "km"], ["58260", undefined, "rest"]).shown(), [93_760, "km"]);
  });

  it("converts what is labelled in the other system", () => {
    assert.deepEqual(odometer([58_240, "mi"], [93_760, "km"]).shown(), [58_260, "mi"]);
  });

  it("does not believe a wild value once, nor different wild values ever", () => {
    assert.deepEqual(odometer([58_240, "mi"], [12_345]).shown(), [58_240, "mi"]);
    const worn = odometer([58_240, "mi"], [150_000], [200_000], [250_000], [300_000]);
    assert.deepEqual(worn.shown(), [58_240, "mi"]);
    assert.equal(worn.rejected.get("odometer-implausible"), 4);
  });

  it("believes a wild value that a later reading repeats", () => {
    assert.deepEqual(odometer([58_240, "mi"], [150_000], [150_000]).shown(), [150_000, "mi"]);
  });

  it("does not take the same reading twice for two", () => {
    const { vehicle, shown, rejected, apply } = odometer([58_240, "mi"]);
    const raw = { value: 150_000, timestamp: new Date(START + 3600_000).toISOString() };
    const entries = parseEntries({ [ODOMETER]: raw }, rejected);
    for (let time = 0; time < 3; time++)
      vehicle.apply({ entries, source: "rest", receivedAt: START + 3600_000 + time, sentAt: null });
    assert.deepEqual(shown(), [58_240, "mi"]);
    apply([58_250]);
    assert.deepEqual(shown(), [58_250, "mi"]);
  });

  it("lets BMW's own unit correct a number that was taken for one of it", () => {
    const wrong = odometer();
    wrong.restore(93_728, "mi");
    wrong.apply([58_260, "mi"]);
    assert.deepEqual(wrong.shown(), [58_260, "mi"]);
  });

  it("believes no more after a restart than before", () => {
    const right = odometer();
    right.restore(58_240, "mi");
    right.apply(["12345", undefined, "rest"]);
    assert.deepEqual(right.shown(), [58_240, "mi"]);
    right.apply([99_999, "mi"]);
    assert.deepEqual(right.shown(), [58_240, "mi"]);
    right.apply([99_999, "mi"]);
    assert.deepEqual(right.shown(), [99_999, "mi"]);
  });

  const DAY = 24 * 60;

  it("takes the time that has passed for what it is", () => {
    const { apply, pass, shown } = odometer([10_000, "km"]);
    pass(91 * DAY);
    apply(["15000", undefined, "rest"]);
    assert.deepEqual(shown(), [15_000, "km"]);
    pass(1);
    apply(["18000", undefined, "rest"]);
    assert.deepEqual(shown(), [15_000, "km"]);
  });

  it("prefers the system that fits, however much time has passed", () => {
    const { apply, pass, shown } = odometer([58_240, "mi"]);
    pass(400 * DAY);
    apply(["93790", undefined, "rest"]);
    assert.deepEqual(shown(), [58_278, "mi"]);
  });

  it("believes answers that agree in direction and pace, at the second", () => {
    const { apply, pass, shown } = odometer([10_000, "km"]);
    apply(["25000", undefined, "rest"]);
    assert.deepEqual(shown(), [10_000, "km"]);
    pass(30 * DAY);
    apply(["27500", undefined, "rest"]);
    assert.deepEqual(shown(), [27_500, "km"]);
    for (const next of [30_000, 32_500]) {
      pass(30 * DAY);
      apply([String(next), undefined, "rest"]);
      assert.deepEqual(shown(), [next, "km"]);
    }
  });

  it("is not convinced by two answers that lie on either side, nor by a pace that no car has", () => {
    const { apply, shown } = odometer([58_240, "km"], [57_000]);
    apply([70_000]);
    apply([70_500]);
    assert.deepEqual(shown(), [58_240, "km"]);
  });

  it("warns the user once when it keeps refusing, also over a restart", () => {
    const { apply, doubts, restart } = odometer([58_240, "km"], [150_000], [200_000]);
    assert.deepEqual(doubts, []);
    restart();
    apply([250_000]);
    apply([300_000]);
    assert.deepEqual(doubts, [{ reported: 250_000, expected: 58_240, unit: "km" }]);
    apply([58_250]);
    for (const wild of [150_000, 200_000, 250_000]) apply([wild]);
    assert.equal(doubts.length, 2);
  });

  it("bears a small step back, and guards numeric text too", () => {
    assert.deepEqual(odometer([58_240, "km"], [58_239.5]).shown(), [58_240, "km"]);
    assert.deepEqual(odometer([58_240, "km"], ["12345"]).shown(), [58_240, "km"]);
  });

  it("remembers over an unknown in between", () => {
    assert.deepEqual(odometer([58_240, "km"], ["INVALID"], [12_345]).shown(), [null, "km"]);
    assert.deepEqual(odometer([58_240, "km"], ["INVALID"], [58_300]).shown(), [58_300, "km"]);
  });

  it("moves nothing by a rejected reading", () => {
    const { apply } = odometer([58_240, "km"]);
    const { events, readings } = apply([99_999]);
    assert.deepEqual([events, readings], [[], []]);
  });

  it("never jumps by more than a plausible step unless two readings agree (property)", () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: 500_000 }), { minLength: 2, maxLength: 30 }), (values) => {
        const { vehicle, apply } = odometer();
        let before: number | null = null;
        for (const [index, value] of values.entries()) {
          apply([value, "km"]);
          const now = Number(vehicle.readings.get(ODOMETER)?.value);
          const jumped = before !== null && (now - before > 2000 || now - before < -1);
          // In a minute a car goes 4.2 km.
          const step = value - (values[index - 1] ?? NaN);
          assert.ok(!jumped || (step > -1 && step <= 4.2));
          before = now;
        }
      }),
      { numRuns: runs(1000) },
    );
  });
});
