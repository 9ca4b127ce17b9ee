import assert from "node:assert/strict";
import { EnergyCourse, evenParts, partsOfRows, rowsOfParts, scaledTo } from "../../../src/journal/energy-course.js";
import { runs, SEED, SeededRandom } from "../../helpers/random.js";

const START = Date.parse("2026-03-02T06:00:00Z");
const MINUTE = 60_000;
const unknown = { price: null, solarShare: 0 };
const sumOf = (parts: readonly { kwh: number }[]) => parts.reduce((sum, { kwh }) => sum + kwh, 0);

describe("the course of the energy of a charge", () => {
  it("goes by quarters of an hour of the clock", () => {
    const parts = evenParts(START + 10 * MINUTE, START + 40 * MINUTE, 6);
    assert.deepEqual(
      parts.map(({ kwh }) => kwh),
      [1, 3, 2],
    );
  });

  it("keeps what the sun gave and what a message priced", () => {
    const course = new EnergyCourse();
    course.add(START, START + MINUTE, 2, { price: 0.25, solarShare: 0.5 });
    course.add(START + MINUTE, START + 2 * MINUTE, 2, { price: null, solarShare: 0 });
    const [part] = course.partsUntil(Infinity);
    assert.deepEqual([part?.kwh, part?.solarKwh, part?.pricedKwh, part?.paid], [4, 1, 1, 0.25]);
  });

  it("ends where the charge has ended, if that became known late", () => {
    const course = new EnergyCourse();
    course.add(START, START + 20 * MINUTE, 20, unknown);
    assert.ok(Math.abs(sumOf(course.partsUntil(START + 18 * MINUTE)) - 18) < 1e-9);
    assert.ok(Math.abs(sumOf(course.partsUntil(START + 3 * MINUTE)) - 3) < 1e-9);
    assert.deepEqual(course.partsUntil(START), []);
  });

  it("never gains or loses energy, whatever is added, saved or written as rows", () => {
    const random = new SeededRandom(SEED, "energy course");
    for (let run = 0; run < runs(200); run++) {
      let course = new EnergyCourse();
      let [at, sum] = [START + random.between(0, 10 ** 6), 0];
      const begun = at;
      for (let step = 0; step < 20; step++) {
        const next = at + random.between(0, 40 * MINUTE);
        const kwh = random.fraction() * 3;
        course.add(at, next, kwh, { price: random.fraction(), solarShare: random.fraction() });
        [at, sum] = [next, sum + kwh];
        if (step === 10) {
          const saved: unknown = JSON.parse(JSON.stringify(course.save()));
          course = new EnergyCourse();
          course.restore(saved);
        }
      }
      const parts = course.partsUntil(at);
      assert.ok(Math.abs(sumOf(parts) - sum) < 1e-9);
      assert.ok(parts.every(({ kwh, solarKwh, pricedKwh }) => Math.abs(kwh - solarKwh - pricedKwh) < 1e-9));
      const read = partsOfRows(rowsOfParts(scaledTo(parts, 50), begun), begun);
      assert.ok(Math.abs(sumOf(read) - 50) < 0.001);
    }
  });

  it("takes neither nothing nor what is no number, and survives a clock that was set back", () => {
    const course = new EnergyCourse();
    for (const kwh of [0, -1, NaN, Infinity]) course.add(START, START + MINUTE, kwh, unknown);
    assert.deepEqual(course.partsUntil(Infinity), []);
    course.add(START + MINUTE, START, 1, unknown);
    assert.equal(sumOf(course.partsUntil(Infinity)), 1);
  });
});
