#!/usr/bin/env bash
# kalman-filter 2.3.0, Node.js 20.20: a missing measurement that is given as null counts as a measurement of 0.
#
# A good engineer takes it that null is what stands for a measurement that did not come: it gets through the check of the input, where NaN and
# undefined are refused with an error, and the README lists an example with missing values.
# Seen (the level of a parked car is 50 %, told each hour; the third message is lost):
#
#   [50] [50] [null] [50]          50  50  18.75  38.1
#   [50] [50] [0] [50]             50  50  18.75  38.1
#   [50] [50] [NaN] [50]           an error
#   predict() without correct()    50  50  50     50
#
# Reason: the function that makes a column of an observation takes a row that begins with null for numbers; then the measurement is subtracted
# from what was predicted, and null minus a number is a number.
# Way out: step by step, and correct() only where something was measured.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
npm init -y >/dev/null
npm install --no-audit --no-fund --ignore-scripts kalman-filter@2.3.0 >/dev/null 2>&1

cat >level.cjs <<'JS'
"use strict";
const { KalmanFilter } = require("kalman-filter");

const newFilter = () => new KalmanFilter({ observation: 1, dynamic: "constant-position" });
const shown = (levels) => levels.map((level) => Number(level.toFixed(2))).join(" ");

function all(observations) {
  try {
    return shown(newFilter().filterAll(observations).map(([level]) => level));
  } catch {
    return "an error";
  }
}

function byStep(levels) {
  const filter = newFilter();
  const found = [];
  let previousCorrected = null;
  for (const level of levels) {
    const predicted = filter.predict({ previousCorrected });
    previousCorrected = level === null ? predicted : filter.correct({ predicted, observation: [level] });
    found.push(previousCorrected.mean[0][0]);
  }
  return shown(found);
}

console.log("null:", all([[50], [50], [null], [50]]));
console.log("zero:", all([[50], [50], [0], [50]]));
console.log("NaN:", all([[50], [50], [NaN], [50]]));
console.log("predict alone:", byStep([50, 50, null, 50]));
JS
# The package prints its matrices before it raises an error.
node level.cjs | grep -E "^(null|zero|NaN|predict alone):" | tee seen

# Fails if the behaviour changes.
diff seen - <<'TXT'
null: 50 50 18.75 38.1
zero: 50 50 18.75 38.1
NaN: an error
predict alone: 50 50 50 50
TXT
