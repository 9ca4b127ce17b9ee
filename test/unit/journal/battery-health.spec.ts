import assert from "node:assert/strict";
import { batteryHealth, capacityCourse } from "../../../src/journal/battery-health.js";
import { evidenceOf } from "../../../src/journal/capacity-evidence.js";
import { figureOf, type ChargeEntry } from "../../../src/journal/entry.js";
import { lineThrough } from "../../../src/journal/robust-line.js";
import { CHARGE, chargesIn, journalOf } from "../../helpers/journal.js";
import { runs, SEED, SeededRandom } from "../../helpers/random.js";

const DAY = 24 * 3_600_000;
const START = Date.UTC(2026, 0, 1);

interface Life {
  readonly capacityKwh: number;
  readonly lossPercent: number;
  readonly days?: number;
  /** Whether the car tells its capacity, as it was when it was new here. */
  readonly tells?: boolean;
  readonly method?: "AC" | "DC";
}

const healthOf = (charges: readonly ChargeEntry[]) => batteryHealth(evidenceOf(charges), "UTC");

describe("the health of a battery", () => {
  let plain: ChargeEntry;
  before(async () => {
    const [charge] = chargesIn(await journalOf(CHARGE));
    assert.ok(charge !== undefined);
    plain = charge;
  });

  /** Charges of a life, a charge every fourth day; levels are whole percents, one of twenty energies is nonsense. */
  function lifeOf(random: SeededRandom, { capacityKwh, lossPercent, days = 365, tells = true, method = "AC" }: Life) {
    return Array.from({ length: Math.floor(days / 4) }, (_, index): ChargeEntry => {
      const at = START + index * 4 * DAY;
      const capacity = capacityKwh * (1 - ((lossPercent / 100) * index * 4) / days);
      const [from, to] = [10 + random.fraction() * 40, 70 + random.fraction() * 20];
      const noise = 1 + (random.fraction() - 0.5) * 0.04;
      const drawn = (((to - from) / 100) * capacity * noise) / (method === "AC" ? 0.885 : 0.93);
      const isNonsense = random.between(1, 20) === 1;
      return {
        ...plain,
        method,
        end: new Date(at).toISOString().replace(".000Z", "+00:00"),
        levelFrom: figureOf(Math.round(from), "level"),
        levelTo: figureOf(Math.round(to), "level"),
        drawnKwh: figureOf(isNonsense ? drawn * 3 : drawn, "meter"),
        maxEnergyKwh: tells ? capacityKwh : null,
      };
    });
  }

  it("has a course that leads from its first to its last capacity, with the band of then", () => {
    const random = new SeededRandom(SEED, "capacity course");
    for (const tells of [true, false]) {
      const life = lifeOf(random, { capacityKwh: 80, lossPercent: 8, tells });
      const [health, { charges, estimates }] = [healthOf(life), capacityCourse(evidenceOf(life))];
      assert.equal(charges.length, health.charges);
      assert.equal(estimates[0]?.value, health.firstKwh);
      const { at = 0, ...last } = estimates.at(-1) ?? {};
      assert.deepEqual(last, health.capacityKwh);
      assert.equal(at, charges.at(-1)?.at);
      for (const { value, band90 } of estimates) assert.ok(band90[0] <= value && value <= band90[1]);
    }
    const long = lifeOf(random, { capacityKwh: 80, lossPercent: 8, days: 3650 });
    assert.equal(capacityCourse(evidenceOf(long)).charges.length, 300);
    assert.deepEqual(capacityCourse(evidenceOf(long.slice(0, 2))).estimates, []);
    assert.deepEqual(capacityCourse(evidenceOf([])), { charges: [], estimates: [] });
  });

  it("is within 2 % of the truth, for batteries that lose nothing up to 12 %", () => {
    const random = new SeededRandom(SEED, "battery health");
    let held = 0;
    const lives = runs(39);
    for (let run = 0; run < lives; run++) {
      const [capacityKwh, lossPercent] = [random.between(20, 110), run % 13];
      const health = healthOf(lifeOf(random, { capacityKwh, lossPercent }));
      const truth = capacityKwh * (1 - (lossPercent / 100) * (360 / 365));
      const { value, band90 } = health.capacityKwh ?? { value: NaN, band90: [NaN, NaN] };
      assert.ok(Math.abs(value / truth - 1) < 0.02, `${value} ${truth}`);
      assert.ok(Math.abs((health.lossPercent?.value ?? NaN) - lossPercent) < 2, String(health.lossPercent?.value));
      if (band90[0] <= truth && truth <= band90[1]) held++;
      assert.equal(health.maxEnergyKwh, capacityKwh);
    }
    assert.ok(held / lives > 0.8, String(held / lives));
  });

  it("has a wide band where the car tells no capacity", () => {
    const random = new SeededRandom(SEED, "battery without a word");
    const health = healthOf(lifeOf(random, { capacityKwh: 80, lossPercent: 5, tells: false }));
    const { value = NaN, band90 = [NaN, NaN] } = health.capacityKwh ?? {};
    assert.ok(Math.abs(value / 76 - 1) < 0.05, String(value));
    assert.ok(band90[0] < 76 && 76 < band90[1] && band90[1] - band90[0] > 6, String(band90));
  });

  it("tells no loss of a few weeks, and nothing of two charges", () => {
    const random = new SeededRandom(SEED, "short life");
    const weeks = healthOf(lifeOf(random, { capacityKwh: 80, lossPercent: 0, days: 40 }));
    assert.equal(weeks.lossPercent, null);
    assert.ok(Math.abs((weeks.capacityKwh?.value ?? 0) - 80) < 1.6);
    const two = healthOf(lifeOf(random, { capacityKwh: 80, lossPercent: 0, days: 8 }));
    assert.deepEqual([two.capacityKwh, two.charges, two.maxEnergyKwh], [null, 2, 80]);
    assert.equal(healthOf([]).capacityKwh, null);
  });

  it("is not told by small charges, estimated levels or energy that was concluded from the levels", () => {
    const random = new SeededRandom(SEED, "charges that tell nothing");
    const life = lifeOf(random, { capacityKwh: 80, lossPercent: 0 });
    const useless = [
      life.map((one) => ({ ...one, levelTo: figureOf((one.levelFrom?.value ?? 0) + 29, "level") })),
      life.map((one) => ({ ...one, levelTo: figureOf(one.levelTo?.value ?? 0, "estimate") })),
      life.map((one) => ({ ...one, drawnKwh: figureOf(40, "estimate") })),
      life.map((one) => ({ ...one, drawnKwh: null })),
    ];
    for (const charges of useless) assert.equal(healthOf(charges).charges, 0);
  });

  it("does not mix what kinds of charges lose", () => {
    const random = new SeededRandom(SEED, "two kinds");
    const both = [
      ...lifeOf(random, { capacityKwh: 80, lossPercent: 6 }),
      ...lifeOf(random, { capacityKwh: 80, lossPercent: 6, method: "DC" }),
    ];
    const health = healthOf(both);
    assert.ok(Math.abs((health.capacityKwh?.value ?? 0) / 75.3 - 1) < 0.02, String(health.capacityKwh?.value));
  });
});

describe("a robust line", () => {
  it("is that of most samples, though a quarter of them is far off", () => {
    const samples = Array.from({ length: 40 }, (_, x) => ({ x, y: x % 5 === 0 ? 1000 : 3 + 2 * x }));
    const { slope, at } = lineThrough(samples);
    assert.ok(Math.abs(slope - 2) < 0.2, String(slope));
    assert.ok(Math.abs(at(20) - 43) < 3, String(at(20)));
  });

  it("stands still through samples of one moment", () => {
    const samples = [1, 2, 3].map((y) => ({ x: 5, y }));
    assert.deepEqual([lineThrough(samples).slope, lineThrough(samples).at(7)], [0, 2]);
  });
});
