#!/usr/bin/env bash
# geolib 3.3.14, Node.js 20.20: the length of a path is a sum of steps that are each rounded to whole metres.
#
# A good engineer takes it that getPathLength of a track is its length to a metre: the default accuracy of a distance is documented as
# one metre, and a sum of many errors evens out. Whoever doubts the formula hands over getPreciseDistance.
# Seen (a straight kilometre along the equator, in steps as a car makes them that tells its place ten times a second):
#
#   step                 true length   getDistance   getPreciseDistance   getPreciseDistance to 0.01 m
#   0.40 m ( 14 km/h)      1000 m           0 m             0 m               1000 m
#   0.60 m ( 22 km/h)      1000 m        1667 m          1667 m               1000 m
#   1.39 m ( 50 km/h)       999 m         719 m           719 m                999 m
#   5.30 m (191 km/h)      1002 m         945 m           945 m               1002 m
#
# getDistance to 0.01 m does not get there: steps of 5 cm add up to nothing, because the cosine whose inverse it takes is too flat near
# zero for a double to tell such steps from none.
#
# Reason: each distance is rounded before it is handed back, getPathLength adds what it gets, and at a steady speed all steps
# are rounded to the same side. It has no parameter for the accuracy.
# Way out: getPathLength(points, (from, to) => getPreciseDistance(from, to, 0.01)), or a haversine of one's own.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
npm init -y >/dev/null
npm install --no-audit --no-fund --ignore-scripts geolib@3.3.14 >/dev/null 2>&1

cat >measure.cjs <<'JS'
"use strict";
const { getDistance, getPathLength, getPreciseDistance } = require("geolib");

const PATH = 1000;
// A degree of longitude at the equator, of the ellipsoid as of the sphere that geolib takes.
const METRES_PER_DEGREE = (6_378_137 * Math.PI) / 180;
const track = (step) =>
  Array.from({ length: Math.round(PATH / step) + 1 }, (_, index) => ({ latitude: 0, longitude: 11 + (index * step) / METRES_PER_DEGREE }));
const toCentimetre = (distance) => (from, to) => distance(from, to, 0.01);

for (const step of [0.4, 0.6, 1.39, 5.3]) {
  const points = track(step);
  const lengths = [getDistance, getPreciseDistance, toCentimetre(getPreciseDistance)].map((distance) => getPathLength(points, distance));
  console.log(`step ${step}: ${lengths.map((metres) => metres.toFixed(0)).join(" ")}`);
}
console.log(`step 0.05, getDistance to a centimetre: ${getPathLength(track(0.05), toCentimetre(getDistance)).toFixed(0)}`);
JS
node measure.cjs | tee seen

# Fails if the behaviour changes.
diff seen - <<'TXT'
step 0.4: 0 0 1000
step 0.6: 1667 1667 1000
step 1.39: 719 719 999
step 5.3: 945 945 1002
step 0.05, getDistance to a centimetre: 0
TXT
