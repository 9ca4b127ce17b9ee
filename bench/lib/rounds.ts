/** Collects garbage: that of one measurement must not be paid for by the next one. Rows run with `--expose-gc`. */
export function collectGarbage(): void {
  if (globalThis.gc === undefined) throw new Error("run with --expose-gc");
  globalThis.gc();
}

/** Measures the seconds that `run` takes. */
export async function seconds(run: () => unknown): Promise<number> {
  collectGarbage();
  const start = performance.now();
  await run();
  return (performance.now() - start) / 1000;
}

/** Number of measured rounds, and of rounds that only warm up before. */
export interface Rounds {
  readonly rounds: number;
  readonly warmUp: number;
}

/** Runs both sides in turn, so that a slow moment of the machine hits both. The first rounds only warm up. */
export async function alternate(
  ours: () => Promise<number>,
  theirs: () => Promise<number>,
  { rounds, warmUp }: Rounds,
): Promise<{ ours: number[]; theirs: number[] }> {
  const taken = { ours: [] as number[], theirs: [] as number[] };
  for (let round = 0; round < warmUp + rounds; round++) {
    const pair = [await ours(), await theirs()] as const;
    if (round < warmUp) continue;
    taken.ours.push(pair[0]);
    taken.theirs.push(pair[1]);
  }
  return taken;
}
