// node scripts/coverage.mjs: judges how much of the sources the covered suites of a run have reached, by what Node.js has
// left in coverage/tmp; ends with the line `N passed, N failed`. One report for all folders, because to read it is most
// of the work.
import { readFileSync } from "node:fs";
import { join, relative, sep } from "node:path";
import { ROOMY, root, run } from "./run.mjs";

/** Least share of the lines of a folder [%]. */
const LEAST = { src: 95, nodes: 90 };

const folder = join(root, "coverage");
const what = [
  ...Object.keys(LEAST).flatMap((sources) => ["--include", `${sources}/**/*.ts`]),
  ...["--exclude", "nodes/editor/**", "--exclude-after-remap"],
];
const c8 = [ROOMY, join(root, "node_modules", "c8", "bin", "c8.js"), "report", ...what];
const places = ["--temp-directory", join(folder, "tmp"), "--reports-dir", folder];
const { code, output } = await run(process.execPath, [...c8, ...places, "--reporter", "json-summary"], { quiet: true });
if (code !== 0) throw new Error(output);
const files = Object.entries(JSON.parse(readFileSync(join(folder, "coverage-summary.json"), "utf8")));

const failed = Object.entries(LEAST).filter(([sources, least]) => {
  const isBelow = percentOf(sources) < least;
  console.log(
    `${isBelow ? "FAIL" : "ok  "} line coverage of ${sources}/: ${percentOf(sources).toFixed(2)} %, at least ${least} %`,
  );
  return isBelow;
}).length;
console.log(`\n${Object.keys(LEAST).length - failed} passed, ${failed} failed`);
process.exitCode = failed === 0 ? 0 : 1;

/** 0 where nothing was reached. */
function percentOf(sources) {
  const lines = files.filter(([path]) => relative(root, path).startsWith(sources + sep)).map(([, file]) => file.lines);
  const sum = (name) => lines.reduce((total, line) => total + line[name], 0);
  return (100 * sum("covered")) / Math.max(1, sum("total"));
}
