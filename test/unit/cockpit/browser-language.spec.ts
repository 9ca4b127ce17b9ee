import assert from "node:assert/strict";
import { browserLanguage } from "../../../nodes/cockpit/browser-language.js";

describe("the language of the browser", () => {
  for (const [languages, expected] of [
    [["de-AT", "en"], "de-AT"],
    [["en-US@posix"], "en-US"],
    [["de-DE@euro", "fr"], "de-DE"],
    [["C", "nl", "en"], "nl"],
    [[], "en-US"],
  ] as const)
    it(`is ${expected} of “${languages.join(", ")}”`, () => {
      assert.equal(browserLanguage(languages), expected);
    });
});
