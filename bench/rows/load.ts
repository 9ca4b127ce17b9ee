import { execFileSync } from "node:child_process";
import { ROOT } from "../../test/helpers/node-red.js";
import { median, type Result } from "../lib/result.js";

const RUNS = 9;
const LONGEST_MS = 300;

/** Loads the node files as Node-RED does; the stub offers what they call at once. */
const NODES = `
const nothing = () => undefined;
const RED = {
  nodes: { registerType: nothing },
  httpAdmin: { get: nothing, post: nothing },
  auth: { needsPermission: () => nothing },
  events: { on: nothing, off: nothing },
  settings: {},
};
require("./dist/nodes/cardata-account.js")(RED);
require("./dist/nodes/cardata-stream.js")(RED);`;
const LIBRARIES = `require("mqtt"); require("axios");`;

/** Each time in a fresh process; starting Node.js itself does not count. */
export async function measure(): Promise<Result[]> {
  const runs = Array.from({ length: RUNS }, () => [timed(NODES), timed(LIBRARIES)] as const);
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

/** Milliseconds that a script takes. */
function timed(script: string): number {
  const program = `const start = performance.now();${script}\nconsole.log(performance.now() - start);process.exit();`;
  return Number(execFileSync(process.execPath, ["-e", program], { cwd: ROOT, encoding: "utf8" }));
}
