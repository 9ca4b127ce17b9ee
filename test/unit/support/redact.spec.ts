import assert from "node:assert/strict";
import fc from "fast-check";
import { Redactor } from "../../../src/support/redact.js";
import { GCID, jwt, VIN } from "../../helpers/fakes.js";

describe("redaction", () => {
  const redactor = new Redactor();
  redactor.know("tokens", ["opaque-access-token", GCID, "short"]);

  for (const [title, text] of [
    ["a known secret", "sent opaque-access-token to BMW"],
    ["a bearer token", "Authorization: Bearer abc+/=~def"],
    ["a JWT", `password ${jwt({ sub: "opaque" })}`],
    ["a form pair", "grant_type=refresh_token&refresh_token=opaque-access-to&client_id=1"],
    ["a JSON pair", '{"access_token":"opaque-access-to"}'],
    ["a device code", "device_code=opaque-access-to"],
  ] as const)
    it(`takes ${title} out of a text`, () => {
      const shown = redactor.text(text);
      assert.match(shown, /\[redacted\]/);
      assert.doesNotMatch(shown, /opaque-access|abc\+|eyJ/);
    });

  it("takes coordinates out of a text", () => {
    assert.equal(redactor.text('{"latitude": 48.137154}'), '{"latitude": [location]}');
  });

  it("leaves the last four characters of a VIN, wherever it stands", () => {
    assert.equal(redactor.text(`https://host/vehicles/${VIN}/basicData`), "https://host/vehicles/…0001/basicData");
    assert.deepEqual(redactor.value({ [VIN]: [VIN.toLowerCase()] }), { "…0001": ["…0001"] });
  });

  it("leaves ordinary words, container ids and BMW's error reference readable", () => {
    const text = "misrepresentation of container G00B025F732UD, ref 1f0e9d8c-7b6a-4958-8776-655443322110";
    assert.equal(redactor.text(text), text);
  });

  it("takes secrets and places out of objects by their names, at any depth", () => {
    const seen = redactor.value({
      a: [{ Access_Token: "x", id_token: { nested: "x" }, gcid: "x", vehicleIdWithGcid: "x" }],
      formattedAddress: "Road 1",
      "vehicle.cabin.infotainment.navigation.currentLocation.heading": { value: 271 },
      kept: 1,
    });
    assert.deepEqual(seen, {
      a: [{ Access_Token: "[redacted]", id_token: "[redacted]", gcid: "[redacted]", vehicleIdWithGcid: "[redacted]" }],
      formattedAddress: "[location]",
      "vehicle.cabin.infotainment.navigation.currentLocation.heading": "[location]",
      kept: 1,
    });
  });

  it("forgets what is no longer known", () => {
    const forgetful = new Redactor();
    forgetful.know("login", ["ABCD-1234"]);
    assert.equal(forgetful.text("code ABCD-1234"), "code [redacted]");
    forgetful.know("login", []);
    assert.equal(forgetful.text("code ABCD-1234"), "code ABCD-1234");
  });

  it("ends with long and deep input", () => {
    assert.ok(redactor.text("x".repeat(1_000_000)).length <= 10_000);
    let deep: unknown = "end";
    for (let depth = 0; depth < 5000; depth++) deep = [deep];
    assert.match(JSON.stringify(redactor.value(deep)), /too deep/);
  });

  it("never throws and never lets a known secret through (property)", () => {
    fc.assert(
      fc.property(fc.anything({ withBigInt: true, withDate: true, withMap: true }), fc.string(), (value, text) => {
        redactor.value(value);
        assert.ok(!redactor.text(`${text}${GCID}${text}`).includes(GCID));
      }),
      { numRuns: 2000 },
    );
  });
});
