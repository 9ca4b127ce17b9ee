import { median, roundedFigure } from "./result.js";

/** The garbage of one measurement must not be paid for by the next one. Rows run with `--expose-gc`. */
export function collectGarbage(): void {
  if (globalThis.gc === undefined) throw new Error("run with --expose-gc");
  globalThis.gc();
}

/**
 * Measures the CPU time that this process spends in `run` [ms], in all its threads: on a machine that others use as well,
 * the time on the clock says more about them.
 */
export async function cpuMs(run: () => unknown): Promise<number> {
  collectGarbage();
  const start = process.cpuUsage();
  await run();
  const { user, system } = process.cpuUsage(start);
  return (user + system) / 1000;
}

/** How often is measured, and how often only to warm up before. */
export interface Rounds {
  readonly rounds: number;
  readonly warmUp: number;
}

/** What two sides cost, round by round. */
export interface Comparison {
  /** Median CPU time of each side [ms]. */
  readonly ours: number;
  readonly theirs: number;
  /** How many times as much the other side costs: the median of the rounds, and the quarters that lie below and above it. */
  readonly ratio: number;
  readonly spread: readonly [low: number, high: number];
}

/**
 * Measures both sides in turn and compares them round by round, so that a slow moment of the machine hits both. The first
 * rounds only warm up. Each side returns its CPU time [ms].
 */
export async function compare(
  ours: () => Promise<number>,
  theirs: () => Promise<number>,
  { rounds, warmUp }: Rounds,
): Promise<Comparison> {
  const pairs: (readonly [ours: number, theirs: number])[] = [];
  for (let round = 0; round < warmUp + rounds; round++) {
    const pair = [await ours(), await theirs()] as const;
    if (round >= warmUp) pairs.push(pair);
  }
  const ratios = pairs.map(([one, other]) => other / one).sort((one, other) => one - other);
  const at = (share: number) => ratios[Math.floor(share * (ratios.length - 1))] ?? NaN;
  return {
    ours: median(pairs.map(([one]) => one)),
    theirs: median(pairs.map(([, other]) => other)),
    ratio: median(ratios),
    spread: [at(0.25), at(0.75)],
  };
}

/** Tells a comparison per `count` of something, e.g. `3.1 µs a descriptor; JSON.parse alone 1.2 µs; 0.41 to 0.44`. */
export function measuredOf({ ours, theirs, spread }: Comparison, count: number, what: string, peer: string): string {
  const each = (ms: number) => `${roundedFigure((ms * 1000) / count)} µs`;
  return `${each(ours)} a ${what}; ${peer} ${each(theirs)}; ${spread.map((ratio) => ratio.toFixed(2)).join(" to ")}`;
}
