import assert from "node:assert/strict";
import {
  capacityColumns,
  capacityRange,
  choosableMonths,
  lastYear,
  shownMonth,
} from "../../../nodes/cockpit/journal.js";
import * as cars from "../../helpers/cockpit-cars.js";

const NOW = Date.UTC(2026, 1, 20, 12);

describe("the journal on the page", () => {
  const journal = cars.journal(NOW);
  const without = cars.journal(NOW, { months: [], year: [] });

  it("shows the chosen month, else the newest one with entries, else that of now", () => {
    assert.equal(shownMonth(journal, "2025-07"), "2025-07");
    assert.equal(shownMonth({ ...journal, months: ["2024-01", "2025-12"] }, null), "2025-12");
    assert.equal(shownMonth(without, null), "2026-02");
  });

  it("lets months be chosen that have entries, that of now, and the shown one, each once and in order", () => {
    const some = { ...journal, months: ["2024-11", "2025-12"] };
    assert.deepEqual(choosableMonths(some, "2025-12"), ["2024-11", "2025-12", "2026-02"]);
    assert.deepEqual(choosableMonths(some, "2025-03"), ["2024-11", "2025-03", "2025-12", "2026-02"]);
    assert.deepEqual(choosableMonths(without, "2026-02"), ["2026-02"]);
  });

  it("has twelve months in a year, also those in which nothing began", () => {
    const year = lastYear({ ...journal, year: [cars.monthSum("2025-03"), cars.monthSum("2026-01")] });
    assert.deepEqual(
      year.map(({ month }) => month),
      [
        ...["2025-03", "2025-04", "2025-05", "2025-06", "2025-07", "2025-08"],
        ...["2025-09", "2025-10", "2025-11", "2025-12", "2026-01", "2026-02"],
      ],
    );
    assert.deepEqual(
      year.flatMap(({ sum }) => sum?.period ?? []),
      ["2025-03", "2026-01"],
    );
  });

  it("draws the capacity, its band and the charges in columns of the same times, without a charge that is far off", () => {
    const { health } = journal;
    const capacity = {
      charges: [
        ...Array.from({ length: 40 }, (_, index) => ({ at: 1000 * index, kwh: 78 + (index % 3) })),
        { at: 40_000, kwh: 240 },
      ],
      estimates: [
        { at: 0, value: 79, band90: [78.4, 79.6] as const },
        { at: 40_000, value: 78, band90: [77.2, 78.8] as const },
      ],
    };
    const [least, most] = capacityRange(capacity, health);
    assert.ok(least > 70 && least < 77.2 && most > 80 && most < 85, `${least} ${most}`);
    const { at, value, low, high, charge, told } = capacityColumns(capacity, health);
    assert.deepEqual([at.length, at[1], at.at(-1)], [41, 1, 40]);
    assert.deepEqual([value[0], low[0], high[0], charge[0]], [79, 78.4, 79.6, 78]);
    assert.deepEqual([value[1], charge[1]], [null, 79]);
    assert.deepEqual([value.at(-1), charge.at(-1)], [78, null]);
    assert.ok(told.every((kwh) => kwh === 78.8));
  });

  it("has a range to draw in also where nothing is known, and where all is the same", () => {
    const health = { ...journal.health, maxEnergyKwh: null };
    assert.deepEqual(capacityRange({ charges: [], estimates: [] }, health), [0, 4]);
    const estimates = [{ at: 0, value: 1, band90: [1, 1] as const }];
    assert.deepEqual(capacityRange({ charges: [{ at: 0, kwh: 1 }], estimates }, health), [0, 3]);
  });
});
