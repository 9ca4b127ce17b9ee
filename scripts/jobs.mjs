// Runs jobs beside each other, as many as the cores can bear.
import { availableParallelism, constants, getPriority } from "node:os";
import { run } from "./run.mjs";

/** More than there is: jobs wait for something now and then, and what they say they need is what they need at most. */
const LOAD = 1.9;
/** Of what only computes: it fills the time in which the others wait, so that these do not wait for it as well. */
const PRIORITY_OF_WORK = Math.max(getPriority(), constants.priority.PRIORITY_BELOW_NORMAL);
/** Of sums of shares. */
const ROUNDING = 1e-9;

/**
 * A job: `title`, `args` of the `program` (Node.js if not given) and its `env`, the share of a core that it keeps busy
 * (`cores`), `counts`, which gets exit code and output and says how many tests have passed and failed, and `after`: the
 * jobs that must have ended before.
 * Jobs start in their order; one that does not fit or has to wait lets others pass. Each tells its output when it ends.
 * Resolves to what all have counted.
 */
export async function runJobs(jobs) {
  const total = { passed: 0, failed: 0 };
  const waiting = [...jobs];
  let free = availableParallelism() * LOAD;
  let running = [];
  const done = new Set();
  const start = (job) => {
    free -= job.cores;
    const begun = Date.now();
    const how = { quiet: true, env: job.env, priority: job.cores >= 1 ? PRIORITY_OF_WORK : undefined };
    const ended = run(job.program ?? process.execPath, job.args, how).then(({ code, output }) => {
      free += job.cores;
      running = running.filter((one) => one !== ended);
      done.add(job);
      const { passed, failed } = job.counts(code, output);
      total.passed += passed;
      total.failed += failed;
      tell(job, { failed, output, seconds: (Date.now() - begun) / 1000 });
    });
    running.push(ended);
  };
  const fits = ({ cores, after = [] }) =>
    (cores <= free + ROUNDING || running.length === 0) && after.every((other) => done.has(other));
  const next = () => waiting.findIndex(fits);
  while (waiting.length + running.length > 0) {
    for (let index = next(); index >= 0 && waiting.length > 0; index = next()) start(...waiting.splice(index, 1));
    await Promise.race(running);
  }
  return total;
}

function tell({ title, isQuiet = false }, { failed, output, seconds }) {
  console.log(`${failed === 0 ? "ok  " : "FAIL"} ${title} (${seconds.toFixed(0)} s)`);
  if (failed > 0 || !isQuiet) console.log(output);
}
