import { compareYears } from "../../test/helpers/journal-year/compared-years.js";
import { judgeYear, type CarVerdict } from "../../test/helpers/journal-year/judged-year.js";
import { playYear, type PlayedYear, type YearPlan } from "../../test/helpers/journal-year/played-year.js";
import { DAY } from "../../test/helpers/journal-year/year-car.js";
import { SeededRandom } from "../../test/helpers/random.js";
import type { Result, Size } from "../lib/result.js";
import { collectGarbage } from "../lib/rounds.js";

const DAYS = { full: 365, tiny: 3 };
const SEEDS = { full: 3, tiny: 1 };
/** The first of the years is played once more, with so many restarts at random places. */
const RESTARTS = { full: 200, tiny: 4 };
const BEGIN = Date.UTC(2025, 0, 1);
/** What a year takes of the batteries of the three cars, by seed. */
const LOSSES = [
  [0.12, 0.06, 0],
  [0, 0.12, 0.03],
  [0.09, 0.01, 0.12],
];
const [LARGEST_ENERGY, LARGEST_CAPACITY] = [0.03, 0.02];

/**
 * Lets three cars live for a year, several times, and compares their journals with the truth: each trip and charge once, each cost
 * to the cent; what is not so fails the row. The first year is played again with restarts, which may change nothing.
 */
export async function measure(size: Size): Promise<Result[]> {
  const results: Result[] = [];
  for (let seed = 1; seed <= SEEDS[size]; seed++) {
    const losses = LOSSES[seed - 1] ?? [];
    const plan = { seed, begin: BEGIN, days: DAYS[size], losses };
    const year = await playYear(plan);
    const verdicts = judgeYear(year, BEGIN + DAYS[size] * DAY);
    results.push(energyOf(seed, verdicts), capacityOf(losses, verdicts), filesOf(year));
    if (seed === 1) results.push(await restartsOf(plan, year, RESTARTS[size]));
  }
  return results;
}

async function restartsOf(plan: YearPlan, year: PlayedYear, count: number): Promise<Result> {
  const random = new SeededRandom(plan.seed, "restarts of a year");
  const { lines, differing } = compareYears(year, await playYear({ ...plan, restarts: { count, random } }));
  return {
    what: `the same with ${count} restarts`,
    measured: `${differing.length} of ${lines} lines differ`,
    budget: "0",
    isMet: differing.length === 0,
  };
}

function energyOf(seed: number, verdicts: readonly CarVerdict[]): Result {
  const sum = (of: (verdict: CarVerdict) => number) => verdicts.reduce((total, verdict) => total + of(verdict), 0);
  const worst = Math.max(...verdicts.map(({ worstEnergy }) => worstEnergy));
  const list = (of: (verdict: CarVerdict) => number) => verdicts.map((verdict) => percent(of(verdict))).join(", ");
  return {
    what: `year ${seed}: ${sum(({ trips }) => trips)} trips, ${sum(({ charges }) => charges)} charges`,
    measured: `energy ${percent(worst)} off at most; all ${list((one) => one.totalEnergy)}; cost ${list((one) => one.totalCost)}`,
    budget: `<= ${percent(LARGEST_ENERGY)}`,
    isMet: worst <= LARGEST_ENERGY && verdicts.every(({ totalCost }) => Math.abs(totalCost) <= LARGEST_ENERGY),
  };
}

function capacityOf(losses: readonly number[], verdicts: readonly CarVerdict[]): Result {
  const errors = verdicts.map(({ capacity }) => capacity ?? 0);
  return {
    what: `its capacities, ${losses.map((loss) => percent(loss)).join(", ")} lost`,
    measured: `${errors.map(percent).join(", ")} off`,
    budget: `<= ${percent(LARGEST_CAPACITY)}`,
    isMet: errors.every((error) => Math.abs(error) <= LARGEST_CAPACITY),
  };
}

function filesOf({ files, messages }: PlayedYear): Result {
  collectGarbage();
  const sizes = [...files.values()].map((lines) => lines.join("").length / 1e6);
  const lines = [...files.values()].reduce((sum, own) => sum + own.length, 0);
  return {
    what: `its files, of ${messages} messages`,
    measured: `${sizes.map((size) => size.toFixed(2)).join(", ")} MB in ${lines} lines; ${heapMb()} MB heap`,
    budget: "",
    isMet: true,
  };
}

const heapMb = () => Math.round(process.memoryUsage().heapUsed / 1e6);

function percent(share: number): string {
  return `${(share * 100).toFixed(1)} %`;
}
