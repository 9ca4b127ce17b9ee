import { execFileSync } from "node:child_process";
import { join } from "node:path";
import packageFile from "../../package.json";
import { ROOT } from "../../test/helpers/node-red.js";
import { median, type Result, type Size } from "../lib/result.js";

const RUNS = { full: 9, tiny: 1 };
const LONGEST_MS = 300;

const NODES = Object.values(packageFile["node-red"].nodes).map((path) => join(ROOT, path));
const LIBRARIES = ["mqtt", "axios"];

/** Each time in a fresh process; starting Node.js itself does not count. */
export async function measure(size: Size): Promise<Result[]> {
  const runs = Array.from({ length: RUNS[size] }, () => [timed(NODES), timed(LIBRARIES)] as const);
  const ours = median(runs.map(([nodes]) => nodes));
  const libraries = median(runs.map(([, both]) => both));
  return [
    {
      what: "load the node files",
      measured: `${Math.round(ours)} ms; mqtt + axios alone ${Math.round(libraries)} ms`,
      ratio: ours / libraries,
      budget: `< ${LONGEST_MS} ms`,
      isMet: ours < LONGEST_MS,
    },
  ];
}

/** Measures the milliseconds that it takes to load these modules. */
function timed(modules: readonly string[]): number {
  const program = require.resolve("../load-process.js");
  return Number(execFileSync(process.execPath, [program, ...modules], { cwd: ROOT, encoding: "utf8" }));
}
