#!/usr/bin/env bash
# esbuild 0.28.2 beside TypeScript 6.0.3, on Node.js 20.20.2 (V8 11.3): the CommonJS that esbuild makes of modules calls small
# imported functions several times as slowly as that of the compiler.
#
# A good engineer takes it that two compilers which only strip types and rewrite imports give programs of the same speed, and
# benchmarks what is shipped by what the faster of the two has made of the same sources.
# Seen: a loop calls two small functions of another module. CPU time of the loop, esbuild's output against the compiler's:
#
#   format cjs, file by file      about 7 times
#   format cjs, in one bundle     half
#   format esm, file by file      the same as the compiler's
#
# Reason: esbuild keeps bindings live by exporting getters, copied once more into the object that `require` returns: each use of
# an import calls two functions, and what is called is no constant to V8, which then does not build the callee in. The compiler
# writes exported functions as plain members. In programs of many small modules it cost a third of all time here.
# Way out: compile by `tsc` or `ts.transpileModule` what is measured or runs long as CommonJS, or let esbuild bundle it.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"

cat >limits.ts <<'TS'
export function within(value: number, low: number, high: number): number {
  return Math.min(high, Math.max(low, value));
}
export function half(value: number): number {
  return value / 2;
}
TS
cat >main.ts <<'TS'
import { half, within } from "./limits.js";
declare const process: { cpuUsage(before?: object): { user: number } };
function total(turns: number): number {
  let sum = 0;
  for (let turn = 0; turn < turns; turn++) sum += within(half(turn % 100), 3, 40);
  return sum;
}
total(100_000);
const before = process.cpuUsage();
if (total(50_000_000) < 0) throw new Error("not so");
console.log(process.cpuUsage(before).user);
TS

npm init -y >/dev/null
npm install --no-audit --no-fund esbuild@0.28.2 typescript@6.0.3 node@20.20.2 >/dev/null 2>&1
npx tsc --outDir tsc --module nodenext --target es2022 main.ts limits.ts
npx esbuild main.ts limits.ts --outdir=cjs --format=cjs --log-level=error
npx esbuild main.ts --bundle --outdir=bundle --format=cjs --log-level=error
npx esbuild main.ts limits.ts --outdir=esm --format=esm --log-level=error
echo '{ "type": "module" }' >esm/package.json

least() {
  for _ in 1 2 3 4 5; do node_modules/node/bin/node "$1/main.js"; done | sort -n | head -1
}
compiler=$(least tsc)
for way in cjs bundle esm; do
  ratio=$(awk -v one="$(least $way)" -v other="$compiler" 'BEGIN { printf "%.1f", one / other }')
  echo "$way: $ratio times the compiler's CPU time"
  # Fails if the behaviour changes.
  case $way in
    cjs) awk -v ratio="$ratio" 'BEGIN { exit !(ratio >= 3) }' ;;
    *) awk -v ratio="$ratio" 'BEGIN { exit !(ratio < 1.5) }' ;;
  esac
done
