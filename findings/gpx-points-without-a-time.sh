#!/usr/bin/env bash
# @tmcw/togeojson 7.1.3 and gpxparser 3.0.8 with GPX 1.1, Node.js 20.20: a point without a time moves the times of all points after it, and
# the way that a car was carried between two segments counts as driven.
#
# A good engineer takes it that `coordinateProperties.times[i]` is the time of `coordinates[i]`, as `speeds[i]` is its speed: the time
# of a point is optional in GPX, and what is not known is null. And that the length of a track is that of its segments, which GPX
# has for exactly this: to begin a new one where the fix was lost.
# Seen (four points, the second without a time; two segments of 111 m each, 100 km apart; three segments, the middle one a single point):
#
#   togeojson, times     07:00 07:02 07:03            (of 4 points)
#   togeojson, speeds    10 null 12 13                (where the second point has none)
#   togeojson, segments  2 of 3; of two segments of which the second alone has times, times[0] are those of the second
#   gpxparser, total     100.2 km instead of 0.2 km
#   gpxparser, cumul[0]  111 m: the way to the second point, not to the first; the last two are the same
#
# Reason: togeojson adds a time to its list only where there is one, and the list of a segment only where that is not empty, while values of
# extensions are put at the index of their point; a segment of one point is no line. gpxparser joins the points of all segments into one list.
# Way out: look whether there are as many times as points before they are put together; measure segment by segment. Whoever writes
# GPX for them gives each point a time, and each part of a way a track of its own.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
npm init -y >/dev/null
npm install --no-audit --no-fund --ignore-scripts @tmcw/togeojson@7.1.3 @xmldom/xmldom@0.9.8 gpxparser@3.0.8 >/dev/null 2>&1

cat >read.mjs <<'JS'
import { gpx } from "@tmcw/togeojson";
import { DOMParser } from "@xmldom/xmldom";
import GpxParser from "gpxparser";

const speedOf = (value) => (value === undefined ? "" : `<extensions><speed>${value}</speed></extensions>`);
const point = (minute, { at = minute / 1000, timed = true, speed } = {}) =>
  `<trkpt lat="${(48 + at).toFixed(6)}" lon="11">${timed ? `<time>2026-03-02T07:0${minute}:00Z</time>` : ""}${speedOf(speed)}</trkpt>`;
const segment = (...points) => `<trkseg>${points.join("")}</trkseg>`;
const track = (...segments) =>
  `<?xml version="1.0"?><gpx xmlns="http://www.topografix.com/GPX/1/1" version="1.1" creator="test"><trk>${segments.join("")}</trk></gpx>`;
const read = (text) => gpx(new DOMParser().parseFromString(text, "text/xml")).features[0];
const clocks = (times) => times.map((time) => time.slice(11, 16)).join(" ");

const gap = read(track(segment(...[0, 1, 2, 3].map((minute) => point(minute, { timed: minute !== 1 })))));
console.log("togeojson: points", gap.geometry.coordinates.length, "times", clocks(gap.properties.coordinateProperties.times));

const speeds = read(track(segment(...[0, 1, 2, 3].map((minute) => point(minute, { speed: minute === 1 ? undefined : 10 + minute })))));
console.log("togeojson: speeds", speeds.properties.coordinateProperties.speeds.map(String).join(" "));

const single = read(track(segment(point(0), point(1)), segment(point(2)), segment(point(3), point(4))));
console.log("togeojson: segments of three", single.geometry.coordinates.length);

const second = read(track(segment(point(0, { timed: false }), point(1, { timed: false })), segment(point(3), point(4))));
console.log("togeojson: segments", second.geometry.coordinates.length, "times[0]", clocks(second.properties.coordinateProperties.times[0]));

const parser = new GpxParser();
parser.parse(track(segment(point(0), point(1)), segment(point(2, { at: 0.9 }), point(3, { at: 0.901 }))));
const { total, cumul } = parser.tracks[0].distance;
console.log("gpxparser: total", (total / 1000).toFixed(1), "km, cumul", cumul.map(Math.round).join(" "));
JS
node read.mjs | tee seen

# Fails if the behaviour changes.
diff seen - <<'TXT'
togeojson: points 4 times 07:00 07:02 07:03
togeojson: speeds 10 null 12 13
togeojson: segments of three 2
togeojson: segments 2 times[0] 07:03 07:04
gpxparser: total 100.2 km, cumul 111 100075 100187 100187
TXT
