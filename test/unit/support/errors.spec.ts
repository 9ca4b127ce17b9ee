import assert from "node:assert/strict";
import fc from "fast-check";
import { describeAnswer } from "../../../src/auth/oauth-client.js";
import { CarDataError, errorOf, newProblem, reasonOf, toCarDataError } from "../../../src/support/errors.js";
import { redactor } from "../../../src/support/redact.js";
import { GCID, jwt, VIN } from "../../helpers/fakes.js";
import { runs } from "../../helpers/random.js";

const PASSWORD = "a secret with blanks";
const OWNER = {};
const HOSTILE = [VIN, GCID, PASSWORD, jwt({ sub: "hostile" }), "48.137154", "Bearer abc123def456"];
const LEAKS = /WBY1Z2C3|with blanks|eyJ|137154|abc123/;

describe("foreign text in an error", () => {
  before(() => {
    redactor.know(OWNER, [GCID, PASSWORD]);
  });
  after(() => {
    redactor.know(OWNER, []);
  });
  const leaks = (value: unknown) => LEAKS.test(JSON.stringify(value)) || JSON.stringify(value).includes(GCID);

  it("is clean in the message, in the values and in what travels on", () => {
    const error = new CarDataError("rest_network", { reason: `at ${HOSTILE.join(", ")}` });
    for (const seen of [
      error.message,
      error.params,
      error.problem,
      errorOf(error.problem).message,
      Object.entries(error),
    ])
      assert.ok(!leaks(seen), JSON.stringify(seen));
    assert.match(error.message, /…0001/);
    assert.ok(!leaks(newProblem("login_rejected", { reason: HOSTILE.join(" ") })));
  });

  it("is clean in whatever was thrown, and in its short reason", () => {
    for (const secret of HOSTILE) {
      assert.ok(!leaks(toCarDataError(new Error(`no ${secret}`)).message), secret);
      assert.ok(!leaks(toCarDataError(`no ${secret}`).problem), secret);
      assert.ok(!leaks(reasonOf(Object.assign(new Error("x"), { code: secret }))), secret);
    }
    const nameless: unknown = Object.create(null);
    assert.equal(toCarDataError(nameless).params["reason"], "object");
  });

  it("is cut after it was cleaned, because half a secret is not known for one", () => {
    for (let before = 80; before < 200; before++) {
      const text = "x".repeat(before - 1) + " " + PASSWORD;
      assert.ok(!/ (a s|secret)/.test(reasonOf(new Error(text))), text);
      const body = { error: "invalid_request", error_description: text };
      const answer = { status: 400, body, isObject: true, error: text, gatewayError: "", isHtml: false };
      assert.ok(!/ (a s|secret)/.test(describeAnswer(answer)), text);
    }
  });

  it("is short, whatever comes", () => {
    fc.assert(
      fc.property(fc.string(), fc.integer({ min: 1, max: 200_000 }), (word, times) => {
        const error = new CarDataError("internal", { reason: word.repeat(times) });
        assert.ok(error.message.length < 2200);
        assert.ok(toCarDataError(new Error(word.repeat(times))).message.length < 400);
      }),
      { numRuns: runs(100) },
    );
  });

  it("stays as it is when it passes twice, as where a problem becomes an error again", () => {
    const { params } = newProblem("internal", { reason: HOSTILE.join(" ") });
    assert.deepEqual(new CarDataError("internal", params).params, params);
  });
});

describe("an answer that is known", () => {
  it("says since when, until when and what asks all the same", () => {
    const known = { since: reasonOf("2026-03-02 06:00 UTC"), until: reasonOf("2026-03-09 06:00 UTC") };
    const error = new CarDataError("cu_104", { vin: "…0001" }, undefined, known);
    assert.match(
      error.message,
      /^You are not the main user.* on 2026-03-02 06:00 UTC .*2026-03-09 06:00 UTC.*msg\.force/,
    );
    assert.deepEqual(error.problem.known, known);
    assert.equal(errorOf(error.problem).message, error.message);
    const { since } = known;
    assert.match(
      new CarDataError("cu_103", {}, undefined, { since }).message,
      /on 2026-03-02 06:00 UTC and .*msg\.force/,
    );
  });
});
