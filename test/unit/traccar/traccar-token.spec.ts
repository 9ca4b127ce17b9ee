import assert from "node:assert/strict";
import { expiryOf, isTraccarToken } from "../../../src/traccar/traccar-token.js";
import { START } from "../../helpers/fakes.js";
import { traccarToken } from "../../simulator/traccar-tokens.js";

const DAY = 24 * 3_600_000;

/** A token with this content; nobody here checks the signature. */
function tokenOf(content: string): string {
  return Buffer.concat([Buffer.from([70]), Buffer.alloc(70, 0x30), Buffer.from(content)]).toString("base64url");
}

describe("a token of Traccar", () => {
  it("tells when it expires", () => {
    assert.equal(expiryOf(traccarToken(START + DAY)), START + DAY);
    assert.equal(expiryOf(` ${traccarToken(START)}\n`), START);
    assert.equal(expiryOf(tokenOf(`{"u":1,"e":${START}}`)), START, "older versions write milliseconds");
  });

  it("is recognised by its form", () => {
    const token = traccarToken(START);
    assert.equal(isTraccarToken(token), true);
    for (const text of ["", "mistyped", "a".repeat(200), `S${token.slice(1)}`, token.slice(0, -4), tokenOf("[1]")])
      assert.equal(isTraccarToken(text), false, text);
  });

  it("that tells no time of any calendar has no expiry", () => {
    for (const content of ['{"u":1}', '{"e":null}', '{"e":"soon"}', '{"e":-1e300}', '{"e":{}}', '{"e":1e999}'])
      assert.equal(expiryOf(tokenOf(content)), null, content);
  });
});
