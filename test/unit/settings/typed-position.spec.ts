import assert from "node:assert/strict";
import { dividePosition, writtenPosition } from "../../../src/settings/typed-position.js";

const MUNICH = { latitude: 48.137, longitude: 11.575 };

describe("a typed position", () => {
  for (const typed of [
    "48.137, 11.575",
    " 48.137,11.575 ",
    "48.137 11.575",
    "48.137; 11.575",
    "48,137, 11,575",
    "48,137 11,575",
    "48,137;11,575",
    "48,137,11,575",
    "(48.137, 11.575)",
    "48.137° N, 11.575° E",
    "48.137N 11.575e",
  ])
    it(`is read from "${typed}"`, () => {
      assert.deepEqual(dividePosition(typed), MUNICH);
    });

  it("is south and west of zero below it, by sign or letter", () => {
    const SAO_PAULO = { latitude: -23.55, longitude: -46.63 };
    assert.deepEqual(dividePosition("-23.55, -46.63"), SAO_PAULO);
    assert.deepEqual(dividePosition("23.55 S, 46.63 W"), SAO_PAULO);
  });

  it("of whole degrees is one", () => {
    assert.deepEqual(dividePosition("48, 11"), { latitude: 48, longitude: 11 });
  });

  for (const typed of ["", "48,1", "48.1", "Main street", "48° 8' 14\" N, 11° 34' 30\" E", "48.1, 11.5, 520"])
    it(`is not read from "${typed}", which stays as it is`, () => {
      const { latitude, longitude } = dividePosition(typed);
      assert.ok(typeof latitude !== "number" || typeof longitude !== "number");
      const written = writtenPosition(latitude, longitude);
      const again = dividePosition(written);
      assert.deepEqual(again, { latitude, longitude });
    });

  it("may be two variables", () => {
    assert.deepEqual(dividePosition("${LAT}, ${LON}"), { latitude: "${LAT}", longitude: "${LON}" });
  });

  it("is written so that it is read again", () => {
    assert.equal(writtenPosition(48.137, "11.575"), "48.137, 11.575");
    assert.equal(writtenPosition(undefined, ""), "");
  });
});
