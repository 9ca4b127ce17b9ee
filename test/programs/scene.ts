import { eventually } from "../helpers/eventually.js";
import type { CheckTable } from "../helpers/check-table.js";
import { LONGEST_MS } from "./program.js";
import type { ProgramsStage } from "./programs-stage.js";

/** What the examples do at one program. */
export type Scene = (stage: ProgramsStage, table: CheckTable) => Promise<void>;

/** Looks until nothing is wrong any more; returns what was wrong at last. */
export async function settled(look: () => readonly string[] | Promise<readonly string[]>): Promise<readonly string[]> {
  let last: readonly string[] = [];
  const isRight = async () => {
    last = await look();
    return last.length === 0;
  };
  await eventually("nothing wrong", isRight, LONGEST_MS).catch((error: unknown) => {
    if (last.length === 0) throw error;
  });
  return last;
}
