#!/usr/bin/env bash
# fast-check 4.10.2, Node.js 20.20: `fc.double({ min: 0, max: 100 })` is below 1 in nine of ten cases, so that a property of levels or places
# is hardly tried where levels and places are.
#
# A good engineer writes `fc.double({ min: 0, max: 100, noNaN: true })` for the level of a battery, or -90 to 90 for a latitude, and takes it that the
# values lie all over the range, with some more at its ends: as those of `fc.integer` do.
# Seen (10,000 values of each):
#
#   fc.double 0 to 100, those of at least 1               less than a tenth
#   fc.double -90 to 90, those from 20 to 70 (Europe)     less than one in a hundred
#   fc.integer 0 to 100,000, divided by 1000, at least 1  more than three quarters
#   a fault of all levels from 20 to 80, found in 100 runs, with 50 seeds   fc.double: fewer than 10; fc.integer: all 50
#
# Reason: it picks evenly among all doubles of the range; half of those below 100 are below 1e-153, since each power of two has as many.
# Way out: numbers from `fc.integer`, divided, beside fc.double for what is odd.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
npm init -y >/dev/null
npm install --no-audit --no-fund --ignore-scripts fast-check@4.10.2 >/dev/null 2>&1

cat >look.mjs <<'JS'
import fc from "fast-check";

const VALUES = 10_000;
const SEEDS = 50;
const double = (min, max) => fc.double({ min, max, noNaN: true });
const divided = fc.integer({ min: 0, max: 100_000 }).map((value) => value / 1000);
const share = (arbitrary, isOne) => fc.sample(arbitrary, { numRuns: VALUES, seed: 1 }).filter(isOne).length / VALUES;

/** Returns with how many seeds a fault of most levels is found. */
function found(arbitrary) {
  const faulty = fc.property(arbitrary, (level) => level < 20 || level > 80);
  return Array.from({ length: SEEDS }, (_, seed) => fc.check(faulty, { seed, numRuns: 100 })).filter(({ failed }) => failed).length;
}

const seen = {
  "fc.double 0 to 100, at least 1": share(double(0, 100), (value) => value >= 1),
  "fc.double -90 to 90, from 20 to 70": share(double(-90, 90), (value) => value >= 20 && value <= 70),
  "fc.integer, divided, at least 1": share(divided, (value) => value >= 1),
  "found by fc.double": found(double(0, 100)),
  "found by fc.integer": found(divided),
};
for (const [name, value] of Object.entries(seen)) console.log(`${name}: ${value}`);
const [levels, places, even, byDouble, byInteger] = Object.values(seen);
// Fails if the behaviour changes.
process.exit(levels < 0.1 && places < 0.01 && even > 0.75 && byDouble < 10 && byInteger === SEEDS ? 0 : 1);
JS
node look.mjs
echo "as described"
