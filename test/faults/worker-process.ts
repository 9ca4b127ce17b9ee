// Runs in a child process of main.ts: the faults that it is sent, one after the other.
import { setTimeout as pause } from "node:timers/promises";
import { FAULTS } from "./faults.js";
import type { FaultContext, FaultReport, FaultFigures } from "./lib/fault.js";
import { SeededRandom } from "../helpers/random.js";

/** One fault to run. */
export interface WorkerJob {
  readonly name: string;
  readonly form: FaultContext["form"];
  readonly seed: number;
}

let losses = new Map<string, number>();
const note = (loss: string) => losses.set(loss, (losses.get(loss) ?? 0) + 1);

// In-process accounts run here: their unhandled errors count as losses.
process.on("unhandledRejection", (reason) => {
  note(`unhandled: ${reason instanceof Error ? (reason.stack ?? reason.message) : String(reason)}`);
});
process.on("warning", ({ name, message }) => {
  if (name.startsWith("MaxListeners")) note(message);
});

async function run({ name, form, seed }: WorkerJob): Promise<FaultReport> {
  const fault = FAULTS[name];
  if (fault === undefined) throw new Error(`There is no fault ${name}`);
  losses = new Map();
  const start = performance.now();
  const rounds = fault.rounds[form];
  const expect = (holds: boolean, loss: string) => {
    if (!holds) note(loss);
  };
  let figures: FaultFigures = {};
  try {
    figures = await fault.run({ form, rounds, random: new SeededRandom(seed, name), expect });
  } catch (error) {
    note(`broke off: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`);
  }
  // Unhandled errors are reported in the next turns.
  await pause(10);
  return { name, rounds, losses: [...losses], figures, seconds: (performance.now() - start) / 1000 };
}

process.on("message", (job: WorkerJob) => {
  void run(job).then((report) => process.send?.(report));
});
process.once("disconnect", () => process.exit());
