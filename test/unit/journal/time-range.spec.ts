import assert from "node:assert/strict";
import { boundsOf, isWithin, type TimeRange } from "../../../src/journal/time-range.js";

const NOW = Date.UTC(2026, 6, 1);
const entry = (start: string) => ({ start, end: start });
const within = (start: string, range: Partial<TimeRange>) => {
  const whole = { from: null, to: null, ...range };
  const { from, to } = boundsOf(whole, NOW);
  const isIn = isWithin(entry(start), whole);
  // What is within has to be looked for at all.
  if (isIn) assert.ok(Date.parse(start) >= from && Date.parse(start) <= to, `${start} ${JSON.stringify(range)}`);
  return isIn;
};

describe("a range of time of the journal", () => {
  it("holds whole days by the clock of the entry's own zone", () => {
    for (const offset of ["+14:00", "+02:00", "Z", "-11:00"].map((zone) => zone.replace("Z", "+00:00"))) {
      assert.ok(within(`2026-03-02T00:00:00${offset}`, { from: "2026-03-02", to: "2026-03-02" }), offset);
      assert.ok(within(`2026-03-02T23:59:59${offset}`, { from: "2026-03-02", to: "2026-03-02" }), offset);
      assert.ok(!within(`2026-03-01T23:59:59${offset}`, { from: "2026-03-02" }), offset);
      assert.ok(!within(`2026-03-03T00:00:00${offset}`, { to: "2026-03-02" }), offset);
    }
  });

  it("holds what began from a time to a time", () => {
    const at = Date.parse("2026-03-02T10:00:00Z");
    assert.ok(within("2026-03-02T11:00:00+01:00", { from: at, to: at }));
    assert.ok(!within("2026-03-02T10:59:59+01:00", { from: at }));
    assert.ok(!within("2026-03-02T11:00:01+01:00", { to: at }));
  });

  it("without limits holds all that a car can have done, also by a clock that was ahead", () => {
    for (const start of ["2011-01-01T00:00:00+00:00", "2026-12-31T00:00:00+00:00"]) assert.ok(within(start, {}));
  });
});
