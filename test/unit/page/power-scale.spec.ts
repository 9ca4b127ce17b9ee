import assert from "node:assert/strict";
import { powerRange, powerTicks } from "../../../nodes/cockpit/power-scale.js";

const near = (values: readonly number[]) => values.map((value) => Math.round(value * 1000) / 1000);

describe("the power below the level", () => {
  it("takes the lowest three tenths of the picture, with an end that keeps", () => {
    for (const [most, limit] of [
      [null, 4],
      [3.7, 4],
      [11, 12],
      [187, 200],
      [500, 500],
    ] as const) {
      const range = powerRange(most === null ? null : 0, most);
      assert.deepEqual(near(range), near([0, limit / 0.3]));
      assert.deepEqual(near(powerTicks(range)), [0, limit / 2, limit]);
    }
  });

  it("shows what a car gives below zero, within the same part of the picture", () => {
    for (const [min, max, least, most] of [
      [-10.2, null, -12, 4],
      [-3, 11, -4, 12],
      [-2, 250, -4, 400],
    ] as const) {
      const range = powerRange(min, max);
      const [lower, zero, upper] = powerTicks(range);
      assert.deepEqual(near([lower ?? NaN, zero ?? NaN, upper ?? NaN]), [least, 0, most]);
      assert.equal(lower, range[0]);
      assert.ok(Math.abs(((upper ?? NaN) - range[0]) / (range[1] - range[0]) - 0.3) < 1e-9);
    }
  });

  it("makes no room for the noise of a measurement below zero", () => {
    assert.deepEqual(powerRange(-0.05, 11), powerRange(0, 11));
  });
});
