import { existsSync } from "node:fs";
import {
  accuracyOf,
  accuracyOfColumn,
  coverageOf,
  playRegime,
  timeErrorOf,
  type Accuracy,
  type Scored,
} from "../lib/regimes.js";
import type { Result, Size } from "../lib/result.js";
import { playWeek } from "../lib/simulated-week.js";

/** Folder that holds `recordings/` and `worlds/`, which include the truth. */
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
/** What a world has to reach: mean error [pp], by which output, and what else. */
interface WorldGoal {
  readonly most: number;
  readonly output?: 1;
  /** Share of the error of BMW's held value. */
  readonly ofHold?: number;
  /** Error of the time to the target in the median, a share. */
  readonly time?: number;
}

const WORLDS: Readonly<Record<string, WorldGoal>> = {
  mountains: { most: 0.6, output: 1 },
  "missing-end": { most: 0.6 },
  "pv-bmw": { most: 0.45, ofHold: 2 / 3 },
  "i3-old": { most: 0.4 },
  "phev-37": { most: 0.45 },
  "meter-house": { most: 0.12 },
  trailer: { most: 0.65, output: 1 },
  "odo-at-end": { most: 0.62, output: 1 },
  "full-balance": { most: 0.22, time: 0.2 },
  "dc-cold": { most: 0.7 },
  restarts: { most: 0.07 },
  "winter-mixed": { most: 0.38, output: 1 },
};
const WORLD_BAND = [0.8, 1] as const;
const WORLDS_BAND = [0.87, 0.95] as const;
const NEAR_PP = 0.05;
const BETTER = 0.7;
const BAND = [0.85, 0.97] as const;

/** Measures how far the shown estimates are from the truth, beside BMW's held value and the reference's. */
export async function measure(size: Size): Promise<Result[]> {
  if (size === "tiny" || !existsSync(FOLDER)) return measureWeek(DAYS[size]);
  const results: Result[] = [];
  for (const pool of POOLS) results.push(...(await measurePool(pool)));
  return [...results, ...(await measureWorlds())];
}

async function measureWorlds(): Promise<Result[]> {
  const pooled: Scored[] = [];
  const results: Result[] = [];
  for (const [world, goal] of Object.entries(WORLDS)) {
    const scored = await playRegime(...filesOf("worlds", world), goal.output ?? 0);
    pooled.push(...scored);
    results.push(worldResult(world, goal, scored));
  }
  return [...results, bandResult("worlds", pooled, WORLDS_BAND)];
}

function worldResult(world: string, { most, ofHold, time }: WorldGoal, scored: readonly Scored[]): Result {
  const own = accuracyOf(scored);
  const hold = accuracyOfColumn(scored, "hold").mae;
  const left = timeErrorOf(scored);
  const covered = coverageOf(scored);
  const limit = Math.min(most, (ofHold ?? Infinity) * hold);
  const minutes = left === null ? "" : `, time to the target ${percent(left)}`;
  return {
    what: `world: ${world}`,
    measured: `${told(own)} band ${percent(covered)} (hold ${pp(hold)}${minutes})`,
    ratio: own.mae / hold,
    budget: `<= ${limit.toFixed(2)} pp${time === undefined ? "" : `, time <= ${percent(time)}`}`,
    isMet: own.mae <= limit && isWithin(covered, WORLD_BAND) && (time === undefined || (left ?? Infinity) <= time),
  };
}

function bandResult(pool: string, scored: readonly Scored[], band: readonly [number, number]): Result {
  const covered = coverageOf(scored);
  return {
    what: `${pool}: 90 % band`,
    measured: `${percent(covered)} of the truth`,
    budget: `${percent(band[0])} to ${percent(band[1])}`,
    isMet: isWithin(covered, band),
  };
}

function isWithin(value: number, [least, most]: readonly [number, number]): boolean {
  return value >= least && value <= most;
}

function filesOf(folder: "recordings" | "worlds", name: string): readonly [recording: string, truth: string] {
  const path = `${FOLDER}/${folder}/${name}`;
  return [`${path}.ndjson.gz`, `${path}.truth.ndjson.gz`];
}

async function measurePool(pool: Pool): Promise<Result[]> {
  const pooled: Scored[] = [];
  const results: Result[] = [];
  for (const regime of Object.keys(pool.regimes)) {
    const scored = await playRegime(...filesOf("recordings", regime), pool.output);
    pooled.push(...scored);
    results.push(resultOf(pool, regime, scored));
  }
  return [...results, bandResult(pool.name, pooled, BAND)];
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
