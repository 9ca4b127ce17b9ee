// node scripts/faults.mjs: injects faults around real lives of the package, and proves that nothing is lost by them.
import { fork, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { parseArgs } from "node:util";
import { FAULTS } from "./faults.js";
import type { FaultReport } from "./lib/fault.js";
import { header, row } from "./lib/table.js";
import type { WorkerJob } from "./worker-process.js";

/** Most of the time is waiting for something. */
const WORKERS = { short: 4, long: 2 };
/** A fault that hangs must not hang the run. */
const LONGEST_MS = { short: 300_000, long: 3_600_000 };
const SEED = 20_260_302;

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      short: { type: "boolean", default: false },
      only: { type: "string", default: Object.keys(FAULTS).join(",") },
      seed: { type: "string", default: String(SEED) },
    },
  });
  const form = values.short ? "short" : "long";
  const seed = Number(values.seed);
  const names = values.only.split(",").filter(Boolean);
  const unknown = names.filter((name) => !Object.hasOwn(FAULTS, name));
  if (unknown.length > 0 || !Number.isSafeInteger(seed)) {
    console.error(`Unknown: ${[...unknown, ...(Number.isSafeInteger(seed) ? [] : [values.seed])].join(", ")}.`);
    console.error(`There are: ${Object.keys(FAULTS).join(", ")}; a seed is a whole number.`);
    process.exitCode = 2;
    return;
  }
  console.log(`Faults in the ${form} form, seed ${seed}`);
  console.log(header());
  const reports = await runAll(names.map((name) => ({ name, form, seed })));
  const failed = reports.filter(({ losses }) => losses.length > 0);
  for (const { name, losses } of failed)
    for (const [loss, count] of losses) console.log(`\n${name}, ${count} x: ${loss}`);
  console.log(`\n${reports.length - failed.length} passed, ${failed.length} failed`);
  process.exitCode = failed.length === 0 ? 0 : 1;
}

/** Each worker takes the next fault as soon as it is free. */
async function runAll(jobs: readonly WorkerJob[]): Promise<FaultReport[]> {
  const left = [...jobs];
  const reports: FaultReport[] = [];
  const work = async () => {
    let worker: ChildProcess | null = null;
    for (let job = left.shift(); job !== undefined; job = left.shift()) {
      worker ??= startWorker();
      const report = await runIn(worker, job);
      reports.push(report);
      console.log(row(FAULTS[job.name]!, report));
      if (worker.exitCode !== null || worker.signalCode !== null) worker = null;
    }
    worker?.disconnect();
  };
  const { form = "short" } = jobs[0] ?? {};
  await Promise.all(Array.from({ length: Math.min(WORKERS[form], jobs.length) }, work));
  return reports;
}

function startWorker(): ChildProcess {
  return fork(require.resolve("./worker-process.js"), { execArgv: [...process.execArgv, "--expose-gc"] });
}

async function runIn(worker: ChildProcess, job: WorkerJob): Promise<FaultReport> {
  const start = performance.now();
  const over = new AbortController();
  const answer = once(worker, "message", over).then(([report]) => report as FaultReport);
  const limit = setTimeout(() => worker.kill("SIGKILL"), LONGEST_MS[job.form]);
  const gone = once(worker, "exit", over).then(([code, signal]) => `the run itself ended by ${String(signal ?? code)}`);
  worker.send(job);
  const report = await Promise.race([answer, gone]);
  clearTimeout(limit);
  // A worker runs one fault after the other; its listeners must not accumulate.
  void Promise.allSettled([answer, gone]);
  over.abort();
  const seconds = (performance.now() - start) / 1000;
  if (typeof report !== "string") return report;
  return { name: job.name, rounds: 0, losses: [[report, 1]], figures: {}, seconds };
}

void main();
