import assert from "node:assert/strict";
import fc from "fast-check";
import { parseRetryAfter } from "../../../src/rest/refusal.js";
import { START } from "../../helpers/fakes.js";

const DAY_MS = 24 * 3600 * 1000;

describe("Retry-After", () => {
  for (const [header, wait] of [
    ["30", 30_000],
    [" 120 ", 120_000],
    ["100000", DAY_MS],
    ["999999999999999999", DAY_MS],
    ["Mon, 02 Mar 2026 06:10:00 GMT", 600_000],
    ["Mon, 02 Mar 2026 05:10:00 GMT", null],
    ["0", null],
    ["-5", null],
    ["1.5", null],
    ["soon", null],
    ["", null],
    ["2026-03-02T07:00:00Z", null],
    [`${"0".repeat(70)}9`, null],
    [undefined, null],
  ] as const)
    it(`${JSON.stringify(header)} asks for ${String(wait)} ms`, () => {
      assert.equal(parseRetryAfter(header, START), wait);
    });

  it("is never negative and never longer than a day (property)", () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.integer().map(String)), (header) => {
        const wait = parseRetryAfter(header, START);
        assert.ok(wait === null || (wait > 0 && wait <= DAY_MS));
      }),
    );
  });
});
