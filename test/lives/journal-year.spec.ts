import assert from "node:assert/strict";
import type { JournalEntry } from "../../src/journal/entry.js";
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
/** A restart may take half a minute of a charge with it: as shares, and with alternating current [kWh]. */
const ENERGY_WITHIN = 0.01;
const KWH_WITHIN = 0.15;

const planOf = (seed: number): YearPlan => ({ seed, begin: BEGIN, days: DAYS, losses: [0.12, 0.06, 0] });

/** An entry without what depends on when it was looked at: the curve, and what may be off by a moment of power. */
function essence(entry: JournalEntry): object {
  if (entry.kind === "trip") return entry;
  const { detail: _detail, drawnKwh, gridKwh: _grid, solarKwh: _solar, meanKw: _mean, cost, ...rest } = entry;
  const { efficiency: _efficiency, batteryKwh: _battery, ...others } = rest;
  return { ...others, source: drawnKwh?.source, paid: cost?.source };
}

function checkSame(one: PlayedYear, other: PlayedYear): void {
  for (const [vin, lines] of one.files) {
    assert.equal(other.files.get(vin)?.length, lines.length, vin);
    const [own, others] = [one.entries.get(vin) ?? [], other.entries.get(vin) ?? []];
    assert.deepEqual(others.map(essence), own.map(essence));
    for (const [index, entry] of own.entries()) checkEnergy(entry, others[index]);
  }
}

function checkEnergy(entry: JournalEntry, other: JournalEntry | undefined): void {
  if (entry.kind !== "charge" || other?.kind !== "charge") return;
  for (const name of ["drawnKwh", "batteryKwh"] as const) {
    const [kwh, same] = [entry[name]?.value ?? 0, other[name]?.value ?? 0];
    assert.ok(Math.abs(kwh - same) <= Math.max(KWH_WITHIN, ENERGY_WITHIN * kwh), `${entry.id} ${name} ${kwh} ${same}`);
  }
}

describe("the journal of a household", function () {
  this.timeout(600_000);
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

  it("is the same after restarts at 200 places", async () => {
    const random = new SeededRandom(SEED, "restarts of a household");
    checkSame(year, await playYear({ ...planOf(SEED), restarts: { count: RESTARTS, random } }));
  });
});
