import assert from "node:assert/strict";
import fc from "fast-check";
import { parseRefusal, refusalDetails, refusalError } from "../../../src/rest/refusal.js";
import { ERROR_TABLE } from "../../../src/support/error-table.js";
import type { CarDataError } from "../../../src/support/errors.js";
import { START, VIN } from "../../helpers/fakes.js";
import { runs } from "../../helpers/random.js";

const isTokenProblem = ({ code }: CarDataError) => ERROR_TABLE[code].retry === "renew-token";

/** @param vin the car that the call was about, `null` for none */
function refusal(status: number, body: unknown, headers = {}, vin: string | null = VIN) {
  const content = typeof body === "string" ? body : (JSON.stringify(body) ?? "");
  const { code, details } = parseRefusal({ status, headers, body: Buffer.from(content) }, START);
  return refusalError(code, details, vin ?? undefined);
}

const bmw = (exveErrorId: string, exveErrorMsg = "") => ({
  exveErrorId,
  exveErrorMsg,
  exveErrorRef: "ref-1",
  exveNote: "",
});

/** BMW's code, a status it comes with, our code, and a word that the sentence for the user has to hold. */
const ROWS = [
  ["CU-100", 401, "cu_100", /Log in/],
  ["CU-101", 401, "cu_101", /Log in again/],
  ["CU-102", 401, "cu_102", /renewed by itself/],
  ["CU-103", 403, "cu_103", /subscribe the client to CarData API/],
  ["CU-104", 403, "cu_104", /main user of the car …0001/],
  ["CU-105", 403, "cu_105", /container.*new one is made by itself/],
  ["CU-120", 400, "cu_120", /17 characters/],
  ["CU-121", 400, "cu_121", /container.*new one is made by itself/],
  ["CU-124", 403, "cu_124", /10 data containers.*Delete one/],
  ["CU-124", 400, "cu_124", /10 data containers.*Delete one/],
  ["CU-125", 400, "cu_125", /Ask again/],
  ["CU-126", 404, "cu_126", /no picture of the car …0001/],
  ["CU-127", 404, "cu_127", /no charging locations.*…0001/],
  ["CU-400", 400, "cu_400", /report this/],
  ["CU-401", 400, "cu_401", /date range/],
  ["CU-402", 400, "cu_402", /does not know some of the data points/],
  ["CU-403", 403, "cu_403", /refused to make the data container.*main user.*fewer than 10/],
  ["CU-500", 500, "cu_500", /internal error/],
  ["CU-503", 503, "cu_503", /down at the moment/],
] as const;

describe("refusals of BMW's API", () => {
  for (const [id, status, code, sentence] of ROWS)
    it(`${id} with status ${status} has its own sentence`, () => {
      const error = refusal(status, bmw(id));
      assert.equal(error.code, code);
      assert.match(error.message, sentence);
      assert.doesNotMatch(error.message, /__\w+__/);
      assert.deepEqual(error.cause, {
        httpStatus: status,
        exveErrorId: id,
        exveErrorRef: "ref-1",
        askedPauseMs: null,
      });
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

  it("are distinguished as trouble with the token or not", () => {
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

  for (const id of ["CU-104", "CU-126", "CU-127"])
    it(`${id} for a call that is about no car names none`, () => {
      const error = refusal(403, bmw(id), {}, null);
      assert.equal(error.code, "rest_forbidden");
      assert.doesNotMatch(error.message, /__/);
    });

  it("keep how long BMW wants to be left alone", () => {
    assert.equal(refusalDetails(refusal(503, bmw("CU-503"), { "retry-after": "30" })).askedPauseMs, 30_000);
  });

  it("never throw, and always give a sentence without open marks (property)", () => {
    const body = fc.oneof(
      fc.jsonValue(),
      fc.string(),
      fc.record({ exveErrorId: fc.anything(), exveErrorMsg: fc.anything() }),
    );
    const headers = fc.dictionary(fc.constantFrom("retry-after", "x-request-id"), fc.string());
    fc.assert(
      fc.property(fc.integer({ min: 100, max: 599 }), body, headers, (status, content, sent) => {
        const error = refusal(status, content, sent);
        assert.ok(error.code in ERROR_TABLE);
        // Who keeps the quota knows the time.
        if (error.code !== "cu_429") assert.doesNotMatch(error.message, /__\w+__/);
        assert.equal(refusalDetails(error).httpStatus, status);
      }),
      { numRuns: runs(2000) },
    );
  });
});
