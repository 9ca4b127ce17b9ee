// The oldest and newest versions of Node.js and Node-RED that are supported, and one between them.
import { delimiter, join } from "node:path";
import { onceFor } from "./fingerprint.mjs";
import { made, run } from "./run.mjs";

/**
 * `node` undefined: the one that runs this. `suites`: those that run, if not all that depend on versions: what works at
 * both ends works between them, but the installation and the examples are tried there as well. `hasOtherEditor`: its
 * editor is not the one in which the suite `editor` runs.
 */
const CELLS = [
  { red: "~4.0" },
  { node: "22", red: "~4.1", suites: ["package"] },
  { node: "24", red: "5", hasOtherEditor: true },
];
// The package of this platform itself, because the one called `node` fetches it by an install script.
const BINARY = `node-${process.platform === "win32" ? "win" : process.platform}-${process.arch}`;

const nameOf = ({ node = process.version, red }) => `Node.js ${node}, Node-RED ${red}`;
const homeOf = (cell) => join(made, "versions", nameOf(cell).replace(/[^\w.]+/g, "-"));

/** Resolves to what went wrong, one text for each version that could not be installed. */
export async function installVersions() {
  return (await Promise.all(CELLS.map(install))).filter((problem) => problem !== null);
}

/** The jobs of all that depends on versions; needs the dependencies. */
export async function versionJobs() {
  const { jobsOfVersions } = await import("./suites.mjs");
  return CELLS.flatMap((cell) => jobsOfVersions(nameOf(cell), circumstances(cell), cell));
}

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
