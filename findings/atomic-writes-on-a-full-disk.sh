#!/usr/bin/env bash
# atomically 2.1.1 and write-file-atomic 7.0.1 on a disk that becomes full, Node.js 20.20.
#
# A good engineer expects of an "atomic write" that it either replaces the file whole or rejects and leaves the old one.
# Seen: where the disk takes a part of the data, writeFile of both packages RESOLVES, and the good old file has been
# replaced by a cut one, in all four of these forms (each on a fresh disk of 200 kB, new content 300 kB, old content 4 bytes):
#
#   atomically writeFile, Buffer        resolved     200704 of 307200 bytes
#   atomically writeFile, string        resolved     200704 of 307200 bytes
#   atomically writeFileSync, Buffer    resolved     200704 of 307200 bytes
#   write-file-atomic, Buffer           resolved     200704 of 307200 bytes
#   atomically writeFile, stream        ENOSPC       old content
#   fs.promises.writeFile + rename      ENOSPC       old content
#
# Reason: both call fs.write once and do not look at the number of bytes written; write(2) takes what fits and reports no error.
# (The very first byte that does not fit is ENOSPC; so a disk that was full before is noticed, one that becomes full is not.)
# Way out: give atomically a stream, which writes until everything is written.
#
# Needs Linux and the right to mount a tmpfs (root, or user namespaces).
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
npm init -y >/dev/null
npm install --no-audit --no-fund --ignore-scripts atomically@2.1.1 write-file-atomic@7.0.1 >/dev/null 2>&1

cat >one.mjs <<'JS'
import { readFileSync, promises, writeFileSync } from "node:fs";
import { Readable } from "node:stream";
import { writeFile, writeFileSync as writeFileAtomicallySync } from "atomically";
import writeFileAtomic from "write-file-atomic";

const file = "disk/state.json";
const content = Buffer.alloc(300 * 1024, "x");
const forms = {
  "atomically writeFile, Buffer": () => writeFile(file, content),
  "atomically writeFile, string": () => writeFile(file, content.toString()),
  "atomically writeFileSync, Buffer": () => writeFileAtomicallySync(file, content),
  "write-file-atomic, Buffer": () => writeFileAtomic(file, content),
  "atomically writeFile, stream": () => writeFile(file, Readable.from([content])),
  "fs.promises.writeFile + rename": async () => {
    await promises.writeFile(`${file}.new`, content);
    await promises.rename(`${file}.new`, file);
  },
};
const name = process.argv[2];
writeFileSync(file, "good");
let outcome = "resolved";
try {
  await forms[name]();
} catch (error) {
  outcome = error.code;
}
const left = readFileSync(file);
const state = left.toString() === "good" ? "old content" : `${left.length} of ${content.length} bytes`;
console.log(`${name.padEnd(34)}  ${outcome.padEnd(11)}  ${state}`);
JS

cat >all.sh <<'SH'
set -e
mkdir -p disk
for form in "atomically writeFile, Buffer" "atomically writeFile, string" "atomically writeFileSync, Buffer" \
  "write-file-atomic, Buffer" "atomically writeFile, stream" "fs.promises.writeFile + rename"; do
  mount -t tmpfs -o size=200k tmpfs disk
  node one.mjs "$form"
  umount disk
done
SH
if [ "$(id -u)" = 0 ]; then seen=$(bash all.sh); else seen=$(unshare -rm bash all.sh); fi
echo "$seen"

# Fails if the behaviour changes.
[ "$(grep -c "resolved .* of 307200 bytes" <<<"$seen")" = 4 ]
[ "$(grep -c "ENOSPC .* old content" <<<"$seen")" = 2 ]
