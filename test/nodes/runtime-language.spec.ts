import assert from "node:assert/strict";
import { exportLanguage } from "../../nodes/lib/runtime-language.js";

describe("the language of exports", () => {
  it("is that of Node-RED's settings, else that of the machine, else English", () => {
    for (const [lang, environment, expected] of [
      ["nl", { LANG: "de_DE.UTF-8" }, "nl"],
      [undefined, { LANG: "de_DE.UTF-8", LC_ALL: "pt_BR.UTF-8" }, "pt"],
      [undefined, { LANG: "de_AT", LC_ALL: "" }, "de"],
      [undefined, { LANG: "C.UTF-8" }, "en"],
      [undefined, {}, "en"],
      [7, { LANG: "it" }, "it"],
      ["ja", {}, "en"],
    ] as const)
      assert.equal(exportLanguage({ settings: { lang } }, environment), expected, JSON.stringify([lang, environment]));
  });
});
