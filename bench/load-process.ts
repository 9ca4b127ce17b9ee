// Runs in a child process of rows/load.ts: loads the built nodes as Node-RED does, or the libraries below them, and
// reports the milliseconds.
import { createRequire } from "node:module";
import { isAbsolute } from "node:path";
import type { NodeAPI } from "../nodes/lib/red.js";

const nothing = () => undefined;

/** Everything that nodes may call when they are loaded; the compiler reports what is missing. */
const RED: NodeAPI = {
  nodes: {
    registerType: nothing,
    createNode: nothing,
    getNode: nothing,
    getCredentials: nothing,
    addCredentials: nothing,
    eachNode: nothing,
  },
  httpAdmin: { get: nothing, post: nothing },
  plugins: { registerPlugin: nothing },
  auth: { needsPermission: () => nothing },
  events: { on: nothing, off: nothing },
  settings: { userDir: "/nowhere" },
  util: { generateId: () => "", cloneMessage: (message) => message, getSetting: nothing },
  log: { info: nothing, warn: nothing, error: nothing },
  _: (key) => key,
};

const load = createRequire(__filename);
const [, , ...modules] = process.argv;
const start = performance.now();
for (const name of modules) {
  const loaded: unknown = load(name);
  if (typeof loaded === "function" && isAbsolute(name)) (loaded as (red: NodeAPI) => void)(RED);
}
console.log(performance.now() - start);
process.exit();
