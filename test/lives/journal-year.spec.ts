import assert from "node:assert/strict";
import { PATIENCE_OF_LIVES_MS } from "../helpers/eventually.js";
import { compareYears } from "../helpers/journal-year/compared-years.js";
import { judgeYear } from "../helpers/journal-year/judged-year.js";
import { playYear, type PlayedYear, type YearPlan } from "../helpers/journal-year/played-year.js";
import { DAY } from "../helpers/journal-year/year-car.js";
import { runs, SEED, SeededRandom } from "../helpers/random.js";

/*
 * The journals of three cars, against the truth: by the whole program, from the messages of the cars to the lines of the files.
 * A whole year is a row of the bench (`npm run bench -- year`).
 */

const BEGIN = Date.UTC(2025, 1, 20);
/** Over the beginning of summer time. */
const DAYS = 45;
const RESTARTS = 200;
const planOf = (seed: number): YearPlan => ({ seed, begin: BEGIN, days: DAYS, losses: [0.12, 0.06, 0] });

describe("the journal of a household", function () {
  this.timeout(PATIENCE_OF_LIVES_MS);
  let year: PlayedYear;

  before(async () => {
    year = await playYear(planOf(SEED));
  });

  it("has every trip and charge once, with its energy, its cost to the cent, and the capacity", async () => {
    const verdicts = judgeYear(year, BEGIN + DAYS * DAY);
    for (const { vin, totalEnergy, totalCost } of verdicts) {
      assert.ok(Math.abs(totalEnergy) < 0.03, `${vin} ${totalEnergy}`);
      assert.ok(Math.abs(totalCost) < 0.03, `${vin} ${totalCost}`);
    }
    for (let more = 1; more < runs(1); more++) judgeYear(await playYear(planOf(SEED + more)), BEGIN + DAYS * DAY);
  });

  it("is the same to the last digit after restarts at 200 places", async () => {
    const random = new SeededRandom(SEED, "restarts of a household");
    const { differing } = compareYears(
      year,
      await playYear({ ...planOf(SEED), restarts: { count: RESTARTS, random } }),
    );
    assert.deepEqual(differing, []);
  });
});
