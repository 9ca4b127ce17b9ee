#!/usr/bin/env bash
# fs.watch of Node.js 20.20 on Linux with `recursive`: a file that another one has replaced is watched no more.
#
# A good engineer expects of `fs.watch(folder, { recursive: true })` that it tells every change below the folder, also where an
# editor, git or an atomic write has put a new file in the place of an old one.
# Seen: of four replacements of one file (written beside it and renamed, each half a second after the one before) only the first
# is told; of four in a folder that is watched by itself all are.
#
#   recursive    told 1 of 4
#   by folder    told 4 of 4
#
# Reason: on Linux `recursive` is made in JavaScript, which watches each file by itself and remembers it by its path: the file
# with the same path that takes its place is not watched, because its path is known already.
# Way out: watch every folder without `recursive`.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"

cat >one.mjs <<'JS'
import { mkdirSync, renameSync, watch, writeFileSync } from "node:fs";

const pause = () => new Promise((resolve) => setTimeout(resolve, 500));
for (const [name, folder, options] of [
  ["recursive", "a", { recursive: true }],
  ["by folder", "b/part", {}],
]) {
  const [top] = folder.split("/");
  const file = `${top}/part/file`;
  mkdirSync(`${top}/part`, { recursive: true });
  writeFileSync(file, "0");
  let events = 0;
  watch(folder, options, () => events++);
  await pause();
  let told = 0;
  for (let time = 0; time < 4; time++) {
    events = 0;
    writeFileSync(`${file}.new`, String(time));
    renameSync(`${file}.new`, file);
    await pause();
    if (events > 0) told++;
  }
  console.log(`${name}    told ${told} of 4`);
}
process.exit();
JS
seen=$(node one.mjs)
echo "$seen"

# Fails if the behaviour changes.
grep -qx "recursive    told 1 of 4" <<<"$seen"
grep -qx "by folder    told 4 of 4" <<<"$seen"
