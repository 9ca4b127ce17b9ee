/** One line of the table. */
export interface Result {
  readonly what: string;
  /** The figure of this package, and what it is compared with. */
  readonly measured: string;
  /** This package against the other side, where there is one. */
  readonly ratio?: number;
  readonly budget: string;
  readonly isMet: boolean;
}

/** `tiny`: only to see that it can be measured; the figures say nothing. */
export type Size = "full" | "tiny";

/** What a module in `rows/` exports. */
export interface ResultRow {
  measure(size: Size): Promise<Result[]>;
}

/** What the process of rows tells the one that prints, of each. */
export type ToldFigure = { readonly name: string } & (
  { readonly results: readonly Result[] } | { readonly failure: string }
);

/** The ratio to another figure, if that is not 0. */
export function against(ours: number, theirs: number): Pick<Result, "ratio"> {
  return theirs === 0 ? {} : { ratio: ours / theirs };
}

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  const upper = sorted[middle];
  const lower = sorted.length % 2 === 0 ? sorted[middle - 1] : upper;
  if (upper === undefined || lower === undefined) throw new Error("no values");
  return (lower + upper) / 2;
}

/** `412 000`, three digits exact. */
export function roundedFigure(value: number): string {
  return Number(value.toPrecision(3)).toLocaleString("en-US").replaceAll(",", " ");
}
