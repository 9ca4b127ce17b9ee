// npm test [-- suite or spec file ...]: checks and suites; ends with the line `N passed, N failed`. With `CI=true` also what
// is long, and the coverage; with `CARDATA_VERSIONS=true` also the matrix, so that its many waits are filled by other work.
import { existsSync, rmSync } from "node:fs";
import { join, relative, resolve } from "node:path";
import { ensure, ensurePacked, root, run } from "./run.mjs";
import { installVersions, versionJobs } from "./versions.mjs";

const wanted = process.argv.slice(2);
const hasVersions = process.env.CARDATA_VERSIONS === "true" && wanted.length === 0;
const versions = hasVersions ? installVersions() : Promise.resolve([]);
await ensure();
// Only now the dependencies are there.
const { checkJobs } = await import("./checks.mjs");
const { runJobs } = await import("./jobs.mjs");
const { hasBrowser, countsTold, jobsOf, LONG, mocha, smallJobs, SUITES } = await import("./suites.mjs");

const files = wanted.filter((name) => name.endsWith(".spec.ts")).map((path) => relative(root, resolve(path)));
const unknown = wanted.filter((name) => !(name in SUITES) && !existsSync(join(root, name)));
if (unknown.length > 0) {
  console.error(`Unknown suite or file: ${unknown.join(", ")}. Suites: ${Object.keys(SUITES).join(", ")}.`);
  process.exit(1);
}
if (files.length > 0) process.exit(await runFiles());

const isCi = process.env.CI === "true";
const suites = Object.keys(SUITES).filter((name) => (wanted.length === 0 || wanted.includes(name)) && canRun(name));
if (suites.some((name) => SUITES[name].isPacked)) await ensurePacked();
const { passed, failed } =
  wanted.length === 0 ? await runEverything() : await runJobs(suites.flatMap((name) => jobsOf(name)));
console.log(`\n${passed} passed, ${failed} failed`);
process.exit(failed === 0 ? 0 : 1);

function canRun(suite) {
  if (!SUITES[suite].isBrowser || hasBrowser) return true;
  console.log(
    `The suite ${suite} needs a Chromium and none was found. Debian: apt-get install chromium-headless-shell; or set CHROMIUM.`,
  );
  return false;
}

/** Quickly, with the title of every test; resolves to the exit code. */
async function runFiles() {
  if (files.some((file) => SUITES[file.split("/")[1]]?.isPacked)) await ensurePacked();
  return (await run(process.execPath, mocha(files, "spec"))).code;
}

async function runEverything() {
  const { jobs: checks, passed } = checkJobs();
  const tests = isCi ? coveredJobs() : suites.flatMap((name) => jobsOf(name, { isQuick: true }));
  if (!isCi)
    console.log(
      `Left to CI: ${LONG.join(", ")}, three of four random tries, dialogs in a second language, coverage. \`CI=true npm test\` runs these as well.`,
    );
  const problems = await versions;
  problems.forEach((problem) => console.log(problem));
  const others = hasVersions && problems.length === 0 ? await versionJobs() : [];
  const counts = await runJobs([...tests, ...smallJobs(), ...checks, ...others]);
  return { passed: passed + counts.passed, failed: problems.length + counts.failed };
}

/** The jobs of the suites, and that which judges what they have reached. */
function coveredJobs() {
  const coverage = join(root, "coverage", "tmp");
  rmSync(coverage, { recursive: true, force: true });
  const jobs = suites.flatMap((name) =>
    jobsOf(name, SUITES[name].isCovered ? { how: { env: { NODE_V8_COVERAGE: coverage } } } : {}),
  );
  const judge = {
    title: "coverage",
    cores: 1,
    after: jobs.filter(({ env }) => "NODE_V8_COVERAGE" in env),
    args: [join(root, "scripts", "coverage.mjs")],
    counts: countsTold,
  };
  return [...jobs, judge];
}
