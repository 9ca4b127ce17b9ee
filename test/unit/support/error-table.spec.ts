import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { ERROR_TABLE, ERROR_TEXTS, isErrorCode, KNOWN_TEXTS } from "../../../src/support/error-table.js";
import { ROOT } from "../../helpers/node-red.js";

const entries = Object.entries(ERROR_TABLE);

/** Codes of which the facts fulfil a condition, in order. */
function codesWith(isWanted: (facts: (typeof ERROR_TABLE)[keyof typeof ERROR_TABLE]) => boolean): string[] {
  return entries.flatMap(([code, facts]) => (isWanted(facts) ? [code] : [])).sort();
}

describe("the table of errors", () => {
  it("holds each code once: of two the compiler would take the second one", () => {
    const source = readFileSync(join(ROOT, "src", "support", "error-table.ts"), "utf8");
    const table = source.slice(source.indexOf("ERROR_TABLE = {"), source.indexOf("export type ErrorCode"));
    const written = [...table.matchAll(/^ {4}(\w+):/gm)].map(([, code]) => code);
    assert.deepEqual(written.sort(), entries.map(([code]) => code).sort());
  });

  it("is the source of all texts", () => {
    assert.equal(Object.keys(ERROR_TEXTS).length, entries.length + Object.keys(KNOWN_TEXTS).length);
    assert.equal(ERROR_TEXTS["cu_126"], "BMW has no picture of the car __vin__.");
  });

  it("knows its codes, and no member of every object for one", () => {
    assert.ok(isErrorCode("cu_104"));
    assert.deepEqual(["constructor", "toString", "__proto__", "CU-104", ""].filter(isErrorCode), []);
  });

  it("calls trouble nothing that comes of a request which cannot be right, or was not sent for want of an asker", () => {
    const wrong = codesWith(({ outcome, isTrouble }) => isTrouble && outcome === "abandoned");
    assert.deepEqual(wrong, []);
  });

  it("takes nothing for unclear or a matter of one car that BMW's API has not answered", () => {
    const ofCar = codesWith(({ scope }) => scope === "car");
    assert.deepEqual(
      ofCar.filter((code) => !/^(cu|rest)_|^car_secondary$|^image_unusable$/.test(code)),
      [],
    );
    assert.deepEqual(
      codesWith(({ outcome }) => outcome === "unclear"),
      ["rest_invalid_response", "rest_network", "rest_too_large"],
    );
  });

  it("lets what BMW holds back be tried later, and a refused token once more with another one", () => {
    const waits = codesWith(({ action, retry }) => action === "wait" && retry !== "later");
    assert.deepEqual(waits, []);
    const renewed = codesWith(({ retry }) => retry === "renew-token");
    assert.deepEqual(renewed, ["cu_100", "cu_101", "cu_102", "rest_unauthorised"]);
  });
});
