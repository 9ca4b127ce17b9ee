import assert from "node:assert/strict";
import { figureOf, type ChargeEntry, type TripEntry } from "../../../src/journal/entry.js";
import { sumsBy } from "../../../src/journal/sums.js";
import { tripAndCharge } from "../../helpers/journal.js";

describe("the sums of a journal", () => {
  let trip: TripEntry;
  let charge: ChargeEntry;
  before(async () => {
    [trip, charge] = await tripAndCharge();
  });

  const cost = (amount: number, currency = "EUR") => ({ amount, currency, source: "tariff" as const });

  it("are of the day, the month and the year in which something began, by its own clock", () => {
    const entries = [
      { ...trip, start: "2026-01-01T00:10:00+01:00" },
      { ...trip, start: "2025-12-31T23:50:00+01:00" },
      { ...trip, start: "2026-01-31T10:00:00+01:00" },
    ];
    const periods = (period: "day" | "month" | "year") =>
      sumsBy(period, entries, "EUR").map((sum) => [sum.period, sum.trips]);
    assert.deepEqual(periods("day"), [
      ["2025-12-31", 1],
      ["2026-01-01", 1],
      ["2026-01-31", 1],
    ]);
    assert.deepEqual(periods("month"), [
      ["2025-12", 1],
      ["2026-01", 2],
    ]);
    assert.deepEqual(periods("year"), [
      ["2025", 1],
      ["2026", 2],
    ]);
  });

  it("add what is known of trips, with their purposes", () => {
    const unknown = { ...trip, distanceKm: null, energyKwh: null, durationMin: null, purpose: null };
    const [sum] = sumsBy("year", [trip, trip, unknown], "EUR");
    assert.deepEqual(
      [sum?.trips, sum?.distanceKm, sum?.drivingMin, sum?.usedKwh, sum?.consumption],
      [3, 120, 120, 24, 20],
    );
    assert.deepEqual(sum?.distanceByPurpose, { commute: 120 });
  });

  it("add charges to the cent, in one currency, and say how many have no cost in it", () => {
    const charges = [
      ...Array.from({ length: 100 }, () => ({ ...charge, cost: cost(0.07) })),
      { ...charge, cost: cost(5, "CHF") },
      { ...charge, cost: null, drawnKwh: null, gridKwh: null, solarKwh: null },
      { ...charge, method: "DC" as const, cost: cost(1.01), drawnKwh: figureOf(50, "meter") },
    ];
    const [sum] = sumsBy("year", charges, "EUR");
    assert.deepEqual([sum?.charges, sum?.cost, sum?.chargesWithoutCost, sum?.directKwh], [103, 8.01, 2, 50]);
    assert.equal(sumsBy("year", [{ ...charge, cost: null }], "EUR")[0]?.cost, null);
  });

  it("of nothing are none", () => {
    assert.deepEqual(sumsBy("month", [], "EUR"), []);
  });
});
