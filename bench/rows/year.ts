import { judgeYear, type CarVerdict } from "../../test/helpers/journal-year/judged-year.js";
import { playYear, type PlayedYear } from "../../test/helpers/journal-year/played-year.js";
import { DAY } from "../../test/helpers/journal-year/year-car.js";
import type { Result, Size } from "../lib/result.js";
import { collectGarbage } from "../lib/rounds.js";

const DAYS = { full: 365, tiny: 3 };
const SEEDS = { full: 3, tiny: 1 };
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
 * to the cent; what is not so fails the row.
 */
export async function measure(size: Size): Promise<Result[]> {
  const results: Result[] = [];
  for (let seed = 1; seed <= SEEDS[size]; seed++) {
    const losses = LOSSES[seed - 1] ?? [];
    const year = await playYear({ seed, begin: BEGIN, days: DAYS[size], losses });
    const verdicts = judgeYear(year, BEGIN + DAYS[size] * DAY);
    results.push(energyOf(seed, verdicts), capacityOf(losses, verdicts), filesOf(year));
  }
  return results;
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
