// npm run dev: the demo (simulated BMW, real Node-RED), built and started anew whenever a source changes. What cannot be
// built is told, and the Node-RED that runs goes on. Arguments go to the demo.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, readdirSync, rmSync, watch } from "node:fs";
import { join } from "node:path";
import { compiled, ensure, made, root, run } from "./run.mjs";

const SOURCES = ["src", "nodes", "resources", "icons", "demo", "test/simulator", "test/helpers"];
/** Editors write a file in several steps, and git writes many files. */
const SETTLED_MS = 200;
/** A demo that does not end by itself in this time is killed. */
const LONGEST_STOP_MS = 20_000;

/** The running demo; `null` while there is none. */
let demo = null;
let watchers = [];
let isEnding = false;
/** Resolves at the next change. */
let change = nextChange();

for (const signal of ["SIGINT", "SIGTERM"]) process.on(signal, () => void end());
await ensure();
watchSources();
start();
for (;;) {
  await change.promise;
  await new Promise((resolve) => setTimeout(resolve, SETTLED_MS));
  change = nextChange();
  watchSources();
  await renew();
}

/** Folder by folder and anew after each change: `recursive` loses a file on Linux as soon as another one took its place. */
function watchSources() {
  for (const watcher of watchers) watcher.close();
  const folders = SOURCES.map((name) => join(root, name)).filter((folder) => existsSync(folder));
  watchers = folders.flatMap(foldersIn).map((folder) => watch(folder, () => change.resolve()));
}

function foldersIn(folder) {
  const entries = readdirSync(folder, { withFileTypes: true }).filter((entry) => entry.isDirectory());
  return [folder, ...entries.flatMap(({ name }) => foldersIn(join(folder, name)))];
}

async function renew() {
  // The build is made of other files than the stamp says.
  for (const step of ["build", "build-tests"]) rmSync(join(made, "stamps", step), { force: true });
  console.log("\nA source has changed: building ...");
  if (!(await succeeds("build", "--quick"))) return;
  await stop();
  if (await succeeds("build-tests")) start();
}

async function succeeds(script, ...args) {
  const { code, output } = await run(process.execPath, [join(root, "scripts", `${script}.mjs`), ...args], {
    quiet: true,
  });
  if (code !== 0) console.log(`${output}\nIt could not be built; waiting for the next change.`);
  return code === 0;
}

function start() {
  const child = spawn(
    process.execPath,
    ["--enable-source-maps", join(compiled, "demo", "main.js"), ...process.argv.slice(2)],
    {
      cwd: root,
      stdio: "inherit",
    },
  );
  demo = child;
  child.on("exit", () => {
    if (demo !== child) return;
    demo = null;
    if (!isEnding) console.log("The demo has ended; the next change starts it again.");
  });
}

async function stop() {
  if (demo === null) return;
  const child = demo;
  demo = null;
  const ended = once(child, "exit");
  child.kill("SIGTERM");
  const timer = setTimeout(() => child.kill("SIGKILL"), LONGEST_STOP_MS);
  await ended;
  clearTimeout(timer);
}

async function end() {
  if (isEnding) return;
  isEnding = true;
  await stop();
  process.exit();
}

/** A promise, and what resolves it. */
function nextChange() {
  let resolve;
  const promise = new Promise((settle) => (resolve = settle));
  return { promise, resolve };
}
