import type { PlayedYear } from "./played-year.js";

/** Tells how far the journals of two lives that should be the same differ. */
export interface YearComparison {
  /** Lines of both, corrections included. */
  readonly lines: number;
  /** Those that the other one has not, or has otherwise, each with what stands there. */
  readonly differing: readonly string[];
}

/** Compares two journals line by line, to the last digit. */
export function compareYears(one: PlayedYear, other: PlayedYear): YearComparison {
  let lines = 0;
  const differing: string[] = [];
  for (const vin of new Set([...one.files.keys(), ...other.files.keys()])) {
    const [own, others] = [one.files.get(vin) ?? [], other.files.get(vin) ?? []];
    const most = Math.max(own.length, others.length);
    lines += most;
    for (let index = 0; index < most; index++)
      if (own[index] !== others[index])
        differing.push(`${vin}\n${own[index] ?? "nothing"}${others[index] ?? "nothing"}`);
  }
  return { lines, differing };
}
