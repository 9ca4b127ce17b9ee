import { execFileSync } from "node:child_process";
import { mkdirSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import { ROOT } from "./node-red.js";
import { temporaryFolder } from "./red-process.js";

let installed: string | null = null;

/** One file of the tarball. */
export interface PackedFile {
  readonly path: string;
  readonly size: number;
  readonly mode: number;
}

export interface Tarball {
  readonly file: string;
  readonly size: number;
  readonly unpackedSize: number;
  readonly files: readonly PackedFile[];
}

let packed: Tarball | null = null;

/** What `npm publish` would send, packed once; the package has to be built. */
export function tarball(): Tarball {
  if (packed !== null) return packed;
  const folder = temporaryFolder("packed");
  // Without scripts, because they would build again while other tests use the build.
  const output = npm(ROOT, "pack", "--json", "--ignore-scripts", "--pack-destination", folder);
  const [info] = JSON.parse(output) as [Omit<Tarball, "file"> & { filename: string }];
  packed = { ...info, file: join(folder, info.filename) };
  return packed;
}

/** Installs the tarball with its dependencies as a user does, once, and puts it into the user folder. */
export function installPacked(userDir: string): void {
  if (installed === null) {
    installed = temporaryFolder("installed");
    npm(installed, "install", "--omit=dev", "--no-audit", "--no-fund", "--prefer-offline", tarball().file);
  }
  mkdirSync(userDir, { recursive: true });
  symlinkSync(join(installed, "node_modules"), join(userDir, "node_modules"), "dir");
}

function npm(cwd: string, ...args: string[]): string {
  return execFileSync("npm", args, { cwd, encoding: "utf8", stdio: ["ignore", "pipe", "pipe"] });
}
