import assert from "node:assert/strict";
import { BoundedSeries } from "../../../src/journal/bounded-series.js";

describe("a bounded series", () => {
  it("stays small and even however long it gets, and keeps its first and its last point", () => {
    const series = new BoundedSeries(120);
    for (let at = 0; at <= 10_000; at++) series.add([at, at]);
    const { points } = series;
    assert.ok(points.length > 50 && points.length <= 120, String(points.length));
    assert.deepEqual([points[0]?.[0], points.at(-1)?.[0]], [0, 10_000]);
    const gaps = points.slice(1, -1).map(([at], index) => at - (points[index]?.[0] ?? 0));
    assert.ok(Math.max(...gaps) < 400, String(Math.max(...gaps)));
  });

  it("leaves out what goes backwards, and is restored without what is no point", () => {
    const series = new BoundedSeries(10);
    series.restore({ points: [[1, 2], "x", [NaN, 1], [2, "y"], [], [3, null]], last: "z", step: "far" });
    series.add([2, 5]);
    assert.deepEqual(series.points, [
      [1, 2],
      [3, null],
    ]);
  });

  it("keeps the same points, wherever it was saved and restored", () => {
    const whole = new BoundedSeries(20);
    for (let at = 0; at < 300; at++) whole.add([at, at]);
    for (let place = 0; place < 300; place++) {
      let series = new BoundedSeries(20);
      for (let at = 0; at < 300; at++) {
        series.add([at, at]);
        if (at !== place) continue;
        const saved: unknown = JSON.parse(JSON.stringify(series.save()));
        series = new BoundedSeries(20);
        series.restore(saved);
      }
      assert.deepEqual(series.points, whole.points, String(place));
    }
  });
});
