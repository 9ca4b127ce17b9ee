// npm test [-- suite ...]: checks, then the suites; ends with the line `N passed, N failed`.
import { existsSync } from "node:fs";
import { ensure, run } from "./run.mjs";

const SUITES = ["unit", "nodes", "runtime", "package", "editor"];
const CHROMIUM = ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"];
const COVERAGE = ["--check-coverage", "--lines", "95", "--functions", "0", "--branches", "0", "--statements", "0"];

const wanted = process.argv.slice(2);
const unknown = wanted.filter((name) => !SUITES.includes(name));
if (unknown.length > 0) {
  console.error(`Unknown suite: ${unknown.join(", ")}. There are: ${SUITES.join(", ")}.`);
  process.exit(1);
}

let passed = 0;
let failed = 0;

/** A step that is right or wrong as a whole. */
async function check(title, command, args) {
  const { code, output } = await run(command, args, { quiet: true });
  console.log(`${code === 0 ? "ok  " : "FAIL"} ${title}`);
  if (code === 0) passed++;
  else {
    failed++;
    console.log(output);
  }
}

async function suites(title, names, wrapper = []) {
  console.log(`\n== ${title}`);
  const files = names.map((name) => `test/${name}/**/*.spec.ts`);
  const mocha = [
    "node_modules/mocha/bin/mocha.js",
    "--import=tsx",
    "--timeout",
    "20000",
    "--reporter",
    "dot",
    ...files,
  ];
  const { code, output } = await run(process.execPath, [...wrapper, ...mocha], { capture: true });
  const count = (word) => Number(new RegExp(`^\\s*(\\d+) ${word}`, "m").exec(output)?.[1] ?? 0);
  passed += count("passing");
  failed += count("failing");
  // A suite that died, or whose coverage is too low, has failed even if every test that ran has passed.
  if (code !== 0 && count("failing") === 0) failed++;
  if (count("passing") + count("failing") === 0) failed++;
}

/** Line coverage is taken where TypeScript runs directly; the other suites run the built package. */
function covered(folder, lines) {
  const limits = COVERAGE.map((part) => (part === "95" ? lines : part));
  const report = ["--reporter", "text-summary", "--temp-directory", "coverage/tmp"];
  return [
    "node_modules/c8/bin/c8.js",
    "report",
    "--include",
    `${folder}/**/*.ts`,
    "--exclude",
    "nodes/editor/**",
    ...report,
    ...limits,
  ];
}

await ensure();
if (wanted.length === 0) {
  await check("format", "npx", ["prettier", "--check", "."]);
  await check("lint", "npx", ["eslint", "."]);
  await check("types", "npx", ["tsc", "-p", "tsconfig.dev.json"]);
  await check("catalogue", process.execPath, ["scripts/check-catalogue.mjs"]);
  await check("unused files, exports and dependencies", "npx", ["knip"]);
}
const isWanted = (name) => wanted.length === 0 || wanted.includes(name);

if (wanted.length === 0) {
  const collect = ["--reporter", "none", "--temp-directory", "coverage/tmp"];
  await suites("unit and nodes", ["unit", "nodes"], ["node_modules/c8/bin/c8.js", ...collect, process.execPath]);
  await check("line coverage of src/ at least 95 %", process.execPath, covered("src", "95"));
  await check("line coverage of nodes/ at least 90 %", process.execPath, covered("nodes", "90"));
} else for (const name of ["unit", "nodes"].filter(isWanted)) await suites(name, [name]);

for (const name of ["runtime", "package"].filter(isWanted)) await suites(name, [name]);

if (isWanted("editor")) {
  const browser = process.env.CHROMIUM ?? CHROMIUM.find((path) => existsSync(path));
  if (browser === undefined)
    console.log(
      "\nThe editor suite needs a Chromium and none was found. Debian: apt-get install chromium; or set CHROMIUM.",
    );
  else await suites("editor", ["editor"]);
}

console.log(`\n${passed} passed, ${failed} failed`);
process.exit(failed === 0 ? 0 : 1);
