import assert from "node:assert/strict";
import { isSameSpan } from "../../../src/journal/same-entry.js";

const MINUTE = 60_000;
const span = (from: number, to: number) => ({ from: from * MINUTE, to: to * MINUTE });

describe("two spans of the same kind", () => {
  it("are the same event if they overlap for a minute, or for half of the shorter", () => {
    const same = [
      [span(0, 60), span(0, 60)],
      [span(0, 60), span(10, 20)],
      [span(0, 60), span(59, 120)],
      [span(0, 60), span(59.5, 60.4)],
      [span(0, 60), span(30, 30)],
      [span(30, 30), span(30, 30)],
    ] as const;
    for (const [one, other] of same) {
      assert.ok(isSameSpan(one, other), JSON.stringify([one, other]));
      assert.ok(isSameSpan(other, one), JSON.stringify([other, one]));
    }
  });

  it("are two that only touch", () => {
    const two = [
      [span(0, 60), span(60, 120)],
      [span(0, 60), span(59.5, 120)],
      [span(0, 60), span(60, 60)],
      [span(0, 60), span(0, 0)],
      [span(0, 60), span(61, 62)],
    ] as const;
    for (const [one, other] of two) assert.ok(!isSameSpan(one, other), JSON.stringify([one, other]));
  });
});
