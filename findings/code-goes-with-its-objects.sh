#!/usr/bin/env bash
# Node.js 20.20.2 (V8 11.3) and 24.21.0 (V8 13.6): a garbage collection throws away compiled code whose kind of object has no
# instance left, so that a benchmark that collects garbage between its rounds measures the compiler.
#
# A good engineer calls `gc()` between the rounds of a benchmark, so that none pays for the garbage of another, and takes it
# that what V8 has compiled stays.
# Seen: one function works on the same kind of object in four rounds, with `gc()` after each. Where the object of a round is all
# there is of its kind, V8 drops the function's optimised code at a collection ("weak objects") and goes on with slow code; where
# one more such object is kept somewhere, which nothing uses, it never does.
#
#   20   none is left    code is dropped
#   20   one is kept     code stays
#   24   none is left    code is dropped
#   24   one is kept     code stays
#
# Reason: code depends on hidden classes, which it holds weakly; one that was made by adding members lives only as long as an
# object of it.
# Way out: whatever a benchmark, or a program in quiet times, works on again lives on between the rounds.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"

cat >rounds.cjs <<'JS'
"use strict";
class Car {
  constructor() {
    this.level = 1;
  }
}
function newCar() {
  const car = new Car();
  car.plugged = true;
  car.range = 200;
  return car;
}
function sum(car) {
  let total = 0;
  for (let turn = 0; turn < 50; turn++) total += car.range + car.level;
  return total;
}
function round() {
  const car = newCar();
  for (let turn = 0; turn < 50_000; turn++) sum(car);
}
globalThis.kept = process.argv[2] === "kept" ? newCar() : null;
for (let count = 0; count < 4; count++) {
  round();
  globalThis.gc();
}
JS

seen=""
for version in 20.20.2 24.21.0; do
  mkdir "$version"
  (cd "$version" && npm init -y >/dev/null && npm install --no-audit --no-fund "node@$version" >/dev/null 2>&1)
  node="$version/node_modules/node/bin/node"
  for way in dropped kept; do
    # Compiling beside the work would let chance decide in which round the code is ready.
    told=$("$node" --expose-gc --no-concurrent-recompilation --trace-deopt rounds.cjs "$way")
    fate=$(grep -q "SharedFunctionInfo sum>.*weak objects" <<<"$told" && echo "code is dropped" || echo "code stays")
    title=$([ "$way" = kept ] && echo "one is kept " || echo "none is left")
    seen+="${version%%.*}   $title    $fate"$'\n'
  done
done
printf '%s' "$seen"

# Fails if the behaviour changes.
for version in 20 24; do
  grep -qx "$version   none is left    code is dropped" <<<"$seen"
  grep -qx "$version   one is kept     code stays" <<<"$seen"
done
