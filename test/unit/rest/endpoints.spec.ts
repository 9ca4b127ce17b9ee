import assert from "node:assert/strict";
import fc from "fast-check";
import { parseBasicData, parseMappings } from "../../../src/rest/endpoints.js";
import { CarDataError } from "../../../src/support/errors.js";
import { OTHER_VIN, VIN } from "../../helpers/fakes.js";

const entry = { vin: VIN, mappedSince: "2025-10-01T08:00:00Z", mappingType: "PRIMARY" };
const primary = [{ vin: VIN, role: "primary" }];

describe("mappings", () => {
  for (const [title, answer] of [
    ["a bare array, as the live server answers", [entry]],
    ["a single object, as BMW's document says", entry],
    ["a list in `mappings`", { mappings: [entry] }],
    ["a list in `vehicles`", { vehicles: [entry] }],
    ["a type in small letters", [{ ...entry, mappingType: "primary" }]],
    ["no type", [{ vin: VIN }]],
    ["a type that is no text", [{ vin: VIN, mappingType: 7 }]],
    ["a VIN in small letters with blanks", [{ ...entry, vin: ` ${VIN.toLowerCase()}\n` }]],
    ["the same car twice", [entry, { ...entry, mappingType: "SECONDARY" }]],
    ["members that are no cars", [null, "x", 7, [], {}, { vin: 3 }, { vin: "WBA" }, entry]],
  ] as const)
    it(`are read from ${title}`, () => {
      assert.deepEqual(parseMappings(answer), primary);
    });

  it("keep cars that may not be read", () => {
    assert.deepEqual(parseMappings([entry, { vin: OTHER_VIN, mappingType: "SECONDARY" }]), [
      ...primary,
      { vin: OTHER_VIN, role: "secondary" },
    ]);
  });

  it("may be empty", () => {
    assert.deepEqual(parseMappings([]), []);
  });

  for (const answer of [null, "x", 7, {}, { data: [] }])
    it(`are refused as ${JSON.stringify(answer)}`, () => {
      assert.throws(() => parseMappings(answer), { code: "rest_invalid_response" });
    });

  it("and basic data give data or a clear error, whatever comes (property)", () => {
    fc.assert(
      fc.property(fc.jsonValue({ maxDepth: 4 }), (answer) => {
        for (const parse of [parseMappings, parseBasicData])
          try {
            parse(answer);
          } catch (error) {
            assert.ok(error instanceof CarDataError && error.code === "rest_invalid_response");
          }
      }),
      { numRuns: 2000 },
    );
  });
});
