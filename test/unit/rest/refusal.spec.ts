import assert from "node:assert/strict";
import fc from "fast-check";
import { isTokenProblem, quotaRefusal, refusalOf, type RefusalDetails } from "../../../src/rest/refusal.js";
import { ERROR_TEXTS } from "../../../src/support/error-texts.js";
import { VIN } from "../../helpers/fakes.js";

const MIDNIGHT = Date.parse("2026-03-03T00:00:00Z");

function refusal(status: number, body: unknown) {
  const content = typeof body === "string" ? body : JSON.stringify(body);
  return refusalOf({ status, headers: {}, body: Buffer.from(content) }, VIN, MIDNIGHT);
}

const bmw = (exveErrorId: string, exveErrorMsg = "") => ({
  exveErrorId,
  exveErrorMsg,
  exveErrorRef: "ref-1",
  exveNote: "",
});

/** BMW's code, the status it comes with, our code, and a word that the sentence for the user has to hold. */
const ROWS = [
  ["CU-100", 401, "cu_100", /Log in/],
  ["CU-101", 401, "cu_101", /Log in again/],
  ["CU-102", 401, "cu_102", /renewed by itself/],
  ["CU-103", 403, "cu_103", /subscribe the client to CarData API/],
  ["CU-104", 403, "cu_104", /main user of the car …0001/],
  ["CU-120", 400, "cu_120", /17 characters/],
  ["CU-400", 400, "cu_400", /report this/],
  ["CU-401", 400, "cu_401", /did not accept a value/],
  ["CU-429", 403, "cu_429", /50 BMW requests.*00:00 UTC.*Live data is not affected/],
  ["CU-500", 500, "cu_500", /internal error/],
  ["CU-503", 503, "cu_503", /down at the moment/],
] as const;

describe("refusals of BMW's API", () => {
  for (const [id, status, code, sentence] of ROWS)
    it(`${id} with status ${status} has its own sentence`, () => {
      const error = refusal(status, bmw(id));
      assert.equal(error.code, code);
      assert.match(error.message, sentence);
      assert.deepEqual(error.cause, { httpStatus: status, exveErrorId: id, exveErrorRef: "ref-1" });
    });

  it("go by BMW's code, not by the status: a used-up quota is a 403", () => {
    assert.equal(refusal(403, bmw("CU-429")).code, "cu_429");
    assert.equal(refusal(429, "").code, "cu_429");
  });

  it("that say invalid_token are about the token, whatever their code", () => {
    const error = refusal(403, bmw("CU-127", "invalid_token"));
    assert.equal(error.code, "cu_102");
    assert.ok(isTokenProblem(error));
  });

  it("are told apart as trouble with the token or not", () => {
    assert.ok(isTokenProblem(refusal(401, "")));
    for (const body of [bmw("CU-103"), bmw("CU-104"), bmw("CU-429"), {}])
      assert.ok(!isTokenProblem(refusal(403, body)));
  });

  for (const [status, code] of [
    [401, "rest_unauthorised"],
    [403, "rest_forbidden"],
    [404, "rest_unexpected"],
    [302, "rest_redirect"],
    [502, "cu_500"],
    [503, "cu_503"],
  ] as const)
    it(`${status} without a code of BMW is ${code}`, () => {
      assert.equal(refusal(status, { fault: { faultstring: "x" } }).code, code);
    });

  it("find BMW's code in text that is no JSON, but not inside other JSON", () => {
    assert.equal(refusal(403, "<html>CU-429</html>").code, "cu_429");
    assert.equal(refusal(403, { note: "see CU-429" }).code, "rest_forbidden");
  });

  for (const id of ["valueOf", "constructor", "__proto__"])
    it(`with the code ${id} go by their status`, () => {
      assert.equal(refusal(403, `{"exveErrorId":"${id}"}`).code, "rest_forbidden");
    });

  it("of the own ledger say when it goes on", () => {
    assert.match(quotaRefusal(MIDNIGHT).message, /continues at 00:00 UTC/);
  });

  it("never throw, and always give a sentence without open marks (property)", () => {
    const body = fc.oneof(
      fc.jsonValue(),
      fc.string(),
      fc.record({ exveErrorId: fc.anything(), exveErrorMsg: fc.anything() }),
    );
    fc.assert(
      fc.property(fc.integer({ min: 100, max: 599 }), body, (status, content) => {
        const error = refusal(status, typeof content === "string" ? content : (JSON.stringify(content) ?? ""));
        assert.ok(error.code in ERROR_TEXTS);
        assert.doesNotMatch(error.message, /__\w+__/);
        assert.equal((error.cause as RefusalDetails).httpStatus, status);
      }),
      { numRuns: 2000 },
    );
  });
});
