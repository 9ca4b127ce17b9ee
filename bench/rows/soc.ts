import { existsSync } from "node:fs";
import { accuracyOf, accuracyOfColumn, coverageOf, playRegime, type Accuracy, type Scored } from "../lib/regimes.js";
import type { Result, Size } from "../lib/result.js";
import { playWeek } from "../lib/simulated-week.js";

/** Folder of the recordings that include the truth. */
const FOLDER = process.env["CARDATA_REFERENCE"] ?? "";

/** Days of simulated cars, with the one that only warms up. */
const DAYS = { full: 8, tiny: 2 };

/** How to score a pool of regimes: by which output, and against which column of the reference. */
interface Pool {
  readonly name: string;
  readonly output: 0 | 1;
  readonly columns: readonly [string, string];
  /** `better`: where the reference's model is poor. */
  readonly regimes: Readonly<Record<string, "near" | "better">>;
}

const POOLS: readonly Pool[] = [
  {
    name: "charging",
    output: 0,
    columns: ["reference40", "reference82"],
    regimes: {
      "ac-home": "near",
      "ac-rich": "better",
      "ac-pollsoc": "near",
      "ac-sparse": "near",
      "ac-nophase": "better",
      "ac-nopower": "better",
      "dc-rich": "better",
      "dc-sparse": "better",
      "phev-rich": "near",
    },
  },
  {
    name: "driving",
    output: 1,
    columns: ["reference", "referenceTraccar"],
    regimes: { "soc-push": "better", silent: "better", "odo-sparse": "better" },
  },
];
const NEAR_PP = 0.05;
const BETTER = 0.7;
const BAND = [0.85, 0.97] as const;

/** Measures how far the shown estimates are from the truth, beside BMW's held value and the reference's. */
export async function measure(size: Size): Promise<Result[]> {
  if (size === "tiny" || !existsSync(FOLDER)) return measureWeek(DAYS[size]);
  const results: Result[] = [];
  for (const pool of POOLS) results.push(...(await measurePool(pool)));
  return results;
}

async function measurePool(pool: Pool): Promise<Result[]> {
  const pooled: Scored[] = [];
  const results: Result[] = [];
  for (const regime of Object.keys(pool.regimes)) {
    const files = [`${FOLDER}/${regime}.ndjson.gz`, `${FOLDER}/${regime}.truth.ndjson.gz`] as const;
    const scored = await playRegime(...files, pool.output);
    pooled.push(...scored);
    results.push(resultOf(pool, regime, scored));
  }
  const covered = coverageOf(pooled);
  const isMet = covered >= BAND[0] && covered <= BAND[1];
  return [
    ...results,
    { what: `${pool.name}: 90 % band`, measured: `${percent(covered)} of the truth`, budget: "85 to 97 %", isMet },
  ];
}

function resultOf({ name, columns, regimes }: Pool, regime: string, scored: readonly Scored[]): Result {
  const own = accuracyOf(scored);
  const hold = accuracyOfColumn(scored, "hold").mae;
  const [one, other] = [accuracyOfColumn(scored, columns[0]).mae, accuracyOfColumn(scored, columns[1]).mae];
  const reference = Math.min(one, other);
  const limit = regimes[regime] === "better" ? BETTER * reference : reference + NEAR_PP;
  const others = `hold ${pp(hold)}, reference ${pp(one)}/${pp(other)}`;
  return {
    what: `${name}: ${regime}`,
    measured: `${told(own)} band ${percent(coverageOf(scored))} (${others})`,
    ratio: own.mae / reference,
    budget: `<= ${limit.toFixed(2)} pp`,
    isMet: own.mae <= limit,
  };
}

function told({ mae, bias, p95, most }: Accuracy): string {
  return `${pp(mae)} bias ${pp(bias)} P95 ${pp(p95)} max ${pp(most)}`;
}

function pp(value: number): string {
  return value.toFixed(2);
}

function percent(share: number): string {
  return `${(share * 100).toFixed(0)} %`;
}

/** Without the recordings: simulated cars, beside BMW's held value. */
async function measureWeek(days: number): Promise<Result[]> {
  return Object.entries(await playWeek(days)).map(([what, scored]: [string, Scored[]]) => {
    const own = accuracyOf(scored);
    const hold = accuracyOfColumn(scored, "hold").mae;
    return {
      what: `${what}: simulated week`,
      measured: `${told(own)} band ${percent(coverageOf(scored))} (hold ${pp(hold)})`,
      ratio: own.mae / hold,
      budget: "better than hold",
      isMet: own.mae < hold,
    };
  });
}
