// npm run test:matrix: what depends on the versions of Node.js and Node-RED, on the oldest and newest that are supported.
// With `--install` it only installs them, so that this can happen beside other work.
import { delimiter, join } from "node:path";
import { onceFor } from "./fingerprint.mjs";
import { ensurePacked, made, run } from "./run.mjs";

/** `node` undefined: the one that runs this. */
/** `hasOtherEditor`: its editor is not the one in which the suite `editor` runs. */
const CELLS = [{ red: "~4.0" }, { node: "22", red: "~4.1" }, { node: "24", red: "5", hasOtherEditor: true }];
// The package of this platform itself, because the one called `node` fetches it by an install script.
const BINARY = `node-${process.platform === "win32" ? "win" : process.platform}-${process.arch}`;

const nameOf = ({ node = process.version, red }) => `Node.js ${node}, Node-RED ${red}`;
const homeOf = (cell) => join(made, "versions", nameOf(cell).replace(/[^\w.]+/g, "-"));

const problems = (await Promise.all(CELLS.map(install))).filter((problem) => problem !== null);
problems.forEach((problem) => console.log(problem));
if (!process.argv.includes("--install")) {
  await ensurePacked();
  const { runJobs } = await import("./jobs.mjs");
  const { jobsOfVersions } = await import("./suites.mjs");
  const { passed, failed } =
    problems.length === 0
      ? await runJobs(CELLS.flatMap((cell) => jobsOfVersions(nameOf(cell), circumstances(cell), cell)))
      : { passed: 0, failed: problems.length };
  console.log(`\n${passed} passed, ${failed} failed`);
  process.exitCode = failed === 0 ? 0 : 1;
}

/** Resolves to what went wrong, or `null`. */
async function install(cell) {
  const home = homeOf(cell);
  const packages = [`node-red@${cell.red}`, ...(cell.node === undefined ? [] : [`${BINARY}@${cell.node}`])];
  const options = ["--prefix", home, "--no-audit", "--no-fund", "--ignore-scripts", "--force"];
  try {
    await onceFor(`${home}.stamp`, join(home, "node_modules", "node-red"), packages.join(" "), async () => {
      const { code, output } = await run("npm", ["install", ...options, ...packages], { quiet: true });
      if (code !== 0) throw new Error(output);
    });
    return null;
  } catch (error) {
    return `${error.message}\n${nameOf(cell)} could not be installed.`;
  }
}

/** With which program and environment the specs of a cell run. */
function circumstances(cell) {
  const folder = join(homeOf(cell), "node_modules");
  const env = { CARDATA_NODE_RED: join(folder, "node-red") };
  if (cell.node === undefined) return { env };
  const bin = join(folder, BINARY, "bin");
  return { program: join(bin, "node"), env: { ...env, PATH: `${bin}${delimiter}${process.env.PATH}` } };
}
