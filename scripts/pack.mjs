// Packs what `npm publish` would send, and installs it as a user does, to .test-build/packed/: once for all suites.
import { execFileSync } from "node:child_process";
import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { root } from "./run.mjs";

const folder = join(root, ".test-build", "packed");
const installed = join(folder, "installed");

function npm(cwd, ...args) {
  return execFileSync("npm", args, { cwd, encoding: "utf8", stdio: ["ignore", "pipe", "inherit"] });
}

rmSync(folder, { recursive: true, force: true });
mkdirSync(installed, { recursive: true });
// A project of its own: without this file npm would install into the clone.
writeFileSync(join(installed, "package.json"), JSON.stringify({ private: true }));
// Without scripts, because they would build again.
const [tarball] = JSON.parse(npm(root, "pack", "--json", "--ignore-scripts", "--pack-destination", folder));
writeFileSync(join(folder, "tarball.json"), JSON.stringify(tarball));
npm(installed, "install", "--omit=dev", "--no-audit", "--no-fund", "--prefer-offline", join(folder, tarball.filename));
