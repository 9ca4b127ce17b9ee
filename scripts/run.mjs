// What the other scripts share: running a program, and bringing a fresh clone to life.
import { spawn } from "node:child_process";
import { setPriority } from "node:os";
import { existsSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { fingerprint, onceFor } from "./fingerprint.mjs";

export const root = dirname(dirname(fileURLToPath(import.meta.url)));
/** Everything that is made for test runs; never committed. */
export const made = join(root, ".test-build");
/** Where the compiled tests, demo, bench and simulator lie, at the paths of their sources. */
export const compiled = join(made, "js");

/** Option of Node.js for what makes very many short-lived objects, as compilers do: less work by a sixth. */
export const ROOMY = "--max-semi-space-size=64";

/**
 * Runs a program in `cwd`; resolves to its exit code and, with `quiet`, what it printed (which is not shown then).
 * `priority`: that of node:os, for it and for what it starts.
 */
export function run(command, args, { quiet = false, cwd = root, env = {}, priority } = {}) {
  return new Promise((resolve) => {
    const stdio = quiet ? ["ignore", "pipe", "pipe"] : "inherit";
    const child = spawn(command, args, { cwd, stdio, env: { ...process.env, ...env } });
    if (priority !== undefined && child.pid !== undefined) setPriority(child.pid, priority);
    let output = "";
    const take = (chunk) => (output += chunk);
    child.stdout?.on("data", take);
    child.stderr?.on("data", take);
    child.on("error", (error) => resolve({ code: 1, output: output + error.message }));
    child.on("close", (code) => resolve({ code: code ?? 1, output }));
  });
}

/** Runs a step that nothing can go on without. */
export async function must(title, command, args) {
  console.log(`${title} ...`);
  const { code, output } = await run(command, args, { quiet: true });
  if (code === 0) return;
  console.error(`${output}\n${title} failed (exit code ${code}).`);
  process.exit(1);
}

/** Makes `result` by a script, unless it was made of the same files before. */
async function step(title, script, result, paths, args = []) {
  const print = fingerprint(root, [...paths, `scripts/${script}.mjs`, "package.json", "package-lock.json"]);
  const make = () => must(title, process.execPath, [join(root, "scripts", `${script}.mjs`), ...args]);
  await onceFor(join(made, "stamps", script), result, print, make);
}

const PRODUCT = ["src", "nodes", "resources", "icons", "tsconfig.json", "tsconfig.types.json"];
const SHIPPED = [...PRODUCT, "examples", "README.md", "CHANGELOG.md", "LICENSE"];

/** Installs the dependencies where they are missing and builds what its sources have changed since. */
export async function ensure() {
  if (!existsSync(join(root, "node_modules", ".package-lock.json")))
    await must("Installing dependencies", "npm", ["ci", "--no-audit", "--no-fund"]);
  await Promise.all([
    step("Building", "build", join(root, "dist"), PRODUCT, ["--unchecked"]),
    step("Compiling the tests", "build-tests", compiled, [...PRODUCT, "test", "bench", "demo"]),
  ]);
}

/** Packs the package, and installs it as users do. */
export async function ensurePacked() {
  await ensure();
  await step("Packing", "pack", join(made, "packed"), SHIPPED);
}
