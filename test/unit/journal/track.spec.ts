import assert from "node:assert/strict";
import type { Point } from "../../../src/journal/bounded-series.js";
import { simplifiedTrack } from "../../../src/journal/track.js";
import { SEED, SeededRandom } from "../../helpers/random.js";

const METRES_PER_DEGREE = 111_195;

/** Returns how far a point lies from a line between two others [m]. */
function metresFrom([, latitude, longitude]: Point, [, lat1, lon1]: Point, [, lat2, lon2]: Point): number {
  const shrink = Math.cos((Number(latitude) * Math.PI) / 180);
  const vector = (lat: unknown, lon: unknown) => [
    (Number(lon) - Number(lon1)) * shrink * METRES_PER_DEGREE,
    (Number(lat) - Number(lat1)) * METRES_PER_DEGREE,
  ];
  const [[x = 0, y = 0], [toX = 0, toY = 0]] = [vector(latitude, longitude), vector(lat2, lon2)];
  const square = toX * toX + toY * toY;
  const share = square === 0 ? 0 : Math.min(1, Math.max(0, (x * toX + y * toY) / square));
  return Math.hypot(x - share * toX, y - share * toY);
}

describe("a simplified track", () => {
  it("has both ends of a straight road, and each bend of another", () => {
    const straight = Array.from({ length: 60 }, (_, minute): Point => [minute, 48 + minute / 1000, 11 + minute / 1000]);
    assert.deepEqual(simplifiedTrack(straight), [straight[0], straight[59]]);
    const bend: Point[] = [...straight, [60, 48.059, 11.2], [61, 48.059, 11.3]];
    assert.deepEqual(simplifiedTrack(bend), [straight[0], straight[59], bend[61]]);
  });

  it("passes every point that it leaves out by 12 m at most, wherever on the earth", () => {
    const random = new SeededRandom(SEED, "tracks");
    for (let run = 0; run < 20; run++) {
      let [latitude, longitude, heading] = [random.between(-70, 70), random.between(-170, 170), 0];
      const points = Array.from({ length: 300 }, (_, minute): Point => {
        heading += (random.fraction() - 0.5) * 0.5;
        latitude += Math.cos(heading) / 2000;
        longitude += Math.sin(heading) / 2000;
        return [minute, latitude, longitude];
      });
      const kept = simplifiedTrack(points);
      assert.deepEqual([kept[0], kept.at(-1)], [points[0], points[299]]);
      assert.ok(kept.length < 250, String(kept.length));
      for (const point of points) {
        const next = kept.findIndex(([minute]) => minute > point[0]);
        const [before, after] = next < 0 ? [kept.at(-2), kept.at(-1)] : [kept[next - 1], kept[next]];
        assert.ok(before !== undefined && after !== undefined && metresFrom(point, before, after) < 12, String(run));
      }
    }
  });

  it("counts metres, not degrees: far in the north a degree to the east is short", () => {
    const [from, to]: [Point, Point] = [
      [0, 69, 20],
      [2, 69.02, 20],
    ];
    const eastward: Point = [1, 69.01, 20.0002];
    assert.deepEqual(simplifiedTrack([from, eastward, to]), [from, to]);
    const atEquator = [from, eastward, to].map(([minute, latitude, longitude]): Point => [
      minute,
      Number(latitude) - 69,
      Number(longitude),
    ]);
    assert.deepEqual(simplifiedTrack(atEquator), atEquator);
  });

  it("is without points that are nowhere, and none of fewer than two", () => {
    const [one, other]: [Point, Point] = [
      [0, 48, 11],
      [9, 48.1, 11],
    ];
    const nowhere: Point[] = [
      [1, NaN, 11],
      [2, 48.2, null],
      [3, Infinity, 11],
      [4, 48.3],
    ];
    assert.deepEqual(simplifiedTrack([one, ...nowhere, other]), [one, other]);
    assert.deepEqual(simplifiedTrack([...nowhere, other]), []);
    assert.deepEqual(simplifiedTrack([]), []);
  });
});
