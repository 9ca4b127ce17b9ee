// Tells whether something that was made of files has to be made again.
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, readdirSync, rmSync, statSync, writeFileSync } from "node:fs";
import { dirname, join, relative } from "node:path";

/** Made, or of others. */
const LEFT_OUT = ["node_modules", "dist", "coverage", ".git", ".test-build"];

/** A text that changes with the name and the content of every file at or below the paths. */
export function fingerprint(root, paths) {
  const hash = createHash("sha256");
  for (const file of paths.flatMap((path) => filesAt(join(root, path))))
    hash.update(relative(root, file)).update("\0").update(readFileSync(file)).update("\0");
  return hash.digest("hex");
}

function filesAt(path) {
  if (!existsSync(path)) return [];
  if (!statSync(path).isDirectory()) return [path];
  const names = readdirSync(path).filter((name) => !LEFT_OUT.includes(name));
  return names.sort().flatMap((name) => filesAt(join(path, name)));
}

/** Whether `stamp` remembers this fingerprint. */
export const isStamped = (stamp, print) => existsSync(stamp) && readFileSync(stamp, "utf8") === print;

export function setStamp(stamp, print) {
  mkdirSync(dirname(stamp), { recursive: true });
  writeFileSync(stamp, print);
}

/** Makes `result` unless it is there and was made of files with the same fingerprint. */
export async function onceFor(stamp, result, print, make) {
  if (existsSync(result) && isStamped(stamp, print)) return;
  rmSync(stamp, { force: true });
  await make();
  setStamp(stamp, print);
}
