import assert from "node:assert/strict";
import fc from "fast-check";
import { Redactor } from "../../../src/support/redact.js";
import { GCID, jwt, VIN } from "../../helpers/fakes.js";
import { runs } from "../../helpers/random.js";

/** Far more than a text takes, far less than one that takes time beyond measure [µs]. */
const SECOND_US = 1_000_000;

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
    ["a name in camel case", '{"accessToken":"opaque-access-to"}'],
    ["a pair in JSON inside JSON", '{\\"refresh_token\\":\\"opaque-access-to\\"}'],
    ["a password with blanks", "password: 'my opaque-access'"],
    ["a customer id by its name", '"entityId":"opaque-access-to"'],
    ["a header of any scheme", "Authorization: Basic opaque-access-to"],
    ["a token longer than any", `Bearer opaque-access${"x".repeat(5000)}opaque-access-to`],
    ["a token that is cut", `${"x ".repeat(4995)}opaque-access-token`],
  ] as const)
    it(`takes ${title} out of a text`, () => {
      const shown = redactor.text(text);
      assert.match(shown, /\[redacted\]/);
      assert.doesNotMatch(shown, /opaque-access|abc\+|eyJ/);
    });

  it("takes coordinates out of a text", () => {
    assert.equal(redactor.text('{"latitude": 48.137154}'), '{"latitude": [location]}');
    for (const text of [
      '"mapMatchedLatitude":48.137154,"mapMatchedLongitude":11.576124',
      '{"vehicle.cabin.infotainment.navigation.currentLocation.latitude":{"value":48.137154',
      "latitude=4.8137154e1",
      "near 48.137154, 11.576124",
    ])
      assert.doesNotMatch(redactor.text(text), /137154|576124/);
  });

  it("takes addresses out of a text", () => {
    const text = '{"chargingLocation":{"formattedAddress":"Karl Johans gate 1, 0154 Oslo","streetAddress":"Karl';
    assert.doesNotMatch(redactor.text(text), /Karl|Oslo/);
    assert.equal(redactor.text("streetAddress: Karl Johans gate 1, Oslo"), "streetAddress: [location]");
  });

  it("leaves the last four characters of a VIN, wherever it stands", () => {
    assert.equal(redactor.text(`https://host/vehicles/${VIN}/basicData`), "https://host/vehicles/…0001/basicData");
    assert.deepEqual(redactor.value({ [VIN]: [VIN.toLowerCase()] }), { "…0001": ["…0001"] });
    assert.equal(redactor.text(`${VIN}_${GCID}`), "…0001_[redacted]");
    assert.equal(redactor.text(`${VIN}_12345`), "…0001_12345");
  });

  it("names a known car by its last four characters, whatever its VIN looks like", () => {
    const known = new Redactor();
    known.know("cars", [VIN, "WBAABCDEFGHJKLMNP"]);
    assert.equal(known.text(`${VIN} and WBAABCDEFGHJKLMNP`), "…0001 and …LMNP");
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

  it("takes single degrees, in every way of writing, and logins in addresses out of a text", () => {
    for (const [text, shown] of [
      ["The car was last seen at 48.137154.", "The car was last seen at [location]."],
      ["Breite 48,137154; Länge 11,576124", "Breite [location]; Länge [location]"],
      ["near 48.137154/11.576124.", "near [location]/[location]."],
      [
        "connect to mqtts://anna:geheim@broker.example:8883 failed",
        "connect to mqtts://[redacted]@broker.example:8883 failed",
      ],
    ] as const)
      assert.equal(redactor.text(text), shown);
  });

  it("finds a known secret in capitals, percent-encoded and in JSON", () => {
    const one = new Redactor();
    one.know("settings", ['p&ss "wörd', "abcdef12-3456-4789-abcd-ef1234567890"]);
    for (const text of [
      'refused p&ss "wörd here',
      JSON.stringify({ a: 'p&ss "wörd' }),
      `/x?y=${encodeURIComponent('p&ss "wörd')}`,
      new URLSearchParams({ y: 'p&ss "wörd' }).toString(),
      "client ABCDEF12-3456-4789-ABCD-EF1234567890 is unknown",
    ]) {
      assert.match(one.text(text), /\[redacted\]/, text);
      assert.doesNotMatch(one.text(text), /rd|EF1234/, text);
    }
  });

  it("leaves no half of a known secret where a text is cut, whatever stands in it", () => {
    const one = new Redactor();
    const secret = "my long pass: word, with = blanks and 'quotes'";
    one.know("settings", [secret]);
    for (let before = 9_940; before <= 10_000; before++) {
      const shown = one.text(`${"x ".repeat(before / 2)}${" ".repeat(before % 2)}${secret} and ${"more ".repeat(10)}`);
      assert.doesNotMatch(shown, /my|pass|word|quotes/, String(before));
    }
  });

  it("forgets what is no longer known", () => {
    const forgetful = new Redactor();
    forgetful.know("login", ["ABCD-1234"]);
    assert.equal(forgetful.text("code ABCD-1234"), "code [redacted]");
    forgetful.know("login", []);
    assert.equal(forgetful.text("code ABCD-1234"), "code ABCD-1234");
  });

  it("leaves no half of a VIN where a text is cut", () => {
    assert.doesNotMatch(redactor.text(`${"x ".repeat(4995)}${VIN}`), /WBY/);
  });

  it("leaves what is readable readable", () => {
    for (const text of ["status code: 403", "Basic inspection is due", "[location] code: 17"])
      assert.equal(redactor.text(text), text);
  });

  it("ends with long and deep input", () => {
    assert.ok(redactor.text("x".repeat(1_000_000)).length <= 10_000);
    let deep: unknown = "end";
    for (let depth = 0; depth < 5000; depth++) deep = [deep];
    assert.match(JSON.stringify(redactor.value(deep)), /too deep/);
  });

  it("takes no time over a text of any size that was written to take it (property)", function () {
    this.timeout(120_000);
    const pieces = fc.oneof(
      fc.constantFrom(
        "eyJ",
        "a:",
        'a:"',
        "\\\\",
        "latitude=",
        "token=",
        "_",
        "basic ",
        "://",
        "authorization:",
        "48.1371,",
        "-",
        ".",
        "streetAddress: x",
        VIN,
        GCID,
      ),
      fc.string({ maxLength: 6 }),
    );
    const one = new Redactor();
    one.know("tokens", [GCID, jwt({ sub: "x".repeat(2000) }), "eyJeyJeyJeyJeyJ", "aaaaaaaaaaaaaaaaaaab", VIN]);
    fc.assert(
      fc.property(
        fc.array(pieces, { minLength: 1, maxLength: 4 }),
        fc.constantFrom(100, 9_999, 100_000, 5_000_000),
        (words, size) => {
          const word = words.join("");
          const text = word.repeat(Math.ceil(size / Math.max(1, word.length)));
          const begun = process.cpuUsage();
          const shown = one.text(text);
          const { user, system } = process.cpuUsage(begun);
          assert.ok(user + system < SECOND_US, `${word} × ${size}: ${user + system} µs of CPU`);
          assert.ok(shown.length <= 10_000, `${shown.length}`);
          assert.ok(!shown.includes(GCID) && !shown.includes(VIN));
        },
      ),
      { numRuns: runs(300) },
    );
  });

  it("never throws and never lets a known secret through (property)", () => {
    fc.assert(
      fc.property(fc.anything({ withBigInt: true, withDate: true, withMap: true }), fc.string(), (value, text) => {
        redactor.value(value);
        assert.ok(!redactor.text(`${text}${GCID}${text}`).includes(GCID));
      }),
      { numRuns: runs(2000) },
    );
  });
});
