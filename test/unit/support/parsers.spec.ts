import assert from "node:assert/strict";
import fc from "fast-check";
import { finiteNumber, parseJson, nonEmptyText } from "../../../src/support/json.js";
import { maskVin, parseVin } from "../../../src/support/vin.js";
import { parseTimestamp } from "../../../src/vehicle/timestamp.js";
import { VIN } from "../../helpers/fakes.js";
import { runs } from "../../helpers/random.js";

const RUNS = { numRuns: runs(2000) };

describe("vehicle identification numbers", () => {
  it("are 17 letters and digits without I, O and Q, in any case", () => {
    assert.equal(parseVin(VIN.toLowerCase()), VIN);
  });

  for (const [title, value] of [
    ["a line end", `${VIN}\n`],
    ["16 characters", VIN.slice(1)],
    ["18 characters", `${VIN}1`],
    ["an O", `O${VIN.slice(1)}`],
    ["a letter that only looks Latin", `\u212A${VIN.slice(1)}`],
    ["a number", 12_345_678_901_234_567n],
    ["null", null],
  ] as const)
    it(`are not ${title}`, () => {
      assert.equal(parseVin(value), null);
    });

  it("come out in one spelling or not at all (property)", () => {
    fc.assert(
      fc.property(fc.anything(), (value) => {
        const vin = parseVin(value);
        assert.ok(vin === null || /^[A-HJ-NPR-Z0-9]{17}$/.test(vin));
      }),
      RUNS,
    );
  });

  it("are masked to their last four characters", () => {
    assert.equal(maskVin(VIN), "…0001");
  });
});

describe("JSON from others", () => {
  it("is its value, or undefined; never an exception (property)", () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.json()), (content) => {
        parseJson(content);
      }),
      RUNS,
    );
  });

  it("may not nest too deep", () => {
    assert.deepEqual(parseJson("[[1]]", 2), [[1]]);
    assert.equal(parseJson("[[[1]]]", 2), undefined);
    assert.equal(parseJson("[".repeat(100_000), 64), undefined);
    assert.equal(parseJson("[".repeat(50_000) + "]".repeat(50_000)), undefined);
  });

  it("has no numbers but finite ones", () => {
    for (const value of ["NaN", "Infinity", "1e999", "0x10", "", " 1", NaN, -Infinity, null, {}, true])
      assert.equal(finiteNumber(value), null);
    assert.equal(finiteNumber("-1.5"), -1.5);
  });

  it("has no texts of nothing but blanks", () => {
    assert.equal(nonEmptyText("  \n"), null);
    assert.equal(nonEmptyText(7), null);
    assert.equal(nonEmptyText(" a "), " a ");
  });
});

describe("BMW's times", () => {
  const TIME = Date.parse("2026-03-02T06:41:05Z");

  for (const spelling of [
    "2026-03-02T06:41:05Z",
    "2026-03-02T06:41:05.000Z",
    "2026-03-02 06:41:05Z",
    "2026-03-02T06:41:05",
    "2026-03-02T07:41:05+01:00",
    "2026-03-02T07:41:05+0100",
  ])
    it(`are understood as ${spelling}`, () => {
      assert.equal(parseTimestamp(spelling), TIME);
    });

  for (const value of ["", "yesterday", "2026-13-02T06:41:05Z", "1772433665", 1_772_433_665, null, "2".repeat(65)])
    it(`are not ${JSON.stringify(value)}`, () => {
      assert.equal(parseTimestamp(value), null);
    });

  it("are finite milliseconds or nothing (property)", () => {
    const digits = fc.string({ unit: fc.constantFrom(..."0123456789-:TZ.+ ".split("")), maxLength: 30 });
    fc.assert(
      fc.property(fc.oneof(fc.anything(), digits), (value) => {
        const time = parseTimestamp(value);
        assert.ok(time === null || Number.isFinite(time));
      }),
      RUNS,
    );
  });

  it("are the same whether or not the time before was of the same day (property)", () => {
    const usual = fc.constantFrom("2026-03-02T06:41:05Z", "2026-03-02T23:59:59.987Z", "2026-02-30T10:00:00Z");
    const sign = fc.constantFrom(..."0123456789-:TZ.+/;, ".split(""));
    fc.assert(
      fc.property(usual, fc.nat(23), sign, (text, index, other) => {
        const altered = text.slice(0, index) + other + text.slice(index + 1);
        parseTimestamp("2001-01-01T00:00:00Z");
        const alone = parseTimestamp(altered);
        parseTimestamp(`${text.slice(0, 10)}T00:00:00Z`);
        assert.equal(parseTimestamp(altered), alone);
        if (alone !== null && altered.endsWith("Z")) assert.equal(alone, Date.parse(altered.replace(" ", "T")));
      }),
      RUNS,
    );
  });
});
