/** One line of the table. */
export interface Result {
  readonly what: string;
  /** The figure of this package, and that of the other side. */
  readonly measured: string;
  /** This package relative to the other side, if there is one. */
  readonly ratio?: number;
  readonly budget: string;
  readonly isMet: boolean;
}

/** `tiny`: only checks that it can be measured; the figures mean nothing. */
export type Size = "full" | "tiny";

/** The exports of a module in `rows/`. */
export interface ResultRow {
  measure(size: Size): Promise<Result[]>;
}

/** The message of the process of rows to the one that prints, for each row. */
export type ToldFigure = { readonly name: string } & (
  | { readonly results: readonly Result[] }
  | { readonly failure: string }
);

/** Returns the ratio to another figure, if that is not 0. */
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

/** Formats `412 000`, three digits exact. */
export function roundedFigure(value: number): string {
  return Number(value.toPrecision(3)).toLocaleString("en-US").replaceAll(",", " ");
}
