// npm run test:matrix: the suites that touch Node-RED, on the oldest and newest versions that are supported.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { ensure, run, tally } from "./run.mjs";

const SUITES = ["nodes", "runtime", "package"];
/** `node` undefined: the one that runs this. */
const CELLS = [{ red: "~4.0" }, { node: "22", red: "~4.1" }, { node: "24", red: "5" }];

await ensure();
const folder = mkdtempSync(join(tmpdir(), "cardata-matrix-"));
let passed = 0;
let failed = 0;
try {
  for (const cell of CELLS) {
    console.log(`\n== Node.js ${cell.node ?? process.version}, Node-RED ${cell.red}`);
    const counts = await runCell(cell, join(folder, `node-red-${cell.red.replace(/\W/g, "")}`));
    passed += counts.passed;
    failed += counts.failed;
  }
} finally {
  rmSync(folder, { recursive: true, force: true });
}
console.log(`\n${passed} passed, ${failed} failed`);
process.exit(failed === 0 ? 0 : 1);

async function runCell({ node, red }, home) {
  // The package of this platform itself, because the one called `node` fetches it by an install script.
  const binary = `node-${process.platform === "win32" ? "win" : process.platform}-${process.arch}`;
  const wanted = [`node-red@${red}`, ...(node === undefined ? [] : [`${binary}@${node}`])];
  const install = ["install", "--prefix", home, "--no-audit", "--no-fund", "--ignore-scripts", "--force", ...wanted];
  const installed = await run("npm", install, { quiet: true });
  if (installed.code !== 0) {
    console.log(`${installed.output}\nThis combination could not be installed.`);
    return { passed: 0, failed: 1 };
  }
  const bin = join(home, "node_modules", binary, "bin");
  const env = {
    CARDATA_NODE_RED: join(home, "node_modules", "node-red"),
    ...(node !== undefined && { PATH: `${bin}${delimiter}${process.env.PATH}` }),
  };
  const program = node === undefined ? process.execPath : join(bin, "node");
  const { output } = await run(program, ["scripts/test.mjs", ...SUITES], { capture: true, env });
  return tally(output);
}
