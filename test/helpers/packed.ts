import { mkdirSync, readFileSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import { ROOT } from "./node-red.js";

/** Made by scripts/pack.mjs before the suites that need it. */
const PACKED = join(ROOT, ".test-build", "packed");
/** The packages of a project in which a user has installed ours. */
export const INSTALLED = join(PACKED, "installed", "node_modules");

/** Describes one file of the tarball. */
export interface PackedFile {
  readonly path: string;
  readonly size: number;
  readonly mode: number;
}

export interface Tarball {
  readonly filename: string;
  readonly size: number;
  readonly unpackedSize: number;
  readonly files: readonly PackedFile[];
}

/** Describes what `npm publish` would send. */
export function tarball(): Tarball {
  return JSON.parse(readFileSync(join(PACKED, "tarball.json"), "utf8")) as Tarball;
}

/** Puts the tarball, installed with its dependencies as a user does, into the user folder. */
export function installPacked(userDir: string): void {
  mkdirSync(userDir, { recursive: true });
  symlinkSync(INSTALLED, join(userDir, "node_modules"), "dir");
}
