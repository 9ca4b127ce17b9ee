// What the other scripts share: running a program, and bringing a fresh clone to life.
import { spawn } from "node:child_process";
import { existsSync, readdirSync, statSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

export const root = dirname(dirname(fileURLToPath(import.meta.url)));

/** Runs a program in `cwd`; resolves to its exit code and, with `capture`, what it printed (which is shown as well). */
export function run(command, args, { capture = false, quiet = false, cwd = root, env = {} } = {}) {
  return new Promise((resolve) => {
    const stdio = capture || quiet ? ["ignore", "pipe", "pipe"] : "inherit";
    const child = spawn(command, args, { cwd, stdio, env: { ...process.env, ...env } });
    let output = "";
    const take = (target) => (chunk) => {
      output += chunk;
      if (!quiet) target.write(chunk);
    };
    child.stdout?.on("data", take(process.stdout));
    child.stderr?.on("data", take(process.stderr));
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

/** The counts of the last line `N passed, N failed`; a run without such a line has failed. */
export function tally(output) {
  const last = [...output.matchAll(/^(\d+) passed, (\d+) failed$/gm)].at(-1);
  return last ? { passed: Number(last[1]), failed: Number(last[2]) } : { passed: 0, failed: 1 };
}

function newest(folder) {
  let time = 0;
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name);
    time = Math.max(time, entry.isDirectory() ? newest(path) : statSync(path).mtimeMs);
  }
  return time;
}

/** Installs the dependencies where they are missing and builds what is older than its sources. */
export async function ensure() {
  if (!existsSync(join(root, "node_modules", ".package-lock.json")))
    await must("Installing dependencies", "npm", ["ci", "--no-audit", "--no-fund"]);
  const built = join(root, "dist", "nodes", "cardata-account.html");
  const sources = ["src", "nodes", "resources", "icons"].map((folder) => newest(join(root, folder)));
  if (!existsSync(built) || statSync(built).mtimeMs < Math.max(...sources))
    await must("Building", process.execPath, [join(root, "scripts", "build.mjs")]);
}
